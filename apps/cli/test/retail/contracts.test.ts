import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractDef, Definition } from '@reeve/kernel';
import { memoryStore } from '@reeve/ledger/memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Benchmark, Violation } from '../../src/tau/data.ts';
import { atRest, nobody, openCase, openOrganisation, retailDefinition } from '../../src/tau/organisation.ts';
import { type Judge, openJudge, replayAll, type ViolationResult } from '../../src/tau/run.ts';
import { effectsOf, layOut, placesIn } from '../../src/tau/shop.ts';
import { type Broken, edgesOf, repeatsOf, violationsOf } from '../../src/tau/violations.ts';
import { fixtureBenchmark, sharedBenchmark } from './fixture.ts';
import { liesOf } from './lies.ts';

const definition = await retailDefinition();
const shared = sharedBenchmark();

/** The rules that spoke against a request, without the contract's name. */
const against = ({ reasons }: ViolationResult): string[] =>
  reasons.filter(({ verdict }) => verdict === 'deny').map(({ rule }) => rule.slice(rule.indexOf('/') + 1));

interface Judged extends Broken {
  readonly result: ViolationResult;
}

/** Every condition before the effect that somebody could delete: `contract/rule`, a required field as `contract/requires/field`. */
const conditionsOf = ({ contracts }: Definition): string[] =>
  contracts.flatMap(({ id, pre, requires }) => [
    ...pre.map(({ rule }) => `${id}/${rule}`),
    ...requires.map((field) => `${id}/requires/${field}`),
  ]);

/** The definition without one condition. */
function without(condition: string): Definition {
  const [id, rule, field] = condition.split('/');
  const strip = (contract: ContractDef): ContractDef => ({
    ...contract,
    pre: contract.pre.filter((each) => each.rule !== rule),
    requires: contract.requires.filter((each) => rule !== 'requires' || each !== field),
    post: contract.post.filter((each) => each.rule !== rule),
  });
  const contracts = definition.contracts.map((contract) => (contract.id === id ? strip(contract) : contract));
  return { ...definition, contracts };
}

/** A violation that only this condition stops. */
function onlyStoppedBy(judged: readonly Judged[], condition: string): Violation | undefined {
  const [id, rule, field] = condition.split('/');
  const capability = definition.contracts.find((contract) => contract.id === id)?.capability;
  return judged.find(({ violation, result }) => {
    if (violation.name !== capability || against(result).join() !== rule) return false;
    return field === undefined || violation.arguments[field] === '';
  })?.violation;
}

/** At most `most` violations of each rule by each write: all of them (`npm run tau -- … --violations`) take too long here. */
function* firstOfEach(violations: Iterable<Broken>, most: number): Generator<Broken> {
  const seen = new Map<string, number>();
  for (const broken of violations) {
    const { name, arguments: args } = broken.violation;
    const empty = Object.keys(args).filter((field) => args[field] === '');
    const kind = `${name}/${broken.rule}/${empty.join()}`;
    const times = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, times);
    if (times <= most) yield broken;
  }
}

/** Each with how many violations of a kind are tried, and how many must come of it at least. */
const BENCHMARKS: [string, Benchmark | null, number, number][] = [
  ['the small shop', fixtureBenchmark(), 8, 100],
  ['τ²-bench', shared, 2, 100],
];

describe.each(BENCHMARKS)('the retail contracts on %s', (_name, benchmark, most, fewest) => {
  if (benchmark === null) return void it.skip('needs ../shared/data, which is not there');
  let judge: Judge;
  const judged: Judged[] = [];
  beforeAll(async () => {
    judge = await openJudge(benchmark, definition);
    for (const broken of firstOfEach(violationsOf(benchmark), most))
      judged.push({ ...broken, result: await judge.judge(broken.violation) });
  }, 300_000);
  afterAll(() => judge.close());

  it('refuses every violation, by the rule it breaks', () => {
    const wrong = judged.filter(({ rule, result }) => result.outcome !== 'refused' || !against(result).includes(rule));
    expect(wrong.map(({ rule, violation, result }) => ({ rule, violation, against: against(result) }))).toEqual([]);
    expect(judged.length).toBeGreaterThanOrEqual(fewest);
  });

  it('never refuses because a condition cannot be evaluated', () => {
    const messages = judged.flatMap(({ result }) => result.reasons.map(({ message }) => message));
    expect(messages.filter((message) => message.includes('cannot be evaluated'))).toEqual([]);
  });

  it('refuses the same change of one order a second time', async () => {
    const outcomes: string[] = [];
    for (const { violation } of repeatsOf(benchmark)) outcomes.push((await judge.judge(violation)).outcome);
    expect(outcomes.length).toBeGreaterThan(0);
    expect([...new Set(outcomes)]).toEqual(['refused']);
  }, 60_000);

  it('admits a gift card that covers exactly what is needed', async () => {
    const outcomes: string[] = [];
    for (const { violation } of edgesOf(benchmark)) outcomes.push((await judge.judge(violation)).outcome);
    expect(outcomes.length).toBeGreaterThan(0);
    expect([...new Set(outcomes)]).toEqual(['admitted']);
  }, 60_000);

  it.each(conditionsOf(definition))('would let a violation through without %s', async (condition) => {
    const violation = onlyStoppedBy(judged, condition);
    expect(violation, 'no violation is stopped by this condition alone').toBeDefined();
    if (violation) expect((await judge.judge(violation, without(condition))).outcome).toBe('admitted');
  });
});

describe('what a seat may see', () => {
  it.each([
    ['get_user_details', { user_id: 'bob_jones_2' }, 'own-profile-only'],
    ['get_order_details', { order_id: '#W0000004', customer: 'bob_jones_2' }, 'own-orders-only'],
  ])('%s refuses to show what belongs to somebody else (R-B6)', async (name, args, policy) => {
    const judge = await openJudge(fixtureBenchmark(), definition);
    const ask = { task: 'fixture-0', name, arguments: args, session: { user: 'ann_smith_1' }, state_patch: [] };
    const { outcome, reasons } = await judge.judge(ask);
    judge.close();
    expect({ outcome, rules: reasons.map(({ rule }) => rule) }).toEqual({ outcome: 'refused', rules: [policy] });
  });
});

describe('after the effect', () => {
  const post = definition.contracts.flatMap(({ id, post }) => post.map(({ rule }) => `${id}/${rule}`));
  const fixture = fixtureBenchmark();

  it.each(post)(
    'an effect that only %s finds out is not believed, and would be without it',
    async (condition) => {
      const [id] = condition.split('/');
      const capability = definition.contracts.find((contract) => contract.id === id)?.capability;
      const statuses: string[][] = [];
      for (const task of fixture.tasks.filter(({ actions }) => actions.at(-1)?.name === capability)) {
        const write = task.actions.at(-1)!;
        const effect = { capability: write.name, args: write.arguments, changes: write.patch };
        for (const lie of liesOf(effect)) {
          const told = { ...task, actions: [{ ...write, patch: [...lie.changes] }] };
          const run = { database: fixture.database, tasks: [told] };
          const [[withIt], [withoutIt]] = [await replayAll(run, definition), await replayAll(run, without(condition))];
          statuses.push([withIt?.writes[0]?.status ?? '', withoutIt?.writes[0]?.status ?? '']);
        }
      }
      expect(statuses).toContainEqual(['escalated', 'verified']);
    },
    60_000,
  );
});

describe('two sessions of one customer at once', () => {
  it('decide one after the other, so that a gift card is not spent twice', async () => {
    const { database, tasks } = fixtureBenchmark();
    const writes = ['modify_pending_order_items', 'exchange_delivered_order_items'].map(
      (name) => tasks.flatMap(({ actions }) => actions).find((action) => action.name === name)!,
    );
    const folder = mkdtempSync(join(tmpdir(), 'reeve-retail-'));
    const places = placesIn(folder);
    layOut(places, definition, database, effectsOf(writes));
    const organisation = await openOrganisation({ definition, places, store: memoryStore(), occupants: nobody });
    const session = { user: 'ann_smith_1' };
    const cases = [await openCase(organisation, 'one', session, ''), await openCase(organisation, 'two', session, '')];
    const actor = { principal: 'agent-script', seat: 'agent' };
    // Both are asked for before either is decided; the first one empties the card the second one would need.
    await Promise.all(
      writes.map(({ name, arguments: args }, i) =>
        organisation.submit('', 'operation.request', { capability: name, args, case: cases[i] }, actor),
      ),
    );
    await Promise.all(cases.map((id) => atRest(organisation, id)));
    const made = (await Promise.all(cases.map((id) => organisation.operations(id)))).flat();
    await organisation.stop();
    rmSync(folder, { recursive: true });
    expect(made.map(({ status }) => status)).toEqual(['verified', 'denied']);
    expect(made[1]?.decision?.reasons.map(({ rule }) => rule)).toEqual(['exchange-items/gift-card-covers-difference']);
  });
});

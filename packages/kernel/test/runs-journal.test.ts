import { beforeEach, describe, expect, it } from 'vitest';
import { find, type Shop } from './support/op-definition.ts';
import { WORKER, World } from './support/op-world.ts';

type Stop = NonNullable<Shop['seats'][number]['charter']['stop']>;

let world: World;
const start = (w = world) => String(w.ok('run.start', { seat: 'desk', worker: 'w1' }, WORKER).run);
const run = (id: string, w = world) => w.state.runs.runs.get(id);
const DIGEST = 'a'.repeat(64);
const ask = (id: string, step: number, w = world) => w.send('run.ask', { run: id, step, what: 'model big' }, WORKER);
const answer = (run: string, step: number, more: object = {}) => ({
  ...{ run, step, what: 'model big', answer: DIGEST, bytes: 9 },
  ...more,
});
const stopping = (stop: Stop, change: (d: Shop) => void = () => undefined) =>
  new World((d) => {
    find(d.seats, 'desk').charter.stop = stop;
    change(d);
  });
const kinds = (records: readonly { kind: string }[]) => records.map(({ kind }) => kind);

beforeEach(() => {
  world = new World();
});

describe('[RUN8] what is paid for', () => {
  it('is asked for on the ledger before, again after a crash, and counts as a step', () => {
    const id = start();
    expect(kinds(ask(id, 1).records)).toEqual(['run.asked']);
    expect(kinds(ask(id, 1).records)).toEqual(['run.asked']);
    expect(run(id)?.steps).toBe(1);
  });

  it('is not asked for beyond the steps of the charter: the run ends there and a human is told', () => {
    const w = stopping({ steps: 1 });
    const id = start(w);
    ask(id, 1, w);
    expect(kinds(ask(id, 2, w).records)).toContain('run.stopped');
    expect([w.of('run.stopped')[0]?.body.reason, run(id, w)]).toEqual(['steps', undefined]);
    expect(w.told('lead')[0]).toContain('was stopped');
  });

  it('is not asked for when others have used up the tokens of the budget meanwhile', () => {
    const w = new World((d) => {
      const tokens = { id: 'tokens', unit: find(d.seats, 'desk').unit, currency: 'tokens', allocation: 100 };
      d.budgets = [...(d.budgets ?? []), tokens] as typeof d.budgets;
    });
    w.ok('case.open', { subject: 'Two', customer: 'lee@example.com' });
    const [first, second] = [start(w), start(w)];
    w.ok('run.spend', { run: second, step: 1, what: 'model big', tokens: 100 }, WORKER);
    ask(first, 1, w);
    expect(w.of('run.stopped').map(({ body }) => [body.run, body.reason])).toEqual([
      [second, 'money'],
      [first, 'tokens'],
    ]);
  });
});

describe('[RUN9] an answer', () => {
  it('is on the ledger once for each step, by its digest, and a step that has one is not asked for again', () => {
    const id = start();
    ask(id, 1);
    world.ok('run.answer', answer(id, 1), WORKER);
    expect(run(id)?.answers).toEqual({ 1: DIGEST });
    expect(world.no('run.ask', { run: id, step: 1, what: 'model big' }, WORKER)).toMatchObject({ rule: 'RUN9' });
  });

  it('comes with its cost in the same transaction', () => {
    const w = new World((d) => {
      (d as { prices?: unknown }).prices = [
        { id: 'in', of: 'big', unit: 'input-tokens', price: 3_000_000, per: 1_000_000, from: '2020-01-01' },
      ];
    });
    const id = start(w);
    ask(id, 1, w);
    const { records } = w.send('run.answer', answer(id, 1, { of: 'big', used: { 'input-tokens': 200 } }), WORKER);
    expect(kinds(records).filter((kind) => kind.startsWith('run.'))).toEqual(['run.answered', 'run.spent']);
    expect(run(id, w)).toMatchObject({ spent: 600, tokens: 200 });
  });

  it('[RUN3] that uses up the tokens or the money of the charter ends the run', () => {
    for (const [stop, reason] of [
      [{ tokens: 200 }, 'tokens'],
      [{ money: 5 }, 'money'],
    ] as const) {
      const w = stopping(stop as Stop);
      const id = start(w);
      w.ok('run.spend', { run: id, step: 1, what: 'model big', tokens: 199, money: 4 }, WORKER);
      expect(run(id, w)?.status).toBe('active');
      w.ok('run.spend', { run: id, step: 2, what: 'model big', tokens: 1, money: 1 }, WORKER);
      expect(w.of('run.stopped')[0]?.body.reason).toBe(reason);
    }
  });

  it('[KER9] is written down by the runtime only', () => {
    const id = start();
    const reply = world.send('run.answer', answer(id, 1), { principal: 'ann' }, `${id}/1`).reply;
    expect(reply).toMatchObject({ ok: false, rejection: { rule: 'KER9' } });
  });
});

describe('[RUN10] a failed run', () => {
  it('is tried again no sooner than its failure says', () => {
    const id = start();
    const body = { run: id, message: 'busy', category: 'transient', after: 600_000 };
    world.ok('run.fail', body, WORKER);
    const [failed] = world.of('run.failed');
    expect(failed?.body).toMatchObject({ category: 'transient', retryAt: failed!.at + 600_000 });
  });

  it('is not tried again when trying cannot help, and the human above hears it at once', () => {
    const id = start();
    world.ok('run.fail', { run: id, message: 'no key', category: 'governance' }, WORKER);
    expect(world.of('run.failed')[0]?.body.retryAt).toBeNull();
    expect(run(id)).toBeUndefined();
    expect(world.told('lead')[0]).toContain('not tried again): no key');
  });
});

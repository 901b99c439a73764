import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createState } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { Auditor } from '../src/audit/audit.ts';
import { Model } from '../src/audit/model.ts';
import { misshown } from '../src/audit/shown.ts';
import { loadPlay, MUTANTS, simulate } from '../src/index.ts';
import { added, emptySummary } from '../src/report.ts';
import { shrink } from '../src/shrink.ts';
import { emptyTruth } from '../src/world/truth.ts';
import { said } from './support.ts';

const run = promisify(execFile);
const RUN = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const support = await loadPlay('support');
const mutant = (id: string) => MUTANTS.find((one) => one.id === id)!;

const simulator = async (env: Record<string, string>, ...args: string[]) => {
  const ended = run(process.execPath, [RUN, MAIN, ...args], { env: { ...process.env, ...env } });
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
};

describe('a simulation', () => {
  it('[SIM1] gives the same bytes twice, and others for another seed', async () => {
    const hashes = [];
    for (const seed of [1, 1, 2, 5, 5]) hashes.push((await simulate({ seed, play: support })).hash);
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[4]).toBe(hashes[3]);
    expect(new Set(hashes).size).toBe(3);
  }, 120_000);

  it('[SIM1] is the same whatever was played before it in the process', async () => {
    const alone = await simulate({ seed: 6, play: await loadPlay('retail') });
    await simulate({ seed: 7, play: support });
    expect((await simulate({ seed: 6, play: await loadPlay('retail') })).hash).toBe(alone.hash);
  }, 120_000);

  it('[SIM1] is the same in another process, in another place of the world', async () => {
    const hashes = [];
    for (const TZ of ['UTC', 'Asia/Kolkata']) {
      const { code, stdout } = await simulator({ TZ, LANG: 'de_AT.UTF-8' }, '--seeds', '4', '--start', '3', '--json');
      expect(code).toBe(0);
      hashes.push((JSON.parse(stdout) as { hash: string }[]).map(({ hash }) => hash));
    }
    expect(hashes[1]).toEqual(hashes[0]);
    let here = emptySummary('support', 3);
    for (const seed of [3, 4, 5, 6]) here = added(here, await simulate({ seed, play: support }), 0);
    expect(hashes[0]![0]).toBe(here.hash);
  }, 120_000);

  it('[SIM1] plays a long quiet time the same way twice, in two processes (R-A37)', async () => {
    const options = ['--long', '--days', '1', '--cases', '20', '--json'];
    const played = [];
    for (const TZ of ['UTC', 'America/Lima']) played.push(JSON.parse((await simulator({ TZ }, ...options)).stdout));
    expect(played[0]).toMatchObject({ cases: 20, days: 1, seats: 25 });
    expect(played[1].hash).toBe(played[0].hash);
  }, 120_000);

  it('[SIM7] makes a failing seed small: what is left still fails by the same rule', async () => {
    const options = { seed: 1, play: support, seams: mutant('released-after-settled').plant() };
    const failed = await simulate(options);
    const rules = new Set(failed.findings.map(({ rule }) => rule));
    const { outcome, without } = await shrink(options, failed, 40);
    expect(outcome.findings.some(({ rule }) => rules.has(rule))).toBe(true);
    expect(outcome.actions.length).toBeLessThan(failed.actions.length / 2);
    const again = await simulate({ ...options, without: new Set(without) });
    expect(said(again)).toEqual(said(outcome));
  }, 120_000);

  it('[SIM7] exits with 0 and counts when all is well, with 2 and a usage for options it does not know', async () => {
    const well = await simulator({}, '--seeds', '1', '--pack', 'retail', '--json');
    expect(well.code).toBe(0);
    expect(JSON.parse(well.stdout)).toMatchObject([{ pack: 'retail', seeds: 1, failed: [] }]);
    const odd = await simulator({}, '--seeds', 'many');
    expect(odd.code).toBe(2);
    expect(odd.stderr).toContain('--seeds many: expected a whole number from 1');
  }, 120_000);
});

describe('[SIM3] an effect that lands after its tool denied it', () => {
  const play = (seed: number, seams = {}) => simulate({ seed, play: support, seams, surely: 'tool-lands-later' });

  it('lands once all the same, since each attempt has the same key', async () => {
    const outcomes = [];
    for (const seed of [1, 2, 3, 4, 5]) outcomes.push(await play(seed));
    expect(outcomes.flatMap(said)).toEqual([]);
    expect(outcomes.flatMap(({ struck }) => struck).some(({ fault }) => fault.kind === 'tool-lands-later')).toBe(true);
  }, 120_000);

  it('lands twice when each attempt has a key of its own, and the auditor sees it', async () => {
    const rules = (await play(1, mutant('key-per-attempt').plant())).findings.map(({ rule }) => rule);
    expect(rules).toContain('twice');
  }, 120_000);
});

describe('[SIM4] the auditor', () => {
  it('[SIM9] sees two operations at once on one resource, and one that is over and holds it', () => {
    const model = new Model();
    const shared = { at: 1, principal: 'a', seat: null, command: '' };
    const requested = { capability: 'c', tool: 't', effect: 'reversible', resource: 'order/1', args: {}, cost: 0 };
    const tell = (seq: number, kind: string, body: object) => model.apply({ ...shared, seq, kind, body: { ...body } });
    for (const [i, operation] of ['OP-1', 'OP-2'].entries()) {
      tell(2 * i + 1, 'operation.requested', { ...requested, operation });
      tell(2 * i + 2, 'operation.leased', { operation });
    }
    expect(model.findings.map(({ rule }) => rule)).toEqual(['lock']);
    tell(5, 'operation.verified', { operation: 'OP-1' });
    const state = createState('sim');
    state.seq = 5;
    state.operations.locks.set('order/1', { holder: 'OP-1', waiting: { items: [], head: 0 } });
    expect(misshown(model, state).map(({ rule }) => rule)).toEqual(['lock']);
  });

  it('[SIM3] misses the operation of an effect that nobody asked for', async () => {
    const effect = {
      n: 1,
      tool: 'mail',
      capability: 'mail.send',
      operation: 'OP-9',
      key: 'k',
      args: {},
      id: 'x',
      at: 0,
    };
    const world = { system: () => undefined, customers: [], paid: () => new Map(), breaches: () => [] };
    const truth = emptyTruth();
    truth.effects.push({ ...effect, issuedSeq: 1 });
    const auditor = new Auditor({ truth, world, sent: [], policy: () => [] });
    auditor.read([{ header: HEADER, body: '{}', hash: '0'.repeat(64) }]);
    const rules = auditor.findings(true).map(({ rule }) => rule);
    expect(rules).toContain('admission');
    expect(rules).toContain('chain');
  });
});

const HEADER = JSON.stringify({ seq: 1, at: 1, kind: 'x.y', actor: { principal: 'a' }, causation: {}, bodyDigest: '' });

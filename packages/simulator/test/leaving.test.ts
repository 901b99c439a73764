import { definition, HOUR } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { Leaving } from '../src/audit/leaving.ts';
import { Model } from '../src/audit/model.ts';
import type { Body } from '../src/audit/records.ts';
import { loadPlay, type Outcome, simulate } from '../src/index.ts';
import type { Seams } from '../src/node.ts';
import { said } from './support.ts';

type Told = readonly [kind: string, body: Body, hour: number];

/** What is found in these events, and in what is still there at an hour. */
function found(events: readonly Told[], hour: number): string[] {
  const model = new Model();
  const leaving = new Leaving(model);
  const begin: Told = ['organisation.applied', { changed: { settings: { retention: 4 * HOUR } }, removed: [] }, 0];
  [begin, ...events].forEach(([kind, body, at], i) => {
    const entry = { seq: i + 1, at: at * HOUR, kind, principal: 'system', seat: null, command: '', body };
    model.apply(entry);
    leaving.apply(entry);
  });
  return [...leaving.findings, ...leaving.stays(hour * HOUR)].map(({ detail }) => detail);
}

const C = { case: 'C-1' };
const OVER: readonly Told[] = [
  ['case.opened', { ...C, customer: 'k', owner: 'x', due: 9 }, 1],
  ['message.sent', { ...C, message: 'M-1', to: 'x' }, 1],
  ['case.cancelled', { ...C, by: 'x' }, 2],
];
const unread = (hour: number, message = 'M-1'): Told => ['message.done', { message, reason: 'left unread' }, hour];
const archived = (hour: number): Told => ['case.archived', C, hour];
const run = (kind: string, hour: number): Told => [`run.${kind}`, { ...C, run: 'R-1', message: 'M-1' }, hour];

describe('[SIM15] the auditor and what should have left memory', () => {
  it('is content when it leaves in time, with what nobody read', () => {
    expect(found([...OVER, unread(6), archived(6)], 99)).toEqual([]);
    expect(found(OVER, 7)).toEqual([]);
    expect(found([...OVER, run('started', 3)], 99)).toEqual([]);
  });

  it('finds what stays, and what left too early or with something under way', () => {
    const stays = 'C-1 has been over since 7200000, nothing is done about it, and it is still in memory';
    expect(found(OVER, 7.1)).toEqual([stays]);
    expect(found([...OVER, run('started', 3), run('finished', 4)], 10)).toEqual([stays]);
    expect(found([...OVER, archived(6)], 99)).toEqual(['C-1 left memory and still has M-1']);
    expect(found([...OVER, run('started', 3), unread(6)], 8)).toEqual([
      'M-1 was done by the system and C-1 still has R-1',
    ]);
    const late: Told = ['message.sent', { ...C, message: 'M-2', to: 'x' }, 5];
    expect(found([...OVER, late, unread(6), unread(6, 'M-2')], 8)).toEqual([
      'M-2 about C-1 was done as unread too early',
    ]);
    expect(found([...OVER, unread(3)], 4)).toEqual([
      'M-1 was done by the system and C-1 has been over for 3600000 ms only',
      'M-1 about C-1 was done as unread too early',
    ]);
  });
});

describe('[SIM15] [ARC1] [ARC7] the support pack in which what is over leaves memory after six hours', async () => {
  const usual = await loadPlay('support');
  const variants = usual.variants.map((one) =>
    definition.parse({ ...one, settings: { ...one.settings, retention: '6h' } }),
  );
  const play = { ...usual, variants };
  const days = (seed: number, seams: Seams = {}): Promise<Outcome> => simulate({ seed, play, seams, days: 2 });

  it('breaks no invariant in seeds of days with faults, and keeps nothing', async () => {
    let [left, unread] = [0, 0];
    for (let seed = 1; seed <= 8; seed++) {
      const outcome = await days(seed);
      expect(said(outcome)).toEqual([]);
      left += outcome.counts.left;
      unread += outcome.counts.unread;
    }
    expect(left).toBeGreaterThan(50);
    expect(unread).toBeGreaterThan(10);
  }, 300_000);

  it('is found to keep cases when nobody does what was left unread', async () => {
    const kernel: Seams['kernel'] = (real) => ({
      ...real,
      tick: (state, inputs) => {
        state.timers = state.timers.filter(([, key]) => !key.startsWith('case.unread:'));
        state.timers.sort((a, b) => a[0] - b[0]);
        return real.tick(state, inputs);
      },
    });
    const { findings } = await days(1, { kernel });
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['memory']));
  }, 100_000);
});

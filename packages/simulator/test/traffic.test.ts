import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Body, Finding } from '../src/audit/records.ts';
import { Traffic } from '../src/audit/traffic.ts';
import { DAYS_MUTANTS, someDays } from '../src/mutants/days.ts';

const SEATS = [
  { id: 'a', cases: 2, abilities: { topics: ['tents'] } },
  { id: 'b', cases: 2, abilities: { topics: [] } },
];

/** What is found in these events, one after the other. */
function found(...events: (readonly [kind: string, body: Body])[]): string[] {
  const traffic = new Traffic();
  const begin = ['organisation.applied', { changed: { seats: SEATS, flows: [{ id: 'l', rollout: {} }] } }] as const;
  [begin, ...events].forEach(([kind, body], i) => {
    traffic.apply({ seq: i + 1, at: i, kind, principal: 'system', seat: null, command: '', body });
  });
  return traffic.findings.map(({ rule, detail }: Finding) => `${rule}: ${detail}`);
}

const opened = (id: string, owner = 'x') => ['case.opened', { case: id, owner }] as const;
const routed = (id: string, to: string, more: object = {}) =>
  ['case.routed', { case: id, to, outcome: 'assigned', considered: 1, needs: {}, ...more }] as const;
const assigned = (id: string, to: string) => ['case.assigned', { case: id, to }] as const;
/** Where a case falls in the traffic of the lane. */
const fallsOn = (id: string): number =>
  (Number.parseInt(createHash('sha256').update(`traffic||l|${id}`).digest('hex').slice(0, 12), 16) % 10_000) / 100;

describe('[SIM13] the auditor and who gets which case', () => {
  it('finds a seat that is full, one that does not declare the topic, and one that gave it away', () => {
    const full = ['C-1', 'C-2'].flatMap((id) => [opened(id), assigned(id, 'a')]);
    expect(found(...full, opened('C-3'), routed('C-3', 'a'))).toEqual([
      'route: C-3 went to a, which has 2 cases and may have 2',
    ]);
    expect(found(...full, ['case.closed', { case: 'C-1' }], opened('C-3'), routed('C-3', 'a'))).toEqual([]);
    const tents = { needs: { topic: 'tents' } };
    expect(found(opened('C-1'), routed('C-1', 'a', tents))).toEqual([]);
    expect(found(opened('C-1'), routed('C-1', 'b', tents))).toEqual([
      'route: C-1 is about tents and went to b, which does not declare it',
    ]);
    const away = ['case.transferred', { case: 'C-1', from: 'a' }] as const;
    expect(found(opened('C-1'), away, routed('C-1', 'a'))).toEqual([
      'route: C-1 came back to a, which had given it away',
    ]);
  });

  it('finds a case that fell elsewhere in the traffic of a lane, or went to another seat than its shares name', () => {
    const entered = ['lane.entered', { lane: 'l', stage: 'end-to-end', shares: [{ seat: 'a', share: 100 }] }] as const;
    const lane = { lane: 'l', stage: 'end-to-end', share: 100 };
    const by = (to: string, point: number) => routed('C-1', to, { considered: 0, lane: { ...lane, point } });
    expect(found(entered, opened('C-1'), by('a', fallsOn('C-1')))).toEqual([]);
    expect(found(entered, opened('C-1'), by('b', fallsOn('C-1')))).toEqual([
      'share: the shares of l give C-1 to a; it went to b',
    ]);
    expect(found(entered, opened('C-1'), by('a', 101))[0]).toMatch(/^share: C-1 fell on/);
  });

  it('finds cases that are moved again and again to even out load, and one that a merge leaves behind', () => {
    const moved = ['load.balanced', { moved: [{ case: 'C-1', from: 'a', to: 'b' }] }] as const;
    expect(found(opened('C-1'), moved, moved)).toEqual([]);
    expect(found(opened('C-1'), moved, moved, moved)).toEqual(['route: C-1 was moved 3 times to even out load']);
    const merged = ['organisation.restructured', { retired: [{ seat: 'a', heir: 'b' }] }] as const;
    const later = ['summary.made', {}] as const;
    expect(found(opened('C-1', 'a'), merged, later)).toEqual([
      'owner: C-1 was left with a when that seat was taken away',
    ]);
    expect(found(opened('C-1', 'b'), merged, later)).toEqual([]);
  });
});

describe('[SIM8] bugs planted in days of an organisation', () => {
  it('[SIM13] there is nothing to find without one', async () => {
    expect((await someDays()).findings).toEqual([]);
  }, 300_000);

  it.each(DAYS_MUTANTS.map((mutant) => [mutant.id, mutant] as const))(
    '%s is found by a rule that is about it',
    async (_id, mutant) => {
      const rules = (await someDays(mutant)).findings.map(({ rule }) => rule);
      expect(mutant.by.some((rule) => rules.includes(rule))).toBe(true);
    },
    300_000,
  );
});

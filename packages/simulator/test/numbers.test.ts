import { describe, expect, it } from 'vitest';
import { Numbers } from '../src/audit/numbers.ts';
import type { Body } from '../src/audit/records.ts';

const closed = { event: 'case.closed' };
const METRICS = [
  { id: 'again', window: 300, measure: { ratio: { of: { event: 'case.reopened' }, to: closed } } },
  { id: 'first', measure: { mean: { ...closed, where: 'body.first != null', field: 'first' } } },
  { id: 'slow', measure: { percentile: { ...closed, field: 'first', p: 50 } } },
  { id: 'wait', measure: { between: { from: { event: 'a.asked' }, to: { event: 'a.said' }, of: 'approval' } } },
  { id: 'odd', measure: { count: { ...closed, where: 'size(body.case) > 3' } } },
];

type Event = readonly [at: number, kind: string, body: Body];

/** What is found when these things happened and this is what a check says in the end. */
function found(said: Readonly<Record<string, number | null>>, ...events: readonly Event[]): string[] {
  const numbers = new Numbers();
  const targets = METRICS.map(({ id }) => ({ id, metric: id }));
  const begin: Event = [0, 'organisation.applied', { changed: { metrics: METRICS, targets }, removed: [] }];
  const standings = Object.entries(said).map(([target, value]) => ({ target, value }));
  const all: Event[] = [begin, ...events, [1000, 'purpose.checked', { standings }]];
  all.forEach(([at, kind, body], i) => {
    numbers.apply({ seq: i + 1, at, kind, principal: 'system', seat: null, command: '', body });
  });
  return numbers.findings.map(({ rule, detail }) => `${rule}: ${detail}`);
}

const over = (at: number, first: number | null): Event => [at, 'case.closed', { case: `C-${at}`, first }];

describe('[SIM12] numbers of targets, counted again', () => {
  it('agree with what a check wrote down, or are a finding', () => {
    const events = [over(990, 4), over(991, 6), over(992, null)];
    expect(found({ first: 5, slow: 4 }, ...events)).toEqual([]);
    expect(found({ first: 6 }, ...events)).toEqual(['metric: record 5 says first is 6; counted again it is 5']);
    expect(found({ first: null }, ...events)).toHaveLength(1);
    // A percentile is kept as a sketch: what is a little beside it is right.
    expect(found({ slow: 4.02 }, ...events)).toEqual([]);
    expect(found({ slow: 4.1 }, ...events)).toHaveLength(1);
  });

  it('leave out what is older than the window, and what happened to the case of a gap', () => {
    const again: Event = [995, 'case.reopened', { case: 'C-995' }];
    expect(found({ again: 100 }, over(10, 1), over(990, 1), again)).toEqual([]);
    const gap: Event = [980, 'gap.opened', { case: 'C-990' }];
    expect(found({ again: null }, gap, over(990, 1), again)).toEqual([]);
  });

  it('count a span once, from its first beginning, and pass over conditions they do not understand', () => {
    const asked = (at: number): Event => [at, 'a.asked', { approval: 'A-1' }];
    const told = (at: number): Event => [at, 'a.said', { approval: 'A-1' }];
    expect(found({ wait: 30 }, asked(10), asked(20), told(40), told(50))).toEqual([]);
    expect(found({ odd: 7 }, over(990, 1))).toEqual([]);
  });
});

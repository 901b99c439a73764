import { createState } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { diagnosis } from '../src/views/diagnosis.ts';

const DAY = 86_400_000;

describe('[SRV90, SRV91] what is wrong inside', () => {
  const health = {
    status: 'running',
    reason: null,
    tools: null,
    seq: 0,
    queued: 0,
    executing: 0,
    waitingJobs: 0,
    activeRuns: 0,
  } as const;
  const names = (state = createState('acme'), over: object = {}) =>
    diagnosis(state, { ...health, ...over }, { live: true, now: 10 * DAY })
      .filter(({ level }) => level !== 'ok')
      .map(({ name }) => name);

  it('nothing in an organisation that is well', () => expect(names()).toEqual([]));
  it('a queue that grows, and an organisation that does not run', () =>
    expect(names(createState('acme'), { queued: 5000, status: 'recovering', reason: 'no space' })).toEqual([
      'organisation runs',
      'queue',
    ]));
  it('a timer that is late', () => {
    const state = createState('acme');
    state.timers.push([9 * DAY, 'case.due:C-1']);
    expect(names(state)).toEqual(['timers']);
  });
  it('a message no run survives', () => {
    const state = createState('acme');
    state.runs.runs.set('R-1', { id: 'R-1', seat: 'a', message: 'M-1', attempt: 4 } as never);
    expect(names(state)).toEqual(['poison']);
  });
});

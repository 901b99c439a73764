import { describe, expect, it } from 'vitest';
import { HOLDS_RESOURCE, OPERATION_MOVES, OPERATION_TABLE, WITHOUT_EFFECT } from '../src/operations/machine.ts';
import { OPERATION_STATUSES, type OperationStatus } from '../src/operations/schema.ts';

const TERMINAL: OperationStatus[] = ['denied', 'recorded', 'verified', 'failed', 'compensated'];
const targets = (status: OperationStatus): (OperationStatus | null)[] => Object.values(OPERATION_TABLE[status]);

function reachable(from: OperationStatus): Set<OperationStatus> {
  const seen = new Set<OperationStatus>([from]);
  for (const status of seen) for (const to of targets(status)) if (to !== null) seen.add(to);
  return seen;
}

describe('the life cycle of an operation', () => {
  it('[OP1] has a cell for every status and every move, and only known statuses in them', () => {
    for (const status of OPERATION_STATUSES) {
      expect(Object.keys(OPERATION_TABLE[status]).sort()).toEqual([...OPERATION_MOVES].sort());
      for (const to of targets(status)) expect([null, ...OPERATION_STATUSES]).toContain(to);
    }
  });

  it('[OP1] reaches every status from the request, and an end from every status', () => {
    expect([...reachable('requested')].sort()).toEqual([...OPERATION_STATUSES].sort());
    for (const status of OPERATION_STATUSES)
      expect([...reachable(status)].some((s) => [...TERMINAL, 'succeeded'].includes(s))).toBe(true);
  });

  it('[OP1] never leaves a terminal status', () => {
    for (const status of TERMINAL) expect(targets(status).every((to) => to === null)).toBe(true);
  });

  it('[OP1] makes nothing succeed that was not admitted before', () => {
    const before = OPERATION_STATUSES.filter((status) => OPERATION_TABLE[status].succeed !== null);
    expect(before.sort()).toEqual(['admitted', 'escalated', 'leased', 'reconciling', 'unknown']);
    expect(OPERATION_STATUSES.filter((status) => OPERATION_TABLE[status].admit !== null)).toEqual(['requested']);
  });

  it('[OP13] holds its resource from the moment it may change it until the outcome is known', () => {
    for (const status of ['admitted', 'leased', 'unknown', 'succeeded', 'retry_wait', 'escalated'] as const)
      expect(HOLDS_RESOURCE.has(status)).toBe(true);
    for (const status of WITHOUT_EFFECT) expect(HOLDS_RESOURCE.has(status)).toBe(false);
    expect(HOLDS_RESOURCE.has('awaiting_approval')).toBe(false);
  });
});

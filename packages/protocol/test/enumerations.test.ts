import {
  COMMANDS,
  LANES,
  MESSAGE_TYPES,
  OCCUPANT_KINDS,
  OPERATION_STATUSES,
  PRIORITIES,
  REJECTION_CODES,
  STATUSES,
  SWITCH_SCOPES,
  TIERS,
} from '@reeve/kernel';
import { expect, it } from 'vitest';
import { PERSON_COMMANDS, PROBLEM_STATUS } from '../src/index.ts';
import {
  caseStatus,
  lane,
  messageType,
  occupantKind,
  operationStatus,
  priority,
  switchScope,
  tier,
} from '../src/shapes/common.ts';

it.each([
  ['case statuses', caseStatus.options, STATUSES],
  ['priorities', priority.options, PRIORITIES],
  ['operation statuses', operationStatus.options, OPERATION_STATUSES],
  ['kinds of occupants', occupantKind.options, OCCUPANT_KINDS],
  ['tiers', tier.options, TIERS],
  ['scopes of switches', switchScope.options, SWITCH_SCOPES],
  ['lanes', lane.options, LANES],
  ['types of messages', messageType.options, MESSAGE_TYPES],
])('[API7] %s are those of the kernel', (_name, ours, kernels) => {
  expect([...ours].sort()).toEqual([...kernels].sort());
});

it('[API7] what a person may not command is what belongs to runs, leases and packs, or has a route of its own', () => {
  const kept = Object.keys(COMMANDS).filter((kind) => !(PERSON_COMMANDS as readonly string[]).includes(kind));
  const mine =
    /^(run\.|organisation\.apply$|customer\.forget$|desk\.snapshot$|notice\.|oversight\.observe$|operation\.(read|read_failed|lease|complete|fail|lapse|look|reconcile|verify|unverifiable)$)/;
  expect(kept.filter((kind) => !mine.test(kind))).toEqual([]);
});

it('[API4] every rejection of the kernel has a status', () => {
  for (const code of REJECTION_CODES) expect(PROBLEM_STATUS[code]).toBeGreaterThanOrEqual(400);
});

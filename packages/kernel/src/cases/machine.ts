import type { CaseStatus } from './schema.ts';

export const MOVES = [
  'assign',
  'start',
  'wait_internal',
  'wait_customer',
  'block',
  'resume',
  'escalate',
  'resolve',
  'verify',
  'reject',
  'close',
  'reopen',
  'cancel',
] as const;
export type CaseMove = (typeof MOVES)[number];

type Row = Record<CaseMove, CaseStatus | null>;
const none: Row = {
  assign: null,
  start: null,
  wait_internal: null,
  wait_customer: null,
  block: null,
  resume: null,
  escalate: null,
  resolve: null,
  verify: null,
  reject: null,
  close: null,
  reopen: null,
  cancel: null,
};

/**
 * [CAS1] The whole status machine: every status × every move; `null` refuses. The type makes the compiler demand every
 * status, and `none` every move. Work on a case (`working`) allows the same moves wherever it stands.
 */
const working = {
  ...none,
  assign: 'assigned',
  wait_internal: 'waiting_internal',
  wait_customer: 'waiting_customer',
  block: 'blocked',
  escalate: 'escalated',
  resolve: 'resolved',
  cancel: 'cancelled',
} as const satisfies Row;

export const TRANSITIONS: Record<CaseStatus, Row> = {
  new: { ...none, assign: 'assigned', escalate: 'escalated', cancel: 'cancelled' },
  assigned: {
    ...none,
    assign: 'assigned',
    start: 'in_progress',
    escalate: 'escalated',
    block: 'blocked',
    cancel: 'cancelled',
  },
  in_progress: working,
  waiting_internal: { ...working, resume: 'in_progress' },
  waiting_customer: { ...working, resume: 'in_progress' },
  blocked: { ...working, block: null, resume: 'in_progress' },
  escalated: { ...working, start: 'in_progress', resume: 'in_progress' },
  resolved: { ...none, verify: 'verified', reject: 'in_progress', reopen: 'in_progress', escalate: 'escalated' },
  verified: { ...none, close: 'closed', reopen: 'in_progress' },
  closed: { ...none, reopen: 'in_progress' },
  cancelled: { ...none, reopen: 'in_progress' },
};

/** Statuses in which somebody still owes work. */
export const OPEN: ReadonlySet<CaseStatus> = new Set([
  'new',
  'assigned',
  'in_progress',
  'waiting_internal',
  'waiting_customer',
  'blocked',
  'escalated',
]);

export const next = (status: CaseStatus, move: CaseMove): CaseStatus | null => TRANSITIONS[status][move];

/** Moves possible from a status, for hints. */
export const movesFrom = (status: CaseStatus): CaseMove[] => MOVES.filter((move) => TRANSITIONS[status][move] !== null);

/** Open statuses in which the deadline runs: while the customer is asked, the wait itself is what is watched. */
export const onTheClock = (status: CaseStatus): boolean => OPEN.has(status) && status !== 'waiting_customer';

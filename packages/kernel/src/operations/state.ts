import type { PriceUse } from '../budget/prices.ts';
import type { Queue } from '../core/queue.ts';
import type { Time } from '../core/types.ts';
import type { Override } from '../governance/control-schema.ts';
import type { Decision } from '../governance/schema.ts';
import type { Provenance } from '../provenance/definition.ts';
import type { Effect, FailureCategory } from './definition.ts';
import type { Evidence, OperationStatus, Reading } from './schema.ts';

export interface Operation {
  id: string;
  key: string;
  status: OperationStatus;
  capability: string;
  tool: string;
  effect: Effect;
  args: Record<string, unknown>;
  argsDigest: string;
  contract: string | null;
  seat: string;
  principal: string;
  case: string | null;
  run: string | null;
  why: string | null;
  confidence: number | null;
  resource: string | null;
  cost: number;
  /** Lines of the price table in the cost. */
  prices?: PriceUse[];
  metric: string | null;
  /** The operation this one undoes. */
  compensates: string | null;
  compensation: string | null;
  /** The delegated task it is done for (T4). */
  task?: string;
  expects?: Record<string, string>;
  overrides?: Override;
  /** When it was first admitted: what is counted is counted then, once. */
  admittedAt?: Time;
  /** The standing grant it used up one use of. */
  grant?: string;
  reads: Record<string, Reading> | null;
  decision: Decision | null;
  approval: string | null;
  reservation: string | null;
  attempt: number;
  lease: { executor: string; until: Time } | null;
  retryAt: Time | null;
  result: Record<string, unknown> | null;
  evidence: Evidence[];
  failure: { category: FailureCategory; message: string } | null;
  note: string | null;
  /** What its arguments rest on, and what was wrong with that. */
  provenance?: Provenance;
  requestedAt: Time;
  settledAt: Time | null;
}

/** What an executor should do for an operation now; derived from its status, so a restart needs no special path. */
export type Job = 'read' | 'execute' | 'reconcile' | 'verify';

interface Breaker {
  failures: number;
  openUntil: Time;
}

export interface OperationState {
  operations: Map<string, Operation>;
  byKey: Map<string, string>;
  /** Those that are not settled. */
  open: Set<string>;
  /** How many stand where, archived ones included. */
  byStatus: Record<string, number>;
  jobs: Map<string, Job>;
  /** Resource → who holds it and who waits. */
  locks: Map<string, { holder: string; waiting: Queue<string> }>;
  breakers: Map<string, Breaker>;
  /** `tool|name` → untrusted sources of what is stored there [PRV7]. */
  stored?: Map<string, string[]>;
  /** `seat|capability` → successes, for first-use checks. */
  used: Map<string, number>;
  /** Leased operations by executor, for fencing after a restart. */
  leased: Set<string>;
}

export const emptyOperations = (): OperationState => ({
  operations: new Map(),
  byKey: new Map(),
  open: new Set(),
  byStatus: {},
  jobs: new Map(),
  locks: new Map(),
  breakers: new Map(),
  used: new Map(),
  leased: new Set(),
});

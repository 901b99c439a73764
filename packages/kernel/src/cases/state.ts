import type { Time } from '../core/types.ts';
import type { Needs } from '../routing/definition.ts';
import type { CasePriority, CaseStatus, TaskPacket } from './schema.ts';

export interface Task {
  id: string;
  case: string;
  from: string;
  to: string;
  status: 'open' | 'done' | 'declined' | 'cancelled';
  packet: TaskPacket;
  report: Record<string, unknown> | null;
  under?: string;
  needs?: Needs;
  /** Tasks that had to be done first, and those of them that it waits for until it is released. */
  after?: string[];
  waits?: string[];
  at: Time;
  /** Untrusted sources behind its packet or report [PRV7]. */
  taint?: string[];
}

export interface Case {
  id: string;
  status: CaseStatus;
  subject: string;
  text: string;
  customer: string;
  name: string | null;
  channel: string;
  priority: CasePriority;
  topic: string | null;
  areas: string[];
  owner: string;
  /** Seats that take part: owner, delegates, verifier, those it was escalated to. */
  parties: string[];
  openedAt: Time;
  /** When the time allowed for it began: at the opening, or the latest reopening [CAS15]. */
  clockFrom: Time;
  due: Time;
  firstResponseAt: Time | null;
  tasks: string[];
  notes: { by: string; text: string; at: Time }[];
  /** Operations that succeeded on this case: what a resolution may cite. */
  evidence: { kind: string; ref: string }[];
  /** Seats with a successful effect on this case, by capability, and who sat there: separation of duties. */
  acted: { seat: string; capability: string; principal: string }[];
  resolution: { summary: string; evidence: string[]; by: string; principal: string; at: Time } | null;
  verifier: string | null;
  escalations: number;
  reopened: number;
  satisfied: boolean | null;
  duplicateOf: string | null;
  /** What was alerted already, each as `what@time` of the deadline or wait it was about. */
  alerted: string[];
  /** When it is said to be overdue once more [CAS20]. */
  lateAgain?: Time;
  since: Time;
  /** The human of the organisation who opened it, by seat; absent when it came from outside. */
  by?: string;
  /** Untrusted sources of what it holds [PRV7]. */
  taint?: string[];
  /** Its customer took it back [CAS25]. */
  withdrawn?: true;
  /** The case it goes on from, which had left memory. */
  follows?: string;
  data: Record<string, unknown> | null;
}

/** What a customer's next case is told of an earlier one. */
export type PastCase = Pick<Case, 'id' | 'status' | 'topic' | 'subject' | 'openedAt'>;

export interface CaseState {
  cases: Map<string, Case>;
  tasks: Map<string, Task>;
  byExternalId: Map<string, string>;
  /** Customer → who first served them and their latest cases (R-A56). */
  customers: Map<string, { primary: string; cases: string[]; past?: Record<string, PastCase> }>;
  open: number;
  /** Cases that are neither closed nor cancelled. */
  live: Set<string>;
  /** How many cases stand where, archived ones included. */
  byStatus: Record<string, number>;
  /** A case of each forgotten customer, so that a start can see whether his key is gone. */
  forgotten: string[];
}

export const emptyCases = (): CaseState => ({
  cases: new Map(),
  tasks: new Map(),
  byExternalId: new Map(),
  customers: new Map(),
  open: 0,
  live: new Set(),
  byStatus: {},
  forgotten: [],
});

import type { Rejection } from '../core/rejection.ts';
import type { Time } from '../core/types.ts';
import type { Remembered } from '../memory/recall.ts';
import type { Seen } from './seen.ts';

export type RunStatus = 'active' | 'parked' | 'ready' | 'retry_wait' | 'interrupted';

export interface Run {
  id: string;
  seat: string;
  principal: string;
  /** Digest of who takes its steps, and with what [RUN11]. */
  player?: string;
  message: string;
  case: string | null;
  seen: Seen | null;
  memory?: Remembered;
  status: RunStatus;
  worker: string;
  attempt: number;
  /** When a failed run is tried again. */
  retryAt: Time | null;
  steps: number;
  /** Refused steps, so that a repeated run takes the same branch. */
  refused: Record<number, Rejection>;
  waiting: string | null;
  /** Digest of an action → how often it was done in this run. */
  actions: Record<string, number>;
  spent: number;
  /** Tokens used; absent means none. */
  tokens?: number;
  /** Step → digest of the blob with what it got from outside [RUN9]. */
  answers?: Record<number, string>;
  reservation: string | null;
  startedAt: Time;
  /** Operations whose results it got, those that act outside, and untrusted sources it saw [PRV7]. */
  saw?: string[];
  sent?: string[];
  taint?: string[];
  /** Beliefs it has before it: those it began with and those it recalled. */
  beliefs?: string[];
  /** End of the time the run may take, counted while it is active. */
  deadline: Time;
}

export interface RunState {
  runs: Map<string, Run>;
  /** Runs that wait for a worker: woken, retried or interrupted. */
  ready: Set<string>;
  /** Operation → runs parked on it. */
  waiting: Map<string, string[]>;
}

export const emptyRuns = (): RunState => ({ runs: new Map(), ready: new Set(), waiting: new Map() });

/** What belongs to a case, or to an operation or a run of no case. */
export interface Parts {
  operations: string[];
  approvals: string[];
  reservations: string[];
  externalId?: string;
}

/** What a later request under the key of an archived operation is answered with. */
export interface KeptKey {
  id: string;
  case: string | null;
  argsDigest: string;
}

export interface ArchiveState {
  /** Case, operation or run → its parts. */
  parts: Map<string, Parts>;
  /** Case → runs on it, messages about it that are held, and open complaints about it. */
  busy: Map<string, number>;
  /** Case → open messages about it, the oldest first. */
  unread: Map<string, Set<string>>;
  /** Key → the archived operation it was used by; the oldest first. */
  keys: Map<string, KeptKey>;
  /** External id → archived case; the oldest first. */
  externalIds: Map<string, string>;
  /** Customers of whom no recent case is in memory; the longest gone first. */
  customers: Set<string>;
  /** How many have left since the timers were looked through. */
  left: number;
  /** The retention that the timers were set by. */
  retention: number;
}

export const emptyArchive = (): ArchiveState => ({
  parts: new Map(),
  busy: new Map(),
  unread: new Map(),
  keys: new Map(),
  externalIds: new Map(),
  customers: new Set(),
  left: 0,
  retention: 0,
});

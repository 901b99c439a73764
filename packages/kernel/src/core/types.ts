/** Milliseconds since the Unix epoch. Always an input: the kernel has no clock. */
export type Time = number;

/** Who may see a record. Everything is logged; visibility says to whom it is shown (requirements README, conflict 9). */
export type Visibility = 'public' | 'organisation' | 'unit' | 'seat' | 'parties';

/** The authenticated author of a command. `seat` is set when the principal acts in a seat. */
export interface Actor {
  readonly principal: string;
  readonly seat?: string;
}

/** The kernel itself: timers and reactions. */
export const SYSTEM: Actor = { principal: 'system' };

/**
 * Why a record exists: an external command (its id and the digest of its body, so that a repeat is recognised and a
 * changed repeat is refused), or the record whose reaction or timer produced it.
 */
export type Causation =
  | { readonly command: string; readonly digest: string }
  | { readonly seq: number }
  | { readonly timer: string };

/** One fact about to be written. `stream` is `<kind>/<id>`, `correlation` the case or command it belongs to. */
export interface EventDraft<K extends string = string, B = unknown> {
  readonly kind: K;
  readonly stream: string;
  readonly body: B;
  readonly correlation?: string;
  readonly visibility?: Visibility;
}

/** One entry of the ledger, as the kernel sees it; the ledger adds digests and the hash chain. */
export interface RecordEntry<K extends string = string, B = unknown> {
  readonly seq: number;
  readonly org: string;
  readonly at: Time;
  readonly actor: Actor;
  readonly kind: K;
  /** Version of the body's shape; upcasters lift older ones. */
  readonly v: number;
  readonly stream: string;
  readonly causation: Causation;
  readonly correlation: string;
  readonly visibility: Visibility;
  readonly body: B;
}

/** Inputs that a deterministic function may not fetch for itself. */
export interface Inputs {
  readonly now: Time;
  /** Unpredictable text for nonces; recorded in the event that uses it. */
  readonly entropy: string;
}

/** A request to change the organisation. `id` is the idempotency key: the same id and body give the first result again. */
export interface CommandEnvelope<K extends string = string, B = unknown> {
  readonly id: string;
  readonly kind: K;
  readonly actor: Actor;
  readonly body: B;
}

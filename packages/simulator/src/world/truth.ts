/** What really happened outside: written down by the world itself, never by Reeve. */

/** One effect that landed. */
export interface Effect {
  readonly n: number;
  readonly tool: string;
  readonly capability: string;
  /** The operation and the key the tool was called with. */
  readonly operation: string;
  readonly key: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The name the world gives it, e.g. of a refund. */
  readonly id: string;
  /** Records that were durable when the call was sent. */
  readonly issuedSeq: number;
  /** The wall clock when it landed, milliseconds since 1970. */
  readonly at: number;
}

/** An answer of a tool that claimed an effect which never came (a lying tool). */
interface Lie {
  readonly operation: string;
  readonly key: string;
}

export interface Truth {
  readonly effects: Effect[];
  readonly lies: Lie[];
  /** Operations whose effect was another than was asked for. */
  readonly skews: Set<string>;
  /** Operations whose call landed after its tool had been asked whether it had. */
  readonly late: Set<string>;
  /** Keys under which something was done, or was said to be. */
  readonly keys: Set<string>;
  /** Operation → calls, of whatever kind. */
  readonly calls: Map<string, number>;
  /** Operation → records that were durable when a tool was first asked something for it. */
  readonly asked: Map<string, number>;
  /** What somebody was shown: up to which record, and how many were durable then. */
  readonly shown: { readonly seq: number; readonly durable: number }[];
}

export const emptyTruth = (): Truth => ({
  ...{ effects: [], lies: [], calls: new Map(), asked: new Map(), shown: [] },
  ...{ skews: new Set<string>(), late: new Set<string>(), keys: new Set<string>() },
});

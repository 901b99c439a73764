import type { ModuleTool } from '@reeve/connectors/module';
import type { Desk, OperationOutcome, Report, Script } from '@reeve/workers/port';
import { defineScript } from '@reeve/workers/port';
import type { z } from 'zod';

/** Capability id → its declaration, of all these tools. */
type Offered<T extends readonly ModuleTool[]> = Together<T[number]['capabilities']>;
type Together<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type Shape = { readonly args: z.ZodType; readonly returns: z.ZodType };

/** How a request came out, with the result in the type of the capability's `returns`. */
export type Outcome<R> =
  | (Omit<Extract<OperationOutcome, { status: 'done' }>, 'result'> & { readonly result: R })
  | Exclude<OperationOutcome, { status: 'done' }>;

/** Ask for a capability of one of the seat's tools: names, arguments and results are checked by the compiler. */
export type Uses<T extends readonly ModuleTool[]> = <K extends keyof Offered<T> & string>(
  capability: K,
  args: Offered<T>[K] extends Shape ? z.input<Offered<T>[K]['args']> : never,
  more?: { why?: string; confidence?: number; contract?: string },
) => Promise<Outcome<Offered<T>[K] extends Shape ? z.output<Offered<T>[K]['returns']> : never>>;

export interface Seat<T extends readonly ModuleTool[]> {
  /** Tools of this pack the seat works with. What it may really use is for its charter to say, and the gate. */
  readonly tools: T;
  readonly work: (at: { readonly desk: Desk; readonly use: Uses<T> }) => Promise<Report>;
}

/**
 * Declare who works a seat, with the types of the tools it works with: the default export of the script that
 * `occupant: { kind: script }` names. Like every script it must be deterministic; `use` is a journaled step of the desk.
 */
export function defineSeat<const T extends readonly ModuleTool[]>(seat: Seat<T>): Script {
  return defineScript((desk) => {
    const use = (capability: string, args: Record<string, unknown>, more = {}) =>
      desk.request({ capability, args, ...more });
    return seat.work({ desk, use: use as Uses<T> });
  });
}

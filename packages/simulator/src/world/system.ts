/** A system outside, as the simulator's tools reach it: it does what it is told and checks nothing for Reeve. */
import type { Call, CallResult } from '@reeve/connectors';

export interface System {
  /** Does a call of this capability change anything? */
  writes(capability: string): boolean;
  /** Carry out a call; a key that was used gives the first answer again. @throws ToolError, having changed nothing. */
  run(call: Call, how: Conduct): Promise<CallResult>;
  lookup(key: string): Promise<CallResult | null>;
}

/** `lie` answers as if it had been done; `skew` does something else than was asked, where that makes sense. */
export type Conduct = 'honest' | 'lie' | 'skew';

export interface World {
  system(tool: string): System | undefined;
  /** Customers who write, with what they may name in a request. */
  readonly customers: readonly Customer[];
  /** What can be seen outside about money that left: operation → amount in micro-units, what was taken back left out. */
  paid(): ReadonlyMap<string, number>;
  /** What must never be true outside and is, in a sentence each; what these operations did is left out. */
  breaches(excused: ReadonlySet<string>): readonly string[];
}

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly orders: readonly string[];
}

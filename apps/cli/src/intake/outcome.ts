import type { Cleaned } from '@reeve/connectors/text';
import type { Channel, Ticket } from './ticket.ts';

/** Where something was read: `line` counts lines, `item` messages or array elements; both from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly item?: number;
}

/** What could not be imported, why, and (`hint`) what to do about it. One sentence each, safe to print. */
export interface Problem extends Place {
  /** The field of the ticket at fault, when it is one. */
  readonly field?: string;
  readonly message: string;
  readonly hint?: string;
}

/** One step of an import: a ticket (with a note of what was removed from it, if anything), or a problem. */
export type Intake =
  | { readonly ok: true; readonly ticket: Ticket; readonly at: Place; readonly cleaned?: Cleaned }
  | { readonly ok: false; readonly problem: Problem };

export interface ReadOptions {
  /** Channel of CSV and JSON rows that name none; `api` when absent. Mail is always `email`. */
  readonly channel?: Channel;
  /** Problems reported per file before reading of that file stops; 100 when absent. */
  readonly maxProblems?: number;
}

/** A refusal as a step of the import. `details` may carry `field` and `hint`. */
export function problem(at: Place, message: string, details: { field?: string; hint?: string } = {}): Intake {
  return { ok: false, problem: { ...at, ...details, message } };
}

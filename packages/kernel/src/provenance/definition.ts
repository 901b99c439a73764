import { z } from 'zod';

/**
 * Where a sensitive argument may come from: what a human above the seat said, what the organisation defines, its own data, a
 * condition of the contract over what was read, a whole field of a record from outside, a text the instruction names, or the seat's
 * own knowledge (it stands in nothing from outside).
 */
export const GROUNDS = ['instruction', 'definition', 'trusted', 'contract', 'record', 'named', 'own'] as const;
export type Ground = (typeof GROUNDS)[number];
export const ground = z.enum(GROUNDS);

/** What bounds the runs of a seat once they have seen content from outside. */
const FOLLOWS = ['charter', 'instruction'] as const;
export const follows = z.enum(FOLLOWS);

/** What the gate is told about one operation; on the ledger with its request. */
export interface Provenance {
  /** Untrusted sources the requester had seen. */
  readonly taint: readonly string[];
  /** Sensitive argument → what it rests on. */
  readonly grounds: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly rule: string;
  readonly verdict: 'ask' | 'deny';
  readonly message: string;
  readonly instead?: string;
}

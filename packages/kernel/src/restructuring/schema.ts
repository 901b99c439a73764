import { z } from 'zod';
import { capabilityPattern, id, text } from '../core/names.ts';
import { abilities, occupant, type SeatDef, unit } from '../organisation/schema.ts';

const seatTitle = text(200).min(1);

/** A seat that a split makes: the same job, with a part of the rights and the topics. */
const part = z.strictObject({
  id,
  title: seatTitle,
  purpose: text(2000).min(1).optional(),
  unit: id.optional(),
  occupant: occupant.optional(),
  /** Rights of the old seat that the new one has, too: patterns that cover them; all of them when absent. */
  rights: z.array(capabilityPattern).optional(),
  /** Topics that go over to it, with the open work on them. */
  topics: z.array(id).default([]),
});

/** The seat of a new layer: it directs, and has no rights of its own. */
const layer = z.strictObject({
  id,
  title: seatTitle,
  purpose: text(2000).min(1),
  unit: id.optional(),
  occupant: occupant.optional(),
  abilities: abilities.prefault({}),
});

/** Restructuring as data (R-D56). Each step sees what the steps before it made. */
export const restructuringStep = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('unit'), unit }),
  z.strictObject({ do: z.literal('split'), seat: id, into: z.array(part).min(1).max(20) }),
  z.strictObject({
    do: z.literal('merge'),
    seats: z.array(id).min(1).max(50),
    into: id,
    /** `add`: the seat that stays gets the rights of the others. `keep`: it does not. */
    rights: z.enum(['keep', 'add']).default('keep'),
  }),
  z.strictObject({ do: z.literal('reassign'), seat: id, supervisor: id.optional(), unit: id.optional() }),
  z.strictObject({ do: z.literal('add-layer'), seat: layer, over: z.array(id).min(1).max(200) }),
  z.strictObject({ do: z.literal('remove-layer'), seat: id }),
  z.strictObject({ do: z.literal('occupy'), seat: id, occupant: occupant.nullable() }),
]);
export type RestructuringStep = z.output<typeof restructuringStep>;
export type Part = z.output<typeof part>;
export type Layer = z.output<typeof layer>;

export const restructuringCommands = {
  'organisation.restructure': z.strictObject({
    steps: z.array(restructuringStep).min(1).max(50),
    reason: text(1000).min(1),
    /** Digest of the organisation the plan was made for; not looked at when absent. */
    base: text(100).optional(),
  }),
} as const;

/** Where the work of a seat goes: all of it, or what is about these topics. */
export interface WorkMove {
  from: string;
  to: string;
  topics?: string[];
}

/** What stands in the tree for a seat: what a later pack must not change in silence. */
export type Place = Pick<SeatDef, 'unit'> & { supervisor: string | null; occupant: string | null };

export interface RestructuringEvents {
  'organisation.restructured': {
    restructuring: string;
    base: string;
    digest: string;
    reason: string;
    by: string;
    steps: RestructuringStep[];
    retired: { seat: string; heir: string }[];
    added: string[];
    /** Seats whose place or occupant is another one afterwards; null when they are gone. */
    places: Record<string, Place | null>;
    work: WorkMove[];
    /** Seats that are told. */
    told: string[];
    warnings: string[];
  };
  'task.moved': { task: string; case: string; from: string; to: string; as: 'doer' | 'giver'; told: boolean };
  'message.moved': { message: string; from: string; to: string };
  'case.joined': { case: string; seat: string; for: string; verifies: boolean };
  'approval.moved': {
    approval: string;
    operation: string;
    from: string;
    to: string;
    requester: string;
    approvers: string[];
    asked: string[];
  };
  'operation.moved': { operation: string; from: string; to: string; principal: string };
}

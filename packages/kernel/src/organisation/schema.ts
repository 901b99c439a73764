import { z } from 'zod';
import { capabilityPattern, id, text } from '../core/names.ts';
import { duration, money } from '../core/quantities.ts';
import type { Definition } from '../definition.ts';
import { hours } from '../hours/definition.ts';
import { noticeKind } from '../notices/definition.ts';
import { follows } from '../provenance/definition.ts';
import { maturity } from '../purpose/definition.ts';
import { OCCUPANT_KINDS, TIERS } from '../words.ts';
import { program, remote } from './agent.ts';

export { OCCUPANT_KINDS, type OccupantKind, TIERS, type Tier } from '../words.ts';

/** A scope inside the organisation: company › workspace › portfolio › unit (R-E16). */
export const unit = z.strictObject({
  id,
  title: text(200),
  kind: z.enum(['company', 'workspace', 'portfolio', 'unit']).default('unit'),
  parent: id.optional(),
  purpose: text(2000).default(''),
  /** How far its agents may decide about it by themselves; a seat's own charter wins (A §1). */
  maturity: maturity.optional(),
});

/** A permission: this capability, on this kind of resource, under this condition. Everything else is denied. */
const right = z.strictObject({
  capability: capabilityPattern,
  /** CEL over `args, case, actor, org, now`; the right holds only when it is true. */
  when: text(2000).optional(),
  /** Largest amount of money one operation may move. */
  limit: money.optional(),
});

const stoppingRule = z.strictObject({
  steps: z.number().int().positive().max(10_000).default(50),
  time: duration.default(15 * 60_000),
  /** The same action with the same arguments, this many times in a run, ends it (R-E57). */
  repeats: z.number().int().positive().max(100).default(3),
  /** Money one run may reserve. */
  money: money.optional(),
  /** Tokens one run may use. */
  tokens: z.number().int().positive().max(1_000_000_000).optional(),
});

/** A seat's charter: purpose, metrics, rights, budget, escalation path, stopping rule (R-E9, R-E59). */
const charter = z.strictObject({
  purpose: text(2000),
  tier: z.enum(TIERS),
  metrics: z.array(id).default([]),
  maturity: maturity.optional(),
  rights: z.array(right).default([]),
  /** What it may have done by others, through a task, without doing it itself (T4). */
  entrusts: z.array(right).default([]),
  /** What a run must leave behind. */
  evidence: text(500).default(''),
  /** Who gets what this seat cannot settle; the supervisor when absent. */
  escalation: id.optional(),
  stop: stoppingRule.prefault({}),
  /** What bounds a run that has seen content from outside: the rights of the charter (as if absent), or what a human told it [PRV2]. */
  follows: follows.optional(),
});

/** Who sits there. Humans and agents are the same kind of thing (R-A1). */
export const occupant = z.strictObject({
  principal: id,
  kind: z.enum(OCCUPANT_KINDS),
  name: text(200).optional(),
  email: z.email().max(254).optional(),
  /** For `human`: what is sent to that address as well. */
  mail: z.array(noticeKind).max(10).optional(),
  /** For `script`: the file in the pack. */
  script: text(300).optional(),
  /** For `model`: the model that sits there. */
  model: id.optional(),
  /** A cheaper model for what it can do; `model` takes over as soon as it cannot. */
  small: id.optional(),
  /** Who is asked instead when the model's provider fails, in this order. */
  fallback: z.array(id).max(5).optional(),
  /** How the work is to be done, in the pack's words; rights and rules are not written here. */
  instructions: text(20_000).optional(),
  /** Give an answer again that was given to the very same request before, without paying for it. */
  cache: z.boolean().optional(),
  /** For `mcp`: how long the agent may be silent before its work is handed on; two minutes when absent. */
  lease: duration.optional(),
  /** For `command`: the program that is started for each run. */
  command: program.optional(),
  /** For `a2a`: the agent of another organisation that is asked. */
  remote: remote.optional(),
});

export const COMPLEXITIES = ['low', 'medium', 'high'] as const;

/** What work a seat can take (R-C24). */
export const abilities = z.strictObject({
  skills: z.array(id).default([]),
  topics: z.array(id).default([]),
  domains: z.array(id).default([]),
  technologies: z.array(id).optional(),
  complexity: z.array(z.enum(COMPLEXITIES)).default([...COMPLEXITIES]),
});

export const seat = z.strictObject({
  id,
  title: text(200),
  unit: id,
  supervisor: id.optional(),
  charter,
  occupant: occupant.optional(),
  abilities: abilities.prefault({}),
  /** Cases this seat works on at once (R-B3). */
  cases: z.number().int().positive().max(100_000).default(50),
  /** Runs of an agent occupant at once. */
  runs: z.number().int().positive().max(1000).default(4),
  /** When it works; always when absent. */
  hours: hours.optional(),
});

export type UnitDef = z.infer<typeof unit>;
export type Right = z.infer<typeof right>;
export type Charter = z.infer<typeof charter>;
export type Occupant = z.infer<typeof occupant>;
export type SeatDef = z.infer<typeof seat>;

const seatId = z.strictObject({ seat: id, reason: text(1000).min(1) });

export const organisationCommands = {
  /**
   * `definition` is checked against the full schema by `decide`; it is unknown here because it names every module's resources.
   * `undo`: also when that takes back restructurings made since the last apply.
   */
  'organisation.apply': z.strictObject({
    base: text(100),
    reason: text(1000).min(1),
    definition: z.unknown(),
    undo: z.boolean().optional(),
  }),
  /** `takesOver`: what the desk has asked for and has not begun goes on under the name of who sits there now. */
  'seat.occupy': z.strictObject({
    seat: id,
    occupant: occupant.nullable(),
    reason: text(1000).min(1),
    takesOver: z.boolean().optional(),
  }),
  'seat.pause': seatId,
  'seat.resume': seatId,
  'seat.suspend': seatId,
} as const;

export interface OrganisationEvents {
  'organisation.applied': {
    digest: string;
    base: string;
    reason: string;
    changed: Definition;
    removed: { kind: string; id: string }[];
    /** The restructuring that made this definition out of the one before. */
    restructuring?: string;
  };
  'seat.occupied': { seat: string; occupant: Occupant | null; reason: string; takesOver?: boolean };
  'seat.paused': { seat: string; reason: string };
  'seat.resumed': { seat: string; reason: string };
  'seat.suspended': { seat: string; reason: string };
}

import { z } from 'zod';
import { capabilityPattern, id, text } from '../core/names.ts';
import { DAY, duration, HOUR, MICRO, money } from '../core/quantities.ts';

/** How far a lane is trusted (R-E66): it watches, proposes beside a person, acts once approved, acts within limits, acts. */
export const STAGES = ['observe', 'shadow', 'assist', 'bounded', 'end-to-end'] as const;
export type Stage = (typeof STAGES)[number];

/**
 * What lanes are judged by: `agreement`, `success`, `outcomes` and `corrections` in percent, `unsafe` and `silent` as counts,
 * `minutes` of people and `cost` (micro-units) for each closed case.
 */
export const MEASURES = [
  'agreement',
  'success',
  'outcomes',
  'corrections',
  'unsafe',
  'silent',
  'minutes',
  'cost',
] as const;
export type LaneMeasure = (typeof MEASURES)[number];
/** Those of them that are a share of so many: they have an interval. */
export const SHARES = ['agreement', 'success', 'outcomes', 'corrections'] as const satisfies readonly LaneMeasure[];

const bound = z.union([z.number(), money]);
export const criterion = z
  .strictObject({ measure: z.enum(MEASURES), atLeast: bound.optional(), atMost: bound.optional() })
  .refine(({ atLeast, atMost }) => (atLeast === undefined) !== (atMost === undefined), {
    message: 'a criterion says either "atLeast" or "atMost"',
  });

type Given = z.input<typeof criterion>;
const criteria = (list: Given[]) =>
  z
    .array(criterion)
    .max(20)
    .default(list as z.output<typeof criterion>[]);
const sample = (n: number) => z.number().int().nonnegative().max(1_000_000).default(n);
const percent = z.number().int().min(0).max(100);

/** What must hold to come in, and (for stages in which work is really done) what must go on to hold to stay. */
const enter = (days: number, least: number, list: Given[]) =>
  z
    .strictObject({
      days: z.number().nonnegative().max(3650).default(days),
      sample: sample(least),
      criteria: criteria(list),
    })
    .prefault({});
const stay = (least: number, list: Given[]) =>
  z.strictObject({ sample: sample(least), criteria: criteria(list) }).prefault({});

/** Lengths and thresholds of R-A39, R-A42 and R-A52, where they say any. */
const stages = z.strictObject({
  shadow: z.strictObject({ share: percent.default(100), enter: enter(14, 0, []) }).prefault({}),
  assist: z
    .strictObject({
      share: percent.default(100),
      enter: enter(28, 50, [{ measure: 'agreement', atLeast: 80 }]),
      stay: stay(20, []),
    })
    .prefault({}),
  bounded: z
    .strictObject({
      share: percent.default(25),
      enter: enter(14, 50, [
        { measure: 'agreement', atLeast: 90 },
        { measure: 'corrections', atMost: 20 },
        { measure: 'unsafe', atMost: 0 },
      ]),
      stay: stay(20, [
        { measure: 'success', atLeast: 85 },
        { measure: 'corrections', atMost: 20 },
        { measure: 'unsafe', atMost: 2 },
      ]),
    })
    .prefault({}),
  'end-to-end': z
    .strictObject({
      share: percent.default(100),
      enter: enter(28, 100, [
        { measure: 'success', atLeast: 95 },
        { measure: 'corrections', atMost: 10 },
        { measure: 'unsafe', atMost: 0 },
      ]),
      stay: stay(20, [
        { measure: 'success', atLeast: 90 },
        { measure: 'corrections', atMost: 10 },
        { measure: 'unsafe', atMost: 2 },
      ]),
    })
    .prefault({}),
});

/** How much two values of an argument may differ and still say the same: not looked at, as text, or by so much. */
const tolerance = z.union([
  z.enum(['ignore', 'text']),
  z.strictObject({ within: bound }),
  z.strictObject({ percent: z.number().nonnegative() }),
]);

/** Parts of the fitness of a seat; they count in proportion. */
const weights = z.strictObject({
  success: z.number().nonnegative().default(40),
  corrections: z.number().nonnegative().default(30),
  cost: z.number().nonnegative().default(20),
  value: z.number().nonnegative().default(10),
});

/** How traffic follows performance, and within which bounds (R-E53). */
const selection = z.strictObject({
  every: duration.refine((ms) => ms >= HOUR, { message: 'at most once an hour' }).default(7 * DAY),
  /** Most points of traffic one move takes. */
  step: z.number().int().min(1).max(100).default(10),
  /** What nobody loses, so that everybody goes on being tried. */
  floor: percent.default(5),
  /** After a move nothing moves for so long. */
  cooldown: duration.default(7 * DAY),
  /** Pieces of work each of them must have done since the last move. */
  sample: z.number().int().min(1).max(1_000_000).default(30),
  /** Points of fitness that must lie between two for traffic to move. */
  margin: z.number().nonnegative().max(100).default(5),
  weights: weights.prefault({}),
  /** Below this fitness a seat is trusted one stage less. */
  lowerBelow: percent.default(50),
  /** Selections in a row below it after which a person is asked to redesign or retire the seat. */
  proposeAfter: z.number().int().min(1).max(100).default(3),
});

/** A comparison with a sample fixed beforehand: judged once, when everybody has it (R-E69). */
const proof = z.strictObject({
  sample: z.number().int().min(10).max(1_000_000).default(100),
  /** How much worse than the baseline is still as good, in points. */
  margin: z.number().positive().max(100).default(5),
  confidence: z.number().min(50).max(99.99).default(95),
});

const competitors = z
  .array(z.strictObject({ seat: id, share: percent }))
  .max(20)
  .default([]);

/** The rollout of a flow: what makes it a lane with stages (R-E66, R-A42). */
export const rollout = z
  .strictObject({
    /** What it is there for, in one sentence (R-E14). */
    outcome: text(500).default(''),
    /** The number it is meant to move. */
    metric: z.optional(id),
    start: z.enum(STAGES).default('observe'),
    /** Contracts of the flow that the stage holds for; all when empty. */
    steps: z.array(id).max(100).default([]),
    /** Topics of the cases whose traffic it shares out; none: nobody's traffic. */
    topics: z.array(id).max(100).default([]),
    /** Who does the work without it: the person or seat it is compared with, and who is told of proposals. */
    baseline: id.optional(),
    seats: competitors,
    /** Who may raise it, beside the owner and a human at the top. */
    raisers: z.array(id).max(20).default([]),
    stages: stages.prefault({}),
    limits: z
      .strictObject({
        /** In the stage `bounded`: money of one operation, of a day, and operations a day, without a decision. */
        each: money.default(5 * MICRO),
        day: money.optional(),
        count: z.number().int().nonnegative().optional(),
      })
      .prefault({}),
    compare: z
      .strictObject({
        /** How long a proposal waits for the person's action, and the other way round. */
        window: duration.default(7 * DAY),
        tolerances: z.record(z.string(), tolerance).default({}),
      })
      .prefault({}),
    /** Reads its work rests on: what its agents do when these find nothing must have been seen before it is trusted (T13). */
    missing: z
      .strictObject({
        reads: z.array(capabilityPattern).min(1).max(50),
        /** Runs that met missing data before it rises above `shadow`. */
        probes: z.number().int().nonnegative().max(10_000).default(5),
        /** Those of them that may have acted without a word of it. */
        silent: z.number().int().nonnegative().max(10_000).default(0),
      })
      .optional(),
    /** Where it falls to when its kill switch trips. */
    onTrip: z.enum(['observe', 'shadow', 'assist']).default('assist'),
    /** Pieces of work that criteria to stay look back on, at least; at most twice as many. */
    recent: z.number().int().min(10).max(100_000).default(100),
    selection: selection.optional(),
    proof: proof.optional(),
    /** Decides, together with the id of a case, who gets it. */
    seed: text(100).default(''),
  })
  .superRefine(({ seats, selection, baseline }, ctx) => {
    const say = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    const sum = seats.reduce((all, each) => all + each.share, 0);
    if (seats.length > 0 && sum !== 100) say('seats', `the shares sum to ${sum}, not to 100`);
    if (new Set(seats.map(({ seat }) => seat)).size < seats.length) say('seats', 'a seat is named twice');
    if (seats.some(({ seat }) => seat === baseline))
      say('baseline', 'the baseline is compared with and does not compete');
    if (selection === undefined) return;
    if (seats.length < 2) say('selection', 'there is nothing to choose among fewer than two seats');
    if (seats.some(({ share }) => share < selection.floor))
      say('selection', `a share is below the floor of ${selection.floor}`);
  });

export type RolloutDef = z.infer<typeof rollout>;
export type Criterion = z.infer<typeof criterion>;
export type Tolerance = z.infer<typeof tolerance>;
export type SelectionDef = z.infer<typeof selection>;
export type Weights = z.infer<typeof weights>;

/** What a file of `policy-tests/` says: facts, one request, and what the gate must answer. */
import { capabilityPattern, duration, id, money, SWITCH_SCOPES } from '@reeve/kernel';
import { z } from 'zod';

const text = (max: number) => z.string().max(max);
const value = z.record(z.string(), z.unknown());

/** Verdicts of the gate, as `expect.verdict` names them. */
const verdict = z.enum(['allow', 'record-only', 'defer', 'ask', 'deny']);

/** The case the request is made on; what is left out is as in a case that was just opened for the seat. */
const caseFacts = z.strictObject({
  customer: text(320).optional(),
  subject: text(500).optional(),
  text: text(10_000).optional(),
  topic: id.optional(),
  priority: z.enum(['high', 'normal', 'low']).optional(),
  areas: z.array(id).optional(),
  status: z.enum(['assigned', 'in_progress', 'closed', 'cancelled']).optional(),
  /** Seat of a human who opened it: then its text is an instruction, and not content from outside. */
  by: id.optional(),
  /** Seat that owns it; the requesting seat when absent. */
  owner: id.optional(),
  /** Seats that take part besides the owner. */
  parties: z.array(id).optional(),
  /** Kinds of evidence it holds. */
  evidence: z.array(text(100)).optional(),
  /** How often it was reopened. */
  reopened: z.number().int().nonnegative().optional(),
  data: value.optional(),
});

const reads = z.record(id, value);

/** An operation that was done before, from request to verification. */
const earlier = z.strictObject({
  seat: id,
  capability: id,
  args: value.default({}),
  /** What its contract's reads found; those of the scenario when absent. */
  reads: reads.optional(),
  result: value.default({}),
  /** What the fresh read of its contract's `verify` found. */
  after: value.default({}),
  /** How often. */
  times: z.number().int().min(1).max(1000).default(1),
  /** On another case of the same customer each time, opened by nobody of the organisation. */
  elsewhere: z.boolean().default(false),
});

/** A standing grant that somebody tried to give before: for the scenario's seat and capability when it names no others. */
const granted = z.strictObject({
  by: id.default('owner'),
  seat: id.optional(),
  capability: id.optional(),
  uses: z.number().int().min(1).max(1000).default(1),
  for: duration.default(86_400_000),
  each: money.optional(),
  total: money.optional(),
  customer: text(320).optional(),
  args: value.optional(),
});

/** What somebody said to the review that the gate opened, as `approval.decide` takes it. */
const answer = z.strictObject({
  /** A seat, or `owner`: whoever installed Reeve. */
  by: id,
  verdict: z.enum(['approve', 'reject', 'revise']).default('approve'),
  note: text(2000).default('policy test'),
});

const amount = z.number().int().nonnegative();

const given = z.strictObject({
  /** When the request is made. */
  now: z.iso.datetime().optional(),
  /** `none`: a request outside any case. */
  case: z.union([z.literal('none'), caseFacts]).optional(),
  /** Name of a contract's read → what it finds. */
  reads: reads.optional(),
  earlier: z.array(earlier).max(20).optional(),
  /** Tripped switches, such as `capability/orders.refund` or `organisation/all`. */
  stopped: z
    .array(z.string().regex(new RegExp(`^(${SWITCH_SCOPES.join('|')})/[a-z0-9*._-]+$`), 'expected "scope/id"'))
    .optional(),
  /** Seats that gave the work on as a task, one to the next and the last to the requesting seat; the first owns the case. */
  delegatedBy: z.array(id).min(1).max(8).optional(),
  /** All that the last of these tasks is for, besides reading. */
  grants: z.array(z.strictObject({ capability: capabilityPattern, limit: money.optional() })).optional(),
  /** Seats that are paused. */
  paused: z.array(id).optional(),
  /** Is it the first time the seat uses the capability? */
  firstUse: z.boolean().optional(),
  granted: z.array(granted).max(20).optional(),
  /** Seats with somebody who decides in their place. */
  deputies: z
    .array(z.strictObject({ seat: id, deputy: id }))
    .max(20)
    .optional(),
  /** How many decisions the seat asked for within the last hour. */
  asked: z.number().int().min(1).max(10_000).optional(),
  /** Where metrics stand, and after how many events; switches whose condition holds then are tripped. */
  metrics: z.record(id, z.strictObject({ value: z.number(), samples: amount.default(100) })).optional(),
  /** What was used of the budgets that count what the seat uses. */
  used: z.strictObject({ runs: amount.default(0), tokens: amount.default(0) }).optional(),
});

/** What the tool does when it may act, and what the fresh read finds after. */
const effect = z.strictObject({ result: value.default({}), after: value.default({}) });

const expectation = z.strictObject({
  verdict,
  /** Every rule that must have spoken, and no other; in any order. */
  rules: z.array(text(200)).optional(),
  /** Post-conditions that must be found broken after the effect, and no other. */
  failed: z.array(text(200)).optional(),
  /** Rules by which grants, deputies and answers must have been refused, one for each refusal, in their order. */
  refused: z.array(text(200)).optional(),
  /** What must have become of the review after the answers. */
  review: z.enum(['pending', 'approved', 'rejected', 'revised']).optional(),
});

/** A scenario with everything laid over each other. */
export const scenario = z
  .strictObject({
    id: z.string(),
    title: text(300).optional(),
    seat: id,
    /** Empty when the scenario is about a run. */
    capability: id.or(z.literal('')).default(''),
    args: value.default({}),
    /** The seat begins a run and uses this; nothing else is asked for. */
    run: z.strictObject({ tokens: amount.default(0), money: money.default(0) }).optional(),
    confidence: z.number().min(0).max(1).optional(),
    given: given.default({}),
    answers: z.array(answer).max(20).optional(),
    effect: effect.optional(),
    expect: expectation,
  })
  .superRefine(({ capability, run }, ctx) => {
    if ((capability === '') === (run !== undefined)) return;
    const message = run ? 'a scenario is about a run or a capability, not both' : '"capability" is missing';
    ctx.addIssue({ code: 'custom', path: ['capability'], message });
  });

const layer = z.record(z.string(), z.unknown());

/** A file: what all its scenarios share, and the scenarios with their variants. Each layer is checked when it is laid over. */
export const scenarioFile = z.strictObject({
  common: layer.optional(),
  scenarios: z
    .array(
      layer.and(
        z.object({
          id,
          variants: z
            .array(layer.and(z.object({ id })))
            .max(200)
            .optional(),
        }),
      ),
    )
    .max(500),
});

export type Scenario = z.output<typeof scenario>;
export type Reads = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

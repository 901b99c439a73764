import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { DAY, duration, HOUR, MINUTE } from '../core/quantities.ts';
import { COMPLEXITIES } from '../organisation/schema.ts';

/** What work asks of who does it (R-C26). What is absent is not asked for. */
export const needs = z.strictObject({
  topic: id.optional(),
  domain: id.optional(),
  skills: z.array(id).max(20).default([]),
  complexity: z.enum(COMPLEXITIES).optional(),
  /** Only seats of this unit (or below it), and those lent to it. */
  unit: id.optional(),
});
export type Needs = z.infer<typeof needs>;

const weight = z.number().min(0).max(100);
const percent = z.number().min(0).max(10_000);
const count = z.number().int().min(1).max(100_000);

/** Which cases need what, by CEL over `case`; the first that holds counts. */
const rule = z.strictObject({ id, when: text(2000), needs });

/** A direct line to a person (R-C39, R-C44): CEL over `case`; the first that holds counts. */
const direct = z.strictObject({
  id,
  when: text(2000),
  to: id,
  because: text(500),
  /** Time to the first answer and to the end, instead of the priority's. */
  sla: duration.optional(),
  /** How often the person is reminded to tell the customer where it stands (R-C41). */
  every: duration.default(DAY),
});

/** What one case or task weighs in a seat's load, by where it stands and how urgent it is (R-C18). */
const shares = z.strictObject({
  active: weight.default(1),
  high: weight.default(1),
  normal: weight.default(0.75),
  low: weight.default(0.5),
  /** Waits for the customer, or is blocked. */
  parked: weight.default(0.2),
  task: weight.default(1),
});

/** Fair shares between customers, and how much one may have (R-B3, R-B9). Ranks are as in the inbox: ten minutes are one. */
const customers = z.strictObject({
  /** From this open case of one customer on, his next ones rank behind others' … */
  fair: count.default(5),
  /** … by this much, and this much more for each further one, up to a most, so that they come, too. */
  behind: weight.default(50),
  step: weight.default(10),
  most: z.number().min(0).max(10_000).default(500),
  /** More requests in an hour are refused, with the time when it may be tried again. */
  perHour: count.default(20),
  /** More open cases are refused; no limit when absent. */
  open: count.optional(),
});

const rebalance = z.strictObject({
  every: duration.default(5 * MINUTE),
  /** Cases that leave one seat at once, and times one case is moved. */
  cases: count.default(10),
  times: count.default(2),
});

const surge = z.strictObject({
  /** Cases that wait for a seat. */
  waiting: count.default(50),
  /** Cases that come in an hour beyond those that end. */
  backlog: count.default(10),
  /** It is over when both are below this share of the above. */
  over: z.number().min(0).max(1).default(0.5),
  /** How often it is looked at while it lasts. */
  every: duration.default(15 * MINUTE),
  /** What is not urgent is put off while it lasts. */
  throttle: z.boolean().default(false),
  /** Who is told; the human at the top when absent. */
  tell: id.optional(),
});

/** What is taken at once, and how much later the rest is, while intake is throttled (R-C49). */
const throttle = z.strictObject({
  accept: z.array(z.enum(['high', 'normal', 'low'])).default(['high']),
  defer: duration.default(DAY),
});

const borrow = z.strictObject({
  /** Seats one unit lends at a time, and how busy they may be. */
  most: count.default(2),
  under: percent.default(50),
  for: duration.default(4 * HOUR),
});

/** What the customer is told (R-C37); `{case}`, `{hours}` are filled in. Sent by the seat that speaks with him. */
const answers = z.strictObject({
  waiting: text(2000).default('Your request {case} has been received. All who can do it are busy; it is in line.'),
  deferred: text(2000).default(
    'Your request {case} has been received. We have more to do than usual: it will take up to {hours} hours longer.',
  ),
  transfer: text(2000).default('Your request {case} is now with a colleague who knows more about it.'),
  escalation: text(2000).default('Your request {case} needs a decision and is with the person who takes it.'),
  missing: text(2000).default(
    'Your request {case} needs something that nobody here can do today. A person is looking at what we can offer you.',
  ),
});

/** How work finds who does it. An organisation without it gives all to its intake seat. */
export const routing = z.strictObject({
  weights: z
    .strictObject({
      load: weight.default(0.4),
      experience: weight.default(0.3),
      context: weight.default(0.2),
      success: weight.default(0.1),
    })
    .prefault({}),
  load: shares.prefault({}),
  /** Load in percent: below the first low, below the second normal, up to the third high, beyond it overloaded. */
  bands: z
    .strictObject({ normal: percent.default(50), high: percent.default(80), over: percent.default(100) })
    .prefault({}),
  /** Cases a seat is given before it has begun them; the others wait in line, where customers have fair shares. */
  ahead: count.default(10),
  /** Who was right in less than this share of similar work is asked last (R-C28) … */
  confidence: z.number().min(0).max(1).default(0.6),
  /** … unless he has done less than this, and is judged by what he declares. */
  newcomer: count.default(5),
  /** Times a case is handed on before a person decides. */
  hops: count.default(3),
  /** Seats compared for one decision. */
  consider: count.default(100),
  /** A customer comes back to who served him (R-A56). */
  continuity: z.boolean().default(true),
  rules: z.array(rule).max(500).default([]),
  direct: z.array(direct).max(100).default([]),
  customers: customers.prefault({}),
  rebalance: rebalance.prefault({}),
  surge: surge.prefault({}),
  throttle: throttle.prefault({}),
  borrow: borrow.prefault({}),
  answers: answers.prefault({}),
  /** Who decides about what nobody can do; the human above the intake seat when absent. */
  unable: id.optional(),
});
export type RoutingDef = z.infer<typeof routing>;
export type DirectDef = z.infer<typeof direct>;

/** What counts where an organisation has no `routing` of its own: for looking at load only. */
export const DEFAULT_ROUTING: RoutingDef = routing.parse({});

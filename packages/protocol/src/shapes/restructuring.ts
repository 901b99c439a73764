import type { RestructuringStep as MadeStep, restructuringStep } from '@reeve/kernel';
import { z } from 'zod';
import { money, name, seq, time, values } from './common.ts';

export const restructuringId = z.string().regex(/^RS-\d{1,15}$/, 'expected the id of a restructuring, such as RS-2');

const step = z
  .looseObject({ do: z.string() })
  .describe('unit, split, merge, reassign, add-layer, remove-layer or occupy, with its fields');

export const steps = z.array(step).min(1).max(50);
export const restructure = z.strictObject({
  steps,
  reason: z.string().min(1).max(1000),
  base: z.string().max(100).optional().describe('digest the plan was made for'),
});

const place = z.object({ unit: z.string(), supervisor: z.string().nullable(), occupant: z.string().nullable() });
const ids = z.array(z.string());
const moving = z.object({
  from: z.string(),
  to: z.string(),
  cases: ids,
  tasks: ids,
  messages: ids,
  approvals: ids,
  operations: ids,
  runs: ids,
});
const retired = z.array(z.object({ seat: z.string(), heir: z.string() }));

const reaching = z
  .object({
    text: z.string(),
    can: ids.describe('capabilities through which it changes something outside'),
    money: money.nullable().describe('all the money it can move until a limit stops it; null: no limit'),
    aloneAtOnce: money.nullable(),
    budgets: ids.describe('what bounds all it spends'),
  })
  .nullable();
const sides = <T extends z.ZodType>(of: T) => z.object({ before: of, after: of });

/** One seat before and after; null where it does not exist. */
const seatEffect = z.object({
  seat: z.string(),
  title: z.string(),
  ...sides(place.nullable()).shape,
  reports: sides(z.number().int()).describe('seats that report to it directly'),
  damage: sides(reaching).describe('the most it can do when it is wrong'),
});

/** What a restructuring would do. */
export const restructuringPlan = z.object({
  base: z.string(),
  digest: z.string(),
  sentences: z.array(z.string()),
  retired,
  added: ids,
  places: z.record(z.string(), place.nullable()),
  moving: z.array(moving),
  stopped: ids.describe('runs that end because somebody else sits there then'),
  told: ids,
  warnings: z.array(z.string()),
  effects: z.array(seatEffect).describe('of every seat concerned'),
  allowed: z.number().int().describe('seats that may report to one before a layer is proposed'),
});

/** Another restructuring, to plan and to do: what takes one back as far as steps can. */
export const reverse = z.object({
  // The kernel makes them, so its type is enough.
  steps: z.array(step).describe('empty when nothing can be taken back') as unknown as z.ZodType<MadeStep[]>,
  remains: z.array(z.string()).describe('what these steps do not bring back'),
});

export const restructuring = z.object({
  id: restructuringId,
  at: time,
  by: z.string(),
  reason: z.string(),
  sentences: z.array(z.string()),
  steps: z.array(values),
  retired,
  added: ids,
  told: ids,
  warnings: z.array(z.string()),
  drift: z.boolean().describe('the pack applied last does not have it'),
});

export const restructured = z.object({ restructuring: restructuringId, seq });

export const occupy = z.strictObject({
  occupant: z.looseObject({ principal: name, kind: z.string() }).nullable(),
  reason: z.string().min(1).max(1000),
  takesOver: z.boolean().optional().describe('what the desk has asked for goes on under the new name'),
});

/** A step as it is sent; the kernel checks it. */
export type RestructuringStep = z.input<typeof restructuringStep>;
export type RestructuringPlanView = z.output<typeof restructuringPlan>;
export type RestructuringView = z.output<typeof restructuring>;

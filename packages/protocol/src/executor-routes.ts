/** What remote executors need: claim calls of tools, say that they live, report. */
import type { FailureCategory } from '@reeve/kernel';
import { z } from 'zod';
import type { Route } from './route.ts';
import { name, values } from './shapes/common.ts';

const executor = z.string().min(1).max(200).describe('name of the executor, unique among those that run');
/** Of capabilities: exact, or by how they begin. */
export const capabilityPatterns = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(100)
  .describe('exact, or `orders.*`, or `*`');
const orderId = z.string().min(1).max(100);

/** One call of a tool, or the question whether a call with that key had an effect. */
const order = z.object({
  id: orderId,
  kind: z.enum(['call', 'lookup']),
  tool: name,
  capability: name,
  args: values,
  key: z.string().describe('the same for every attempt at one operation: a tool gives one effect for it'),
  operation: z.string(),
  case: z.string().optional(),
  attempt: z.number().int(),
  timeout: z.number().int().describe('milliseconds the call may take'),
});

const result = z.strictObject({
  value: values,
  version: z.string().max(1000).optional(),
  evidence: z
    .array(
      z.strictObject({ kind: z.string().max(200), ref: z.string().max(2000), digest: z.string().max(200).optional() }),
    )
    .max(100)
    .optional(),
});

const failure = z.strictObject({
  category: z.enum([
    'transient',
    'deterministic',
    'judgment',
    'governance',
  ] as const satisfies readonly FailureCategory[]),
  message: z.string().max(2000),
  uncertain: z.boolean().describe('false only when it is certain that nothing happened'),
});

const outcome = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('done'), result }),
  z.strictObject({ outcome: z.literal('none') }),
  z.strictObject({ outcome: z.literal('failed'), failure }),
]);

export type ToolOrder = z.output<typeof order>;
export type OrderOutcome = z.output<typeof outcome>;

export const EXECUTOR_ROUTES = {
  executorPack: {
    method: 'GET',
    path: '/v1/executor/pack',
    summary: 'The definition in force and its pack as an archive, for executors that open its tools.',
    executor: true,
    responses: { 200: z.object({ digest: z.string(), definition: values.nullable(), archive: z.string() }) },
  },
  claimOrders: {
    method: 'POST',
    path: '/v1/executor/claim',
    summary: 'Take calls of tools to make. Waits for some when there are none. Each is lost unless renewed in time.',
    body: z.strictObject({
      executor,
      capabilities: capabilityPatterns,
      most: z.number().int().min(1).max(1000).default(1),
      wait: z.number().int().min(0).max(10_000).default(5000).describe('milliseconds'),
    }),
    executor: true,
    responses: { 200: z.object({ digest: z.string(), lease: z.number().int(), orders: z.array(order) }) },
  },
  renewOrders: {
    method: 'POST',
    path: '/v1/executor/renew',
    summary: 'Go on holding these; what is not in the answer is lost and is to be stopped.',
    body: z.strictObject({ executor, orders: z.array(orderId).max(1000) }),
    executor: true,
    responses: { 200: z.object({ orders: z.array(orderId) }) },
  },
  finishOrder: {
    method: 'POST',
    path: '/v1/executor/finish',
    summary:
      'Report the outcome of a call. `taken: false`: it was lost before, and its outcome is found out by its key.',
    body: z.strictObject({ executor, order: orderId, report: outcome }),
    executor: true,
    responses: { 200: z.object({ taken: z.boolean() }) },
  },
} as const satisfies Record<string, Route>;

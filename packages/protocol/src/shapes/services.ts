import { z } from 'zod';
import { caseId, money, span, time, values } from './common.ts';

export const complaintId = z.string().regex(/^CO-\d{1,15}$/, 'expected the id of a complaint, such as CO-2');

export const serviceEntry = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  seat: z.string(),
  unit: z.string(),
  input: values,
  output: values,
  success: z.string(),
  within: span,
  price: money,
  needs: z.array(z.string()),
  capacity: z.number().int().nullable(),
  deprecated: z.object({ because: z.string(), instead: z.string().nullable() }).nullable(),
  open: z.number().int().describe('requests it works on now'),
  requested: z.number().int(),
  fulfilled: z.number().int(),
  declined: z.number().int(),
  charged: money,
  kept: z.number().nullable().describe('share of the ended requests that was fulfilled in time'),
  meanTime: span.nullable(),
  works: z.boolean().describe('does its provider work at this hour?'),
  available: z.boolean().describe('can it be asked for now?'),
});

const answer = z.object({
  by: z.string(),
  text: z.string(),
  compensation: z.string().nullable(),
  improvements: z.array(z.string()),
  at: time,
});

export const complaint = z.object({
  id: complaintId,
  by: z.string().nullable().describe('seat; null for a customer'),
  case: caseId.nullable(),
  text: z.string(),
  about: z.array(z.string()),
  units: z.array(z.string()),
  handler: z.string(),
  accounts: z.record(z.string(), z.string()),
  accountsBy: time,
  due: time,
  raisedAt: time,
  joins: complaintId.nullable().describe('the complaint it is answered with'),
  escalations: z.number().int(),
  answer: answer.nullable(),
});

export type ServiceEntry = z.output<typeof serviceEntry>;
export type ComplaintView = z.output<typeof complaint>;

import { z } from 'zod';
import { id, type Route } from './route.ts';
import { caseId, messageType, name, seq, time, values } from './shapes/common.ts';

const reason = z.string().min(1).max(1000);
const messageId = z.string().regex(/^M-\d{1,15}$/, 'expected the id of a message, such as M-12');
const until = time.positive().optional().describe('until somebody lifts it unless given');

const held = z.object({
  message: z.string(),
  from: z.string(),
  to: z.string(),
  text: z.string(),
  kind: z.string().nullable(),
  case: caseId.nullable(),
  rule: z.string(),
  because: z.string(),
  decider: z.string(),
  until: time.describe('then its sender is told that nobody decided'),
});
const summary = z.object({
  seat: z.string(),
  day: z.string(),
  routine: z.object({
    total: z.number().int(),
    byType: z.record(z.string(), z.number().int()),
    bySeat: z.record(z.string(), z.number().int()),
  }),
  inform: z.number().int(),
  held: z.number().int(),
  refused: z.number().int(),
  exceptions: z.array(z.string()),
});

/** What inboxes let in, who is not heard, what waits for a word. */
export const INBOX_ROUTES = {
  inboxRules: {
    method: 'GET',
    path: '/v1/inbox/rules',
    summary:
      'Rules of inboxes, messages that wait for a decision, reputations, and what supervisors will hear of today.',
    query: z.object({ seat: name.optional().describe('on either side') }),
    responses: {
      200: z.object({
        rules: values.nullable().describe('null: everything is delivered'),
        held: z.array(held),
        senders: z.array(
          z.object({ seat: z.string(), sender: z.string(), reputation: z.number(), refusals: z.number().int() }),
        ),
        today: z.array(summary),
      }),
    },
  },
  checkMessage: {
    method: 'POST',
    path: '/v1/messages/check',
    summary: "What the receiver's rules would say to a message now. Nothing is sent.",
    body: z.strictObject({
      from: name,
      to: name,
      type: messageType.default('inform'),
      kind: name.optional(),
      text: z.string().max(100_000),
      case: caseId.optional(),
    }),
    responses: {
      200: z.object({
        verdict: z.enum(['deliver', 'hold', 'refuse']),
        rule: z.string().nullable(),
        because: z.string().nullable(),
        instead: z.string().nullable().describe('what to do, of what would be refused'),
        class: z.string().nullable().describe("what the sender's supervisor hears of it"),
      }),
    },
  },
  decideMessage: {
    method: 'POST',
    path: '/v1/messages/:id/decision',
    summary: 'Let a held message through, or not; its sender is told.',
    params: id(messageId),
    body: z.strictObject({ verdict: z.enum(['approve', 'deny']), reason: z.string().min(1).max(2000) }),
    responses: { 200: z.object({ message: z.string(), seq }) },
  },
  blocks: {
    method: 'GET',
    path: '/v1/blocks',
    summary: 'Senders that a seat does not hear now, and customers that nobody hears.',
    responses: {
      200: z.object({
        senders: z.array(z.object({ seat: z.string(), sender: z.string(), until: time.nullable() })),
        customers: z.array(z.object({ customer: z.string(), case: caseId, until: time.nullable() })),
      }),
    },
  },
  blockSender: {
    method: 'POST',
    path: '/v1/blocks/senders',
    summary: 'A seat does not hear a sender any more. What comes from above is always heard.',
    body: z.strictObject({ seat: name, sender: name, until, reason }),
    responses: { 200: z.object({ seat: z.string(), sender: z.string(), seq }) },
  },
  unblockSender: {
    method: 'DELETE',
    path: '/v1/blocks/senders/:seat/:sender',
    summary: 'It hears him again.',
    params: z.object({ seat: name, sender: name }),
    query: z.object({ reason }),
    responses: { 200: z.object({ seat: z.string(), sender: z.string(), seq }) },
  },
  blockCustomer: {
    method: 'POST',
    path: '/v1/blocks/customers',
    summary: 'Requests of the customer of this case are refused, and he is told until when.',
    body: z.strictObject({ case: caseId, until, reason }),
    responses: { 200: z.object({ case: caseId, seq }) },
  },
  unblockCustomer: {
    method: 'DELETE',
    path: '/v1/blocks/customers/:id',
    summary: 'Requests of the customer of this case are taken again.',
    params: id(caseId),
    query: z.object({ reason }),
    responses: { 200: z.object({ case: caseId, seq }) },
  },
} as const satisfies Record<string, Route>;

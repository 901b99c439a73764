import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { LANES, type Lane, MESSAGE_TYPES, type MessageType } from '../words.ts';

export { LANES, type Lane, MESSAGE_TYPES, type MessageType } from '../words.ts';

const messageId = z.string().regex(/^M-\d+$/);
const caseId = z.string().regex(/^C-\d+$/);
const reason = text(1000).min(1);
const moment = z.number().int().positive();

export const inboxCommands = {
  'message.send': z.strictObject({
    to: id,
    type: z.enum(MESSAGE_TYPES),
    text: text(20_000),
    case: z
      .string()
      .regex(/^C-\d+$/)
      .optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    priority: z.enum(LANES).default('normal'),
    /** What the sender calls it, such as `bug-report`; rules of inboxes go by it. */
    kind: id.optional(),
  }),
  'message.done': z.strictObject({ message: z.string().regex(/^M-\d+$/), note: text(2000).optional() }),
  /** A message that waits for the word of the sender's supervisor. */
  'message.decide': z.strictObject({
    message: messageId,
    verdict: z.enum(['approve', 'deny']),
    reason: text(2000).min(1),
  }),
  'sender.block': z.strictObject({ seat: id.optional(), sender: id, until: moment.optional(), reason }),
  'sender.unblock': z.strictObject({ seat: id.optional(), sender: id, reason }),
  /** The customer of a case: named by it, so that the command names nobody. */
  'customer.block': z.strictObject({ case: caseId, until: moment.optional(), reason }),
  'customer.unblock': z.strictObject({ case: caseId, reason }),
} as const;

/** Messages of one day that one supervisor hears of together [INB14]. */
export interface Summary {
  /** Day, UTC. */
  day: string;
  routine: { total: number; byType: Record<string, number>; bySeat: Record<string, number> };
  inform: number;
  held: number;
  refused: number;
  exceptions: string[];
}

export interface InboxEvents {
  'message.sent': {
    message: string;
    to: string;
    from: string;
    type: MessageType;
    text: string;
    case?: string;
    data?: Record<string, unknown>;
    priority: Lane;
    kind?: string;
    /** What the sender's supervisor hears of it, where there are rules of inboxes, and the rule that let it pass. */
    class?: 'routine' | 'inform' | 'approve';
    rule?: string;
  };
  'message.refused': {
    message: string;
    to: string;
    from: string;
    type: MessageType;
    case?: string;
    /** The rule that refused it. */
    refused: string;
    because: string;
    instead?: string;
    /** Its beginning. */
    preview: string;
    counts: boolean;
  };
  'message.held': {
    message: string;
    to: string;
    from: string;
    type: MessageType;
    text: string;
    case?: string;
    data?: Record<string, unknown>;
    priority: Lane;
    kind?: string;
    /** The rule that holds it. */
    held: string;
    because: string;
    decider: string;
    until: number;
  };
  'message.decided': {
    message: string;
    from: string;
    to: string;
    verdict: 'approve' | 'deny';
    by: string;
    reason: string;
    case?: string;
  };
  'sender.blocked': { seat: string; sender: string; until: number | null; by: string; reason: string };
  'sender.unblocked': { seat: string; sender: string; by: string; reason: string };
  'customer.blocked': { case: string; until: number | null; by: string; reason: string };
  'customer.unblocked': { case: string; by: string; reason: string };
  'summary.made': Summary & { seat: string };
  'exception.noticed': { seat: string; about: string; what: 'messages' | 'failures'; count: number; told: string };
  'message.done': {
    message: string;
    by: string;
    note?: string;
    /** Why the system did it: the case it is about was over for the retention, and nobody had read it [ARC7]. */
    reason?: 'left unread';
  };
}

import { z } from 'zod';
import { id, text } from '../core/names.ts';

/** What seats say to each other (B §4, D3 structured kinds). */
export const MESSAGE_TYPES = [
  'assign',
  'task',
  'report',
  'verify',
  'verified',
  'rejected',
  'customer',
  'reminder',
  'escalation',
  'complaint',
  'accept',
  'decline',
  'bid',
  'question',
  'answer',
  'approval_request',
  'approval_decision',
  'inform',
  'guidance',
  'control',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export const LANES = ['urgent', 'high', 'normal', 'low'] as const;
export type Lane = (typeof LANES)[number];

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
  }),
  'message.done': z.strictObject({ message: z.string().regex(/^M-\d+$/), note: text(2000).optional() }),
} as const;

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
  };
  'message.done': { message: string; by: string; note?: string };
}

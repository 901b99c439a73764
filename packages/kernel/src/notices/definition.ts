import { z } from 'zod';
import { id } from '../core/names.ts';
import { DAY, duration } from '../core/quantities.ts';

/** What people are asked, or told, by mail. */
const NOTICE_KINDS = ['approval', 'question', 'task', 'wakeup'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
export const noticeKind = z.enum(NOTICE_KINDS);

/** What a person can answer to a mail. */
export const NOTICE_ACTIONS = ['approve', 'reject', 'answer', 'complete', 'decline', 'seen'] as const;
export type NoticeAction = (typeof NOTICE_ACTIONS)[number];
export const noticeAction = z.enum(NOTICE_ACTIONS);

/** By the page of a signed link, or by answering the mail itself. */
export const NOTICE_WAYS = ['link', 'reply'] as const;
export type NoticeWay = (typeof NOTICE_WAYS)[number];

/** How people hear by mail of what waits for them. */
export const noticeSettings = z.strictObject({
  /** The capability that sends it, with the arguments `to`, `subject` and `body`. No seat may read what its tool holds. */
  send: id,
  /** How long a link and a reply count. */
  valid: duration.default(3 * DAY),
  /** Mails to one person in an hour; what comes beyond waits in the inbox alone. Wake-ups do not count. */
  perHour: z.number().int().min(1).max(1000).default(30),
  /** Is the text of an answered mail the answer to a question, the report on a task? Decisions take the link. */
  replies: z.boolean().default(true),
});
export type NoticeSettings = z.infer<typeof noticeSettings>;

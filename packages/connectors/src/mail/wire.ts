import { z } from 'zod';
import { mailboxSender } from '../mailbox/wire.ts';
import type { Call } from '../port.ts';
import { optionalTextArg, refused, textArg } from '../shared/call.ts';
import { secretRef } from '../shared/credentials.ts';
import { endpoint } from '../shared/endpoint.ts';

/** Messages larger than this are listed, never fetched: the limit of the common mail services, in bytes. */
export const MAX_MESSAGE = 25 * 1024 * 1024;
/** Characters of a message's text that are shown; the rest is counted. */
export const MAX_TEXT = 100_000;
const folder = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}%*]+$/u, 'expected the name of a folder, without wildcards');

const account = {
  user: z.string().min(1).max(320),
  /** Either a password or an OAuth 2 access token. */
  password: secretRef.optional(),
  token: secretRef.optional(),
};

export const mailConfig = z
  .strictObject({
    /** Sender of every message: "Support <support@acme.example>". */
    from: mailboxSender,
    ...account,
    /** Submission: port 465 with TLS, or 587 with `tls: starttls`. */
    smtp: endpoint(465, ['implicit', 'starttls', 'none']).optional(),
    imap: endpoint(993, ['implicit', 'starttls', 'none']).optional(),
    folders: z.strictObject({ inbox: folder.default('INBOX'), sent: folder.default('Sent') }).prefault({}),
    /**
     * What tells afterwards whether a message was accepted: a blind copy to the own address (`copy`), the folder of sent
     * mail that the server fills by itself (`sent`: Gmail, Exchange), or nothing (`none`: then a person is asked).
     */
    witness: z.enum(['copy', 'sent', 'none']).default('copy'),
    /** New mail in the inbox opens cases, or continues the one it answers. */
    intake: z
      .strictObject({
        /** `new`: only what comes after the tool was first opened; `all`: also what is there. */
        since: z.enum(['new', 'all']).default('new'),
        /** Mail that says it was written by a program (RFC 3834, lists, bounces): left alone, or taken like any other. */
        automatic: z.enum(['leave', 'take']).default('leave'),
      })
      .optional(),
    /** Milliseconds for one connection, from the first byte to the last answer. */
    time: z.number().int().min(100).max(600_000).default(30_000),
  })
  .superRefine(({ password, token, smtp, imap, intake, witness }, ctx) => {
    const issue = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    if ((password === undefined) === (token === undefined))
      issue('password', 'give a password or a token, as { secret: name }');
    if (!smtp && !imap) issue('smtp', 'give smtp to send, imap to read, or both');
    if (intake && !imap) issue('intake', 'taking mail needs imap');
    if (smtp && !imap && witness !== 'none')
      issue('witness', 'without imap nothing can be looked up: set witness: none');
  });

const limit = z.number().int().min(1).max(500).default(50);
export const mailCapability = z.discriminatedUnion('action', [
  /** Arguments `to`, `subject`, `body`, `in_reply_to`. */
  z.strictObject({ action: z.literal('send') }),
  /** Arguments `from`, `to`, `subject`, `text`, `since`, all optional and all fitting: the newest that fit. */
  z.strictObject({ action: z.literal('find'), folder: folder.optional(), limit }),
  /** Argument `message_id`. */
  z.strictObject({ action: z.literal('read'), folder: folder.optional() }),
  /** Argument `message_id`: moves it from `folder` (the inbox) to `to`. */
  z.strictObject({ action: z.literal('move'), folder: folder.optional(), to: folder }),
]);

export type MailConfig = z.output<typeof mailConfig>;
export type MailCapability = z.output<typeof mailCapability>;
export const writesMail = ({ action }: MailCapability): boolean => action === 'send' || action === 'move';

/** Which server an action needs. */
export function assertServers(id: string, config: MailConfig, { action }: MailCapability): void {
  const needed = action === 'send' ? 'smtp' : 'imap';
  if (!config[needed]) throw new Error(`capability ${id}: ${action} needs "${needed}" in the tool's config; add it`);
}

const MESSAGE_ID = /^<[^<>\s\p{Cc}]{1,900}>$/u;

/** The message a call means. */
export function messageIdOf(call: Call): string {
  const id = textArg(call, 'message_id', 1000);
  if (MESSAGE_ID.test(id)) return id;
  throw refused('"message_id" is not a message id; give one as it was listed, such as "<id@host>"');
}

/** What is searched for. Texts go to the server as quoted strings; line breaks would end the command. */
export function criteriaOf(call: Call): Record<string, unknown> {
  const words = ['from', 'to', 'subject', 'text'].flatMap((name) => {
    const value = optionalTextArg(call, name, 300);
    if (value !== undefined && /\p{Cc}/u.test(value)) throw refused(`"${name}" has a line break or control character`);
    return value === undefined ? [] : [[name === 'text' ? 'body' : name, value] as const];
  });
  const since = optionalTextArg(call, 'since', 40);
  const day = since === undefined ? undefined : new Date(since);
  if (day && Number.isNaN(day.getTime())) throw refused('"since" is not a day; write it as 2026-11-21');
  return { ...Object.fromEntries(words), ...(day ? { since: day } : words.length === 0 ? { all: true } : {}) };
}

/** Does a stored message of the fake fit? The same meaning as on a server: parts of texts, without case. */
export function fits(message: Record<string, unknown>, criteria: Record<string, unknown>): boolean {
  return Object.entries(criteria).every(([name, wanted]) => {
    if (name === 'all') return true;
    if (name === 'since') return String(message.date) >= (wanted as Date).toISOString().slice(0, 10);
    const text = JSON.stringify(message[name === 'body' ? 'text' : name] ?? '').toLowerCase();
    return text.includes(String(wanted).toLowerCase());
  });
}

import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { z } from 'zod';
import type { Call } from '../port.ts';
import { optionalTextArg, refused, textArg } from '../shared/call.ts';
import { relativePath } from '../shared/paths.ts';

const MAX_RECIPIENTS = 50;
const MAX_SUBJECT = 500;
const MAX_BODY = 1_000_000;
/** Messages a listing looks back over. */
export const MAX_LOOKBACK = 10_000;
const CONTROL = /\p{Cc}/u;
/** RFC 5321 mailboxes as they are in use: a dot-atom and a domain, ASCII. Quoted and look-alike forms are refused. */
const ADDRESS = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
const NAMED = /^([^<>",;]*?)\s*<([^<>\s]+)>$/u;
const MESSAGE_ID = /^<[^<>\s@]+@[^<>\s@]+>$/;

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** A message as it will be sent. */
export interface Draft {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly subject: string;
  readonly body: string;
  readonly inReplyTo: string | undefined;
  readonly messageId: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** "Name <user@host>" or "user@host" → its parts; undefined when it is anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, name = '', address = text] = NAMED.exec(text) ?? [];
  if (!ADDRESS.test(address) || address.length > 254 || CONTROL.test(name)) return undefined;
  // Domains have no case; the composer writes them in lower case, and what is decided on is what is written.
  const domain = address.slice(address.indexOf('@')).toLowerCase();
  return { name, address: address.slice(0, address.indexOf('@')) + domain };
}

/** "Support <support@acme.example>" in a pack. */
export const mailboxSender = z.string().transform((text, ctx) => {
  const mailbox = parseMailbox(text);
  if (mailbox) return mailbox;
  ctx.addIssue({ code: 'custom', message: 'expected a sender such as "Support <support@acme.example>"' });
  return z.NEVER;
});

export const mailboxConfig = z.strictObject({
  /** Sender of every message: "Support <support@acme.example>". */
  from: mailboxSender,
  /** Maildir folder in the tool's directory. */
  outbox: relativePath.default('outbox'),
});

export const mailboxCapability = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('send') }),
  z.strictObject({ action: z.literal('list'), limit: z.number().int().min(1).max(1000).default(100) }),
]);

/** The part of names and message ids that a key always leads to, and no other key does. */
export function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 40);
}

/** The message a call asks for. Throws a deterministic `ToolError` for anything that is not plainly one message. */
export function draftOf(call: Call, from: Mailbox): Draft {
  return {
    from,
    to: recipientsOf(call.args.to),
    subject: headerText(textArg(call, 'subject', MAX_SUBJECT)),
    body: textArg(call, 'body', MAX_BODY),
    inReplyTo: messageIdArg(call),
    messageId: `<${nameOf(call.key)}@${from.address.split('@')[1]}>`,
    at: call.now,
  };
}

function recipientsOf(to: unknown): Mailbox[] {
  const list = Array.isArray(to) ? to : [to];
  if (list.length === 0 || list.length > MAX_RECIPIENTS) throw refused(`"to" needs 1 to ${MAX_RECIPIENTS} addresses`);
  return list.map((text) => {
    const mailbox = typeof text === 'string' ? parseMailbox(text) : undefined;
    if (mailbox) return mailbox;
    throw refused(
      '"to" has something that is not one plain address; give "user@host" or "Name <user@host>", several as a list',
    );
  });
}

/** Line breaks in a header would start another header. */
function headerText(text: string): string {
  if (CONTROL.test(text)) throw refused('"subject" has a line break or control character; put it on one line');
  return text;
}

function messageIdArg(call: Call): string | undefined {
  const text = optionalTextArg(call, 'in_reply_to', 300);
  if (text === undefined || (MESSAGE_ID.test(text) && !CONTROL.test(text))) return text;
  throw refused('"in_reply_to" is not a message id; give one such as "<id@host>"');
}

/** The message, ready to be built. Throws when its recipients are not those that were decided on [T7]. */
export function compose(draft: Draft): { build(): Promise<Buffer> } {
  const message = new MailComposer({
    from: { ...draft.from },
    to: draft.to.map((mailbox) => ({ ...mailbox })),
    subject: draft.subject,
    text: draft.body.replace(/\r\n|\r|\n/g, '\r\n'),
    messageId: draft.messageId,
    date: new Date(draft.at),
    ...(draft.inReplyTo === undefined ? {} : { inReplyTo: draft.inReplyTo, references: draft.inReplyTo }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const composed = new Set(message.getEnvelope().to);
  const decided = new Set(draft.to.map(({ address }) => address));
  if (composed.size === decided.size && [...composed].every((address) => decided.has(address))) return message;
  throw refused('the composed message would go to other recipients than were decided on; write the addresses plainly');
}

/** The answer of a listing: the last messages, oldest first; with the argument `to` only those to that address. */
export function sentList(
  call: Call,
  limit: number,
  sent: readonly Record<string, unknown>[],
): { value: Record<string, unknown> } {
  const to = optionalTextArg(call, 'to', 500);
  const address = to === undefined ? undefined : parseMailbox(to)?.address;
  if (to !== undefined && address === undefined) throw refused('"to" is not one plain address; give "user@host"');
  const fitting = sent.filter((one) => address === undefined || (one.to as string[]).includes(address));
  const rows = fitting.slice(-limit);
  return { value: { rows, count: rows.length } };
}

/** What a sent message answers with, and what a listing shows. */
export function sentValue(draft: Draft): Record<string, unknown> {
  return {
    message_id: draft.messageId,
    to: draft.to.map(({ address }) => address),
    subject: draft.subject,
    sent_at: new Date(draft.at).toISOString(),
  };
}

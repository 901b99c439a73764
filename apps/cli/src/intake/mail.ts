import { addRemoved, clean, cut, disarm, htmlToText, NOTHING_REMOVED, type Removed } from '@reeve/connectors/text';
import PostalMime, { type Address, type Email, type Attachment as MailAttachment } from 'postal-mime';
import { toIntake } from './build.ts';
import { parseMoment } from './dates.ts';
import { type Intake, type Place, problem } from './outcome.ts';
import { messageId } from './row.ts';

/** Largest message read, in bytes: the limit of the common mail services. */
export const MESSAGE_LIMIT = 25 * 1024 * 1024;

/** postal-mime keeps an object per line: 25 MB of line ends would cost it gigabytes. Base64 lines of 25 MB are 340,000. */
const LINE_LIMIT = 400_000;
/** In characters. Beyond it there is more markup than any reader would see, and taking it apart costs a gigabyte. */
const HTML_LIMIT = 10 * 1024 * 1024;
const PARSER = { maxNestingDepth: 64, maxRfc822NestingDepth: 3, maxHeadersSize: 1024 * 1024 };
const HINT = 'export the message again, or remove it from the import';

/** One RFC 5322 message as a ticket. Nothing in the message makes this throw. */
export async function mailToIntake(message: Uint8Array, at: Place): Promise<Intake> {
  if (message.length > MESSAGE_LIMIT) return tooLarge(at);
  if (countLines(message) > LINE_LIMIT) return problem(at, 'the message has more than 400,000 lines', { hint: HINT });
  const mail = await PostalMime.parse(fromFirstHeader(message), PARSER).catch((error: unknown) => String(error));
  if (typeof mail === 'string')
    return problem(at, `the message cannot be read: ${clean(cut(mail, 200)).text}`, { hint: HINT });
  if ((mail.html?.length ?? 0) > HTML_LIMIT)
    return problem(at, 'the HTML of the message is larger than 10 MB', { hint: HINT });
  const body = bodyOf(mail);
  return toIntake({ ...headersOf(mail), text: body.text, channel: 'email', ...attachmentsOf(mail) }, at, body.removed);
}

export function tooLarge(at: Place): Intake {
  return problem(at, 'the message is larger than 25 MB', {
    hint: 'remove its attachments; only their names are imported',
  });
}

function headersOf(mail: Email) {
  const sender = mailbox(mail.from) ?? mailbox(mail.sender);
  const date = mail.headers.find((header) => header.key === 'date')?.value;
  return {
    externalId: messageId(mail.messageId),
    subject: mail.subject ?? '',
    customer: sender?.address,
    name: cut(sender?.name ?? '', 200),
    // A Date header nobody can read is common in bulk mail and no reason to refuse a ticket.
    receivedAt: date === undefined ? undefined : parseMoment(date),
    inReplyTo: messageId(mail.inReplyTo),
  };
}

function mailbox(address: Address | undefined): { name: string; address: string } | undefined {
  const [first] = address?.group ?? (address?.address ? [address] : []);
  return first?.address ? { name: first.name, address: first.address } : undefined;
}

/** The plain part as it was written; the text of the HTML part if there is no other. */
function bodyOf(mail: Email): { text: string; removed: Removed } {
  if (mail.text !== undefined && mail.text.trim() !== '') return { text: mail.text, removed: NOTHING_REMOVED };
  // Cleaned before the tags are found, or a removed character could join two halves of one afterwards.
  const html = clean(mail.html ?? '');
  const text = clean(htmlToText(html.text));
  return { text: disarm(text.text), removed: addRemoved(html.removed, text.removed) };
}

function attachmentsOf(mail: Email) {
  return mail.attachments.length === 0 ? {} : { attachments: mail.attachments.map(described) };
}

function described(attachment: MailAttachment) {
  const { content } = attachment;
  return {
    name: cut(attachment.filename ?? 'unnamed', 255),
    mime: cut(attachment.mimeType, 200),
    size: typeof content === 'string' ? content.length : content.byteLength,
  };
}

/** A byte order mark or blank lines before the headers would hide all of them. */
function fromFirstHeader(message: Uint8Array): Uint8Array {
  let from = message[0] === 0xef && message[1] === 0xbb && message[2] === 0xbf ? 3 : 0;
  while (message[from] === 10 || message[from] === 13) from++;
  return message.subarray(from);
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

/** What a message says, for readers who must not be surprised: text only, bounded, without hidden characters [T22]. */
import PostalMime, { type Address, type Email } from 'postal-mime';
import { refused } from '../shared/call.ts';
import { clean, cut, disarm, htmlToText, singleLine } from '../text/index.ts';
import { MAX_TEXT } from './wire.ts';

const PARSER = { maxNestingDepth: 64, maxRfc822NestingDepth: 3, maxHeadersSize: 1024 * 1024 };
const MAX_ATTACHMENTS = 100;
/** HTML beyond it is markup that no reader would see. */
const MAX_HTML = 2 * 1024 * 1024;

/** The parts of a raw message that are shown. Nothing in it makes this throw anything but a deterministic `ToolError`. */
export async function messageOf(source: Uint8Array): Promise<Record<string, unknown>> {
  const mail = await PostalMime.parse(source, PARSER).catch((cause: unknown) => {
    throw refused('the message cannot be read; open it in a mail program', cause);
  });
  const text = textOf(mail);
  return {
    message_id: mail.messageId ?? '',
    in_reply_to: mail.inReplyTo ?? '',
    references: (mail.references ?? '')
      .split(/\s+/)
      .filter((one) => one !== '')
      .slice(-20),
    from: addressesOf(mail.from)[0] ?? '',
    name: cut(line(mail.from?.name ?? ''), 200),
    to: (mail.to ?? []).flatMap(addressesOf).slice(0, 100),
    subject: cut(line(mail.subject ?? ''), 500),
    date: dateOf(mail.date),
    text: cut(text, MAX_TEXT),
    cut: text.length > MAX_TEXT,
    automatic: isAutomatic(mail),
    attachments: mail.attachments.slice(0, MAX_ATTACHMENTS).map(({ filename, mimeType, content }) => ({
      name: cut(line(filename ?? 'unnamed'), 255),
      type: cut(line(mimeType), 200),
      size: typeof content === 'string' ? content.length : content.byteLength,
    })),
  };
}

const line = (text: string): string => singleLine(clean(text).text);

function addressesOf(address: Address | undefined): string[] {
  const all = address?.group ?? (address ? [address] : []);
  return all.flatMap((one) => (one.address ? [cut(line(one.address), 320)] : []));
}

function textOf(mail: Email): string {
  if (mail.text !== undefined && mail.text.trim() !== '') return clean(mail.text).text.trimEnd();
  const html = clean(cut(mail.html ?? '', MAX_HTML)).text;
  return disarm(clean(htmlToText(html)).text).trimEnd();
}

/** As ISO 8601 in UTC; empty when it cannot be read. */
export function dateOf(date: string | Date | undefined): string {
  const time = date === undefined ? Number.NaN : new Date(date).getTime();
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}

/** Written by a program, by its own account (RFC 3834 and what came before it): answering could go on for ever. */
function isAutomatic({ headers, returnPath }: Email): boolean {
  const value = (name: string) =>
    headers
      .find(({ key }) => key === name)
      ?.value.toLowerCase()
      .trim();
  const auto = value('auto-submitted');
  if (auto !== undefined && auto !== 'no') return true;
  if (['bulk', 'junk', 'list', 'auto_reply'].includes(value('precedence') ?? '')) return true;
  return value('list-id') !== undefined || value('x-autoreply') !== undefined || returnPath === '<>';
}

import { addressParser } from 'postal-mime';
import { toIntake } from './build.ts';
import { parseMoment } from './dates.ts';
import { isBlank, type Values } from './fields.ts';
import type { Intake, Place, ReadOptions } from './outcome.ts';
import type { Channel, Priority } from './ticket.ts';

const PRIORITY_WORDS: Readonly<Record<Priority, string>> = {
  high: 'high highest urgent critical crit emergency blocker major asap p0 p1 sev0 sev1',
  normal: 'normal medium med moderate standard default regular p2 p3 sev2 sev3',
  low: 'low lowest minor trivial p4 p5 sev4 sev5',
};
const CHANNEL_WORDS: Readonly<Record<Channel, string>> = {
  email: 'email mail',
  web: 'web website webform form portal widget',
  phone: 'phone telephone call voice voicemail',
  chat: 'chat livechat messenger messaging whatsapp sms slack',
  api: 'api webhook import integration other',
};
const PRIORITY = lookup(PRIORITY_WORDS);
const CHANNEL = lookup(CHANNEL_WORDS);

/** A row of a CSV file or a JSON object as a ticket. What cannot be understood is passed on for the schema to refuse. */
export function rowToIntake(values: Values, at: Place, options: ReadOptions): Intake {
  const customer = person(values.customer);
  return toIntake(
    {
      externalId: messageId(scalar(values.externalId)),
      subject: scalar(values.subject),
      text: scalar(values.text),
      customer: customer.id,
      name: isBlank(values.name) ? customer.name : scalar(values.name),
      channel: isBlank(values.channel) ? (options.channel ?? 'api') : word(CHANNEL, values.channel),
      receivedAt: received(values.receivedAt),
      priority: word(PRIORITY, values.priority),
      inReplyTo: messageId(scalar(values.inReplyTo)),
      attachments: values.attachments,
    },
    at,
  );
}

/** `<a@b>` as `a@b`; anything else as it is. Of several ids, the first. */
export function messageId(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return /^\s*<([^<>]*)>/.exec(value)?.[1] ?? value;
}

/** Numbers become text (an id column read from JSON); lists, objects and booleans stay and are refused later. */
function scalar(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

/** `Ann Lee <ann@example.com>` names a person and an address. */
function person(value: unknown): { id: unknown; name?: string } {
  if (typeof value !== 'string' || value.length > 1000 || !/<[^<>]+@[^<>]+>/.test(value)) return { id: scalar(value) };
  const [mailbox] = addressParser(value, { flatten: true });
  return mailbox?.address ? { id: mailbox.address, name: mailbox.name } : { id: value };
}

function received(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return parseMoment(value) ?? value;
}

function word(words: ReadonlyMap<string, string>, value: unknown): unknown {
  return typeof value === 'string' ? (words.get(value.toLowerCase().replace(/[\s_-]/g, '')) ?? value) : value;
}

function lookup(words: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(words).flatMap(([to, from]) => from.split(' ').map((name): [string, string] => [name, to])),
  );
}

import { z } from 'zod';
import { nameOf } from '../mailbox/wire.ts';
import { type Call, type HookRequest, type Inbound, ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';
import { secretRef } from '../shared/credentials.ts';
import { grantedAddresses, webAddress } from '../shared/origin.ts';
import { clean, cut, singleLine } from '../text/index.ts';

/** Bytes of a body, sent or received. */
const MAX_BODY = 1024 * 1024;
const path = z
  .string()
  .regex(/^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*){0,9}$/, 'expected names with dots, such as data.customer');

export const webhookConfig = z
  .strictObject({
    /** Where events are sent, signed under `secret` (`whsec_…`). */
    send: z.strictObject({ url: webAddress, secret: secretRef, addresses: grantedAddresses }).optional(),
    /** `source` of the events that are sent (CloudEvents): a URI for who sends them. */
    source: z.string().min(1).max(300).default('urn:reeve'),
    /** What arrives at `/hooks/<tool>` opens cases. */
    receive: z
      .strictObject({
        secret: secretRef,
        /** Milliseconds that a request may be old, or ahead. */
        tolerance: z.number().int().min(1000).max(3_600_000).default(300_000),
        /** Where in the body things are. */
        customer: path,
        subject: path,
        text: path.optional(),
      })
      .optional(),
    /** Milliseconds for one request. */
    time: z.number().int().min(100).max(600_000).default(20_000),
  })
  .refine(({ send, receive }) => send || receive, 'give send, receive, or both');

/** An event of that type; the argument `data` is its content. */
export const webhookCapability = z.strictObject({
  action: z.literal('send'),
  type: z.string().regex(/^[\w.-]{1,200}$/, 'expected a type such as com.acme.order.refunded'),
});

export type WebhookConfig = z.output<typeof webhookConfig>;
export type WebhookCapability = z.output<typeof webhookCapability>;

/** The event a call asks for, as CloudEvents 1.0 in JSON. Its id is the same for every attempt. */
export function eventOf(
  call: Call,
  { source }: WebhookConfig,
  { type }: WebhookCapability,
): { id: string; body: string } {
  const { data } = call.args;
  if (typeof data !== 'object' || data === null)
    throw refused(`${call.capability.id} needs "data" as an object or a list`);
  const id = `msg_${nameOf(call.key)}`;
  const time = new Date(call.now).toISOString();
  const body = JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type,
    time,
    datacontenttype: 'application/json',
    data,
  });
  if (Buffer.byteLength(body) > MAX_BODY) throw refused(`the event has more than ${MAX_BODY} bytes; send less`);
  return { id, body };
}

/** What a genuine request says. @throws ToolError deterministic when something is missing. */
export function inboundOf(id: string, { body }: HookRequest, receive: NonNullable<WebhookConfig['receive']>): Inbound {
  const event = parse(body);
  const text = receive.text === undefined ? JSON.stringify(event) : textAt(event, receive.text);
  const customer = singleLine(clean(textAt(event, receive.customer)).text);
  if (customer === '' || customer.length > 320)
    throw refused(`"${receive.customer}" names no customer; send an address or id`);
  return {
    ...{
      id: `webhook:${id}`.slice(0, 500),
      channel: 'api',
      customer: customer.includes('@') ? customer.toLowerCase() : customer,
    },
    ...{
      subject: cut(singleLine(clean(textAt(event, receive.subject)).text), 500),
      text: cut(clean(text).text, 100_000),
    },
  };
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw refused('the body is not JSON; send one JSON object', cause);
  }
}

function textAt(event: unknown, where: string): string {
  let at = event;
  for (const name of where.split('.'))
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined;
  if (typeof at === 'string' && at.trim() !== '') return at;
  if (typeof at === 'number') return String(at);
  throw refused(`the body has no text at "${where}"; send it, or correct "receive" in the tool's config`);
}

export const notGenuine = (why: string): ToolError =>
  new ToolError(
    'governance',
    `the request is not genuine: ${why}; sign it under the shared secret (Standard Webhooks)`,
  );

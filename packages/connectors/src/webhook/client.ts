import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { httpCapability, resultOf } from '../http/wire.ts';
import type { Call, CallResult, Connector, HookRequest, Inbound, OpenContext, Tool } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned, secretsFor } from '../shared/credentials.ts';
import { request } from '../shared/origin.ts';
import { openPlans, type Plan } from '../shared/planned.ts';
import {
  eventOf,
  inboundOf,
  notGenuine,
  type WebhookCapability,
  type WebhookConfig,
  webhookCapability,
  webhookConfig,
} from './wire.ts';

/** Events out, signed (Standard Webhooks, CloudEvents), and in, verified. */
export const webhookConnector: Connector = {
  id: 'webhook',
  config: webhookConfig,
  capabilityConfig: webhookCapability,
  open: async (context) => openWebhook(context),
};

function openWebhook(context: OpenContext): Tool {
  const config = parseConfig(webhookConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, webhookCapability, () => true);
  for (const id of config.send ? [] : capabilities.keys())
    throw new Error(`capability ${id} sends, but the tool has no "send"; add it`);
  const closing = new AbortController();
  // Receivers recognise a repeat by its id: what nobody knows about is sent again.
  const plans = openPlans<Plan>(join(context.directory, '.reeve', 'plans.db'), { find: async () => null });
  const { receive } = config;
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      const event = eventOf(call, config, found);
      const plan = { capability: call.capability.id, seat: call.seat, name: event.id };
      return plans.once(
        call,
        () => plan,
        (_, mark) => send({ context, config, closing }, found, call, mark),
      );
    },
    lookup: (key) => plans.lookup(key),
    ...(receive ? { receive: (from: HookRequest) => received(context, receive, from) } : {}),
    health: async () => ({ ok: true, message: sentence(context.tool.id, config) }),
    close: async () => {
      closing.abort();
      plans.close();
    },
  });
}

const sentence = (tool: string, { send: to, receive }: WebhookConfig): string =>
  [to ? `sends to ${to.url}` : '', receive ? `receives at /hooks/${tool}` : '']
    .filter((part) => part !== '')
    .join(', ');

interface Sender {
  readonly context: OpenContext;
  readonly config: WebhookConfig;
  readonly closing: AbortController;
}

const ANSWER = httpCapability.parse({
  method: 'POST',
  url: 'https://receiver.invalid/',
  response: 'none',
  repeatable: true,
});

async function send(
  { context, config, closing }: Sender,
  found: WebhookCapability,
  call: Call,
  mark: () => void,
): Promise<CallResult> {
  if (!config.send) throw refused('this tool has no "send"; add it to its config');
  const { url, secret, addresses } = config.send;
  const secrets = await secretsFor(context.secret, [secret.secret], call.seat);
  assertNoSecret(call, secrets);
  const { id, body } = eventOf(call, config, found);
  const at = new Date(call.now);
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    ...{ 'webhook-id': id, 'webhook-timestamp': String(Math.floor(call.now / 1000)) },
    'webhook-signature': signer(secrets.values.get(secret.secret) ?? '').sign(id, at, body),
  };
  const outgoing = { method: 'POST', url: new URL(url), headers, body: Buffer.from(body, 'utf8') } as const;
  mark();
  try {
    const signals = [call.signal, closing.signal];
    const answer = await request(outgoing, { addresses, time: config.time, maxResponse: 64 * 1024, signals });
    const { status } = resultOf(ANSWER, answer).value;
    return landed(`webhook:${url}`, call, { id, status });
  } catch (error) {
    throw cleaned(error, secrets.redactor);
  }
}

function signer(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw refused('the signing secret is not "whsec_" and Base64; store it again; nothing was sent');
  }
}

async function received(
  context: OpenContext,
  receive: NonNullable<WebhookConfig['receive']>,
  from: HookRequest,
): Promise<Inbound> {
  const { headers, body, now } = from;
  const id = headers['webhook-id'] ?? '';
  if (!/^[\x21-\x7e]{1,300}$/.test(id)) throw notGenuine('it has no webhook-id');
  const at = Number(headers['webhook-timestamp'] ?? 'x') * 1000;
  if (!(Math.abs(now - at) <= receive.tolerance)) throw notGenuine('its time is missing, too old or ahead');
  const { values } = await secretsFor(context.secret, [receive.secret.secret], undefined);
  const expected = signer(values.get(receive.secret.secret) ?? '').sign(
    id,
    new Date(at),
    Buffer.from(body).toString('utf8'),
  );
  if (!signed(headers['webhook-signature'] ?? '', expected)) throw notGenuine('its signature is wrong');
  return inboundOf(id, from, receive);
}

/** Is one of the given signatures the expected one? Several are given while a secret is being changed. */
function signed(given: string, expected: string): boolean {
  const right = Buffer.from(expected);
  return given
    .split(' ')
    .slice(0, 10)
    .map((one) => Buffer.from(one))
    .some((one) => one.length === right.length && timingSafeEqual(one, right));
}

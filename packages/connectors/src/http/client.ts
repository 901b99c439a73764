import { join } from 'node:path';
import { type Call, type CallResult, type Connector, type OpenContext, type Tool, ToolError } from '../port.ts';
import { type Attempts, openAttempts } from '../shared/attempts.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { type Configured, configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned, secretsFor } from '../shared/credentials.ts';
import { checkedAddresses, hop, type Resolve, resolveName } from './request.ts';
import {
  allowedOrigin,
  changes,
  HEADER_VALUE,
  type HttpCapability,
  type HttpConfig,
  httpCapability,
  httpConfig,
  type Incoming,
  type Origin,
  type Outgoing,
  outgoingOf,
  resultOf,
} from './wire.ts';

/** Requests to an allow-list of origins. */
export const httpConnector: Connector = httpConnectorWith(resolveName);

/** The same with another way to find the addresses of names. */
export function httpConnectorWith(resolve: Resolve): Connector {
  return {
    id: 'http',
    config: httpConfig,
    capabilityConfig: httpCapability,
    open: async (context) => openHttp(context, resolve),
  };
}

interface Client {
  readonly tool: string;
  readonly config: HttpConfig;
  readonly resolve: Resolve;
  readonly secret: OpenContext['secret'];
  readonly attempts: Attempts;
  /** Aborted when the tool is closed. */
  readonly closing: AbortController;
}

function openHttp(context: OpenContext, resolve: Resolve): Tool {
  const config = parseConfig(httpConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, httpCapability, changes);
  assertSettlement(capabilities);
  assertReachable(config, capabilities);
  const client: Client = {
    ...{ tool: context.tool.id, config, resolve, secret: context.secret },
    attempts: openAttempts(join(context.directory, '.reeve', 'attempts.db')),
    closing: new AbortController(),
  };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      if (!changes(found)) return carryOut(client, found, call);
      return client.attempts.once(call, found.repeatable, () => carryOut(client, found, call));
    },
    lookup: async (key, capability) =>
      client.attempts.lookup(key, capabilities.get(capability.id)?.config.repeatable ?? false),
    health: async () => healthOf(client),
    close: async () => {
      client.closing.abort(new Error('the tool was closed'));
      client.attempts.close();
    },
  });
}

/** `native-key` says that a repeat is recognised: then the capability must say so to this connector as well. */
function assertSettlement(capabilities: Configured<HttpCapability>): void {
  for (const { capability, config } of capabilities.values()) {
    if (!changes(config) || capability.settle !== 'native-key' || config.repeatable) continue;
    throw new Error(
      `capability ${capability.id} settles by native-key but its server is not said to recognise keys; set repeatable: true, or settle: ask or check-before-write`,
    );
  }
}

/** An address of the pack itself that the tool may not reach is an error before anything runs. */
function assertReachable(config: HttpConfig, capabilities: Configured<HttpCapability>): void {
  for (const { capability, config: one } of capabilities.values()) {
    if (typeof one.url !== 'string') continue;
    try {
      allowedOrigin(config, new URL(one.url.replace(/\{\w+\}/g, 'x')));
    } catch (cause) {
      throw new Error(`capability ${capability.id}: ${(cause as Error).message}`, { cause });
    }
  }
}

async function carryOut(client: Client, config: HttpCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const known = await secretsFor(client.secret, secretNames(client.config), call.seat);
  assertNoSecret(call, known);
  const outgoing = outgoingOf(call, client.config, config);
  try {
    const answer = await withinTime(client, call, (signal) => follow(client, outgoing, known.values, signal));
    const { value, version } = known.redactor.clean(resultOf(config, answer));
    if (!changes(config)) return version === undefined ? { value } : { value, version };
    return landed(`http:${outgoing.url.origin}${outgoing.url.pathname}`, call, value, version);
  } catch (error) {
    throw cleaned(error, known.redactor);
  }
}

const secretNames = ({ origins }: HttpConfig): string[] =>
  origins.flatMap(({ headers }) =>
    Object.values(headers).flatMap((value) => (typeof value === 'string' ? [] : [value.secret])),
  );

async function withinTime<T>(client: Client, call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const { time } = client.config;
  const timer = setTimeout(() => limit.abort(new Error(`it took longer than ${time} ms`)), time);
  const cancel = () => limit.abort(new Error('it was cancelled'));
  const signals = [call.signal, client.closing.signal];
  for (const signal of signals) signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', cancel);
  }
}

/** The answer, after the redirects a read may follow. Every hop is checked like the first [T13]. */
async function follow(
  client: Client,
  first: Outgoing,
  secrets: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Incoming> {
  const { config, resolve } = client;
  let outgoing = first;
  for (let redirects = 0; ; redirects += 1) {
    const origin = allowedOrigin(config, outgoing.url);
    const addresses = await unlessAborted(checkedAddresses(outgoing.url, origin, resolve), signal);
    const headers = { ...outgoing.headers, ...ownHeaders(origin, secrets) };
    const answer = await hop(outgoing, { addresses, headers, maxResponse: config.maxResponse, signal });
    const next = changes(outgoing) ? undefined : redirectOf(answer, outgoing.url);
    if (!next) return answer;
    if (redirects >= config.redirects)
      throw refused(`more than ${config.redirects} redirects were answered; nothing was changed`);
    outgoing = { ...outgoing, url: next };
  }
}

/** Finding a name cannot be cancelled; it is no longer waited for. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () =>
      reject(
        new ToolError('transient', `${(signal.reason as Error).message} before anything was sent; nothing was changed`),
      );
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Headers of an origin, with its secrets put in: only requests to this very origin get them. */
function ownHeaders({ headers }: Origin, secrets: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      const text = `${value.prefix}${secrets.get(value.secret) ?? ''}${value.suffix}`;
      if (HEADER_VALUE.test(text)) return [name, text];
      throw refused(
        `secret "${value.secret}" has characters that no header can carry; store it again; nothing was sent`,
      );
    }),
  );
}

function redirectOf({ status, headers }: Incoming, from: URL): URL | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return undefined;
  const next = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (!next || !/^https?:$/.test(next.protocol))
    throw refused('the answer redirects to something that is no http address');
  next.hash = '';
  return next;
}

function healthOf({ config, tool }: Client): { ok: boolean; message: string } {
  const origins = config.origins.map(({ origin }) => origin).join(', ');
  return { ok: true, message: `${tool} may reach ${origins}; whether they answer is seen when they are asked` };
}

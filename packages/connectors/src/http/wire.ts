import { z } from 'zod';
import { type Call, type CallResult, ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';
import { isRange } from './addresses.ts';

const MIB = 1024 * 1024;
const MAX_BODY = 8 * MIB;
/** What a header's value may hold: no line breaks, no characters that servers read differently. */
export const HEADER_VALUE = /^[\t\x20-\x7e]*$/;
/** Headers that say how the message is framed or where it goes: they are not for packs or callers to set. */
const FRAMING =
  /^(host|content-length|content-encoding|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept-encoding|proxy-.*|sec-.*|x-forwarded-.*|forwarded)$/;
/** Encoded dots, slashes, backslashes, percent signs and control characters: servers disagree about what they mean. */
const AMBIGUOUS = /%(2e|2f|5c|25|[01][0-9a-f]|7f)/i;
const PLACEHOLDER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

const headerName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'expected a header name in lower case')
  .refine((name) => !FRAMING.test(name), 'this header is set by the connection itself');
const headerText = z.string().max(4096).regex(HEADER_VALUE, 'has a line break or a character that is not ASCII');
const secret = z.strictObject({
  secret: z.string().min(1),
  prefix: headerText.default(''),
  suffix: headerText.default(''),
});

const origin = z.strictObject({
  /** `https://api.example.com`: scheme, host and port, nothing else. */
  origin: z.string().superRefine((text, ctx) => {
    const problem = originProblem(text);
    if (problem) ctx.addIssue({ code: 'custom', message: problem });
  }),
  /** Beginnings of the paths that may be used, each ending with "/" or being a whole path. */
  paths: z.array(z.string().regex(/^\/[^?#\\%]*$/, 'expected a path such as /v1/')).min(1),
  /** Addresses or ranges, not public, at which this origin may be: "127.0.0.1", "10.1.0.0/16". */
  addresses: z.array(z.string().refine(isRange, 'expected an address or a range such as 10.0.0.0/8')).default([]),
  /** Sent with every request to this origin, and to no other. A secret is put in when the request leaves. */
  headers: z.record(headerName, z.union([headerText, secret])).default({}),
});

function originProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return 'expected an origin such as https://api.example.com';
  return url.origin === text ? undefined : `write the origin as ${url.origin}`;
}

export const httpConfig = z.strictObject({
  origins: z.array(origin).min(1).max(100),
  /** Redirects that a GET or HEAD follows, each checked like the first address. */
  redirects: z.number().int().min(0).max(10).default(3),
  /** Milliseconds for everything: names, connection, answer, redirects. Keep the capability's `timeout` above it. */
  time: z.number().int().min(10).max(600_000).default(20_000),
  /** Bytes of an answer. */
  maxResponse: z
    .number()
    .int()
    .min(0)
    .max(64 * MIB)
    .default(MIB),
  /** The header that carries the key of a write; the other side recognises repeats by it. */
  keyHeader: headerName.default('idempotency-key'),
});

const named = z.record(z.string(), z.string());
const body = z.union([
  /** This argument as JSON. */
  z.strictObject({ json: z.string() }),
  /** An object of arguments: field → argument. */
  z.strictObject({ fields: named }),
  z.strictObject({ form: named }),
  /** The text of this argument. */
  z.strictObject({ text: z.string(), type: headerText.default('text/plain; charset=utf-8') }),
]);

export const httpCapability = z
  .strictObject({
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    /** With `{name}` in the path for arguments, or `{ from }`: the argument that is the whole address. */
    url: z.union([z.string(), z.strictObject({ from: z.string() })]),
    /** Parameter → argument; optional arguments that are absent are left out. */
    query: named.default({}),
    headers: z.record(headerName, z.union([headerText, z.strictObject({ arg: z.string() })])).default({}),
    body: body.optional(),
    response: z.enum(['json', 'text', 'none']).default('json'),
    /** Headers of the answer that are part of the result. */
    expose: z.array(headerName).max(20).default([]),
    /** Is 404 an answer, `{found: false}`, or an error? */
    missing: z.enum(['found', 'error']).default('error'),
    /** Does the other side recognise a repeat (by the key, or since the request states the whole outcome)? */
    repeatable: z.boolean().default(false),
  })
  .superRefine(({ method, body: content, url, missing }, ctx) => {
    const read = method === 'GET' || method === 'HEAD';
    if (read && content)
      ctx.addIssue({ code: 'custom', path: ['body'], message: `a ${method} has no body; use query` });
    if (!read && missing === 'found')
      ctx.addIssue({ code: 'custom', path: ['missing'], message: 'only a read can find nothing' });
    const problem = typeof url === 'string' ? templateProblem(url) : undefined;
    if (problem) ctx.addIssue({ code: 'custom', path: ['url'], message: problem });
  });

function templateProblem(template: string): string | undefined {
  const filled = template.replace(PLACEHOLDER, 'x');
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return 'expected an address such as https://api.example.com/orders/{id}';
  if (url.href !== filled || url.hash !== '' || url.username !== '')
    return `write the address as ${url.origin}${url.pathname}`;
  if (template.slice(0, template.indexOf('/', 8)).includes('{')) return 'a placeholder can only stand in the path';
  if (url.search !== '') return 'put parameters into "query"';
  return undefined;
}

export type HttpConfig = z.output<typeof httpConfig>;
export type HttpCapability = z.output<typeof httpCapability>;
export type Origin = z.output<typeof origin>;

/** What is sent besides what packs may say: WebDAV. */
export type Method = HttpCapability['method'] | 'PROPFIND' | 'REPORT' | 'MKCOL';
const LOOKS: ReadonlySet<Method> = new Set<Method>(['GET', 'HEAD', 'PROPFIND', 'REPORT']);

/** Does the method change something? */
export const changes = ({ method }: { readonly method: Method }): boolean => !LOOKS.has(method);

/** A request as it will be sent, but for the secrets of its origin. */
export interface Outgoing {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** The request a call asks for. Throws a deterministic `ToolError` for anything that could be read in two ways [T22]. */
export function outgoingOf(call: Call, tool: HttpConfig, config: HttpCapability): Outgoing {
  const url = urlOf(call, config);
  allowedOrigin(tool, url);
  const content = bodyOf(call, config);
  const headers: Record<string, string> = { accept: config.response === 'json' ? 'application/json' : '*/*' };
  for (const [name, from] of Object.entries(config.headers)) {
    const value = typeof from === 'string' ? from : scalar(call, from.arg);
    if (value !== undefined) headers[name] = headerValue(name, value);
  }
  if (content) headers['content-type'] = content.type;
  if (changes(config)) headers[tool.keyHeader] = headerValue(tool.keyHeader, call.key);
  return { method: config.method, url, headers, body: content?.bytes };
}

function headerValue(name: string, value: string): string {
  if (HEADER_VALUE.test(value) && value.length <= 4096) return value;
  throw refused(`header "${name}" would have a line break or a character that is not ASCII; send plain text`);
}

/** The origin that allows `url`. Throws a deterministic `ToolError` when there is none [T13]. */
export function allowedOrigin({ origins }: HttpConfig, url: URL): Origin {
  if (url.username !== '' || url.password !== '')
    throw refused('the address has a user name; addresses carry no credentials');
  if (AMBIGUOUS.test(url.pathname) || url.pathname.includes('\\'))
    throw refused('the path of the address has encoded dots, slashes or control characters; write it plainly');
  const own = origins.filter((one) => one.origin === url.origin);
  const found = own.find(({ paths }) => paths.some((path) => covers(path, url.pathname)));
  if (found) return found;
  const list = own.length > 0 ? own.flatMap(({ paths }) => paths) : origins.map((one) => one.origin);
  throw refused(`${url.origin}${url.pathname} is not on the list of this tool; it may reach ${list.join(', ')}`);
}

const covers = (allowed: string, path: string): boolean =>
  path === allowed || (allowed.endsWith('/') && path.startsWith(allowed));

function urlOf(call: Call, { url, query }: HttpCapability): URL {
  const text =
    typeof url === 'string'
      ? url.replace(PLACEHOLDER, (_, name: string) => segment(name, scalar(call, name)))
      : (scalar(call, url.from) ?? '');
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw refused('the address is not an http or https URL; give one such as https://host/path');
  // What was decided on is the text; it must be what is requested.
  if (parsed.href !== text || parsed.hash !== '')
    throw refused(
      'the address is not in its plain form (host in lower case and ASCII, no "..", no "#", no tricks); write it as it would be requested',
    );
  for (const [name, from] of Object.entries(query)) {
    const value = scalar(call, from);
    if (value !== undefined) parsed.searchParams.append(name, value);
  }
  return parsed;
}

/** One part of a path: it can neither add parts nor lead upwards. */
function segment(name: string, value: string | undefined): string {
  if (value !== undefined && value !== '' && !/^\.{1,2}$|[/\\%\p{Cc}\p{Cf}\p{Cs}]/u.test(value))
    return encodeURIComponent(value);
  throw refused(
    `"${name}" cannot be part of a path: it is empty, or has "/", "\\", "%", dots only or invisible characters`,
  );
}

/** A text, number or boolean argument as text; undefined when it is optional and absent. */
function scalar(call: Call, name: string): string | undefined {
  const value = argument(call, name);
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    if (/\p{Cs}/u.test(value)) throw refused(`"${name}" has half a character; send valid text`);
    return value;
  }
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw refused(`"${name}" is not a text, number or boolean`);
}

function argument(call: Call, name: string): unknown {
  const value = Object.hasOwn(call.args, name) ? call.args[name] : undefined;
  if (value !== undefined && value !== null) return value;
  if (call.capability.args[name]?.optional) return undefined;
  throw refused(`${call.capability.id} needs "${name}"`);
}

function bodyOf(call: Call, { body: from }: HttpCapability): { type: string; bytes: Buffer } | undefined {
  if (!from) return undefined;
  const [type, text] = contentOf(call, from);
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= MAX_BODY) return { type, bytes };
  throw refused(`the body has ${bytes.length} bytes; at most ${MAX_BODY} are sent`);
}

function contentOf(call: Call, from: z.output<typeof body>): [type: string, text: string] {
  if ('json' in from) return ['application/json', JSON.stringify(argument(call, from.json) ?? null)];
  if ('text' in from) return [from.type, scalar(call, from.text) ?? ''];
  if ('form' in from) {
    const form = new URLSearchParams();
    for (const [field, name] of Object.entries(from.form)) {
      const value = scalar(call, name);
      if (value !== undefined) form.append(field, value);
    }
    return ['application/x-www-form-urlencoded', form.toString()];
  }
  const fields = Object.entries(from.fields).map(([field, name]) => [field, argument(call, name)] as const);
  return ['application/json', JSON.stringify(Object.fromEntries(fields))];
}

/** An answer, read to its end. */
export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504, 507]);

/** Result of an answer. Throws the failure its status stands for. */
export function resultOf(config: HttpCapability, answer: Incoming): CallResult {
  const { status, headers } = answer;
  const read = !changes(config);
  if (read && status === 404 && config.missing === 'found') return { value: { status, found: false } };
  if (status < 200 || status > 299) throw statusFailure(config, status);
  const shown = config.expose.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const value = {
    ...{ status, ...(read ? { found: true } : {}) },
    ...(shown.length > 0 ? { headers: Object.fromEntries(shown) } : {}),
    ...(config.response === 'none' ? {} : { body: contentIn(config, answer) }),
  };
  const etag = headers.etag;
  return typeof etag === 'string' ? { value, version: etag } : { value };
}

/** A server that fails may have acted before; one that refuses has not. */
function statusFailure(config: HttpCapability, status: number): ToolError {
  const what = `${config.method} was answered with status ${status}`;
  if (status === 401 || status === 403)
    return new ToolError('governance', `${what}: the other side does not permit it; nothing was changed`);
  if (status < 400) return refused(`${what}, a redirect, which is not followed here; correct the address`);
  if (!TRANSIENT.has(status)) return refused(`${what}; nothing was changed`);
  const uncertain = changes(config) && status >= 500;
  const next = uncertain ? 'look whether it took effect before trying again' : 'nothing was changed; try again later';
  return new ToolError('transient', `${what}; ${next}`, { uncertain });
}

function contentIn(config: HttpCapability, { body: bytes, headers }: Incoming): unknown {
  if (config.method === 'HEAD' || bytes.length === 0) return null;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw unreadable(config, `it is encoded as ${String(encoding)}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return config.response === 'text' ? text : JSON.parse(text, withoutPrototypes);
  } catch (cause) {
    throw unreadable(config, `it is not ${config.response === 'text' ? 'UTF-8 text' : 'JSON'}`, cause);
  }
}

function withoutPrototypes(this: unknown, key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error('it has a field "__proto__"');
  return value;
}

/** The request was carried out, but what came back is of no use. */
function unreadable(config: HttpCapability, why: string, cause?: unknown): ToolError {
  const uncertain = changes(config);
  const next = uncertain ? 'the request itself was accepted: look at what it did' : 'correct the capability';
  return new ToolError('deterministic', `the answer cannot be read: ${why}; ${next}`, { uncertain, cause });
}

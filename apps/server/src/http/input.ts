import type { IncomingMessage } from 'node:http';
import type { ParsedOf, Route, RouteName } from '@reeve/protocol';
import type { Context } from 'hono';
import { Refusal } from '../errors.ts';
import { misfit } from './problems.ts';

/** Largest body, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/** [SRV4] The request checked against its route, once: nothing behind this looks at raw input. */
export async function readInput<K extends RouteName>(c: Context, route: Route): Promise<ParsedOf<K>> {
  const params = readParams(c, route);
  const query = readQuery(c, route);
  const body = route.body ? await readBody(c, route) : {};
  return { params, query, body } as ParsedOf<K>;
}

function readParams(c: Context, route: Route): unknown {
  const parsed = route.params?.safeParse(c.req.param());
  if (parsed === undefined) return {};
  if (!parsed.success) throw misfit('not-found', 'path', parsed.error);
  return parsed.data;
}

function readQuery(c: Context, route: Route): unknown {
  const given = c.req.queries();
  for (const [name, values] of Object.entries(given)) {
    if (!Object.hasOwn(route.query?.shape ?? {}, name))
      throw new Refusal('malformed', `there is no query field "${name.slice(0, 50)}" here`, known(route));
    if (values.length > 1)
      throw new Refusal('malformed', `the query field "${name}" is given ${values.length} times`, 'give it once');
  }
  const parsed = route.query?.safeParse(c.req.query());
  if (parsed === undefined) return {};
  if (!parsed.success) throw misfit('malformed', 'query', parsed.error);
  return parsed.data;
}

const known = (route: Route): string => {
  const names = Object.keys(route.query?.shape ?? {});
  return names.length === 0 ? 'this route takes no query' : `known are ${names.join(', ')}`;
};

async function readBody(c: Context, route: Route): Promise<unknown> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new Refusal('wrong-type', `the body is ${type || 'of no stated type'}, not JSON`, 'send application/json');
  const parsed = route.body!.safeParse(parseJson(await readBytes(c, route.limit)));
  if (!parsed.success) throw misfit('malformed', 'body', parsed.error);
  return parsed.data;
}

export const tooLarge = (limit: number): Refusal =>
  new Refusal('too-large', `the body has more than ${limit} bytes`, 'send less at once');

/** Reads no more than the limit, whatever the headers say. */
export async function readBytes(c: Context, limit = BODY_LIMIT): Promise<Uint8Array> {
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(c)) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/**
 * The socket's own stream where there is one: a web stream over it costs as much as deciding the command. What is left unread
 * is not torn down, so that the refusal still gets through.
 */
function chunksOf(c: Context): AsyncIterable<Uint8Array> {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage };
  return incoming?.iterator({ destroyOnReturn: false }) ?? ((c.req.raw.body ?? []) as AsyncIterable<Uint8Array>);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw new Refusal('malformed', `the body is not JSON: ${why}`, 'send one JSON object');
  }
}

/** [SRV5] The command id a caller's `Idempotency-Key` stands for, '' without one. The prefix keeps it apart from the ids of runs. */
export function commandId(c: Context): string {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return '';
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new Refusal(
      'malformed',
      'the Idempotency-Key must be 1 to 200 visible ASCII characters without spaces',
      'use a UUID, or a digest of what identifies the request',
    );
  return `api/${key}`;
}

import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient, ROUTE_NAMES, ROUTES, type Route } from '@reeve/protocol';
import { expect, onTestFinished } from 'vitest';
import { type House, type HouseOptions, openHouse, readPack } from '../src/index.ts';

export const SUPPORT = join(dirname(fileURLToPath(import.meta.url)), '../../../packs/support');

/** Runs after the test, the latest first. */
export const later = (cleanup: () => Promise<unknown>): void => onTestFinished(async () => void (await cleanup()));

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'reeve-server-'));
  later(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A copy of the support pack that a test may change. */
export async function packCopy(): Promise<string> {
  const path = join(await folder(), 'support');
  await cp(SUPPORT, path, { recursive: true, filter: (source) => !/[/\\](test|tickets)$/.test(source) });
  return path;
}

export async function digestOf(directory: string): Promise<string> {
  const loaded = await readPack(directory);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.pack.digest;
}

const ROUTE_OF = ROUTE_NAMES.map((name): [RegExp, Route] => [
  new RegExp(`^${ROUTES[name].path.replaceAll('.', '\\.').replace(/:[a-z]+/g, '[^/]+')}$`),
  ROUTES[name],
]);

/** [SRV16] Every JSON answer of every test is compared with its schema: nothing missing, nothing the schema does not name. */
async function checked(request: Request, response: Response): Promise<Response> {
  const { pathname } = new URL(request.url);
  const route = ROUTE_OF.find(([pattern, { method }]) => pattern.test(pathname) && method === request.method)?.[1];
  const schema = route?.stream === true || route?.download ? undefined : route?.responses[response.status];
  if (schema) {
    const body: unknown = await response.clone().json();
    expect(schema.parse(body)).toEqual(body);
  }
  return response;
}

export interface Place {
  readonly house: House;
  readonly client: Client;
  /** A raw request with the token, unless headers say otherwise. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

/** A house on a fresh data directory (or the given one), and a client that talks to it without a network. */
export async function place(options: Partial<HouseOptions> = {}): Promise<Place> {
  const house = await openHouse({ data: options.data ?? (await folder()), work: false, ...options });
  later(() => house.close());
  const send = async (request: Request) => checked(request, await house.app.fetch(request));
  const client = createClient({ url: 'http://localhost', token: house.token, fetch: send });
  const ask = (path: string, init: RequestInit = {}) => {
    const headers = new Headers({
      authorization: `Bearer ${house.token}`,
      ...(init.headers as Record<string, string>),
    });
    return send(new Request(`http://localhost${path}`, { ...init, headers }));
  };
  return { house, client, ask };
}

let supportDigest: Promise<string> | undefined;
/** Digest of the support pack as it is in the repository. */
export const digestOfSupport = (): Promise<string> => {
  supportDigest ??= digestOf(SUPPORT);
  return supportDigest;
};

/** A place where the support pack is in force. */
export async function supported(options: Partial<HouseOptions> = {}): Promise<Place> {
  const made = await place(options);
  await made.client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
  return made;
}

export const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export interface Ticket {
  readonly externalId: string;
  readonly subject: string;
  readonly text: string;
  readonly customer: string;
  readonly name: string;
  readonly channel: 'email';
}

/** One of the support pack's tickets, by its number. */
export function ticket(n: number): Ticket {
  const lines = readFileSync(join(SUPPORT, 'tickets/tickets.jsonl'), 'utf8').trim().split('\n');
  const found = lines
    .map((line) => JSON.parse(line) as Ticket)
    .find(({ externalId }) => externalId === `T${String(n).padStart(3, '0')}`);
  if (!found) throw new Error(`there is no ticket ${n}`);
  return found;
}

import { ApiProblem, Unreachable } from './errors.ts';
import { isWrite, type RequestOf, type ResponseOf, ROUTE_NAMES, ROUTES, type Route, type RouteName } from './routes.ts';
import type { LedgerRecord } from './shapes/ledger.ts';
import { type Problem, problem } from './shapes/problem.ts';
import type { RunOutput } from './shapes/runs.ts';
import { readEvents } from './sse.ts';

export interface ClientOptions {
  /** Where the server is, e.g. `http://127.0.0.1:7700`. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: (request: Request) => Promise<Response> | Response;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}
export interface WriteOptions extends CallOptions {
  /** Makes a write repeatable: the same key and request give the first answer again. */
  readonly idempotencyKey?: string;
}

export interface EventsOptions {
  /** Resume after this sequence number; 0 for everything. Absent: only what is new. */
  readonly after?: number;
  /** Ends the stream without an error. */
  readonly signal?: AbortSignal;
  /** Told of what changes without a record, by its name, such as `backup`; who does not ask is not sent it. */
  readonly notice?: (name: string) => void;
}

export interface FollowOptions extends Omit<EventsOptions, 'notice'> {
  /** The run. */
  readonly id: string;
}

type DownloadRoute = { [K in RouteName]: (typeof ROUTES)[K] extends { download: string } ? K : never }[RouteName];
type JsonRoute = Exclude<RouteName, 'events' | DownloadRoute>;
type OptionsOf<K extends JsonRoute> = (typeof ROUTES)[K]['method'] extends 'GET' ? CallOptions : WriteOptions;
type Method<K extends JsonRoute> =
  Record<never, never> extends RequestOf<K>
    ? (input?: RequestOf<K>, options?: OptionsOf<K>) => Promise<ResponseOf<K>>
    : (input: RequestOf<K>, options?: OptionsOf<K>) => Promise<ResponseOf<K>>;

/**
 * One method per route, named as in `ROUTES`; path parameters, query and body are given together in one object.
 * All throw `ApiProblem` when the server refuses and `Unreachable` when nothing answers.
 */
export type Client = { readonly [K in JsonRoute]: Method<K> } & {
  /** Ledger records as they become durable; reconnects and resumes by itself after the first connection. */
  events(options?: EventsOptions): AsyncIterable<LedgerRecord>;
  /** What a run writes as it does, until it is over; reconnects like `events`. */
  followOutput(options: FollowOptions): AsyncIterable<RunOutput>;
  /** The whole ledger as a file, in pieces as they come. */
  ledgerExport(options?: CallOptions): Promise<ReadableStream<Uint8Array>>;
  /** A backup as one file, in pieces as they come. */
  backupFile(input: RequestOf<'backupFile'>, options?: CallOptions): Promise<ReadableStream<Uint8Array>>;
};

type Fields = Readonly<Record<string, unknown>>;

function pick(schema: Route['body'], input: Fields): Fields {
  const names = Object.keys(schema?.shape ?? {});
  return Object.fromEntries(names.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}

const EVENTS = 'text/event-stream';

/** The request for a route, without sending it. */
function requestFor(
  options: ClientOptions,
  route: Route,
  input: Fields,
  call: WriteOptions,
  accept = 'application/json',
): Request {
  const path = route.path.replace(/:([a-z]+)/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const url = new URL(options.url.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(pick(route.query, input))) url.searchParams.set(name, String(value));
  const headers = new Headers({ accept });
  if (!route.open) headers.set('authorization', `Bearer ${options.token}`);
  if (isWrite(route) && call.idempotencyKey !== undefined) headers.set('idempotency-key', call.idempotencyKey);
  if (route.body) headers.set('content-type', 'application/json');
  return new Request(url, {
    method: route.method,
    headers,
    ...(route.body ? { body: JSON.stringify(pick(route.body, input)) } : {}),
    ...(call.signal ? { signal: call.signal } : {}),
  });
}

/** A kept connection that the server has closed meanwhile, or one that broke: says nothing about the next one. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const codeOf = (error: unknown): string => (error as { cause?: { code?: string } }).cause?.code ?? '';

/** Sends a request; once more when the connection broke and sending it twice is the same as sending it once. */
async function send(options: ClientOptions, make: () => Request): Promise<Response> {
  const request = make();
  const repeatable = request.method === 'GET' || request.headers.has('idempotency-key');
  const attempt = async (each: Request): Promise<Response> => (options.fetch ?? fetch)(each);
  try {
    return await attempt(request).catch((error: unknown) => {
      if (!repeatable || request.signal.aborted || !BROKEN.has(codeOf(error))) throw error;
      return attempt(make());
    });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new Unreachable(options.url, reasonOf(error), error);
  }
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  return code === '' ? (error as Error).message : `${(error as Error).message} (${code})`;
}

async function json(options: ClientOptions, response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable(options.url, `the answer (${response.status}) is not JSON, or broke off`, error);
  }
}

async function refusal(options: ClientOptions, response: Response): Promise<Error> {
  const parsed = problem.safeParse(await json(options, response));
  if (!parsed.success) return new Unreachable(options.url, `something else answers there (status ${response.status})`);
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiProblem(parsed.data satisfies Problem, Number.isFinite(seconds) ? seconds * 1000 : null);
}

async function call(
  options: ClientOptions,
  route: Route,
  input: Fields = {},
  more: WriteOptions = {},
): Promise<unknown> {
  const response = await send(options, () => requestFor(options, route, input, more));
  if (Object.hasOwn(route.responses, response.status)) return json(options, response);
  throw await refusal(options, response);
}

async function download(
  options: ClientOptions,
  route: Route,
  input: Fields,
  more: CallOptions = {},
): Promise<ReadableStream<Uint8Array>> {
  const response = await send(options, () => requestFor(options, route, input, more));
  if (!response.ok || response.body === null) throw await refusal(options, response);
  return response.body;
}

async function* text(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      yield decoder.decode(part.value, { stream: true });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Header of the event stream: the sequence number it begins after, so that a client can resume before its first event. */
export const STREAM_SEQ = 'reeve-seq';

/** First and longest wait before connecting again, in milliseconds. */
const RECONNECT = { first: 250, most: 5000 } as const;

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });

/** What the server says while it starts, recovers or has too much to do; anything else will not get better. */
const passes = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiProblem && (error.status === 503 || error.status === 429));

interface Streamed {
  readonly route: Route;
  readonly input: Fields;
  readonly signal?: AbortSignal | undefined;
  /** Told of what comes between without an id of its own. */
  readonly notice?: EventsOptions['notice'] | undefined;
}

/** One thing that came over a stream, and where to go on after it; null for where the stream begins. */
interface Came<T> {
  readonly id: number;
  readonly value: T | null;
}

async function* connection<T>(
  options: ClientOptions,
  { route, input, signal, notice }: Streamed,
  after: number | undefined,
): AsyncGenerator<Came<T>> {
  const request = () => requestFor(options, route, { ...input, after }, signal ? { signal } : {}, EVENTS);
  const response = await send(options, request);
  if (!response.ok || response.body === null) throw await refusal(options, response);
  yield { id: Number(response.headers.get(STREAM_SEQ) ?? after ?? 0), value: null };
  try {
    for await (const { id, event, data } of readEvents(text(response.body)))
      if (event === 'notice') notice?.(data);
      else yield { id: Number(id), value: JSON.parse(data) as T };
  } catch (error) {
    throw new Unreachable(options.url, 'the stream broke off', error);
  }
}

async function* resumed<T>(
  options: ClientOptions,
  streamed: Streamed,
  after: number | undefined,
): AsyncGenerator<T, void> {
  const { signal } = streamed;
  let last = after;
  let connected = false;
  for (let wait: number = RECONNECT.first; !signal?.aborted; wait = Math.min(wait * 2, RECONNECT.most)) {
    try {
      for await (const { id, value } of connection<T>(options, streamed, last)) {
        connected = true;
        wait = RECONNECT.first / 2;
        last = id;
        if (value !== null) yield value;
        if (signal?.aborted) return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!connected || !passes(error)) throw error;
    }
    await pause(wait, signal);
  }
}

const isDownload = (name: RouteName): boolean => (ROUTES[name] as Route).download !== undefined;

const events = (options: ClientOptions, { after, signal, notice }: EventsOptions = {}): AsyncGenerator<LedgerRecord> =>
  resumed(options, { route: ROUTES.events, input: notice ? { notices: true } : {}, signal, notice }, after);

async function* followOutput(options: ClientOptions, { id, after, signal }: FollowOptions): AsyncGenerator<RunOutput> {
  for await (const found of resumed<RunOutput>(options, { route: ROUTES.runOutput, input: { id }, signal }, after)) {
    yield found;
    if (!found.live) return;
  }
}

/** A typed client of the API. Nothing is sent until a method is called. */
export function createClient(options: ClientOptions): Client {
  const methods = ROUTE_NAMES.filter((name) => name !== 'events' && !isDownload(name)).map((name) => [
    name,
    (input?: Fields, more?: WriteOptions) => call(options, ROUTES[name], input, more),
  ]);
  return {
    ...Object.fromEntries(methods),
    events: (more?: EventsOptions) => events(options, more),
    followOutput: (more: FollowOptions) => followOutput(options, more),
    ledgerExport: (more?: CallOptions) => download(options, ROUTES.ledgerExport, {}, more),
    backupFile: (input: Fields, more?: CallOptions) => download(options, ROUTES.backupFile, input, more),
  } as Client;
}

/**
 * A2A 1.0: its operations, and JSON-RPC on `/a2a`; `http-json.ts` is the other binding. Nothing is kept between requests: who asks is said by the token, everything else by the
 * ledger; so a restart loses nothing but the connection of those who wait.
 */
import type { Runtime } from '@reeve/runtime';
import { type Message, PARAMS, type Task, TERMINAL, UNDER_WAY } from '@reeve/workers/a2a';
import { z } from 'zod';
import type { Archive } from '../archive.ts';
import { knownError } from '../http/problems.ts';
import { type Asking, ask, findTask, withdraw } from './asking.ts';
import { changesOf } from './changes.ts';
import { A2aError, errorBody } from './errors.ts';
import { listTasks } from './list.ts';
import type { Peer } from './peers.ts';
import { eventsOf } from './stream.ts';
import { type Standing, taskOf } from './tasks.ts';

export interface Endpoint {
  readonly runtime: Runtime;
  readonly archive: Archive;
  /** Milliseconds a caller that wants to wait is kept waiting; real work takes days. */
  readonly patience: number;
  readonly heartbeat: number;
  /** The server ends. */
  readonly ended: AbortSignal;
}

interface Asked extends Asking, Pick<Endpoint, 'patience' | 'heartbeat'> {
  /** One event of a stream as the binding puts it on the wire. */
  readonly frame: (result: unknown) => unknown;
  readonly signal: AbortSignal;
}

type Method = (asked: Asked, params: unknown) => Promise<unknown>;

const request = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(200), z.number(), z.null()]).optional(),
  method: z.string().max(200),
  params: z.unknown().optional(),
});

const ALL = { history: null, artifacts: true } as const;
const shownFor = (historyLength: number | undefined) => ({ ...ALL, history: historyLength ?? null });

/** @throws A2aError naming the field. */
function fit<S extends z.ZodType>(schema: S, params: unknown): z.output<S> {
  const parsed = schema.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new A2aError('INVALID_PARAMS', `params${path.map((one) => `.${String(one)}`).join('')}: ${message}`);
}

async function send(asked: Asked, params: unknown): Promise<{ task: Task }> {
  const { message, configuration, metadata } = fit(PARAMS.send, params);
  const id = await ask(asked, message as Message, { ...metadata, ...message.metadata });
  const now = configuration?.returnImmediately ? await findTask(asked, id) : await settled(asked, id);
  return { task: await taskOf(asked.archive, now, shownFor(configuration?.historyLength)) };
}

/** [SRV236] Where the task stands once something is asked of the caller or it is over, or when patience ends. */
async function settled(asked: Asked, id: string): Promise<Standing> {
  const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(asked.patience)]);
  for await (const now of changesOf(asked, id, signal)) if (!UNDER_WAY.has(now.state)) return now;
  return findTask(asked, id);
}

const get: Method = async (asked, params) => {
  const { id, historyLength } = fit(PARAMS.get, params);
  return taskOf(asked.archive, await findTask(asked, id), shownFor(historyLength));
};

const cancel: Method = async (asked, params) => {
  const { id } = fit(PARAMS.one, params);
  await withdraw(asked, id);
  return taskOf(asked.archive, await findTask(asked, id), ALL);
};

const stream: Method = async (asked, params) => {
  const { message, metadata } = fit(PARAMS.send, params);
  const id = await ask(asked, message as Message, { ...metadata, ...message.metadata });
  return eventsOf(asked, asked, id);
};

const subscribe: Method = async (asked, params) => {
  const { id } = fit(PARAMS.one, params);
  const { state } = await findTask(asked, id);
  if (TERMINAL.has(state)) throw new A2aError('UNSUPPORTED_OPERATION', `the task ${id} is over; GetTask shows it`);
  return eventsOf(asked, asked, id);
};

const never =
  (reason: 'PUSH_NOTIFICATION_NOT_SUPPORTED' | 'UNSUPPORTED_OPERATION', message: string): Method =>
  async () => {
    throw new A2aError(reason, message);
  };
const noPush = never('PUSH_NOTIFICATION_NOT_SUPPORTED', 'nothing is pushed; use SubscribeToTask or GetTask');

const METHODS: Readonly<Record<string, Method>> = {
  SendMessage: send,
  SendStreamingMessage: stream,
  GetTask: get,
  ListTasks: (asked, params) => listTasks(asked, fit(PARAMS.list, params)),
  CancelTask: cancel,
  SubscribeToTask: subscribe,
  CreateTaskPushNotificationConfig: noPush,
  GetTaskPushNotificationConfig: noPush,
  ListTaskPushNotificationConfigs: noPush,
  DeleteTaskPushNotificationConfig: noPush,
  GetExtendedAgentCard: never('UNSUPPORTED_OPERATION', 'there is one agent card, for everybody'),
};

/** What is asked of an operation, whatever the binding. */
export interface Wanted extends Pick<Asked, 'frame'> {
  readonly method: string;
  readonly params: unknown;
  /** The A2A-Version header; without one 0.3 is meant. */
  readonly version: string;
}

/** [SRV230] What an operation answers; a response when it is a stream. @throws A2aError; what is a bug */
export async function perform(endpoint: Endpoint, peer: Peer, wanted: Wanted, gone: AbortSignal): Promise<unknown> {
  const { method: name, params, version, frame } = wanted;
  const [spoken = ''] = /^1\.0(?=$|\.\d+$)/.exec(version) ?? [];
  if (spoken === '')
    throw new A2aError('VERSION_NOT_SUPPORTED', 'this speaks version 1.0; send the header A2A-Version: 1.0');
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (!method) throw new A2aError('METHOD_NOT_FOUND', `there is no method "${name.slice(0, 60)}"`);
  return method({ ...endpoint, peer, frame, signal: AbortSignal.any([gone, endpoint.ended]) }, params);
}

/** [SRV230] An authenticated request over JSON-RPC. @param version the A2A-Version header */
export async function answerTo(endpoint: Endpoint, peer: Peer, body: string, version: string, gone: AbortSignal) {
  let id: string | number | null = null;
  try {
    const asked = requestOf(body);
    id = asked.id ?? null;
    const frame = (one: unknown) => ({ jsonrpc: '2.0', id, result: one });
    const result = await perform(endpoint, peer, { ...asked, params: asked.params, version, frame }, gone);
    return result instanceof Response ? result : Response.json({ jsonrpc: '2.0', id, result });
  } catch (error) {
    return Response.json({ jsonrpc: '2.0', id, error: errorBody(asProtocol(error)) });
  }
}

function requestOf(body: string): z.output<typeof request> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new A2aError('PARSE_ERROR', 'the body is no JSON');
  }
  const parsed = request.safeParse(value);
  if (!parsed.success) throw new A2aError('INVALID_REQUEST', 'the body is no JSON-RPC 2.0 request');
  return parsed.data;
}

/** @throws what is a bug. */
export function asProtocol(error: unknown): A2aError {
  if (error instanceof A2aError) return error;
  if (knownError(error)) return new A2aError('UNAVAILABLE', `${(error as Error).message}; try again later`);
  throw error;
}

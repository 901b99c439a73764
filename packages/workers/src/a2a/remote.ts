/** What is said to a remote agent and what it answers; without a memory of its own, so that whoever asks decides what is durable. */
import type { Remote } from '@reeve/kernel';
import { z } from 'zod';
import { WorkFailure } from '../port.ts';
import { type AgentCard, agentCard, isSignedBy, VERSION } from './card.ts';
import { type Message, sent, type Task, type TaskState, task, textOf } from './wire.ts';

/** A way to the other side: `body` is posted, without one the address is read. Rejects with a WorkFailure. */
export type Reach = (request: {
  readonly url: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}) => Promise<{ readonly status: number; readonly body: string }>;

/** Where a remote task stands, in what is kept of it: plain JSON. */
export interface RemoteView {
  /** Null when the agent answered without a task. */
  readonly task: string | null;
  readonly context: string | null;
  readonly state: TaskState;
  /** Untrusted: the agent's words. */
  readonly text: string;
}

/** Characters of its words that are kept. */
const KEPT = 20_000;

const hopeless = (message: string): WorkFailure => new WorkFailure('deterministic', message);

/**
 * [WRK50] The address at which the agent speaks JSON-RPC 1.0, out of a card that the pinned key signed.
 * @throws WorkFailure `governance` when the card is not theirs, `deterministic` when it does not fit.
 */
export async function interfaceOf(remote: Remote, reach: Reach): Promise<string> {
  const { status, body } = await reach({ url: remote.card, headers: {} });
  checkStatus(status, 'its agent card');
  const raw = jsonOf(body);
  const parsed = agentCard.safeParse(raw);
  if (!parsed.success) throw hopeless('the agent card of the remote agent is none of A2A 1.0');
  if (!isSignedBy(raw as Record<string, unknown>, remote.key))
    throw new WorkFailure(
      'governance',
      'the agent card is not signed with the key in the pack, so nothing was sent; ask them for their key, and pin that one if it is theirs',
    );
  return chosen(parsed.data, remote);
}

function chosen({ supportedInterfaces, skills }: AgentCard, { skill }: Remote): string {
  if (skill !== undefined && !skills.some(({ id }) => id === skill))
    throw hopeless(
      `the remote agent has no skill "${skill}" any more; its card lists: ${skills
        .map(({ id }) => id)
        .join(', ')
        .slice(0, 500)}`,
    );
  const found = supportedInterfaces.find(
    ({ protocolBinding, protocolVersion, url }) =>
      protocolBinding === 'JSONRPC' &&
      protocolVersion.split('.').slice(0, 2).join('.') === VERSION &&
      URL.canParse(url),
  );
  if (!found) throw hopeless('the remote agent does not speak A2A 1.0 over JSON-RPC');
  return found.url;
}

const envelope = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

/** Errors after which the same request may succeed. */
const PASSING = new Set([-32_000, -32_603]);

export interface Line {
  readonly url: string;
  readonly reach: Reach;
}

async function call({ url, reach }: Line, method: string, params: unknown): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const answer = await reach({ url, body, headers: { 'a2a-version': VERSION } });
  checkStatus(answer.status, method);
  const parsed = envelope.safeParse(jsonOf(answer.body));
  if (!parsed.success) throw hopeless(`the remote agent answered ${method} with something that is no JSON-RPC`);
  const { error, result } = parsed.data;
  if (!error) return result;
  const message = `the remote agent refused ${method}: ${error.message.slice(0, 300)} (${error.code})`;
  throw PASSING.has(error.code) ? new WorkFailure('transient', message) : hopeless(message);
}

function checkStatus(status: number, what: string): void {
  if (status === 200) return;
  if (status === 429 || status === 408 || status >= 500)
    throw new WorkFailure('transient', `the remote agent answered ${what} with HTTP ${status}`);
  const key = status === 401 || status === 403 ? '; check the token in its secret' : '';
  throw hopeless(`the remote agent answered ${what} with HTTP ${status}${key}`);
}

/** Send a message; the same one again is the same request for whoever keeps to the protocol's message ids. */
export async function sendMessage(
  line: Line,
  message: Message,
  metadata: Record<string, unknown>,
): Promise<RemoteView> {
  const params = { message, metadata, configuration: { returnImmediately: true, acceptedOutputModes: MODES } };
  const parsed = sent.safeParse(await call(line, 'SendMessage', params));
  if (!parsed.success) throw hopeless('the remote agent answered SendMessage with neither a task nor a message');
  if ('task' in parsed.data) return viewOf(parsed.data.task);
  const { contextId, parts } = parsed.data.message;
  return { task: null, context: contextId ?? null, state: 'TASK_STATE_COMPLETED', text: textOf(parts).slice(0, KEPT) };
}
const MODES = ['text/plain', 'application/json'];

export async function getTask(line: Line, id: string): Promise<RemoteView> {
  const parsed = task.safeParse(await call(line, 'GetTask', { id, historyLength: 0 }));
  if (!parsed.success || parsed.data.id !== id) throw hopeless('the remote agent answered GetTask with another thing');
  return viewOf(parsed.data);
}

export async function cancelTask(line: Line, id: string): Promise<void> {
  await call(line, 'CancelTask', { id });
}

function viewOf({ id, contextId, status, artifacts = [] }: Task): RemoteView {
  const made = artifacts.map(({ parts }) => textOf(parts)).filter((text) => text !== '');
  const said = status.message ? textOf(status.message.parts) : '';
  const text = status.state === 'TASK_STATE_COMPLETED' && made.length > 0 ? made.join('\n\n') : said;
  return { task: id, context: contextId ?? null, state: status.state, text: text.slice(0, KEPT) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

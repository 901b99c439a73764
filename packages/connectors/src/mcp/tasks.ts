/**
 * Answers of a server that are not the end of a call: a task, which is looked at until it is over, and questions to the client,
 * which nobody answers here. The SDK's client knows no tasks and refuses such answers; they are handed past it in `_meta`.
 */
import { type Client, isInputRequiredResult, type Transport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { ToolError } from '../port.ts';
import { asksBack } from './wire.ts';

/** What a client declares that can be answered with a task. */
export const TASKS = 'io.modelcontextprotocol/tasks';
const BESIDE = 'dev.reeve/task';

const task = z.looseObject({
  taskId: z.string().min(1).max(1000),
  status: z.enum(['working', 'input_required', 'completed', 'failed', 'cancelled']),
  statusMessage: z.string().optional(),
  pollIntervalMs: z.number().optional(),
  /** What the call would have answered. */
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number().optional(), message: z.string().optional() }).optional(),
  inputRequests: z.record(z.string(), z.unknown()).optional(),
});
type Task = z.output<typeof task>;

type Message = Parameters<NonNullable<Transport['onmessage']>>[0];

/** Lets the client of a connected transport hand on answers that are tasks. */
export function tellTasks(transport: Transport): void {
  const told = transport.onmessage;
  transport.onmessage = (message, extra) => told?.(readable(message), extra);
}

function readable(message: Message): Message {
  if (!('result' in message) || message.result.resultType !== 'task') return message;
  return { ...message, result: { resultType: 'complete', content: [], _meta: { [BESIDE]: message.result } } };
}

/** Milliseconds between two looks, whatever the server wishes. */
const POLL = { usual: 1000, least: 50, most: 10_000 } as const;
/** Looks in a row that may fail before the outcome is unknown. */
const FAILURES = 3;

export interface Limits {
  /** Ends the whole call. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request. */
  readonly timeout: number;
}

/**
 * [CON126] [CON127] What the call answers in the end.
 * @param uncertain whether something may have been done when this fails
 * @throws ToolError for questions, and for tasks that fail, are given up or do not end in time
 */
export async function endOf(client: Client, answer: unknown, limits: Limits, uncertain: boolean): Promise<unknown> {
  if (isInputRequiredResult(answer)) throw asks(answer.inputRequests ?? {}, uncertain);
  const beside = (answer as { _meta?: Record<string, unknown> } | null)?._meta?.[BESIDE];
  if (beside === undefined) return answer;
  const begun = task.safeParse(beside);
  if (!begun.success)
    throw new ToolError('deterministic', 'the MCP server answered with a task without id or status', { uncertain });
  const over = await watched(client, begun.data, limits, uncertain).catch(async (error: unknown) => {
    await giveUp(client, begun.data.taskId);
    throw error;
  });
  return resultOf(over, uncertain);
}

async function watched(client: Client, begun: Task, limits: Limits, uncertain: boolean): Promise<Task> {
  let failures = 0;
  for (let seen = begun; ; ) {
    if (seen.status === 'input_required') throw asks(seen.inputRequests ?? {}, uncertain);
    if (seen.status !== 'working') return seen;
    await pause(seen.pollIntervalMs ?? POLL.usual, limits.signal, uncertain);
    try {
      seen = await client.request({ method: 'tasks/get', params: { taskId: begun.taskId } }, task, limits);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures < FAILURES && !limits.signal.aborted) continue;
      const message = `the task ${begun.taskId} of the MCP server cannot be looked at: ${(error as Error).message}`;
      throw new ToolError('transient', `${message}; look what became of it`, { uncertain });
    }
  }
}

function pause(wanted: number, signal: AbortSignal, uncertain: boolean): Promise<void> {
  const ms = Math.min(POLL.most, Math.max(POLL.least, wanted));
  return new Promise((resolve, reject) => {
    const late = () => {
      clearTimeout(timer);
      reject(
        new ToolError('transient', 'the task of the MCP server did not end in time; look what became of it', {
          uncertain,
        }),
      );
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', late);
      resolve();
    }, ms);
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
}

/** A wish, and nobody waits for its answer long. */
async function giveUp(client: Client, taskId: string): Promise<void> {
  await client
    .request({ method: 'tasks/cancel', params: { taskId } }, z.looseObject({}), { timeout: POLL.usual })
    .catch(() => undefined);
}

function resultOf({ taskId, status, statusMessage, result, error }: Task, uncertain: boolean): unknown {
  if (status === 'completed') return result;
  const why = error?.message ?? statusMessage ?? 'no reason given';
  const how = status === 'failed' ? 'failed' : 'was cancelled';
  const next = uncertain ? 'look what it did' : 'nothing was changed';
  throw new ToolError('deterministic', `the task ${taskId} of the MCP server ${how}: ${why}; ${next}`, { uncertain });
}

const asks = (requests: Readonly<Record<string, unknown>>, uncertain: boolean): ToolError =>
  asksBack(methodsOf(requests), uncertain);

function methodsOf(requests: Readonly<Record<string, unknown>>): string {
  const methods = Object.values(requests).map((one) => (one as { method?: unknown } | null)?.method ?? 'something');
  return [...new Set(methods.map(String))].join(', ') || 'something';
}

/**
 * The tasks extension of MCP (`io.modelcontextprotocol/tasks`): an answer that takes days. A task here is something the ledger
 * knows, so it outlives connection, client and server [SRV116].
 */
import { ProtocolError, ProtocolErrorCode, type Server, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';

export const TASKS = 'io.modelcontextprotocol/tasks';
const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

/** A task as `tasks/get` shows it. Times in milliseconds since the epoch. */
export interface TaskView {
  readonly id: string;
  readonly status: TaskStatus;
  readonly message?: string;
  readonly created: number;
  readonly updated: number;
  /** What the call would have answered, once it is completed. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Why it failed. */
  readonly error?: { readonly code: number; readonly message: string };
  /** What the client has to answer before it goes on. */
  readonly inputRequests?: Readonly<Record<string, unknown>>;
}

export interface Tasks {
  get(id: string): Promise<TaskView | null>;
  /** Answers to what a task asked for; false when there is no such task. */
  update?(id: string, responses: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** False when there is no such task. */
  cancel(id: string): Promise<boolean>;
}

/** How often a client should ask, in milliseconds. */
const POLL = 2000;

/** Does whoever asks understand tasks? Said with each request. */
export function knowsTasks({ mcpReq }: Pick<ServerContext, 'mcpReq'>): boolean {
  const said = (mcpReq.envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES];
  const extensions = (said as { extensions?: Record<string, unknown> } | undefined)?.extensions;
  return extensions !== undefined && Object.hasOwn(extensions, TASKS);
}

const fields = (task: TaskView): Record<string, unknown> => ({
  taskId: task.id,
  status: task.status,
  ...(task.message === undefined ? {} : { statusMessage: task.message }),
  createdAt: new Date(task.created).toISOString(),
  lastUpdatedAt: new Date(task.updated).toISOString(),
  // As long as the ledger: what was asked for is never forgotten.
  ttlMs: null,
  pollIntervalMs: POLL,
});

/** The answer to a call that goes on as a task. */
export const taskResult = (task: TaskView): Record<string, unknown> => ({ resultType: 'task', ...fields(task) });

const detailed = (task: TaskView): Record<string, unknown> => ({
  resultType: 'complete',
  ...fields(task),
  ...(task.status === 'completed' ? { result: task.result ?? {} } : {}),
  ...(task.status === 'failed' ? { error: task.error ?? { code: -32_603, message: task.message ?? 'it failed' } } : {}),
  ...(task.status === 'input_required' ? { inputRequests: task.inputRequests ?? {} } : {}),
});

const named = z.looseObject({ taskId: z.string().max(200) });
const answered = named.extend({ inputResponses: z.record(z.string(), z.unknown()).default({}) });
const result = z.looseObject({});

const unknown = (id: string): ProtocolError =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no task ${id.slice(0, 100)}`);

/** [SRV116] Only for clients that said that they know the extension. */
function assertKnown(context: ServerContext): void {
  if (knowsTasks(context)) return;
  const message = `this needs the extension ${TASKS}, which the request does not declare`;
  throw new ProtocolError(ProtocolErrorCode.MissingRequiredClientCapability, message, {
    requiredCapabilities: { extensions: { [TASKS]: {} } },
  });
}

/** Serve tasks: the extension is to be among the capabilities of the server. */
export function attachTasks(server: Server, tasks: Tasks): void {
  server.setRequestHandler('tasks/get', { params: named, result }, async ({ taskId }, context) => {
    assertKnown(context);
    const task = await tasks.get(taskId);
    if (!task) throw unknown(taskId);
    return detailed(task);
  });
  server.setRequestHandler('tasks/update', { params: answered, result }, async (params, context) => {
    assertKnown(context);
    const known = tasks.update
      ? await tasks.update(params.taskId, params.inputResponses)
      : (await tasks.get(params.taskId)) !== null;
    if (!known) throw unknown(params.taskId);
    return { resultType: 'complete' };
  });
  server.setRequestHandler('tasks/cancel', { params: named, result }, async ({ taskId }, context) => {
    assertKnown(context);
    if (!(await tasks.cancel(taskId))) throw unknown(taskId);
    return { resultType: 'complete' };
  });
}

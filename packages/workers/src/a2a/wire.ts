/** A2A 1.0 on the wire, as far as it is spoken here: JSON-RPC with the JSON names of the protocol's definition. */
import { z } from 'zod';

const TASK_STATES = [
  'TASK_STATE_SUBMITTED',
  'TASK_STATE_WORKING',
  'TASK_STATE_COMPLETED',
  'TASK_STATE_FAILED',
  'TASK_STATE_CANCELED',
  'TASK_STATE_INPUT_REQUIRED',
  'TASK_STATE_REJECTED',
  'TASK_STATE_AUTH_REQUIRED',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** Nothing comes after these. */
export const TERMINAL: ReadonlySet<TaskState> = new Set([
  'TASK_STATE_COMPLETED',
  'TASK_STATE_FAILED',
  'TASK_STATE_CANCELED',
  'TASK_STATE_REJECTED',
]);
/** The agent works, or is about to. */
export const UNDER_WAY: ReadonlySet<TaskState> = new Set(['TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING']);

const name = z.string().min(1).max(200);
const record = z.record(z.string(), z.unknown());

/** One of text, data, raw and url; others than text and data are looked at only to refuse them. */
const part = z.object({
  text: z.string().optional(),
  data: z.unknown().optional(),
  raw: z.string().optional(),
  url: z.string().optional(),
  mediaType: z.string().max(200).optional(),
});
export type Part = z.output<typeof part>;

const message = z.object({
  messageId: name,
  contextId: name.optional(),
  taskId: name.optional(),
  role: z.enum(['ROLE_USER', 'ROLE_AGENT']),
  parts: z.array(part).min(1).max(100),
  metadata: record.optional(),
});
export type Message = z.output<typeof message>;

const artifact = z.object({ artifactId: name, name: z.string().optional(), parts: z.array(part) });

export const task = z.object({
  id: name,
  contextId: name.optional(),
  status: z.object({
    state: z.enum(TASK_STATES),
    message: message.partial({ messageId: true }).optional(),
    timestamp: z.string().optional(),
  }),
  artifacts: z.array(artifact).optional(),
  history: z.array(message).optional(),
  metadata: record.optional(),
});
export type Task = z.output<typeof task>;

/** What a message was answered with: a task, or the answer itself. */
export const sent = z.union([z.object({ task }), z.object({ message })]);
export type Sent = z.output<typeof sent>;

const historyLength = z.number().int().min(0).optional();
export const PARAMS = {
  send: z.object({
    message,
    configuration: z
      .object({
        returnImmediately: z.boolean().optional(),
        historyLength,
        acceptedOutputModes: z.array(z.string()).optional(),
      })
      .optional(),
    metadata: record.optional(),
  }),
  get: z.object({ id: name, historyLength }),
  list: z.object({
    contextId: z.string().max(200).optional(),
    status: z.enum(TASK_STATES).optional(),
    pageSize: z.number().int().min(1).max(100).default(50),
    pageToken: z.string().max(200).default(''),
    historyLength,
    statusTimestampAfter: z.iso.datetime({ offset: true }).optional(),
    includeArtifacts: z.boolean().default(false),
  }),
  one: z.object({ id: name }),
} as const;

/** Errors of the protocol, by their reason. */
export const ERRORS = {
  PARSE_ERROR: -32_700,
  INVALID_REQUEST: -32_600,
  METHOD_NOT_FOUND: -32_601,
  INVALID_PARAMS: -32_602,
  INTERNAL: -32_603,
  TASK_NOT_FOUND: -32_001,
  TASK_NOT_CANCELABLE: -32_002,
  PUSH_NOTIFICATION_NOT_SUPPORTED: -32_003,
  UNSUPPORTED_OPERATION: -32_004,
  CONTENT_TYPE_NOT_SUPPORTED: -32_005,
  VERSION_NOT_SUPPORTED: -32_009,
  UNAVAILABLE: -32_000,
} as const;
export type ErrorReason = keyof typeof ERRORS;

/** The words of these parts, data as JSON. */
export const textOf = (parts: readonly Part[]): string =>
  parts
    .flatMap(({ text, data }) => text ?? (data === undefined ? [] : JSON.stringify(data)))
    .join('\n\n')
    .trim();

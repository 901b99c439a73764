/** A run's records as events of AG-UI 1.0, the protocol of agents and user interfaces. Pure. */
import type { KernelRecord } from '@reeve/kernel';
import type { ResponseOf } from '@reeve/protocol';

/** One event as it stands on the wire; its other fields depend on the type. */
export interface AgUiEvent {
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly [field: string]: unknown;
}

/** A record of the run as `GET /v1/runs/:id` shows it. */
export type Step = ResponseOf<'run'>['steps'][number];

type Bare = { readonly type: string; readonly [field: string]: unknown };

/** Does nothing follow in its run? A failure that is tried again is not the end. */
export const isEnd = (record: KernelRecord): boolean =>
  record.kind === 'run.finished' ||
  record.kind === 'run.stopped' ||
  record.kind === 'run.withdrawn' ||
  (record.kind === 'run.failed' && record.body.retryAt === null);

/**
 * [SRV292] The events of one record of the run. An operation is a tool call, whoever asked for it; what a model says is a message;
 * what AG-UI has no word for is a CUSTOM event with the record as a sentence.
 */
export function agUiOf(record: KernelRecord, step: Step, thread: string): AgUiEvent[] {
  return bare(record, step, thread).map((event) => ({ ...event, timestamp: record.at }));
}

function bare(record: KernelRecord, step: Step, thread: string): Bare[] {
  switch (record.kind) {
    case 'run.started':
      return [{ type: 'RUN_STARTED', threadId: thread, runId: record.body.run, protocolVersion: '1.0' }];
    case 'run.answered':
      return step.said && step.said.text !== '' ? message(record, step.said.text) : [custom(step)];
    case 'operation.requested':
      return call(record.body.operation, record.body.capability, record.body.args);
    case 'operation.succeeded':
      return [result(record.body.operation, { status: 'done', result: record.body.result })];
    case 'operation.decided':
      return record.body.verdict === 'deny'
        ? [result(record.body.operation, { status: 'refused', reasons: record.body.reasons })]
        : [custom(step)];
    case 'operation.failed':
      return record.body.final
        ? [result(record.body.operation, { status: 'failed', message: record.body.message })]
        : [custom(step)];
    case 'run.finished':
      return [finished(thread, record.body.run, record.body.report)];
    default:
      return isEnd(record) ? [{ type: 'RUN_ERROR', message: step.sentence, code: record.kind }] : [custom(step)];
  }
}

const finished = (threadId: string, runId: string, report: object): Bare => ({
  ...{ type: 'RUN_FINISHED', threadId, runId, result: report },
  outcome: { type: 'success' },
});

function message({ seq }: KernelRecord, delta: string): Bare[] {
  const messageId = `M-${seq}`;
  return [
    { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId, delta },
    { type: 'TEXT_MESSAGE_END', messageId },
  ];
}

const call = (toolCallId: string, toolCallName: string, args: unknown): Bare[] => [
  { type: 'TOOL_CALL_START', toolCallId, toolCallName },
  { type: 'TOOL_CALL_ARGS', toolCallId, delta: JSON.stringify(args) },
  { type: 'TOOL_CALL_END', toolCallId },
];

const result = (toolCallId: string, content: unknown): Bare => ({
  ...{ type: 'TOOL_CALL_RESULT', messageId: `${toolCallId}/result`, toolCallId, role: 'tool' },
  content: JSON.stringify(content),
});

const custom = ({ seq, kind, sentence }: Step): Bare => ({
  ...{ type: 'CUSTOM', name: 'reeve.record' },
  value: { seq, kind, sentence },
});

/** What Reeve asks of a model, whoever provides it. Everything here is plain JSON, so that it can be journaled and replayed. */
import type { FailureCategory } from '@reeve/kernel';

/** One piece of a conversation. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly calls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly call: string; readonly tool: string; readonly text: string };

/** A model's wish to use a tool. `malformed` instead of arguments when they are no JSON record. */
export interface ToolCall {
  readonly id: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly malformed?: string;
}

export interface ModelTool {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of a record. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  /** Tokens of the reply at most. */
  readonly output: number;
  readonly temperature?: number;
  /** Says that a repeat is the same question, for providers that recognise one. */
  readonly key: string;
}

/** Tokens used: `input` without those the provider had in its own cache, which are `cached`. */
export interface ModelUsage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** Why the model stopped: it said all, wants tools, was cut off, or its provider withheld the rest. */
export type Finish = 'stop' | 'tools' | 'length' | 'filter' | 'other';

export interface ModelReply {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly finish: Finish;
  readonly usage: ModelUsage;
}

/** What went wrong, finer than a category, because what to do about it differs. */
export type ModelFault =
  | 'rate-limit'
  | 'overloaded'
  | 'timeout'
  | 'network'
  | 'context-length'
  | 'filter'
  | 'access'
  | 'request'
  | 'garbled';

/** Category of each fault, and whether the same question may be asked again soon, of the same model. */
export const FAULTS: Readonly<Record<ModelFault, { readonly category: FailureCategory; readonly again: boolean }>> = {
  'rate-limit': { category: 'transient', again: true },
  overloaded: { category: 'transient', again: true },
  timeout: { category: 'transient', again: true },
  network: { category: 'transient', again: true },
  garbled: { category: 'transient', again: true },
  'context-length': { category: 'deterministic', again: false },
  filter: { category: 'judgment', again: false },
  access: { category: 'governance', again: false },
  request: { category: 'deterministic', again: false },
};

/** A model that gave no reply. The message never holds what was asked, nor a secret [T14]. */
export class ModelError extends Error {
  readonly fault: ModelFault;
  /** What the provider says about when to ask again, in milliseconds; null when it says nothing. */
  readonly retryAfter: number | null;
  constructor(fault: ModelFault, message: string, retryAfter: number | null = null) {
    super(message);
    this.name = 'ModelError';
    this.fault = fault;
    this.retryAfter = retryAfter;
  }
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Text as it is written, or at once when the provider gives it so, for who is watching; it is no record. */
  readonly onText?: (text: string) => void;
}

/** One model. */
export interface ModelPort {
  /** @throws ModelError, or the reason of the signal when that was aborted. */
  ask(request: ModelRequest, options: AskOptions): Promise<ModelReply>;
}

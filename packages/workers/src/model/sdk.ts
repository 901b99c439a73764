/**
 * The adapter over the AI SDK. Nothing else imports it, and it is loaded when the first model is asked, so that a start
 * without models does not pay for it.
 */
import type { ModelDef } from '@reeve/kernel';
import {
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage as SdkMessage,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import { failureOf } from './failures.ts';
import {
  type AskOptions,
  type Finish,
  ModelError,
  type ModelPort,
  type ModelReply,
  type ModelRequest,
  type ToolCall,
} from './port.ts';

/** Where the providers are; said here, because the SDKs would let the environment say otherwise. */
const ENDPOINTS = { anthropic: 'https://api.anthropic.com/v1', openai: 'https://api.openai.com/v1' } as const;

/** A key goes to the address it is for: whoever answers with a redirection does not get it [T14]. */
const straight: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'error' });

/**
 * A model over its provider's API.
 *
 * @param key looked up for each request, so that a rotated key is used from then on; it is put into the request and
 * nowhere else [T14]. Undefined for open endpoints.
 */
export function sdkModel(def: ModelDef, key: () => Promise<string | undefined>): ModelPort {
  return { ask: async (request, options) => ask(def, await languageModel(def, await key()), request, options) };
}

async function languageModel(def: ModelDef, key: string | undefined): Promise<LanguageModel> {
  // Without a key the SDKs would take one from the environment, which nobody bound to this model.
  const apiKey = key ?? 'none';
  if (def.provider === 'anthropic') {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ apiKey, baseURL: def.endpoint ?? ENDPOINTS.anthropic, fetch: straight })(def.name);
  }
  if (def.provider === 'openai') {
    const { createOpenAI } = await import('@ai-sdk/openai');
    return createOpenAI({ apiKey, baseURL: def.endpoint ?? ENDPOINTS.openai, fetch: straight }).chat(def.name);
  }
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const { endpoint = '', id: name } = def;
  const more = { includeUsage: true, fetch: straight, ...(key === undefined ? {} : { apiKey: key }) };
  return createOpenAICompatible({ name, baseURL: endpoint, ...more })(def.name);
}

async function ask(
  def: ModelDef,
  model: LanguageModel,
  request: ModelRequest,
  options: AskOptions,
): Promise<ModelReply> {
  const late = AbortSignal.timeout(def.timeout);
  const call = { ...callOf(model, request), abortSignal: AbortSignal.any([options.signal, late]) };
  try {
    const reply = def.stream ? await streamed(call, options) : replyOf(await generateText(call));
    if (!def.stream) options.onText?.(reply.text);
    // A stream that is none ends without a word and without a reason.
    if (reply.finish !== 'other' || reply.text !== '' || reply.calls.length > 0) return reply;
    throw new ModelError('garbled', `the model "${def.id}" answered with nothing`);
  } catch (error) {
    options.signal.throwIfAborted();
    throw failureOf(def.id, late.aborted ? late.reason : error, Date.now());
  }
}

type SdkCall = Parameters<typeof generateText>[0];

function callOf(model: LanguageModel, request: ModelRequest) {
  const { system, messages, tools, output, temperature, key } = request;
  const set: ToolSet = Object.fromEntries(
    tools.map((one) => [one.name, tool({ description: one.description, inputSchema: jsonSchema(one.parameters) })]),
  );
  return {
    ...{ model, system, messages: messages.map(sdkMessage), tools: set, maxOutputTokens: output },
    // [WRK14] Who asks again, and when, is decided by the run, not by a library.
    maxRetries: 0,
    headers: { 'idempotency-key': key },
    ...(temperature === undefined ? {} : { temperature }),
  };
}

function sdkMessage(message: ModelRequest['messages'][number]): SdkMessage {
  if (message.role === 'user') return { role: 'user', content: message.text };
  if (message.role === 'tool') {
    const output = { type: 'text', value: message.text } as const;
    return {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: message.call, toolName: message.tool, output }],
    };
  }
  const said = message.text === '' ? [] : [{ type: 'text' as const, text: message.text }];
  const calls = message.calls.map((one) => ({
    ...{ type: 'tool-call' as const, toolCallId: one.id, toolName: one.tool, input: one.args },
  }));
  const content = [...said, ...calls];
  // Providers refuse a message without content, also when it was they who sent one.
  return { role: 'assistant', content: content.length > 0 ? content : '(nothing)' };
}

async function streamed(call: SdkCall, { onText }: AskOptions): Promise<ModelReply> {
  let failure: unknown = null;
  const result = streamText({
    ...(call as Parameters<typeof streamText>[0]),
    onError: ({ error }) => {
      failure ??= error;
    },
  });
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') onText?.(part.text);
    else if (part.type === 'error') failure ??= part.error;
  }
  if (failure !== null) throw failure;
  return replyOf({
    text: await result.text,
    toolCalls: await result.toolCalls,
    finishReason: await result.finishReason,
    usage: await result.usage,
  });
}

interface SdkResult {
  readonly text: string;
  readonly toolCalls: readonly { toolCallId: string; toolName: string; input: unknown }[];
  readonly finishReason: string;
  readonly usage: {
    readonly inputTokens?: number | undefined;
    readonly outputTokens?: number | undefined;
    readonly inputTokenDetails?: { readonly cacheReadTokens?: number | undefined } | undefined;
  };
}

const FINISH: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  'tool-calls': 'tools',
  length: 'length',
  'content-filter': 'filter',
};

function replyOf({ text, toolCalls, finishReason, usage }: SdkResult): ModelReply {
  const cached = usage.inputTokenDetails?.cacheReadTokens ?? 0;
  return {
    ...{ text, calls: toolCalls.map(callWish), finish: FINISH[finishReason] ?? 'other' },
    usage: { input: Math.max(0, (usage.inputTokens ?? 0) - cached), cached, output: usage.outputTokens ?? 0 },
  };
}

function callWish({ toolCallId: id, toolName, input }: SdkResult['toolCalls'][number]): ToolCall {
  if (typeof input === 'object' && input !== null && !Array.isArray(input))
    return { id, tool: toolName, args: input as Record<string, unknown> };
  const malformed = typeof input === 'string' ? input : (JSON.stringify(input) ?? 'nothing');
  return { id, tool: toolName, args: {}, malformed: malformed.slice(0, 500) };
}

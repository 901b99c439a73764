/** The two wire formats of the fake provider: what a request says, and how a reply is written, at once or as a stream. */

export interface FakeCall {
  readonly tool: string;
  /** A record, or the very text of the arguments, however broken. */
  readonly args: Readonly<Record<string, unknown>> | string;
}

export interface FakeReply {
  readonly text?: string;
  readonly calls?: readonly FakeCall[];
  readonly finish?: 'length' | 'filter';
  readonly usage?: { readonly input?: number; readonly cached?: number; readonly output?: number };
}

export interface Wire {
  readonly id: 'openai' | 'anthropic';
  /** Replies the model gave before in this conversation. */
  turns(body: Body): number;
  whole(body: Body, reply: FakeReply): unknown;
  /** Server-sent events. */
  events(body: Body, reply: FakeReply): string[];
  error(status: number, message: string): unknown;
}

export interface Body {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string }[];
}

const usageOf = ({ usage = {} }: FakeReply) => ({ input: 100, cached: 0, output: 20, ...usage });
const argsText = ({ args }: FakeCall): string => (typeof args === 'string' ? args : JSON.stringify(args));
const callId = (wire: string, body: Body, i: number): string => `${wire}_${turnsOf(body)}_${i}`;
const turnsOf = (body: Body): number => body.messages.filter(({ role }) => role === 'assistant').length;
const event = (value: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;

/** Each reply of a conversation has its own: clients tell replies apart by it. */
const replyId = (prefix: string, body: Body): string => `${prefix}_${turnsOf(body) + 1}`;

function openaiFinish({ finish, calls = [] }: FakeReply): string {
  if (finish === 'filter') return 'content_filter';
  return finish ?? (calls.length > 0 ? 'tool_calls' : 'stop');
}

function openaiUsage(reply: FakeReply) {
  const { input, cached, output } = usageOf(reply);
  const prompt_tokens_details = { cached_tokens: cached };
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output, prompt_tokens_details };
}

const openaiCalls = (body: Body, { calls = [] }: FakeReply) =>
  calls.map((call, index) => ({
    ...{ index, id: callId('call', body, index), type: 'function' },
    function: { name: call.tool, arguments: argsText(call) },
  }));

const chunk = (body: Body, delta: unknown, finish_reason: string | null, more: object = {}) => ({
  ...{ id: replyId('chatcmpl', body), object: 'chat.completion.chunk', created: 1, model: body.model },
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
});

/** A text in pieces, as it is written. */
const pieces = (text: string): string[] => text.match(/[\s\S]{1,12}/g) ?? [];

export const OPENAI: Wire = {
  id: 'openai',
  turns: turnsOf,
  whole: (body, reply) => {
    const calls = openaiCalls(body, reply).map(({ index: _, ...call }) => call);
    const message = {
      role: 'assistant',
      content: reply.text ?? null,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    const choices = [{ index: 0, message, finish_reason: openaiFinish(reply) }];
    const usage = openaiUsage(reply);
    const id = replyId('chatcmpl', body);
    return { id, object: 'chat.completion', created: 1, model: body.model, choices, usage };
  },
  events: (body, reply) => [
    event(chunk(body, { role: 'assistant', content: '' }, null)),
    ...pieces(reply.text ?? '').map((content) => event(chunk(body, { content }, null))),
    ...openaiCalls(body, reply).map((call) => event(chunk(body, { tool_calls: [call] }, null))),
    event(chunk(body, {}, openaiFinish(reply))),
    event({ ...chunk(body, {}, null), choices: [], usage: openaiUsage(reply) }),
    event('[DONE]'),
  ],
  error: (status, message) => ({ error: { message, type: `error_${status}`, code: null } }),
};

function anthropicStop({ finish, calls = [] }: FakeReply): string {
  if (finish === 'filter') return 'refusal';
  if (finish === 'length') return 'max_tokens';
  return calls.length > 0 ? 'tool_use' : 'end_turn';
}

function anthropicUsage(reply: FakeReply) {
  const { input, cached, output } = usageOf(reply);
  return { input_tokens: input - cached, cache_read_input_tokens: cached, output_tokens: output };
}

function anthropicBlocks(body: Body, { text = '', calls = [] }: FakeReply) {
  const said = text === '' ? [] : [{ type: 'text', text }];
  const wanted = calls.map((call, i) => {
    const input: unknown = typeof call.args === 'string' ? call.args : { ...call.args };
    return { type: 'tool_use', id: callId('toolu', body, i), name: call.tool, input, raw: argsText(call) };
  });
  return [...said, ...wanted] as { type: string; text?: string; raw?: string }[];
}

const message = (body: Body, content: unknown[], more: object) => ({
  ...{ id: replyId('msg', body), type: 'message', role: 'assistant', model: body.model, content, stop_sequence: null },
  ...more,
});

function blockEvents({ raw, ...block }: ReturnType<typeof anthropicBlocks>[number], index: number): string[] {
  const text = block.type === 'text';
  const empty = text ? { type: 'text', text: '' } : { ...block, input: {} };
  const deltas = pieces(text ? (block.text ?? '') : (raw ?? '')).map((piece) =>
    text ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece },
  );
  const named = (type: string, more: object) => event({ type, index, ...more }, type);
  return [
    named('content_block_start', { content_block: empty }),
    ...deltas.map((delta) => named('content_block_delta', { delta })),
    named('content_block_stop', {}),
  ];
}

export const ANTHROPIC: Wire = {
  id: 'anthropic',
  turns: turnsOf,
  whole: (body, reply) => {
    const content = anthropicBlocks(body, reply).map(({ raw: _, ...block }) => block);
    return message(body, content, { stop_reason: anthropicStop(reply), usage: anthropicUsage(reply) });
  },
  events: (body, reply) => {
    const { output_tokens, ...usage } = anthropicUsage(reply);
    const start = message(body, [], { stop_reason: null, usage: { ...usage, output_tokens: 1 } });
    const delta = { stop_reason: anthropicStop(reply), stop_sequence: null };
    return [
      event({ type: 'message_start', message: start }, 'message_start'),
      ...anthropicBlocks(body, reply).flatMap(blockEvents),
      event({ type: 'message_delta', delta, usage: { output_tokens } }, 'message_delta'),
      event({ type: 'message_stop' }, 'message_stop'),
    ];
  },
  error: (status, text) => ({ type: 'error', error: { type: `error_${status}`, message: text } }),
};

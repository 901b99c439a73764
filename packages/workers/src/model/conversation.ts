/** The conversation of one run, and how much of it a model is shown. */
import type { ModelMessage, ModelReply, ModelTool, ToolCall } from './port.ts';
import { requestTokens } from './tokens.ts';

/** Results the model was given last are never left out: it has not answered them yet. */
const RECENT = 3;
const LEFT_OUT = '[left out to save room; use the tool again if it is still needed]';

export class Conversation {
  readonly system: string;
  readonly #messages: ModelMessage[] = [];

  constructor(system: string, first: string) {
    this.system = system;
    this.tell(first);
  }

  get messages(): readonly ModelMessage[] {
    return this.#messages;
  }

  tell(text: string): void {
    this.#messages.push({ role: 'user', text });
  }

  heard({ text, calls }: ModelReply): void {
    this.#messages.push({ role: 'assistant', text, calls });
  }

  answer({ id, tool }: ToolCall, text: string): void {
    this.#messages.push({ role: 'tool', call: id, tool, text });
  }

  /** [WRK11] The messages within so many tokens, the oldest results of tools left out first; null when that is not enough. */
  within(tokens: number, tools: readonly ModelTool[]): readonly ModelMessage[] | null {
    const messages = [...this.#messages];
    const fits = () => requestTokens({ system: this.system, messages, tools }) <= tokens;
    for (let i = 0; i < messages.length - RECENT && !fits(); i++) {
      const message = messages[i]!;
      if (message.role === 'tool') messages[i] = { ...message, text: LEFT_OUT };
    }
    return fits() ? messages : null;
  }
}

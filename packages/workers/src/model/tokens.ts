import type { ModelRequest } from './port.ts';

/** Tokens of a text, rather too many than too few: no tokeniser is the same for two models. */
export const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / 3);

/** Tokens of a request, without its reply. */
export function requestTokens({
  system,
  messages,
  tools,
}: Pick<ModelRequest, 'system' | 'messages' | 'tools'>): number {
  return tokensOf(system) + tokensOf(JSON.stringify(messages)) + tokensOf(JSON.stringify(tools));
}

/** The beginning of a text that has at most so many tokens; it says that there was more. */
export function clip(text: string, tokens: number): string {
  if (tokensOf(text) <= tokens) return text;
  const bytes = Buffer.from(text).subarray(0, Math.max(0, tokens * 3 - 30));
  return `${bytes.toString('utf8').replace(/\uFFFD+$/, '')} [cut, there is more]`;
}

/** Recording what a model answers, and answering from a recording: for tests and packs, without a provider. */
import type { ModelDef } from '@reeve/kernel';
import { z } from 'zod';
import { requestDigest } from './cache.ts';
import { ModelError, type ModelPort, type ModelReply } from './port.ts';

const line = z.object({ request: z.string().regex(/^[0-9a-f]{64}$/), reply: z.looseObject({ finish: z.string() }) });

/** The same model; each reply is handed to `write` as a line of JSON that `replayed` understands. */
export function recorded(def: ModelDef, inner: ModelPort, write: (line: string) => void): ModelPort {
  return {
    ask: async (request, options) => {
      const reply = await inner.ask(request, options);
      write(`${JSON.stringify({ request: requestDigest(def, request), reply })}\n`);
      return reply;
    },
  };
}

/**
 * A model that answers what was recorded; the same request asked several times gets its answers in their order, the last
 * one again and again. @throws SyntaxError or ZodError for a text that is no recording.
 */
export function replayed(def: ModelDef, recording: string): ModelPort {
  const replies = new Map<string, ModelReply[]>();
  for (const text of recording.split('\n').filter((one) => one.trim() !== '')) {
    const { request, reply } = line.parse(JSON.parse(text));
    replies.set(request, [...(replies.get(request) ?? []), reply as unknown as ModelReply]);
  }
  return {
    ask: async (request, { signal }) => {
      signal.throwIfAborted();
      const known = replies.get(requestDigest(def, request));
      if (!known?.[0])
        throw new ModelError('request', `the recording of "${def.id}" has no answer to this; record it again`);
      return known.length > 1 ? known.shift()! : known[0];
    },
  };
}

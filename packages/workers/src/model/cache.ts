/** Replies given before, by the content of the request. */
import { createHash } from 'node:crypto';
import type { ModelDef } from '@reeve/kernel';
import type { ModelReply, ModelRequest } from './port.ts';

export interface ReplyCache {
  get(digest: string): ModelReply | undefined;
  put(digest: string, reply: ModelReply): void;
  clear(): void;
}

/** SHA-256 over all that decides the reply: the model and its settings, and the request without its key. */
export function requestDigest(def: ModelDef, { key: _, ...request }: ModelRequest): string {
  const { provider, name, endpoint = '' } = def;
  const content = JSON.stringify([
    provider,
    name,
    endpoint,
    request.temperature ?? null,
    Object.entries(request).sort(),
  ]);
  return createHash('sha256').update(content).digest('hex');
}

/** Replies kept at most, the ones not used for longest forgotten first. In memory only: what is cached is about customers. */
const MOST = 500;

export function replyCache(most = MOST): ReplyCache {
  const replies = new Map<string, ModelReply>();
  return {
    get: (digest) => {
      const found = replies.get(digest);
      if (found) {
        replies.delete(digest);
        replies.set(digest, found);
      }
      return found;
    },
    put: (digest, reply) => {
      // What was cut off or withheld is no answer to keep.
      if (reply.finish !== 'stop' && reply.finish !== 'tools') return;
      replies.set(digest, reply);
      for (const oldest of replies.keys()) {
        if (replies.size <= most) break;
        replies.delete(oldest);
      }
    },
    clear: () => replies.clear(),
  };
}

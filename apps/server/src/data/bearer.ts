/** Secrets that somebody shows: told once, kept as hashes in a file. */
import { createHash, randomBytes } from 'node:crypto';

/** 32 random bytes as text. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is kept of a secret. Enough against guessing: it has 256 bits of its own. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The value a text of JSON stands for; null when it is none, so that what is damaged lets nobody in. */
export function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

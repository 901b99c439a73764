import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

// AES-256-GCM with a nonce derived from what is sealed (as in SIV modes): the same input gives the same bytes, so a retry
// writes what the first attempt wrote, and a nonce is never used for two texts, even where a record was decided anew under
// a number that was used before.
//   sealed = nonce, 12 bytes ‖ ciphertext ‖ tag, 16 bytes      nonce = HMAC-SHA-256(nonce key, context ‖ 0x00 ‖ text)[0..12]

/** The key of one subject. Whoever has it can read what was sealed under it; when it is gone, nobody can. */
export interface SubjectKey {
  /** Random; says nothing about the subject. 22 characters. */
  readonly id: string;
  /** 32 random bytes; zeroed when the key is destroyed. */
  readonly key: Uint8Array;
}

const NONCE = 12;
const TAG = 16;

interface Derived {
  readonly seal: Buffer;
  readonly nonce: Buffer;
  readonly mark: Buffer;
}
const derived = new WeakMap<SubjectKey, Derived>();

function derive(subject: SubjectKey): Derived {
  const known = derived.get(subject);
  if (known !== undefined) return known;
  const part = (what: string) => Buffer.from(hkdfSync('sha256', subject.key, subject.id, `reeve erasure ${what}`, 32));
  const keys = { seal: part('seal'), nonce: part('nonce'), mark: part('mark') };
  derived.set(subject, keys);
  return keys;
}

/** Zeroes a key and what was derived from it. */
export function wipe(subject: SubjectKey): void {
  subject.key.fill(0);
  for (const part of Object.values(derived.get(subject) ?? {}) as Buffer[]) part.fill(0);
  derived.delete(subject);
}

/** Seals bytes so that they open only under the same key and `context`. */
export function sealBytes(subject: SubjectKey, bytes: Uint8Array, context: string): Uint8Array {
  const { seal, nonce: nonceKey } = derive(subject);
  const nonce = createHmac('sha256', nonceKey).update(context).update('\0').update(bytes).digest().subarray(0, NONCE);
  const cipher = createCipheriv('aes-256-gcm', seal, nonce, { authTagLength: TAG }).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed, or null if it was changed, or sealed under another key or context. */
export function openBytes(subject: SubjectKey, sealed: Uint8Array, context: string): Uint8Array | null {
  const end = sealed.length - TAG;
  if (end < NONCE) return null;
  const decipher = createDecipheriv('aes-256-gcm', derive(subject).seal, sealed.subarray(0, NONCE), {
    authTagLength: TAG,
  });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(end));
  try {
    return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(NONCE, end)), decipher.final()]));
  } catch {
    return null;
  }
}

/** A mark that is the same for the same text under the same key, and says nothing without it. 12 hex digits. */
export function markOf(subject: SubjectKey, text: string): string {
  return createHmac('sha256', derive(subject).mark).update(text).digest('hex').slice(0, 12);
}

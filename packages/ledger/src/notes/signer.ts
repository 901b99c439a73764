import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { fromBase64, join, toBase64 } from '../bytes.ts';
import type { Sha256 } from '../link.ts';
import { sha256Node } from '../sha256-node.ts';
import {
  type Algorithm,
  type Ed25519Verify,
  NoteError,
  type NoteSignature,
  signedBytes,
  timedSignature,
  type VerifierKey,
  type VerifyPort,
  verifierKey,
  verifierKeyText,
} from './note.ts';

// The two DER prefixes that make raw Ed25519 keys into what node:crypto reads (RFC 8410).
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');
const SECRET = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/;

export const ed25519Node: Ed25519Verify = (publicKey, message, signature) => {
  try {
    const key = createPublicKey({ key: Buffer.concat([PUBLIC, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
};

/** Verifying with node:crypto. */
export const nodePort: VerifyPort = { sha256: sha256Node, ed25519: ed25519Node };

/** Someone who signs notes: the log itself (`algorithm` 1) or a witness (4). */
export interface Signer {
  readonly key: VerifierKey;
  /** `time` in seconds since 1970; only a witness's signature carries it. */
  sign(text: string, time: number): NoteSignature;
}

/** A new key. `secret` is to be kept as a password is, `verifier` is to be given to everybody. Both are one line. */
export function generateKey(name: string, algorithm: Algorithm = 1): { secret: string; verifier: string } {
  const seed = randomBytes(32);
  const key = publicOf(name, algorithm, privateKey(seed), sha256Node);
  const secret = `PRIVATE+KEY+${name}+${key.id}+${toBase64(join(Uint8Array.of(algorithm), seed))}`;
  return { secret, verifier: verifierKeyText(key) };
}

/** @throws NoteError if the text is no secret key; the text itself is never part of the message. */
export function openSigner(secret: string): Signer {
  const [, name, id, encoded] = SECRET.exec(secret.trim()) ?? [];
  const bytes = encoded === undefined ? null : fromBase64(encoded);
  const algorithm = bytes?.[0];
  if (name === undefined || bytes?.length !== 33 || (algorithm !== 1 && algorithm !== 4)) {
    throw new NoteError('this is no signing key: expected one line that begins with PRIVATE+KEY+');
  }
  const secretKey = privateKey(bytes.subarray(1));
  const key = publicOf(name, algorithm, secretKey, sha256Node);
  if (key.id !== id) throw new NoteError(`the signing key of ${name} was changed: its id is not that of its bytes`);
  return { key, sign: (text, time) => signWith(key, secretKey, text, time) };
}

function signWith(key: VerifierKey, secret: KeyObject, text: string, time: number): NoteSignature {
  const signature = new Uint8Array(sign(null, signedBytes(key.algorithm, text, time), secret));
  const bytes = key.algorithm === 1 ? signature : timedSignature(time, signature);
  return { name: key.name, id: key.id, bytes };
}

function privateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' });
}

function publicOf(name: string, algorithm: Algorithm, secret: KeyObject, sha256: Sha256): VerifierKey {
  const der = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return verifierKey(name, algorithm, new Uint8Array(der.subarray(PUBLIC.length)), sha256);
}

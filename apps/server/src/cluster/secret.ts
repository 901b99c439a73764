/** The installation's secret: what all nodes know and the database does not. Everything else is derived from it. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { StartError } from '../errors.ts';

/** @throws StartError for one that is too short to be one. */
export function secretFrom(text: string): Uint8Array {
  const bytes = Buffer.from(text.trim(), 'utf8');
  if (bytes.length >= 32) return bytes;
  throw new StartError(
    'not-data',
    `the secret of the installation has ${bytes.length} bytes; it needs 32 or more`,
    'make one with `openssl rand -hex 32` and give it to every node',
  );
}

const tokenFor = (secret: Uint8Array, what: string): string =>
  createHmac('sha256', secret).update(`reeve ${what}`).digest('base64url');

/** The token of an organisation: whoever has it acts there as its owner does [SRV3]. */
export const organisationToken = (secret: Uint8Array, organisation: string): string =>
  tokenFor(secret, `organisation ${organisation}`);

/** The token for making organisations. */
export const adminToken = (secret: Uint8Array): string => tokenFor(secret, 'administration');

/** How nodes know that a request was passed on by another node. */
export const nodeToken = (secret: Uint8Array): string => tokenFor(secret, 'node');

/** Names a secret in the database, which tells nothing about it. */
export const secretFingerprint = (secret: Uint8Array): string => tokenFor(secret, 'fingerprint').slice(0, 22);

export function sameToken(given: string | null, expected: string): boolean {
  const hash = (text: string) => createHmac('sha256', 'reeve').update(text).digest();
  return given !== null && timingSafeEqual(hash(given), hash(expected));
}

const NONCE = 12;
const TAG = 16;

const keyOf = (secret: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', secret, 'reeve', 'shared files', 32));

/** Seals a shared file: AES-256-GCM, nonce ‖ text ‖ tag, bound to its name. */
export function sealWith(secret: Uint8Array, bytes: Uint8Array, name: string): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce).setAAD(Buffer.from(name));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** Null if it was sealed under another secret or name, or changed. */
export function openSealed(secret: Uint8Array, sealed: Uint8Array, name: string): Uint8Array | null {
  const end = sealed.length - TAG;
  if (end < NONCE) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), sealed.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, end)), decipher.final()]);
  } catch {
    return null;
  }
}

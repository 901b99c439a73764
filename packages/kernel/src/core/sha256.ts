import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { invariant } from './rejection.ts';

/** Lower-case hex SHA-256 of the UTF-8 bytes of a text. */
export type Sha256Hex = (text: string) => string;

const portable: Sha256Hex = (text) => bytesToHex(sha256(utf8ToBytes(text)));
let current = portable;

export const sha256Hex: Sha256Hex = (text) => current(text);

/**
 * Use the SHA-256 of the machine: the same function, five times as fast. The kernel has no access to it by itself.
 * @throws Error when it gives something else.
 */
export function useSha256(faster: Sha256Hex): void {
  const text = 'Reeve ✓';
  invariant(faster(text) === portable(text), 'what was given for SHA-256 is another function');
  current = faster;
}

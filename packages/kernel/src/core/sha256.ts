import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

type OneShot = (algorithm: 'sha256', text: string, encoding: 'hex') => string;
interface Host {
  readonly process?: { readonly getBuiltinModule?: (name: string) => { readonly hash?: OneShot } | undefined };
}

/** Node's own SHA-256, where the kernel runs in Node: the same function, five times as fast. */
const native = (globalThis as Host).process?.getBuiltinModule?.('node:crypto')?.hash;

/** Lower-case hex SHA-256 of the UTF-8 bytes of a text. */
export const sha256Hex: (text: string) => string = native
  ? (text) => native('sha256', text, 'hex')
  : (text) => bytesToHex(sha256(utf8ToBytes(text)));

import { fromBase64, fromHex, join, toBase64, toHex } from '../bytes.ts';
import type { Sha256 } from '../link.ts';

// C2SP signed notes (https://c2sp.org/signed-note): a text, an empty line, and a line for each signature. Free of node:*.
//   key id       = first 4 bytes of SHA-256(name ‖ LF ‖ algorithm ‖ public key)
//   verifier key = name "+" hex(key id) "+" base64(algorithm ‖ public key)
//   signature    = "— " name " " base64(key id ‖ signature)

/** Is this Ed25519 signature good? Never throws: what is no key or signature is not good. */
export type Ed25519Verify = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/** What verifying needs of the machine it runs on. */
export interface VerifyPort {
  readonly sha256: Sha256;
  readonly ed25519: Ed25519Verify;
}

/** 1: Ed25519 over the text. 4: a witness's timed cosignature (https://c2sp.org/tlog-cosignature). */
export type Algorithm = 1 | 4;

export interface VerifierKey {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly algorithm: Algorithm;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  /** Id of the key: 8 hex digits. */
  readonly id: string;
  /** 64 bytes, after 8 bytes of time in a cosignature. */
  readonly bytes: Uint8Array;
}

export interface Note {
  /** Ends with a line feed, which is signed too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A text that should be a note, a key or a checkpoint and is not. */
export class NoteError extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NoteError';
  }
}

const utf8 = new TextEncoder();
const NAME = /^[^\s+\p{Cc}]+$/u;
/** Signatures of one note; more are refused, so that nobody is made to check thousands. */
const MOST_SIGNATURES = 64;

/** @throws NoteError if the name is none: it has no spaces and no plus sign. */
export function verifierKey(name: string, algorithm: Algorithm, publicKey: Uint8Array, sha256: Sha256): VerifierKey {
  if (!NAME.test(name)) throw new NoteError(`"${name}" cannot name a key: use no spaces and no "+"`);
  const id = sha256(join(utf8.encode(`${name}\n`), Uint8Array.of(algorithm), publicKey)).slice(0, 8);
  return { name, id, algorithm, publicKey };
}

export function verifierKeyText({ name, id, algorithm, publicKey }: VerifierKey): string {
  return `${name}+${id}+${toBase64(join(Uint8Array.of(algorithm), publicKey))}`;
}

/** @throws NoteError saying what is wrong with the key. */
export function parseVerifierKey(text: string, sha256: Sha256): VerifierKey {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = encoded === undefined ? null : fromBase64(encoded);
  const algorithm = bytes?.[0];
  if (name === undefined || bytes?.length !== 33 || (algorithm !== 1 && algorithm !== 4)) {
    throw new NoteError(`"${text}" is no verifier key: expected name+8 hex digits+base64 of an Ed25519 key`);
  }
  const key = verifierKey(name, algorithm, bytes.subarray(1), sha256);
  if (key.id !== id) throw new NoteError(`the verifier key of ${name} was changed: its id is ${key.id}, not ${id}`);
  return key;
}

/** A whole note. Signatures come in the order given. */
export function noteText({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, id, bytes }) => `\u2014 ${name} ${toBase64(join(fromHex(id), bytes))}\n`);
  return `${text}\n${lines.join('')}`;
}

/** @throws NoteError saying what is wrong with the form; signatures are judged by `verifyNote`. */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf('\n\n');
  const lines = note.slice(end + 2).split('\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a note may not have
  if (end < 1 || lines.pop() !== '' || /[\u0000-\u0009\u000b-\u001f\ufffd]/.test(note)) {
    throw new NoteError('is no signed note: expected a text, an empty line and signatures');
  }
  if (lines.length === 0 || lines.length > MOST_SIGNATURES) {
    throw new NoteError(`has ${lines.length} signatures, expected 1 to ${MOST_SIGNATURES}`);
  }
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = encoded === undefined ? null : fromBase64(encoded);
  if (name === undefined || bytes === null || !NAME.test(name) || bytes.length < 5) {
    throw new NoteError('has a signature line that is none: expected "— name base64"');
  }
  return { name, id: toHex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
}

/** What a signature is made over: the text, after the time for a cosignature (`time` in seconds since 1970). */
export function signedBytes(algorithm: Algorithm, text: string, time: number): Uint8Array {
  return utf8.encode(algorithm === 1 ? text : `cosignature/v1\ntime ${time}\n${text}`);
}

export type Judgement =
  | { readonly ok: true /** Of a cosignature, seconds since 1970; 0 of a plain signature. */; readonly time: number }
  | { readonly ok: false; readonly why: string };

/** Is the note signed with this key? Signatures of other keys are passed over, as the specification asks. */
export async function verifyNote(note: Note, key: VerifierKey, ed25519: Ed25519Verify): Promise<Judgement> {
  const found = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (found.length === 0) return { ok: false, why: `has no signature of the key ${key.name}+${key.id}` };
  for (const { bytes } of found) {
    const timed = key.algorithm === 4 ? 8 : 0;
    const time = timed === 0 ? 0 : timeOf(bytes);
    const good = await ed25519(key.publicKey, signedBytes(key.algorithm, note.text, time), bytes.subarray(timed));
    if (!good) return { ok: false, why: `has a bad signature of the key ${key.name}+${key.id}` };
  }
  return { ok: true, time: key.algorithm === 4 ? timeOf(found[0]?.bytes as Uint8Array) : 0 };
}

function timeOf(bytes: Uint8Array): number {
  return bytes.subarray(0, 8).reduce((time, byte) => time * 256 + byte, 0);
}

/** Bytes of a cosignature: its time, then the signature. */
export function timedSignature(time: number, signature: Uint8Array): Uint8Array {
  const stamp = new DataView(new ArrayBuffer(8));
  stamp.setBigUint64(0, BigInt(time));
  return join(new Uint8Array(stamp.buffer), signature);
}

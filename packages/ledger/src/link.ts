// Free of node:*, so that a browser can verify a record.

/** Lower-case hex SHA-256 of bytes, or of the UTF-8 bytes of a text. */
export type Sha256 = (data: Uint8Array | string) => string;

const encoder = new TextEncoder();
// Scratch space, so that linking a record allocates nothing; safe because nothing in `linkHash` awaits.
let scratch = new Uint8Array(4096);

/** Hash of a record: SHA-256(previous hash ‖ header ‖ body digest). `prevHash` and `bodyDigest` are 64 hex digits. */
export function linkHash(prevHash: string, header: string, bodyDigest: string, sha256: Sha256): string {
  const most = header.length * 3 + 64;
  if (scratch.length < most) scratch = new Uint8Array(most * 2);
  putHex(prevHash, scratch, 0);
  const { written } = encoder.encodeInto(header, scratch.subarray(32));
  putHex(bodyDigest, scratch, 32 + written);
  return sha256(scratch.subarray(0, written + 64));
}

/** Value of each hex digit by character code; 255 for what is none. */
const NIBBLE = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return value === -1 ? 255 : value;
});

/** Writes 64 hex digits as 32 bytes. @throws TypeError if they are none. */
export function putHex(hex: string, into: Uint8Array, at: number): void {
  let seen = 0;
  for (let i = 0; i < 32; i++) {
    const high = NIBBLE[hex.charCodeAt(2 * i)] ?? 255;
    const low = NIBBLE[hex.charCodeAt(2 * i + 1)] ?? 255;
    seen |= high | low;
    into[at + i] = (high << 4) | low;
  }
  if (seen > 15 || hex.length !== 64) throw new TypeError('a hash is 64 lower-case hex digits');
}

/**
 * Arrays in PostgreSQL's binary form (one dimension), because the text form has to be escaped here and unescaped there:
 * dimensions, has-nulls, element type, length, lower bound, then each element with its length; -1 for null.
 */
const TYPES = { text: 25, int8: 20, bytea: 17 } as const;
const HEADER = 20;

function arrayOf(
  type: keyof typeof TYPES,
  lengths: readonly number[],
  write: (into: Buffer, at: number, i: number) => void,
) {
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), HEADER);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const word of [1, lengths.includes(-1) ? 1 : 0, TYPES[type], lengths.length, 1])
    at = bytes.writeInt32BE(word, at);
  lengths.forEach((length, i) => {
    bytes.writeInt32BE(length, at);
    at += 4;
    if (length > 0) write(bytes, at, i);
    at += Math.max(0, length);
  });
  return bytes;
}

/** `text[]` */
export const textArray = (values: readonly (string | null)[]): Buffer =>
  arrayOf(
    'text',
    values.map((value) => (value === null ? -1 : Buffer.byteLength(value))),
    (into, at, i) => into.write(values[i] as string, at),
  );

/** `int8[]`, of whole numbers JavaScript can say. */
export const intArray = (values: readonly number[]): Buffer =>
  arrayOf(
    'int8',
    values.map(() => 8),
    (into, at, i) => into.writeBigInt64BE(BigInt(values[i] as number), at),
  );

/** `bytea[]` out of lower-case hex. */
export const hexArray = (values: readonly string[]): Buffer =>
  arrayOf(
    'bytea',
    values.map((value) => value.length / 2),
    (into, at, i) => into.write(values[i] as string, at, 'hex'),
  );

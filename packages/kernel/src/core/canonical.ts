import serialize from 'canonicalize';
import { plainText } from './plain-text.ts';
import { sha256Hex } from './sha256.ts';

/** RFC 8785 text of a JSON value: the same value always gives the same bytes. */
export function canonical(value: unknown): string {
  const text = plainText(value) ?? serialize(value);
  if (text === undefined) throw new TypeError('a value without a JSON form cannot be made canonical');
  return text;
}

/** Lower-case hex SHA-256 of the canonical form. */
export function digest(value: unknown): string {
  return sha256Hex(canonical(value));
}

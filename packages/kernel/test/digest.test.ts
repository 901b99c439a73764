import { createHash } from 'node:crypto';
import serialize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, digest } from '../src/core/canonical.ts';
import { useSha256 } from '../src/core/sha256.ts';

const ofNode = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('digests are those of the canonical text', () => {
  it('[KER13] writes any JSON as the reference does, with lone surrogates, dates and deep nesting', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(canonical(value)).toBe(serialize(value));
      }),
    );
    const deep = Array.from({ length: 400 }).reduce<unknown>((inner) => [inner], 1);
    for (const odd of [new Date(0), { at: new Date(0) }, deep, { a: undefined, b: [undefined] }])
      expect(canonical(odd)).toBe(serialize(odd));
    expect(() => canonical(undefined)).toThrow(/without a JSON form/);
  });

  it('[KER13] gives the same digest with the SHA-256 of the machine, and takes no other function for it', () => {
    const values = [{ b: 1, a: 'ü' }, ['\u{1F600}'], '', null];
    const own = values.map(digest);
    expect(own).toEqual(values.map((value) => ofNode(canonical(value))));
    useSha256(ofNode);
    expect(values.map(digest)).toEqual(own);
    expect(() => useSha256((text) => createHash('sha1').update(text).digest('hex'))).toThrow(/another function/);
    expect(values.map(digest)).toEqual(own);
  });
});

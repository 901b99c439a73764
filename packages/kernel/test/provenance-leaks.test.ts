import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaked, opaque } from '../src/provenance/leaks.ts';

const LOOKALIKES: Readonly<Record<string, string>> = { a: 'а', e: 'е', o: 'о', p: 'р', c: 'с', x: 'х' };
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const bitsOf = (text: string): string => [...Buffer.from(text)].map((b) => b.toString(2).padStart(8, '0')).join('');
const numbers = (text: string, show: (code: number) => string): string =>
  [...text].map((c) => show(c.codePointAt(0)!)).join('');

/** Each gives what an attacker would send in place of the secret. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (t) => t,
  case: (t) => t.toUpperCase(),
  base64: (t) => Buffer.from(t).toString('base64'),
  base64url: (t) => Buffer.from(t).toString('base64url'),
  base32: (t) => (bitsOf(t).match(/.{1,5}/g) ?? []).map((b) => BASE32[Number.parseInt(b.padEnd(5, '0'), 2)]).join(''),
  hex: (t) => Buffer.from(t).toString('hex'),
  percent: (t) => [...Buffer.from(t)].map((b) => `%${b.toString(16).padStart(2, '0')}`).join(''),
  reversed: (t) => [...t].reverse().join(''),
  rot13: (t) =>
    t.replaceAll(/[a-z]/gi, (c) => {
      const base = c <= 'Z' ? 65 : 97;
      return String.fromCharCode(((c.charCodeAt(0) - base + 13) % 26) + base);
    }),
  zeroWidth: (t) => [...t].join('\u200b'),
  spaced: (t) => [...t].join(' '),
  dashed: (t) => [...t].join('-'),
  fullWidth: (t) => t.replaceAll(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  homoglyph: (t) => t.replaceAll(/[aeopcx]/g, (c) => LOOKALIKES[c]!),
  accents: (t) => t.replaceAll(/[aeiou]/g, (c) => `${c}\u0301`),
  unicodeEscape: (t) => numbers(t, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
  entity: (t) => numbers(t, (code) => `&#${code};`),
  decimal: (t) => numbers(t, (code) => `${code} `),
  binary: (t) => bitsOf(t).replaceAll(/.{8}/g, '$& '),
};
const names = Object.keys(ENCODINGS);
const encoding = fc.constantFrom(...names);
const secret = fc
  .array(fc.constantFrom(...'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'), {
    minLength: 14,
    maxLength: 40,
  })
  .map((letters) => `k7${letters.join('')}`);
const around = fc.constantFrom('', 'Look: ', 'https://host.example/p.png?d=', 'ref=');

describe('[T1] [T14] confidential values in what is sent', () => {
  for (const name of names)
    it(`[PRV6] are found as ${name}, wherever they stand`, () => {
      fc.assert(
        fc.property(
          secret,
          around,
          (value, before) => leaked([`${before}${ENCODINGS[name]!(value)}`], [value]) !== null,
        ),
        { numRuns: 60 },
      );
    });

  it('[PRV6] are found under two of them, one over the other', () => {
    const outer = fc.constantFrom('base64', 'hex', 'percent', 'reversed', 'rot13', 'base64url');
    const inner = fc.constantFrom('base64', 'hex', 'reversed', 'rot13', 'percent');
    fc.assert(
      fc.property(
        secret,
        outer,
        inner,
        (value, a, b) => leaked([ENCODINGS[a]!(ENCODINGS[b]!(value))], [value]) !== null,
      ),
      { numRuns: 150 },
    );
  });

  it('[PRV6] are found when cut over the arguments and calls of a run, encoded first or piece by piece', () => {
    const whole = fc.constantFrom('plain', 'base64', 'hex', 'reversed');
    fc.assert(
      fc.property(secret, whole, fc.integer({ min: 5, max: 12 }), (value, name, size) => {
        const cut = ENCODINGS[name]!(value).match(new RegExp(`.{1,${size}}`, 'g'))!;
        const urls = cut.map((piece) => `https://host.example/?d=${piece}`);
        return leaked(cut, [value]) !== null && leaked(urls, [value]) !== null;
      }),
      { numRuns: 150 },
    );
  });

  it('[PRV6] are found when all pieces begin with the same letters as well (a seed of the one above)', () => {
    const pieces = Buffer.from('k7aaaaaaaaaaaaamxa')
      .toString('hex')
      .match(/.{1,6}/g)!;
    expect(
      leaked(
        pieces.map((piece) => `https://host.example/?d=${piece}`),
        ['k7aaaaaaaaaaaaamxa'],
      ),
    ).not.toBeNull();
  });

  it('[PRV6] are not seen in texts that do not hold them', () => {
    fc.assert(
      fc.property(secret, secret, encoding, (value, other, name) => {
        fc.pre(value.toLowerCase() !== other.toLowerCase());
        return leaked([ENCODINGS[name]!(other)], [value]) === null;
      }),
      { numRuns: 200 },
    );
  });

  it('[PRV6] compressed or enciphered they cannot be read, and that nobody can read it is seen', () => {
    fc.assert(
      fc.property(secret, fc.integer({ min: 1, max: 255 }), (value, key) => {
        const record = Buffer.from(`the record says ${value} and is not for others`);
        const sent = [
          gzipSync(record),
          deflateSync(record),
          record.map((b, i) => b ^ ((key * (i + 7) * 31) & 255) ^ 128),
        ];
        for (const bytes of sent) expect(opaque([Buffer.from(bytes).toString('base64')])).not.toBeNull();
      }),
      { numRuns: 80 },
    );
  });

  it('[PRV6] words, addresses, ids and encoded prose are not opaque', () => {
    const plain = [
      'Please find the minutes of Monday attached, with best wishes.',
      'https://www.example.com/articles/2025/how-we-work-together',
      'a3f5c9e2b1d4f6a8c0e2b4d6f8a0c2e4',
      Buffer.from('Dear customer, your parcel has arrived at the shop.').toString('base64'),
    ];
    for (const text of plain) expect([text, opaque([text])]).toEqual([text, null]);
  });
});

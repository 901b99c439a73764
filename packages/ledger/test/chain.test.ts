import { createHash } from 'node:crypto';
import type { RecordEntry } from '@reeve/kernel';
import { canonical } from '@reeve/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../src/canonical.ts';
import { GENESIS, headOf, open, seal } from '../src/chain.ts';
import { readChainFields, readHeader } from '../src/header.ts';
import { entryFor, sealedAfter } from '../src/store/contract-suite.ts';
import { anyEntry, anyJson } from './arbitrary.ts';

describe('canonical text', () => {
  it('[LED1] of any JSON value is what the kernel calls canonical', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalText(value)).toBe(canonical(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('[LED1] agrees on the values most often got wrong', () => {
    const proto = JSON.parse('{"b":1,"__proto__":{"z":1,"a":2},"10":0,"9":0,"constructor":1}') as unknown;
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${(i * 7) % 40}`, i]));
    const shared = { a: 1 };
    const values = [
      proto,
      wide,
      [shared, shared],
      { a: undefined, b: [undefined] },
      -0,
      1e21,
      1e-7,
      5e-324,
      '\u2028\u007f\ud800x\udfff🦊',
      { '\ud83e\udd8a': 1, '\uffff': 2, é: 3 },
      new Date(0),
      { toJSON: () => ({ z: 1, a: 2 }) },
      Object.create(null),
      new (class Point {
        y = 1;
        x = 2;
      })(),
      nested(400),
    ];
    for (const value of values) expect(canonicalText(value)).toBe(canonical(value));
    expect(canonicalText(proto)).toBe('{"10":0,"9":0,"__proto__":{"a":2,"z":1},"b":1,"constructor":1}');
  });

  it('[LED1] refuses what JSON cannot say', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const values = [
      undefined,
      Number.NaN,
      { a: Number.POSITIVE_INFINITY },
      { a: 1n },
      { f: () => 1 },
      Symbol('x'),
      cycle,
    ];
    for (const value of values) expect(() => canonicalText(value), String(typeof value)).toThrow(TypeError);
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? { b: 1, a: 2 } : { inner: nested(depth - 1) };
}

describe('sealing', () => {
  it('[LED2] [LED3] [LED4] gives the bytes its definition says', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 5 }), (drafts) => {
        const entries = drafts.map((entry, i): RecordEntry => ({ ...entry, seq: i + 1, at: 1000 + i }));
        let previous = Buffer.alloc(32);
        seal(GENESIS.hash, entries).forEach((record, i) => {
          const { body, ...header } = entries[i] as RecordEntry;
          const bodyDigest = createHash('sha256').update(canonical(body)).digest();
          const text = canonical({ ...header, bodyDigest: bodyDigest.toString('hex') });
          previous = createHash('sha256').update(previous).update(text).update(bodyDigest).digest();
          expect(record).toEqual({ header: text, body: canonical(body), hash: previous.toString('hex') });
        });
      }),
    );
  });

  it('[LED5] opens to the entries that were sealed', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const [sealed] = seal(GENESIS.hash, [entry]);
        expect(open(sealed as never)).toEqual(JSON.parse(canonical(entry)));
      }),
    );
  });

  it('[LED4] in two batches gives the same chain as in one', () => {
    const whole = sealedAfter(GENESIS, 10);
    const first = sealedAfter(GENESIS, 4);
    expect([...first, ...sealedAfter(headOf(first, GENESIS), 6)]).toEqual(whole);
    expect(headOf([], GENESIS)).toBe(GENESIS);
  });

  it.each([
    ['a gap', [entryFor(1), entryFor(3)], /no gaps/],
    ['time running backwards', [entryFor(1), entryFor(2, { at: 5 })], /earlier/],
    ['a sequence number of 0', [entryFor(0)], /seq/],
    ['a fraction of a millisecond', [entryFor(1, { at: 1.5 })], /at must/],
    ['a version of 0', [entryFor(1, { v: 0 })], /v must/],
    ['a missing stream', [entryFor(1, { stream: undefined as never })], /stream must/],
    ['an unknown visibility', [entryFor(1, { visibility: 'secret' as never })], /visibility/],
    ['no actor', [entryFor(1, { actor: undefined as never })], /actor/],
    ['a cause that is none', [entryFor(1, { causation: {} as never })], /causation/],
  ])('[LED6] refuses %s', (_, entries, why) => {
    expect(() => seal(GENESIS.hash, entries)).toThrow(why);
  });

  it('[LED6] refuses a previous hash that is none', () => {
    for (const hash of ['', 'A'.repeat(64), '0'.repeat(63), 'ğ'.repeat(64), '0'.repeat(66)]) {
      expect(() => seal(hash, [entryFor(1)])).toThrow(TypeError);
    }
  });
});

describe('reading headers', () => {
  it('[LED7] the short way reads what the long way reads', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const header = (seal(GENESIS.hash, [entry])[0] as { header: string }).header;
        const parsed = JSON.parse(header) as Record<string, unknown>;
        expect(readHeader(header)).toEqual(parsed);
        expect(parsed).toMatchObject({ ...readChainFields(header) });
      }),
    );
  });

  it('[LED7] refuses every text but the canonical one', () => {
    const header = (sealedAfter(GENESIS, 1)[0] as { header: string }).header;
    const fields = JSON.parse(header) as Record<string, unknown>;
    const others = [
      '',
      'null',
      '7',
      ` ${header}`,
      `${header} `,
      header.replace('"seq":1', '"seq":01'),
      header.replace('"seq":1', '"seq":1.0'),
      header.replace('"seq":1', '"seq":0'),
      header.replace('"seq":1', '"seq":-1'),
      header.replace('"v":1', '"v":0'),
      header.replace('acme', '\\u0061cme'),
      header.replace('acme', 'ac\nme'),
      header.replace('"principal"', '"extra":1,"principal"'),
      header.replace(/"bodyDigest":"./, '"bodyDigest":"G'),
      header.replace(/"bodyDigest":"[^"]*",/, ''),
      JSON.stringify({ seq: 1, ...fields, at: fields.at, extra: true }),
      JSON.stringify(Object.fromEntries(Object.entries(fields).toReversed())),
    ];
    for (const text of others) {
      expect(() => readHeader(text), text).toThrow(TypeError);
      expect(() => readChainFields(text), text).toThrow(TypeError);
    }
  });
});

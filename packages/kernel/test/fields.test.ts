import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { checkExpression } from '../src/cel/index.ts';
import { celTypesOf, compileFields, compileResult, fieldProblems, jsonSchemaOf } from '../src/fields/index.ts';
import { compilePattern } from '../src/fields/pattern.ts';
import { fields as fieldsSchema } from '../src/operations/definition.ts';

const read = (spec: Record<string, unknown>) => fieldsSchema.parse(spec);

const refund = read({
  order: { type: 'string', pattern: 'ord-[0-9]{4}' },
  amount: { type: 'money', max: 50_000_000 },
  reason: { type: 'string', enum: ['damaged', 'late'] },
  note: { type: 'string', optional: true, min: 2, max: 5 },
  qty: { type: 'integer', min: 1 },
  rate: { type: 'number', optional: true },
  gift: 'boolean',
  tags: { type: 'strings', max: 2, optional: true },
  address: {
    type: 'object',
    optional: true,
    fields: { city: 'string', lines: { type: 'list', fields: { text: 'string' } } },
  },
  extra: { type: 'any', optional: true },
});
const good = { order: 'ord-1234', amount: 5_000_000, reason: 'late', qty: 1, gift: false };

const WRONG: readonly [what: string, change: Record<string, unknown>, path: string, message: RegExp][] = [
  ['an unknown field', { color: 'red' }, '', /unknown field "color"; known: order, amount/],
  ['a missing field', { qty: undefined }, 'qty', /missing: expected a whole number/],
  ['a string for a number', { qty: '1' }, 'qty', /expected a whole number.*got the string "1"/],
  ['a fraction for an integer', { qty: 1.5 }, 'qty', /expected a whole number/],
  ['a number below min', { qty: 0 }, 'qty', /at least 1/],
  ['negative money', { amount: -1 }, 'amount', /at least 0/],
  ['money above max', { amount: 50_000_001 }, 'amount', /at most 50000000/],
  ['money with a fraction of a micro-unit', { amount: 0.5 }, 'amount', /micro-units/],
  ['an integer that cannot be exact', { qty: 2 ** 53 }, 'qty', /expected a whole number/],
  ['text that only contains the pattern', { order: 'xord-1234' }, 'order', /does not match the pattern ord-/],
  ['text with a line after the pattern', { order: 'ord-1234\n' }, 'order', /does not match/],
  ['a value outside the enum', { reason: 'bored' }, 'reason', /one of "damaged", "late", got the string "bored"/],
  ['too short a text', { note: 'a' }, 'note', /at least 2 character/],
  ['too long a text', { note: 'abcdef' }, 'note', /more than 5 character/],
  ['null for an optional field', { note: null }, 'note', /expected a string, got null/],
  ['a number among strings', { tags: ['a', 5] }, 'tags[1]', /expected a string, got the number 5/],
  ['too many strings', { tags: ['a', 'b', 'c'] }, 'tags', /more than 2 element/],
  [
    'a wrong field deep inside',
    { address: { city: 'Bern', lines: [{ text: 'a' }, { text: 1 }] } },
    'address.lines[1].text',
    /expected a string/,
  ],
  [
    'an unknown field deep inside',
    { address: { city: 'Bern', lines: [{ text: 'a', x: 1 }] } },
    'address.lines[0]',
    /unknown field "x"; known: text/,
  ],
  ['NaN', { rate: Number.NaN }, 'rate', /not a JSON number/],
  ['a Date in a field of any type', { extra: { at: new Date(0) } }, 'extra.at', /object of a class/],
  ['a function in a field of any type', { extra: () => 1 }, 'extra', /not JSON data/],
];

describe('a record of fields is checked strictly', () => {
  it('accepts what fits and returns it unchanged', () => {
    const value = {
      ...good,
      note: 'ok',
      tags: ['a'],
      address: { city: 'Bern', lines: [{ text: 'x' }] },
      extra: [1, null],
    };
    expect(compileFields(refund).check(value)).toEqual({ ok: true, value });
    expect(compileFields(refund).check(good)).toEqual({ ok: true, value: good });
  });

  test.each(WRONG)('refuses %s, naming its place', (_what, change, path, message) => {
    const result = compileFields(refund).check({ ...good, ...change });
    expect(result).toEqual({ ok: false, problems: [{ path, message: expect.stringMatching(message) }] });
  });

  it('requires a field of any type unless it is optional', () => {
    const { check } = compileFields(read({ x: 'any' }));
    expect(check({ x: null }).ok).toBe(true);
    expect(check({})).toMatchObject({
      ok: false,
      problems: [{ path: 'x', message: expect.stringContaining('missing') }],
    });
  });

  it('refuses names that lead to prototypes at any depth', () => {
    const { check } = compileFields(read({ extra: 'any', free: { type: 'object', optional: true } }));
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const evil = JSON.parse(`{"${name}": {"admin": true}}`);
      for (const value of [{ extra: 1, ...evil }, { extra: evil }, { extra: [[evil]] }, { extra: 1, free: evil }, evil])
        expect(check(value).ok).toBe(false);
      const own = JSON.parse(`{"extra": 1, "${name}": 2}`);
      expect(check(own)).toMatchObject({ problems: [{ path: name, message: expect.stringContaining('refused') }] });
    }
  });

  it('refuses what is not a record, and nesting without end', () => {
    const loop: Record<string, unknown> = {};
    loop.extra = loop;
    for (const value of [null, undefined, 5, 'x', [], new Map(), () => 1, loop]) {
      expect(compileFields(refund).check(value).ok).toBe(false);
      expect(compileFields(read({ extra: 'any' })).check(value).ok).toBe(false);
    }
  });

  it('answers for any JSON, with the same verdict as its JSON Schema read back by zod', () => {
    const plain = read({ a: 'string', n: { type: 'number', optional: true }, l: { type: 'strings', optional: true } });
    const schema = z.fromJSONSchema(jsonSchemaOf(plain) as never);
    const record = fc.record(
      {
        a: fc.oneof(fc.string(), fc.integer()),
        n: fc.jsonValue(),
        l: fc.array(fc.oneof(fc.string(), fc.boolean())),
        z: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(fc.oneof(record, fc.jsonValue()), (value) => {
      fc.pre(!JSON.stringify(value).includes('__proto__'));
      expect(compileFields(plain).check(value).ok).toBe(schema.safeParse(value).success);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('is compiled once per specification', () => {
    expect(compileFields(refund)).toBe(compileFields(refund));
    expect(jsonSchemaOf(refund)).toBe(jsonSchemaOf(refund));
  });
});

const UNUSABLE: readonly [what: string, spec: Record<string, unknown>, path: string, message: RegExp][] = [
  ['a forbidden name', { constructor: 'string' }, 'constructor', /refused; rename/],
  ['a forbidden nested name', { a: { type: 'object', fields: { prototype: 'string' } } }, 'a.prototype', /refused/],
  ['a pattern that cannot be read', { a: { type: 'string', pattern: '(' } }, 'a', /cannot be read/],
  ['a pattern that closes the anchoring group', { a: { type: 'string', pattern: 'a)|(?:b' } }, 'a', /cannot be read/],
  ['a pattern that can run away', { a: { type: 'string', pattern: '(a+)+' } }, 'a', /"\(a\+\)\+" repeats something/],
  [
    'a pattern on a number',
    { a: { type: 'number', pattern: '1' } },
    'a',
    /"pattern" applies to string, strings, not to number/,
  ],
  ['min on a boolean', { a: { type: 'boolean', min: 1 } }, 'a', /"min" applies to/],
  ['fields on a string', { a: { type: 'string', fields: { b: 'string' } } }, 'a', /"fields" applies to object, list/],
  ['min above max', { a: { type: 'number', min: 5, max: 1 } }, 'a', /above "max"/],
  ['a fractional length', { a: { type: 'string', min: 0.5 } }, 'a', /whole numbers/],
  ['an empty enum', { a: { type: 'string', enum: [] } }, 'a', /allows no value/],
  ['an unknown nested type', { a: { type: 'object', fields: { b: 'date' } } }, 'a.b', /Invalid/],
];

describe('a specification that cannot be used is found when the pack is loaded', () => {
  test.each(UNUSABLE)('%s', (_what, spec, path, message) => {
    const fields = read(spec);
    expect(fieldProblems(fields)).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect(() => compileFields(fields)).toThrow(message);
  });

  it('nesting deeper than six', () => {
    const nest = (depth: number): Record<string, unknown> =>
      depth === 1 ? { x: 'string' } : { x: { type: 'object', fields: nest(depth - 1) } };
    expect(fieldProblems(read(nest(6)))).toEqual([]);
    expect(fieldProblems(read(nest(7)))).toEqual([
      { path: 'x.x.x.x.x.x', message: expect.stringContaining('more than 6 deep') },
    ]);
  });
});

describe('fields become JSON Schema and expression types', () => {
  it('as JSON Schema 2020-12 with limits, patterns and descriptions', () => {
    const schema = jsonSchemaOf(refund);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: ['order', 'amount', 'reason', 'qty', 'gift'],
      properties: {
        order: { type: 'string', pattern: 'ord-[0-9]{4}' },
        amount: {
          type: 'integer',
          minimum: 0,
          maximum: 50_000_000,
          description: expect.stringContaining('micro-units'),
        },
        reason: { enum: ['damaged', 'late'] },
        note: { minLength: 2, maxLength: 5 },
        tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
        address: { properties: { lines: { items: { properties: { text: { type: 'string' } } } } } },
      },
    });
    expect(jsonSchemaOf(read({ a: { type: 'money', description: 'What to pay back' } }))).toMatchObject({
      properties: { a: { description: 'What to pay back' } },
    });
    expect(() => Object.assign(schema, { type: 'array' })).toThrow();
  });

  it('as types that find mistakes in rules', () => {
    const scope = { args: celTypesOf(refund) };
    const fine =
      'args.amount > 5 && args.tags.exists(t, t == "a") && args.address.lines.all(l, l.text != "") && args.extra.x == 1 && !args.gift';
    expect(checkExpression(fine, scope, 'bool')).toEqual({ ok: true });
    for (const wrong of [
      'args.amount == "5"',
      'args.amout > 5',
      'args.address.zip == ""',
      'args.gift > 1',
      'args.address.lines[0].x == ""',
    ])
      expect(checkExpression(wrong, scope, 'bool').ok).toBe(false);
  });
});

describe('patterns cannot run away', () => {
  test.each([
    '(a+)+b',
    '(a*)*',
    '(?:a|a)+',
    '(a|ab)+c',
    '([a-z]+-?)*',
    '(\\d+|x)*',
    '(a?){2,}',
    '(?<n>a+){1,}?',
    '(.*a){20}',
    `${'a?'.repeat(30)}${'a'.repeat(30)}`,
    'a'.repeat(501),
  ])('refuses %s', (source) => {
    expect(compilePattern(source, true).ok).toBe(false);
  });

  test.each([
    ['[a-z]+(\\.[a-z]+)?', 'a.b', '.b'],
    ['(foo|bar)+', 'foobarfoo', 'foob'],
    ['(\\d{1,3}\\.){3}\\d{1,3}', '10.0.0.255', '10.0.0'],
    ['[^@\\s]+@[^@\\s]+\\.[a-z]{2,}', 'a@b.ch', 'a@b'],
    ['a|b', 'b', 'ab'],
    ['\\p{Lu}\\u{1F600}?[\\]a]*', 'Ä😀]a', 'ä'],
    ['(?!x)[a-z]+', 'abc', 'xbc'],
    ['', '', 'a'],
  ])('accepts %s and anchors it', (source, yes, no) => {
    const compiled = compilePattern(source, true);
    expect(compiled.ok && [compiled.pattern.test(yes), compiled.pattern.test(no)]).toEqual([true, false]);
  });

  it('declines texts on which a pattern could take long, and is quick on the longest it takes', () => {
    const compiled = compilePattern('a*a*a*b', true);
    if (!compiled.ok) throw new Error(compiled.message);
    expect(compiled.pattern.test('a'.repeat(101))).toBeUndefined();
    expect(compiled.pattern.test('a'.repeat(100))).toBe(false);
  });

  it('bounds the ways of alternatives that a leading "^" does not cover', () => {
    const covered = compilePattern('^a*b', false);
    const open = compilePattern('^a|b*c', false);
    expect(covered.ok && covered.pattern.ways(10)).toBe(10);
    expect(open.ok && open.pattern.ways(10)).toBe(200);
  });
});

describe('a result of these fields', () => {
  const { check } = compileResult(refund);
  it('may have more than was declared, and null anywhere', () => {
    const more = { ...good, colour: 'red', qty: null, address: { city: null, lines: [{ text: 'a', x: 1 }], zip: 1 } };
    expect(check(more)).toEqual({ ok: true, value: more });
  });
  it.each([
    ['a missing field', { qty: undefined }, 'qty'],
    ['another type', { amount: '5' }, 'amount'],
    ['another type deep inside', { address: { city: 'Bern', lines: [{ text: 1 }] } }, 'address.lines[0].text'],
  ])('does not fit with %s', (_, change, path) => {
    const found = check({ ...good, ...change });
    expect(found.ok ? [] : found.problems.map((each) => each.path)).toEqual([path]);
  });
});

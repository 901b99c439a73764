import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type CelScope, checkExpression, compileCondition, compileValue } from '../src/cel/index.ts';

const HOUR = 3_600_000;
const context = {
  args: {
    amount: 12_500_000,
    qty: 3,
    to: 'Ann@Example.com',
    note: null,
    tags: ['vip', 'late', 'vip'],
    items: [
      { sku: 'A', qty: 1, price: 4_000_000 },
      { sku: 'B', qty: 2, price: 1_500_000 },
    ],
  },
  reads: { order: { total: 20_000_000, status: 'paid', lines: [1, 2] }, refund: null },
  case: { opened: 1_000 },
  now: 1_000 + 5 * HOUR,
};

const scope: CelScope = {
  args: {
    fields: {
      amount: 'number',
      qty: 'number',
      to: 'string',
      note: 'string',
      urgent: 'bool',
      tags: { list: 'string' },
      items: { list: { fields: { sku: 'string', qty: 'number', price: 'number' } } },
    },
  },
  reads: {
    fields: { order: { fields: { total: 'number', status: 'string', lines: { list: 'number' } } }, refund: 'dyn' },
  },
  case: { fields: { opened: 'number' } },
  now: 'number',
};

const VALUES: readonly [expression: string, value: unknown][] = [
  ['args.amount > 5', true],
  ['args.amount == 12500000', true],
  ['args.amount + 5', 12_500_005],
  ['args.qty * 2', 6],
  ['args.qty / 2', 1.5],
  ['7 % args.qty', 1],
  ['-args.qty + 1', -2],
  ['args.qty >= 3 && args.qty <= 3.0', true],
  ['size(args.tags)', 3],
  ['args.tags.size() + 1', 4],
  ['size("añ𝄞")', 3],
  ['args.qty > 2 ? args.amount * 2 : 0', 25_000_000],
  ['args.qty in [1, 2, 3]', true],
  ['"vip" in args.tags', true],
  ['"sku" in args.items[0]', true],
  ['args.tags[args.qty - 2]', 'late'],
  ['args.items[1].sku', 'B'],
  ['args["to"]', 'Ann@Example.com'],
  ['lower(args.to)', 'ann@example.com'],
  ['args.to.endsWith("@Example.com") && args.to.contains("@")', true],
  ['args.to.matches("^[^@]+@Example[.]com$")', true],
  ['args.to.substring(0, 3) + "!"', 'Ann!'],
  ['args.to.split("@").join("-at-")', 'Ann-at-Example.com'],
  ['size("a\u{1F600}b")', 3],
  ['size("\ud83d") + size("\ude00\ud83d")', 3],
  ['args.qty >= 3 && args.qty <= 3 && !(args.qty < 3) && !(args.qty > 3)', true],
  ['money("12.50")', 12_500_000],
  ['args.amount <= money("$12.50")', true],
  ['now - case.opened > duration("4h")', true],
  ['duration("90s")', 90_000],
  ['sum(args.items.map(i, i.qty * i.price))', 7_000_000],
  ['sum([])', 0],
  ['distinct(args.tags)', ['vip', 'late']],
  ['size(distinct([{"a": 1}, {"a": 1}, {"a": 2}]))', 2],
  ['count(args.tags, "vip")', 2],
  ['args.items.all(i, i.qty > 0)', true],
  ['args.items.exists(i, i.sku == "B" && i.qty == 2)', true],
  ['args.items.exists_one(i, i.qty > 1)', true],
  ['args.items.filter(i, i.qty > 1).map(i, i.sku)', ['B']],
  ['args.items.map(i, i.qty > 1, i.sku)', ['B']],
  ['args.items.all(i, args.tags.exists(t, t != i.sku))', true],
  ['reads.order.all(k, k != "x")', true],
  ['reads.order.lines + [3] == [1, 2, 3]', true],
  ['reads.refund == null', true],
  ['reads.order == null', false],
  ['reads.order != null && reads.order.total >= args.amount', true],
  ['args.note == null', true],
  ['has(reads.order.status)', true],
  ['has(reads.order.closed)', false],
  ['has(reads.refund.amount)', false],
  ['has(args.closed) && args.closed', false],
  ['args.nope > 1 || args.qty == 3', true],
  ['args.tags.exists(t, t == "late" || t > 5)', true],
  ['{"to": args.to, "lines": [args.qty, {"a": null}]}', { to: 'Ann@Example.com', lines: [3, { a: null }] }],
  ['string(args.qty) + string(true)', '3true'],
  ['int("42") + int(1.9) + double("0.5")', 43.5],
  ['dyn(args.qty) == dyn("3")', false],
  ['r"a\\b" + """c""" // comment', 'a\\bc'],
];

describe('expressions give the values CEL defines, with one number type', () => {
  test.each(VALUES)('%s', (expression, value) => {
    expect(compileValue(expression)(context)).toEqual({ ok: true, value });
  });

  // What remains reads fields that no declaration has, or compares a string with a number in an element never looked at.
  const declared = VALUES.filter(([expression]) => !/closed|nope|\|\| t > 5/.test(expression));
  test.each(declared)('what is fine at run time passes the check: %s', (expression) => {
    expect(checkExpression(expression, scope, 'any')).toEqual({ ok: true });
  });
});

const MISTAKES: readonly [expression: string, message: RegExp, line: number, column: number][] = [
  ['amount > 5', /no variable "amount" here; there are: args, reads/, 1, 1],
  ['args.qty > 1 &&\n  args.ammount > 5', /no field "ammount" here; there are: amount/, 2, 8],
  ['args.amount == "5"', /a number is never equal to a string/, 1, 1],
  ['true && args.to > 5', /">" cannot be used on a string and a number/, 1, 9],
  ['args.to + 5', /"\+" cannot be used on a string and a number/, 1, 1],
  ['args.to * 2', /"\*" needs a number, got a string/, 1, 6],
  ['args.amount && true', /expected true or false, got a number/, 1, 6],
  ['!args.amount', /expected true or false, got a number/, 1, 1],
  ['args.items.all(i, i.qty)', /expected true or false, got a number/, 1, 21],
  ['args.items.all(i, i.price > 1 && i.cost > 2)', /no field "cost" here/, 1, 36],
  ['args.to.all(c, true)', /only lists and records are gone through, this is a string/, 1, 6],
  ['args.qty in ["a"]', /a number is never in a list of strings/, 1, 1],
  ['args.tags["x"]', /a list is read by a number, not by a string/, 1, 11],
  ['args.amount.value', /"value" cannot be read: this is a number/, 1, 13],
  ['sum(args.items)', /sum expects a list of numbers, got a list of records/, 1, 10],
  ['lower(args.qty)', /lower expects a string, got a number/, 1, 12],
  ['has(args.closed)', /no field "closed" here/, 1, 10],
  ['args.to.toLowerCase()', /there is no function "toLowerCase"/, 1, 1],
  ['args.to.lower()', /write lower\(x\), not x.lower\(\)/, 1, 1],
  ['startsWith(args.to, "a")', /write x.startsWith\(…\)/, 1, 1],
  ['timestamp("2026-01-01T00:00:00Z") > now', /there is no function "timestamp"/, 1, 1],
  ['args.to.matches("(a+)+b")', /exponential/, 1, 17],
  ['args.to.matches(args.note)', /one pattern, written in the rule/, 1, 22],
  ['args.to.startsWith()', /takes 1 argument\(s\), 0 given/, 1, 1],
  ['9007199254740993 > args.qty', /too large to be exact/, 1, 1],
  ['args.amount >', /cannot be read/, 1, 14],
  ['args.amount = 5', /cannot be read/, 1, 13],
  ['"open', /cannot be read: Unterminated string/, 1, 1],
  ['b"x" == 5u', /bytes and unsigned literals/, 1, 1],
  ['', /cannot be read/, 1, 1],
];

describe('mistakes are found before anything runs, with their place', () => {
  test.each(MISTAKES)('%s', (expression, message, line, column) => {
    const result = checkExpression(expression, scope, 'bool');
    expect(result).toEqual({ ok: false, message: expect.stringMatching(message), line, column });
  });

  it('refuses an expression of another type than expected', () => {
    expect(checkExpression('args.amount', scope, 'number')).toEqual({ ok: true });
    expect(checkExpression('args.amount', scope, 'bool')).toMatchObject({
      message: expect.stringContaining('expected true or false'),
    });
    expect(checkExpression('reads.refund.ok', scope, 'bool')).toEqual({ ok: true });
  });
});

const DENIALS: readonly [expression: string, error: RegExp][] = [
  ['args.nope == 1', /no field "nope" here; ask has/],
  ['nope == 1', /there is no "nope" here/],
  ['reads.refund.total > 1', /"total" cannot be read: this is null/],
  ['args.to > 5', /">" cannot be used on a string and a number/],
  ['args.qty', /must be true or false, this gave a number/],
  ['args.nope > 1 && args.qty == 3', /no field "nope"/],
  ['args.tags.all(t, t != 5 && t > 5)', /cannot be used/],
  ['args.qty / 0 > 1', /division by zero/],
  ['args.tags[9] == "x"', /no element 9 in a list of 3/],
  ['args.amount * 99999999999.0 > 1', /kept exactly/],
  ['money("much") > 1', /"much" is not an amount/],
  ['duration("soon") > 1', /"soon" is not a duration/],
  ['sum(args.tags) > 1', /sum adds numbers, the list holds a string/],
  ['args.to.substring(5, 2) == ""', /outside a text/],
  ['{"a": 1, "a": 2}.a == 1', /given twice/],
  ['args.qty.startsWith("a")', /startsWith expects a string, got a number/],
  ['this is (not an expression', /cannot be read.*line 1, column/],
];

describe('whatever goes wrong is an answer that denies, never an exception', () => {
  test.each(DENIALS)('%s', (expression, error) => {
    expect(compileCondition(expression)(context)).toEqual({ ok: false, error: expect.stringMatching(error) });
  });

  it('says where a failing expression failed', () => {
    const result = compileCondition('args.qty > 1 &&\n args.nope')(context);
    expect(result).toMatchObject({ error: expect.stringContaining('(line 2, column 7)') });
  });

  it('answers for any source and any JSON context', () => {
    const word = fc.constantFrom(
      'args',
      '.',
      'amount',
      '(',
      ')',
      '[',
      ']',
      '"a"',
      '1',
      '+',
      '&&',
      '==',
      'has',
      'map',
      ',',
      'x',
      '?',
      ':',
      '{',
      '-',
      '!',
      'in',
      'matches',
    );
    const source = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(word, { maxLength: 25 }).map((words) => words.join('')),
    );
    const property = fc.property(source, fc.dictionary(fc.string(), fc.jsonValue()), (text, data) => {
      expect(typeof compileCondition(text)({ args: data }).ok).toBe('boolean');
      expect(typeof compileValue(text)(data).ok).toBe('boolean');
      expect(typeof checkExpression(text, scope, 'any').ok).toBe('boolean');
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('answers for contexts that are not what they should be', () => {
    for (const odd of [null, undefined, 5, 'args', []])
      expect(compileCondition('args == 1')(odd as never).ok).toBe(false);
  });
});

describe('only data can be reached', () => {
  const inherited = Object.getOwnPropertyNames(Object.prototype);

  test.each(inherited)('%s is not there, however it is named', (name) => {
    for (const expression of [
      `args.${name} == null`,
      `args["${name}"] == null`,
      `args["${name.slice(0, 2)}" + "${name.slice(2)}"] == null`,
      `${name} == null`,
      `has(args.${name})`,
      `"${name}" in args`,
    ]) {
      const result = compileCondition(expression)({ args: { a: 1 } });
      expect(result.ok && result.value).toBe(false);
    }
  });

  it('refuses the keys that lead to prototypes even when the data has them', () => {
    const args = JSON.parse('{"__proto__": {"a": 1}, "constructor": 1, "prototype": 1, "toString": "data"}');
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      expect(compileValue(`args["${name}"]`)({ args }).ok).toBe(false);
      expect(compileValue(`args.${name}`)({ args }).ok).toBe(false);
      expect(compileValue(`{"${name}": 1}`)({ args }).ok).toBe(false);
      expect(compileValue(`{args.k: 1}`)({ args: { k: name } }).ok).toBe(false);
    }
    expect(compileValue('args.toString')({ args })).toEqual({ ok: true, value: 'data' });
  });

  it('reads nothing from strings, lists and numbers but what the language defines', () => {
    for (const expression of ['args.a.length', 'args.l.length', 'args.l.map', 'args.n.toFixed', 'args.a[0]'])
      expect(compileValue(expression)({ args: { a: 'x', l: [1], n: 1 } }).ok).toBe(false);
  });

  it('refuses to compare with a number what is none, in either way of asking', () => {
    for (const operator of ['<', '<=', '>', '>='])
      for (const value of ['5', null, true, [1], { a: 1 }, Number.NaN, undefined]) {
        expect(compileCondition(`args.a ${operator} 5`)({ args: { a: value } }).ok).toBe(false);
        expect(compileCondition(`args["a"] ${operator} 5`)({ args: { a: value } }).ok).toBe(false);
      }
    const bare = Object.assign(Object.create(null), { a: 6 }) as object;
    for (const args of [{ a: 6 }, bare, { a: 6, constructor: 1 }])
      expect(compileCondition('args.a > 5')({ args })).toEqual({ ok: true, value: true });
    expect(compileCondition('args.a > 5')({ args: [6] }).ok).toBe(false);
    expect(
      compileCondition('args.a > 5')({
        args: new (class Host {
          a = 6;
        })(),
      }).ok,
    ).toBe(false);
  });

  it('refuses host objects in the context', () => {
    const hosts = [new Date(0), new Map([['a', 1]]), () => 1, Symbol('a'), 5n, Number.NaN, new (class Host {})()];
    for (const host of hosts) {
      expect(compileValue('x')({ x: host })).toMatchObject({ error: expect.stringContaining('not plain JSON data') });
      expect(compileValue('l.map(i, i)')({ l: [host] }).ok).toBe(false);
    }
  });
});

describe('evaluation is bounded', () => {
  const many = (length: number) => Array.from({ length }, (_, i) => i);

  it('refuses expressions that are too long, too large, too deep or with loops nested over two', () => {
    const refused: [string, RegExp][] = [
      [`args.to == "${'x'.repeat(2000)}"`, /at most 2000/],
      [Array(300).fill('now').join('+'), /maxAstNodes/],
      [`${'('.repeat(60)}1${')'.repeat(60)}`, /maxDepth/],
      [`now in [${many(300).join(',')}]`, /maxListElements/],
      ['l.all(a, l.all(b, l.all(c, true)))', /nested 3 deep, at most 2/],
    ];
    for (const [source, message] of refused)
      expect(checkExpression(source, { now: 'number', args: 'dyn', l: 'dyn' }, 'any')).toMatchObject({
        message: expect.stringMatching(message),
      });
  });

  it('refuses to go through lists of more than 10,000 elements', () => {
    expect(compileValue('size(l)')({ l: many(10_001) })).toEqual({ ok: true, value: 10_001 });
    expect(compileCondition('l.all(x, true)')({ l: many(10_000) })).toEqual({ ok: true, value: true });
    expect(compileCondition('l.all(x, true)')({ l: many(10_001) })).toMatchObject({
      error: expect.stringContaining('at most 10000'),
    });
  });

  it('stops loops over loops when their work is used up, and no "||" or "exists" hides it', () => {
    const l = many(10_000);
    for (const expression of [
      'l.all(a, l.all(b, a + b >= 0))',
      'l.all(a, l.all(b, b >= 0)) || true',
      'l.exists(a, l.all(b, b >= 0) && a > 9998)',
    ])
      expect(compileCondition(expression)({ l })).toMatchObject({
        error: expect.stringContaining('more than 1000000 steps'),
      });
  });

  it('counts the length of texts as work', () => {
    const text = 'x'.repeat(500_000);
    expect(compileCondition('l.exists(i, (text + text).endsWith("y"))')({ l: many(1000), text }).ok).toBe(false);
    expect(compileCondition('l.exists(i, text == other)')({ l: many(1000), text, other: `${text.slice(1)}y` }).ok).toBe(
      false,
    );
    expect(compileCondition('l.all(i, text >= other)')({ l: many(1000), text, other: text.slice(1) }).ok).toBe(false);
    expect(compileCondition('l.exists(i, word.matches("^.*y.*$"))')({ l: many(5000), word: 'x'.repeat(900) }).ok).toBe(
      false,
    );
    expect(compileCondition('text.contains(text.substring(1, 400000) + "y")')({ text }).ok).toBe(false);
  });

  it('refuses to match long texts against patterns with many ways', () => {
    const condition = compileCondition('text.matches(".*a.*b.*c")');
    expect(condition({ text: 'xxaxxbxxc' })).toEqual({ ok: true, value: true });
    expect(condition({ text: 'x'.repeat(5000) })).toMatchObject({
      error: expect.stringContaining('too long for this pattern'),
    });
  });

  it('compares deep data only so far', () => {
    const deep = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(compileCondition('a == b')({ a: deep(50), b: deep(50) })).toEqual({ ok: true, value: true });
    expect(compileCondition('a == b')({ a: deep(90), b: deep(90) }).ok).toBe(false);
  });

  it('compiles a source once, and forgets old ones', () => {
    const first = compileCondition('now > 1');
    expect(compileCondition('now > 1')).toBe(first);
    for (let i = 0; i < 5000; i++) compileCondition(`now > ${i} `);
    expect(compileCondition('now > 1')).not.toBe(first);
  });
});

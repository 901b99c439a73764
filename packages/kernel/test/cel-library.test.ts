import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Context, checkExpression, compileValue } from '../src/cel/index.ts';

/** Evaluation is ours (cel/README.md); the library, which does the syntax, is the oracle where the two agree on meaning. */
const library = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });

interface Typed {
  readonly bool: string;
  readonly number: string;
  readonly text: string;
  readonly list: string;
}

const depth = { maxDepth: 5, depthIdentifier: fc.createDepthIdentifier(), withCrossShrink: true };

/** Well-typed expressions over variables that may be missing. Number literals are doubles, the library's type for JSON numbers. */
const { bool } = fc.letrec<Typed>((tie) => {
  const binary = (left: keyof Typed, operators: string[], right: keyof Typed) =>
    fc.tuple(tie(left), fc.constantFrom(...operators), tie(right)).map(([a, operator, b]) => `(${a} ${operator} ${b})`);
  const either = (type: keyof Typed) =>
    fc.tuple(tie('bool'), tie(type), tie(type)).map(([c, a, b]) => `(${c} ? ${a} : ${b})`);
  return {
    bool: fc.oneof(
      depth,
      fc.constantFrom(
        'true',
        'false',
        'm.yes',
        'm.missing',
        'has(m.yes)',
        'has(m.missing)',
        'm.none == null',
        'm.sub == null',
      ),
      binary('bool', ['&&', '||', '==', '!='], 'bool'),
      binary('number', ['<', '<=', '>', '>=', '==', '!='], 'number'),
      binary('text', ['<', '<=', '==', '!='], 'text'),
      binary('list', ['==', '!='], 'list'),
      binary('number', ['in'], 'list'),
      fc
        .tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text'))
        .map(([a, name, b]) => `${a}.${name}(${b})`),
      fc
        .tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one'), tie('number'))
        .map(([a, name, b]) => `${a}.${name}(x, x < ${b})`),
      tie('bool').map((a) => `!${a}`),
      either('bool'),
    ),
    number: fc.oneof(
      depth,
      fc.constantFrom('0.0', '1.0', '-2.5', 'm.n', 'm.sub.n', 'm.missing', 'm.l[0]', 'm.l[7]', 'x'),
      binary('number', ['+', '-', '*'], 'number'),
      either('number'),
    ),
    text: fc.oneof(
      depth,
      fc.constantFrom('""', '"a"', 'm.s', 'm.missing'),
      binary('text', ['+'], 'text'),
      either('text'),
    ),
    list: fc.oneof(
      depth,
      // Not `[]`: the library cannot loop over `[] + [1.0]`, whose elements it takes to be of an unknown type.
      fc.constantFrom('[1.0, m.n].filter(x, false)', '[1.0, m.n]', 'm.l', 'm.missing'),
      binary('list', ['+'], 'list'),
      fc.tuple(tie('list'), tie('number')).map(([a, b]) => `${a}.filter(x, x != ${b})`),
      fc.tuple(tie('list'), tie('number')).map(([a, b]) => `${a}.map(x, x + ${b})`),
    ),
  };
});

function byLibrary(source: string, context: Context): unknown {
  try {
    return library.evaluate(source, context);
  } catch {
    return 'error';
  }
}

it('gives what the library gives, value or error, on well-typed expressions', () => {
  const data = fc.record({
    m: fc.record({
      n: fc.integer({ min: -3, max: 3 }),
      s: fc.constantFrom('', 'a', 'ab'),
      yes: fc.boolean(),
      none: fc.constant(null),
      sub: fc.oneof(fc.constant(null), fc.record({ n: fc.integer({ min: -3, max: 3 }) })),
      l: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 3 }),
    }),
    x: fc.integer({ min: -3, max: 3 }),
  });
  const property = fc.property(bool, data, (source, context) => {
    const ours = compileValue(source)(context);
    // Both must accept it: sizes and type errors are not about evaluation.
    fc.pre(library.check(source).valid && checkExpression(source, { m: 'dyn', x: 'dyn' }, 'any').ok);
    expect(ours.ok ? ours.value : 'error').toEqual(byLibrary(source, context));
  });
  fc.assert(property, { numRuns: 2000 });
});

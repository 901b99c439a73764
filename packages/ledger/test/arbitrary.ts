import type { Causation, RecordEntry, Visibility } from '@reeve/kernel';
import fc from 'fast-check';

/** Text with what trips serialisers: escapes, controls, surrogates paired and alone, and mostly plain words. */
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '\ud800', '\udfff\ud800', '🦊', '"', '\\', '\u0000', '\b\f\n\r\t\u000b', '\u2028', '\u007f'),
);

const key = fc.oneof(
  anyText,
  fc.constantFrom('__proto__', 'constructor', '0', '10', '9', '-1', 'toString', 'a', 'A', 'é'),
);

/** Any value JSON can say, in objects whose keys come in any order. */
export const anyJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    anyText,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 20 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value;

const causation = fc.oneof(
  fc.record({ command: anyText, digest: anyText }),
  fc.record({ seq: fc.integer({ min: 1 }) }),
  fc.record({ timer: anyText }),
) as fc.Arbitrary<Causation>;

/** Any entry that may be sealed. */
export const anyEntry: fc.Arbitrary<RecordEntry> = fc.record({
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  org: anyText,
  at: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  actor: fc.oneof(fc.record({ principal: anyText }), fc.record({ principal: anyText, seat: anyText })),
  kind: anyText,
  v: fc.integer({ min: 1 }),
  stream: anyText,
  causation,
  correlation: anyText,
  visibility: fc.constantFrom<Visibility>('public', 'organisation', 'unit', 'seat', 'parties'),
  body: anyJson,
});

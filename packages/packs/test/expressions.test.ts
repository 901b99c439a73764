import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONNECTORS as ALL_CONNECTORS } from '@reeve/connectors';
import { describe, expect, it } from 'vitest';
import { isScalar, LineCounter, parseDocument } from 'yaml';
import { loadPack, type Path, type Problem } from '../src/index.ts';
import { CONNECTORS, folder, problemsOf, shopWith } from './helpers.ts';

type Value = Record<string, unknown>;
type Gives = 'bool' | 'string' | 'number' | 'any';

/** A place in a resource where an expression is written, and what it must give. */
interface Place {
  readonly path: Path;
  readonly gives: Gives;
}

const callArgs = (path: Path, call: unknown): Place[] =>
  Object.keys((call as { args?: Value } | undefined)?.args ?? {}).map((name) => ({
    path: [...path, 'args', name],
    // Every argument of these packs' reads and undoings is text.
    gives: 'string',
  }));
const when = (path: Path, value: unknown, gives: Gives = 'bool'): Place[] =>
  value === undefined ? [] : [{ path, gives }];

const list = (value: unknown): Value[] => (value ?? []) as Value[];
const rules = (kind: string, value: unknown): Place[] =>
  list(value).map((_, i) => ({ path: [kind, i, 'that'], gives: 'bool' }));

/** Every place for an expression, written down here once more, so that a check that forgets one is found out. */
const PLACES: Readonly<Record<string, (resource: Value) => Place[]>> = {
  seats: ({ charter }) =>
    ['rights', 'entrusts'].flatMap((kind) =>
      list((charter as Value)[kind]).flatMap((right, i) => when(['charter', kind, i, 'when'], right.when)),
    ),
  switches: (each) => when(['when'], each.when),
  capabilities: ({ cost, check }) => [
    ...(typeof cost === 'object' ? when(['cost', 'expr'], cost, 'number') : []),
    ...callArgs(['check'], check),
    ...when(['check', 'landed'], (check as Value | undefined)?.landed),
  ],
  contracts: ({ reads, resource, pre, post, approval, verify, compensate }) => [
    ...Object.entries((reads ?? {}) as Value).flatMap(([name, read]) => callArgs(['reads', name], read)),
    ...when(['resource'], resource, 'string'),
    ...rules('pre', pre),
    ...rules('post', post),
    ...when(['approval', 'when'], (approval as Value | undefined)?.when),
    ...callArgs(['verify'], verify),
    ...callArgs(['compensate'], compensate),
  ],
  policies: (policy) => when(['when'], policy.when),
  metrics: ({ measure }) => selections(measure as Value, ['measure']),
};

function selections(measure: Value, path: Path): Place[] {
  return Object.entries(measure).flatMap(([name, inner]) =>
    name === 'ratio'
      ? selections(inner as Value, [...path, name])
      : when([...path, name, 'where'], (inner as Value).where),
  );
}

/** What is wrong with an expression; `null` where this cannot be wrong. */
const BROKEN: Readonly<Record<string, (gives: Gives) => string | null>> = {
  'cannot be read': () => 'args.(',
  'names a variable that is not there': () => 'nonsense.field',
  'calls a function that is not there': () => 'eval("1")',
  'reads what leads out of the data': () => 'args.constructor',
  'gives another type': (gives) => (gives === 'any' ? null : gives === 'bool' ? '1 + 1' : 'true'),
  'can never be evaluated': () => '"text" * 2 == 4',
  'has a pattern that can run for ever': (gives) =>
    gives === 'bool' ? '"text".matches("(a+)+$")' : '"text".matches("(a+)+$") ? "a" : "b"',
  'goes through loops in loops in loops': () => '[1].all(a, [1].all(b, [1].all(c, true)))',
  'is longer than can be looked over': () => `${'true && '.repeat(300)}true`,
  'is nested deeper than can be looked over': () => `${'('.repeat(60)}true${')'.repeat(60)}`,
};

const SUPPORT = join(import.meta.dirname, '../../../packs/support');

async function supportFiles(): Promise<Record<string, string>> {
  const names = await readdir(SUPPORT, { recursive: true });
  const wanted = names.filter((name) => /\.(yaml|ts)$/.test(name) && !/^(test|policy-tests|tickets)\//.test(name));
  return Object.fromEntries(
    await Promise.all(wanted.map(async (name) => [name, await readFile(join(SUPPORT, name), 'utf8')])),
  );
}

/** A place as it is written in a file. */
interface Written {
  readonly file: string;
  readonly field: string;
  /** In the file as a whole. */
  readonly path: Path;
  readonly gives: Gives;
}

function writtenPlaces(files: Readonly<Record<string, string>>): Written[] {
  return Object.entries(files).flatMap(([file, text]) => {
    if (!/\.ya?ml$/.test(file) || file === 'pack.yaml') return [];
    return Object.entries(parseDocument(text).toJS() as Value).flatMap(([kind, resources]) =>
      list(resources).flatMap((resource, i) =>
        (PLACES[kind]?.(resource) ?? []).map(({ path, gives }) => ({
          file,
          path: [kind, i, ...path],
          field: `${kind}[${resource.id}]${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`,
          gives,
        })),
      ),
    );
  });
}

/** The files with every place broken in the same way, and the line each is then at. */
function broken(
  files: Readonly<Record<string, string>>,
  places: readonly Written[],
  how: (gives: Gives) => string | null,
) {
  const expected = new Map<string, string>();
  const texts = Object.entries(files).map(([file, text]) => {
    const own = places.filter((place) => place.file === file && how(place.gives) !== null);
    if (own.length === 0) return [file, text];
    // Aliases are written out: a shared expression is broken once, and reported wherever it is used.
    const document = parseDocument(JSON.stringify(parseDocument(text).toJS()));
    for (const { path, gives } of own) document.setIn(path, how(gives));
    const made = document.toString({ collectionStyle: 'block', lineWidth: 0 });
    const lines = new LineCounter();
    const again = parseDocument(made, { lineCounter: lines });
    for (const { path, field } of own) {
      const node = again.getIn(path, true);
      if (isScalar(node)) expected.set(field, `${file}:${lines.linePos(node.range![0]).line}`);
    }
    return [file, made];
  });
  return { files: Object.fromEntries(texts) as Record<string, string>, expected };
}

const shopFiles = (): Promise<Record<string, string>> => {
  const measured = shopWith(
    'rules.yaml',
    'metrics:\n',
    `metrics:
  - { id: m1, title: M, measure: { ratio: { of: { event: case.closed, where: body.a == 1 }, to: { event: case.closed, where: body.b == 1 } } } }
  - { id: m2, title: M, measure: { mean: { event: case.closed, where: body.c == 1, field: d } } }
  - { id: m3, title: M, measure: { sum: { event: case.closed, where: body.c == 1, field: d } } }
`,
  );
  return Promise.resolve({ ...measured });
};

const PACKS = [
  ['packs/support', supportFiles, ALL_CONNECTORS],
  ['a shop that has the places support has not', shopFiles, CONNECTORS],
] as const;

describe.each(PACKS)('every expression of %s', (_name, read, connectors) => {
  it.each(Object.keys(BROKEN))(
    '[PCK9] [PCK24] [PCK26] [PCK31] [PCK44] [PCK46] [PCK47] [PCK61] [PCK66] that %s is refused with file, line and field',
    async (name) => {
      const files = await read();
      const places = writtenPlaces(files);
      const { files: made, expected } = broken(files, places, BROKEN[name]!);
      expect(expected.size).toBeGreaterThan(15);
      const result = await loadPack(await folder(made), { connectors });
      if (result.ok) throw new Error('the pack loads');
      const found = new Map(result.problems.map((problem) => [problem.field ?? '', placeOf(problem)]));
      expect(Object.fromEntries([...expected.keys()].map((field) => [field, found.get(field)]))).toEqual(
        Object.fromEntries(expected),
      );
      for (const problem of result.problems) expect(problem.hint).toMatch(/\w/);
    },
  );

  it('is in a place that is checked: no other text looks like one', async () => {
    const files = await read();
    const known = new Set(writtenPlaces(files).map(({ file, path }) => `${file} ${path.join('/')}`));
    const strays = Object.entries(files).flatMap(([file, text]) =>
      /\.ya?ml$/.test(file)
        ? [...stringsOf(parseDocument(text).toJS(), [])]
            .filter(looksLikeExpression)
            .map(({ path }) => `${file} ${path.join('/')}`)
        : [],
    );
    expect(strays.filter((place) => !known.has(place))).toEqual([]);
    expect(strays.length).toBeGreaterThan(10);
  });
});

describe('the facts of a policy', () => {
  const policy = (on: string, when: string) =>
    problemsOf(
      shopWith(
        'rules.yaml',
        'policies:\n',
        `policies:\n  - { id: p, on: [${on}], effect: ask, when: ${when}, because: x }\n`,
      ),
    );

  it('[PCK61] are those that the contract of its one capability reads', async () => {
    const found = await policy('orders.refund', 'reads.order.totel > 1 || nothing');
    expect(found[0]).toMatchObject({
      rule: 'PCK61',
      field: 'policies[p].when',
      message: expect.stringContaining('no field "totel"'),
    });
    expect((await policy('orders.refund', 'reads.item.total > 1'))[0]?.message).toContain(
      'no field "item" here; there are: order',
    );
    expect((await policy('orders.get', 'reads.order.total > 1'))[0]?.message).toContain(
      'no field "order" here; there are: none',
    );
  });

  it('[PCK61] are not known when it covers several, or when the contract itself is broken', async () => {
    const [only, ...more] = await policy('"orders.*"', 'reads.order.totel + "x"');
    expect({ message: only?.message, more }).toEqual({ message: expect.stringContaining('gives a string'), more: [] });
    const files = shopWith(
      'contracts.yml',
      'title: ',
      'titel: ',
      shopWith('contracts.yml', '  - id: refund\n', '  - id: refund\n    title: Refund\n'),
    );
    const rule =
      'policies:\n  - { id: p, on: [orders.refund], effect: ask, when: reads.order.totel > 1, because: x }\n';
    const problems = await problemsOf(shopWith('rules.yaml', 'policies:\n', rule, files));
    expect(problems.map(({ field }) => field)).toEqual(['contracts[refund].titel']);
  });
});

const placeOf = ({ file, line }: Problem): string => `${file}:${line}`;

function* stringsOf(value: unknown, path: Path): Generator<{ path: Path; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* stringsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

const looksLikeExpression = ({ text }: { text: string }): boolean =>
  /\b(args|reads|case|actor|org|result|after|body)\.[a-z_]+/.test(text) && !/^case\.[a-z]+$/.test(text);

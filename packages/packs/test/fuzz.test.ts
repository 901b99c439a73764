import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { authorisationMatrix, diffDefinitions, formatProblems, type LoadResult } from '../src/index.ts';
import { load, SHOP } from './helpers.ts';

const FILES = Object.keys(SHOP).filter((name) => /\.ya?ml$/.test(name));
const WORDS = [
  'id',
  'seats:',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '"',
  ': ',
  '\n',
  '\t',
  '? ',
  '!!set ',
  '__proto__: ',
  '<<: ',
  'null',
  '1e999',
  '.nan',
  '0x1F',
  'orders.*',
  '\u0000',
  '𝕏',
  '|',
  '>',
  '#',
  '%YAML 1.1\n---\n',
];

/** Replace, insert, delete or double a piece of one file. */
const mutation = fc.record({
  file: fc.constantFrom(...FILES),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.integer({ min: 0, max: 40 }),
  put: fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 12 })),
});

/** Replace one value anywhere in a document by another. */
function replaceValue(value: unknown, pick: number, by: unknown): unknown {
  const paths: (string | number)[][] = [];
  const collect = (each: unknown, path: (string | number)[]): void => {
    paths.push(path);
    if (typeof each !== 'object' || each === null) return;
    for (const [key, child] of Object.entries(each)) collect(child, [...path, key]);
  };
  collect(value, []);
  const [root, path] = [{ value }, ['value', ...(paths[Math.floor(pick * paths.length)] ?? [])]];
  let parent = root as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) parent = parent[part] as Record<string | number, unknown>;
  parent[path.at(-1) as string] = by;
  return root.value;
}

function expectJudged(result: LoadResult): void {
  if (result.ok) {
    const { definition } = result.pack;
    expect(diffDefinitions(definition, definition)).toEqual([]);
    expect(authorisationMatrix(definition)).toContain('##');
    return;
  }
  expect(result.problems.length).toBeGreaterThan(0);
  expect(formatProblems(result.problems)).toMatch(/\[PCK\d+\]/);
  for (const problem of result.problems) expect(problem.hint).toBeTruthy();
}

describe('loading a damaged pack', () => {
  it('[PCK81] never throws: it loads, or says what is wrong and where', async () => {
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(mutations, async (changes) => {
      const files: Record<string, string> = { ...SHOP };
      for (const { file, at, cut, put } of changes) {
        const text = files[file] ?? '';
        const start = Math.floor(at * text.length);
        files[file] = text.slice(0, start) + put + text.slice(start + cut);
      }
      expectJudged(await load(files));
    });
    await fc.assert(property, { numRuns: Number(process.env.FUZZ_RUNS ?? 100) });
  });

  it('[PCK81] never throws when a value is replaced by any other', async () => {
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(...WORDS, 'desk', 'orders.*', 'refund', 'args.a'),
    );
    const pick = fc.double({ min: 0, max: 0.999, noNaN: true });
    const property = fc.asyncProperty(fc.constantFrom(...FILES), pick, odd, async (file, at, by) => {
      const text = JSON.stringify(replaceValue(parse(SHOP[file] ?? ''), at, by), null, 1);
      expectJudged(await load({ ...SHOP, [file]: text }));
    });
    await fc.assert(property, { numRuns: Number(process.env.FUZZ_RUNS ?? 100) });
  });
});

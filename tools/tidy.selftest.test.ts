/** The checks themselves: for each rule a snippet that breaks it is caught, and one that keeps it is not. */
import { describe, expect, it } from 'vitest';
import { cycleProblems } from './tidy/cycles.ts';
import { deadProblems, entryProblems } from './tidy/dead.ts';
import { commandProblems, linkProblems } from './tidy/docs.ts';
import { exportProblems } from './tidy/exports.ts';
import { type Facts, factsOf } from './tidy/facts.ts';
import { codeProblems, secretProblems } from './tidy/hygiene.ts';
import { importProblems, manifestProblems } from './tidy/imports.ts';
import { describeProblems, type Problem } from './tidy/problem.ts';
import { purityProblems } from './tidy/purity.ts';
import { isSource, type Manifest, manifestsOf, type Repo, repoOf } from './tidy/repo.ts';
import { tableProblems } from './tidy/requirements.ts';
import { requirementProblems, ruleProblems } from './tidy/rules.ts';
import { type Ratchet, sizeProblems } from './tidy/sizes.ts';
import { threatProblems } from './tidy/threats.ts';

interface Read {
  readonly repo: Repo;
  readonly facts: readonly Facts[];
  readonly manifests: readonly Manifest[];
}

function read(texts: Readonly<Record<string, string>>): Read {
  const repo = repoOf(texts);
  const facts = factsOf(repo.files.filter(({ path }) => isSource(path)));
  return { repo, facts, manifests: manifestsOf(repo) };
}

/** `file:line` of each problem, in order. */
const places = (problems: readonly Problem[]): string[] =>
  describeProblems(problems)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ')[0]!);

/** One line each; the lines of the problems that `check` finds. */
const linesOf = (problems: readonly Problem[]): number[] => problems.map(({ line }) => line).sort((a, b) => a - b);
const every = (snippets: readonly string[]): number[] => snippets.map((_, index) => index + 1);

describe('exports', () => {
  it('that no other file names are found, and none that one does', () => {
    const found = exportProblems(
      read({
        'packages/kernel/src/a.ts':
          'export const used = 1;\nexport const unused = 2;\nexport class Lone {}\nuse(unused);',
        'packages/kernel/src/b.ts': "import { used } from './a.ts';\nexport function shown(): void {}",
        'docs/how-to/a.md': 'Call `shown`.',
        'examples/x/a.ts': 'export const agent = 1;',
      }).repo,
    );
    expect(places(found)).toEqual(['packages/kernel/src/a.ts:2', 'packages/kernel/src/a.ts:3']);
  });
});

describe('rings of imports', () => {
  const rings = (texts: Readonly<Record<string, string>>) => cycleProblems(read(texts).facts);
  const a = 'packages/kernel/src/a.ts';
  const b = 'packages/kernel/src/b/b.ts';
  const c = 'packages/kernel/src/c.ts';

  it('are found once each, however long, with the way round', () => {
    const found = rings({
      [a]: "import { b } from './b/b.ts';\nimport { d } from './d.ts';",
      [b]: "export { c } from '../c.ts';",
      [c]: "import './a.ts';",
      'packages/kernel/src/d.ts': 'export const d = 1;',
      'packages/kernel/src/e.ts': "import { f } from './f.ts';\nimport { a } from './a.ts';",
      'packages/kernel/src/f.ts': "import { e } from './e.ts';",
    });
    expect(places(found)).toEqual([`${a}:1`, 'packages/kernel/src/e.ts:1']);
    expect(found.map(({ message }) => message).join()).toContain(`${a} → ${b} → ${c} → ${a}`);
  });

  it('are not closed by types, by what is loaded later, nor by files that only meet', () => {
    expect(
      rings({
        [a]: "import type { B } from './b/b.ts';\nimport { c } from './c.ts';",
        [b]: "import { a } from '../a.ts';\nimport { c } from '../c.ts';",
        [c]: "import { type A } from './a.ts';\nconst a = import('./a.ts');",
      }),
    ).toEqual([]);
  });
});

const imports = (path: string, text: string): Problem[] => importProblems(read({ [path]: text }).facts);

describe('the import table', () => {
  it.each([
    ['packages/kernel/src/a.ts', "import { x } from '@reeve/ledger';"],
    ['packages/kernel/src/a.ts', "export * from '@reeve/ledger';"],
    ['packages/kernel/src/a.ts', "const x = import('@reeve/ledger');"],
    ['packages/kernel/test/a.test.ts', "import { x } from '@reeve/packs';"],
    ['packages/protocol/src/a.ts', "import { x } from '@reeve/kernel';"],
    ['packages/runtime/src/a.ts', "import { x } from '@reeve/connectors';"],
    ['packages/runtime/src/a.ts', "import { type X, y } from '@reeve/connectors';"],
    ['packages/runtime/src/a.ts', "import { x } from '@reeve/ledger/sqlite';"],
    ['packages/workers/src/a.ts', "import type { X } from '@reeve/runtime';"],
    ['apps/server/src/a.ts', "import { x } from '@reeve/simulator';"],
    ['apps/console/src/a.tsx', "import { x } from '@reeve/kernel';"],
    ['packs/support/scripts/a.ts', "import { x } from '@reeve/kernel';"],
    ['packs/support/scripts/a.ts', "import { readFileSync } from 'node:fs';"],
    ['packs/support/scripts/a.ts', "import { parse } from 'yaml';"],
    ['packages/ledger/src/a.ts', "import { x } from '../../kernel/src/index.ts';"],
    ['packs/support/test/a.test.ts', "import { x } from '../../../packages/kernel/src/index.ts';"],
    ['packages/ledger/test/a.test.ts', "import { x } from '/work/main/packages/ledger/src/index.ts';"],
    ['bench/a.ts', "import { x } from 'file:///work/x.ts';"],
    ['packages/unheard-of/src/a.ts', 'export const x = 1;'],
  ])('%s may not say: %s', (path, text) => {
    expect(places(imports(path, text))).toEqual([`${path}:1`]);
  });

  it.each([
    ['packages/ledger/src/a.ts', "import { x } from '@reeve/kernel';"],
    ['packages/protocol/src/a.ts', "import type { X } from '@reeve/kernel';"],
    ['packages/protocol/src/a.ts', "import { X } from '@reeve/kernel/words';"],
    ['packages/protocol/src/a.ts', "import { type X, type Y } from '@reeve/kernel';"],
    ['packages/runtime/src/a.ts', "import { x } from '@reeve/connectors/port';"],
    ['packages/runtime/src/a.ts', "type X = import('@reeve/connectors').X;"],
    ['packages/runtime/test/a.test.ts', "import { x } from '@reeve/ledger/sqlite';"],
    ['packages/kernel/test/a.test.ts', "import { x } from '@reeve/kernel';"],
    ['packages/kernel/src/b/a.ts', "import { x } from '../c/d.ts';"],
    ['packs/support/test/a.test.ts', "import { readFileSync } from 'node:fs';"],
    ['bench/a.ts', "import { x } from '@reeve/simulator';"],
  ])('%s may say: %s', (path, text) => {
    expect(imports(path, text)).toEqual([]);
  });
});

describe('manifests', () => {
  const manifest = (json: object) => JSON.stringify({ name: '@reeve/ledger', ...json }, null, 1);
  const problems = (json: object, source: Record<string, string>) => {
    const root = JSON.stringify({ name: 'reeve', devDependencies: { vitest: '1.0.0' } });
    const texts = { 'package.json': root, 'packages/ledger/package.json': manifest(json), ...source };
    const { manifests, facts } = read(texts);
    return manifestProblems(manifests, facts);
  };
  const uses = { 'packages/ledger/src/a.ts': "import { z } from 'zod/mini';" };

  it('an import that is not listed is missing, by the name of its package', () => {
    expect(describeProblems(problems({}, uses))).toContain('a.ts:1 imports zod, which packages/ledger/package.json');
  });
  it('a dependency that nothing imports is unused, at its line', () => {
    expect(places(problems({ dependencies: { zod: '4.0.0' } }, {}))).toEqual(['packages/ledger/package.json:4']);
  });
  it('a dependency that only tests import belongs to devDependencies', () => {
    const test = { 'packages/ledger/test/a.test.ts': "import { z } from 'zod';" };
    expect(describeProblems(problems({ dependencies: { zod: '4.0.0' } }, test))).toContain(
      'move it to devDependencies',
    );
    expect(problems({ devDependencies: { zod: '4.0.0' } }, test)).toEqual([]);
  });
  it.each(['^4.0.0', '~4.0.0', '4', '*', 'latest', '>=4.0.0', 'workspace:*'])(
    '%s is not an exact version',
    (version) => {
      expect(describeProblems(problems({ dependencies: { zod: version } }, uses))).toContain('give one exact version');
    },
  );
  it('Node, listed dependencies and tools of the root are in order', () => {
    const test = { 'packages/ledger/test/a.test.ts': "import 'vitest'; import 'node:fs'; import 'path';" };
    expect(problems({ dependencies: { zod: '4.0.0-beta.1' } }, { ...uses, ...test })).toEqual([]);
  });
  it('an entry point that does not exist is named', () => {
    const json = manifest({ exports: { '.': './src/index.ts' } });
    const { repo, manifests } = read({ 'packages/ledger/package.json': json });
    expect(describeProblems(entryProblems(repo, manifests))).toContain(
      'packages/ledger/src/index.ts, which does not exist',
    );
  });
});

describe('purity of the kernel', () => {
  const problems = (text: string, path = 'packages/kernel/src/a.ts') => purityProblems(read({ [path]: text }).facts);
  const impure = [
    "import { readFileSync } from 'node:fs';",
    'export async function f() {}',
    'export const a = Date.now();',
    'export const b = new Date();',
    'export const c = Date();',
    'export const d = Date.parse("2026-11-21 10:00");',
    'export const e = Math.random();',
    "export const g = Math['random']();",
    'export const { random } = Math;',
    'export const clock = Date;',
    'setTimeout(f, 1);',
    'export const h = process.env;',
    'export const i = { process };',
    'export const j = fetch;',
    'console.log(1);',
    'export const k = crypto.randomUUID();',
    'export const l = globalThis.fetch;',
    'export const m = new Date(0).getHours();',
    "export const n = 'a'.localeCompare('b');",
    'export const o = new Intl.Collator();',
    'export const p = 1 + performance.now();',
    'for await (const x of []) f(x);',
  ];
  it('finds each impurity, in its line', () => {
    expect(new Set(linesOf(problems(impure.join('\n'))))).toEqual(new Set(every(impure)));
  });
  it('lets computations be, and names that are only members or words', () => {
    const pure = [
      'export const a = (time: number) => new Date(time).toISOString();',
      'export const b = Math.max(1, 2) + Date.UTC(2026, 10);',
      'export interface C { readonly process: string; fetch(): void }',
      'export const d = (x: C) => x.process + x.fetch();',
      "export const e = { process: 'Date.now()', crypto: 1 }; // Math.random(), setTimeout",
    ];
    expect(problems(pure.join('\n'))).toEqual([]);
  });
  it('concerns the sources of the kernel only', () => {
    expect(problems(impure.join('\n'), 'packages/kernel/test/a.ts')).toEqual([]);
    expect(problems(impure.join('\n'), 'packages/runtime/src/a.ts')).toEqual([]);
  });
});

describe('sizes', () => {
  const block = (lines: number) => `{\n${'  f();\n'.repeat(lines - 2)}}`;
  const path = 'packages/kernel/src/a.ts';
  const short = Array.from({ length: 9 }, (_, n) => `const s${n} = () => 1;\n`).join('');
  const problems = (text: string, ratchet: Ratchet = {}, file = path) =>
    sizeProblems(read({ [file]: text }).facts, ratchet);

  it('a file has 400 lines, a test 500', () => {
    expect(problems('f();\n'.repeat(400))).toEqual([]);
    expect(describeProblems(problems('f();\n'.repeat(401)))).toContain(`${path}:1 file has 401 lines, at most 400`);
    expect(problems('f();\n'.repeat(500), {}, 'packages/kernel/test/a.test.ts')).toEqual([]);
    expect(problems('f();\n'.repeat(501), {}, 'packages/kernel/test/a.test.ts')).toHaveLength(1);
  });
  it.each([
    ['function long() ', ''],
    ['const long = () => ', ';'],
    ['const o = { long() ', '};'],
    ['const o = { long: function () ', '};'],
    ['class A { long() ', '}'],
    ['class A { long = () => ', '}'],
    ['class A { get long() ', '}'],
  ])('%s… has at most 80 lines', (head, tail) => {
    expect(problems(`${short}${head}${block(80)}${tail}\n`)).toEqual([]);
    const found = describeProblems(problems(`${short}${head}${block(81)}${tail}\n`));
    expect(found).toContain(`${path}:10 function long has 81 lines, at most 80`);
  });
  it('what the ratchet lists may stay, may not grow, and is written down when it shrinks', () => {
    const long = (lines: number) => `${short}function long() ${block(lines)}\n`;
    expect(problems(long(90), { [`${path}#long`]: 90 })).toEqual([]);
    expect(describeProblems(problems(long(91), { [`${path}#long`]: 90 }))).toContain('91 lines, at most 90');
    expect(describeProblems(problems(long(85), { [`${path}#long`]: 90 }))).toContain('write 85, not 90');
    expect(describeProblems(problems(long(80), { [`${path}#long`]: 90 }))).toContain('remove the entry');
    expect(describeProblems(problems(long(80), { 'gone.ts': 900 }))).toContain('gone.ts is no longer too long');
  });
  it('half of the functions of a package have at most 10 lines', () => {
    const functions = (lines: number) => `function a() ${block(lines)}\nfunction b() ${block(lines)}\n`;
    expect(problems(functions(10))).toEqual([]);
    expect(describeProblems(problems(functions(11)))).toContain('the median may be 10');
  });
});

describe('numbered rules', () => {
  const spec = '# Rules\n\n- **[ABC1]** One.\n- `[ABC2]` Two.\n[ABC3] Three.\n';
  const problems = (texts: Record<string, string>) => {
    const { repo, facts } = read({ 'packages/kernel/src/SPEC.md': spec, ...texts });
    return ruleProblems(repo, facts);
  };
  const tested = {
    'packages/kernel/test/a.test.ts': "it('[ABC1] one', f); // [ABC2]\nconst cases = [{ rule: 'ABC3' }];",
  };

  it('each stated rule needs a test that cites it; code does not count', () => {
    expect(problems(tested)).toEqual([]);
    const code = { 'packages/kernel/src/a.ts': '// [ABC1], [ABC2], [ABC3]' };
    expect(places(problems(code))).toEqual([3, 4, 5].map((line) => `packages/kernel/src/SPEC.md:${line}`));
  });
  it.each([
    ['packages/kernel/src/a.ts', '\n/**\n\n * [ABC9]\n */', 4],
    ['packages/kernel/src/a.ts', '\n\n\nf(`[ABC9]`);', 4],
    ['packages/kernel/src/a.ts', "\n\n\nreject({ rule: 'ABC9', other: 'XYZ9' });", 4],
    ['packages/kernel/test/b.test.ts', "\n\n\nit('[ABC1, ABC9] x', f);", 4],
    ['packages/kernel/README.md', '\n\n\nSee [ABC9].', 4],
  ])('a rule cited in %s must be stated', (path, text, line) => {
    expect(places(problems({ ...tested, [path]: text }))).toEqual([`${path}:${line}`]);
  });
  it('no number is given twice', () => {
    const twice = problems({ ...tested, 'packages/ledger/SPEC.md': '- **[ABC1]** Again.\n' });
    expect(places(twice)).toEqual(['packages/ledger/SPEC.md:1']);
  });
  it('elements, standards and threats are no rules', () => {
    expect(problems({ ...tested, 'packages/kernel/src/a.ts': 'x[ABC9]; // [RFC8785] [T9]' })).toEqual([]);
  });
  it('threats have rows, rows have tests, tests cite their threat', () => {
    const row = (id: string, tests: string) => `| ${id} | x | y | ${tests} | z |\n`;
    const found = (table: string, test: string, numbered = 1) =>
      threatProblems(read({ 'docs/security.md': table, 'a/b.test.ts': test }).repo, numbered).map(
        ({ file, line, message }) => `${file}:${line} ${message}`,
      );
    const good = row('T1', '`a/b.test.ts` “one thing”; “another”');
    const tests = "it('[T1] one thing', f);\nit('another [T1]', f);\n";
    expect(found(good, tests)).toEqual([]);
    expect(found(good, tests, 2)[0]).toMatch(/no row for T2/);
    expect(found(row('T1', 'none'), '')[0]).toMatch(/security.md:1 names no test for T1/);
    expect(found(row('T1', '`a/c.test.ts` “one thing”'), tests)[0]).toMatch(/a\/c.test.ts, which does not exist/);
    expect(found(row('T1', '`a/b.test.ts` “a third”'), tests)[0]).toMatch(/“a third”, which is no test/);
    expect(found(good, "it('one thing', f);\nit('another [T1]', f);\n")[0]).toMatch(/does not cite \[T1\]/);
    expect(found(good, `${tests}it('[T-lease] x', f);\n`)[0]).toMatch(/b.test.ts:3 cites T-lease/);
  });
  it('requirements have one row each, and its tests are there and name it', () => {
    const found = (table: string, test = "it('(R-A1)', f);", count = 1) =>
      tableProblems(read({ 'docs/requirements.md': table, 'a/b.test.ts': test }).repo, { A: count }).map(
        ({ file, line, message }) => `${file}:${line} ${message}`,
      );
    expect(found('| R-A1 | a/ | `a/b.test.ts` |\n')).toEqual([]);
    expect(found('| R-A1 | a/ | gap: not begun |\n')).toEqual([]);
    expect(found('| R-A1 | a/ | `a/b.test.ts` |\n', undefined, 2)[0]).toMatch(/no row for R-A2/);
    expect(found('| R-A1 | a/ | yes |\n')[0]).toMatch(/requirements.md:1 names no test for R-A1/);
    expect(found('| R-A1 |  | `a/b.test.ts` |\n')[0]).toMatch(/where R-A1 lives/);
    expect(found('| R-A1 | a/ | `a/c.test.ts` |\n')[0]).toMatch(/a\/c.test.ts for R-A1, which does not exist/);
    expect(found('| R-A1 | a/ | `a/b.test.ts` |\n', "it('(R-A11)', f);")[0]).toMatch(/does not name it/);
    expect(found('| R-A1 | a/ | gap: x |\n| R-A1 | a/ | gap: y |\n')[0]).toMatch(/:2 has a second row for R-A1/);
    expect(found('| R-A1 | a/ | gap: x |\n', "it('(R-B7)', f);")[0]).toMatch(/b.test.ts:1 cites R-B7/);
  });
  it('requirements and threats exist in the documents', () => {
    const { repo, facts } = read({ 'a.ts': '// R-C27 (T9)\n// R-C28\n/*\n T10 */', 'a.md': 'R-E1' });
    expect(places(requirementProblems(repo, facts, ['- R-C27 …', '- **T9** …']))).toEqual([
      'a.md:1',
      'a.ts:2',
      'a.ts:4',
    ]);
  });
});

describe('code and text', () => {
  const path = 'packages/kernel/src/a.ts';
  const problems = (text: string, gaps = '') => {
    const { repo, facts } = read({ [path]: text, 'docs/gaps.md': gaps });
    return codeProblems(repo, facts);
  };

  it.each([
    'const a: any = 1;',
    'const a = x as any;',
    'type A = Record<string, any>;',
    "eval('1');",
    'const e = eval;',
    "const f = new Function('1');",
    "const f = Function('1');",
    'const ünsichtbar = 1;',
    'x.аdmin();', // The first letter is Cyrillic.
    '// TODO later',
    '/* FIXME */',
    `const a = \`\${b /* HACK */}\`;`,
  ])('is caught: %s', (text) => {
    expect(places(problems(`\n${text}`))).toEqual([`${path}:2`]);
  });
  it('words in texts, members and data are let be', () => {
    const fine = `const a = 'any // TODO'; x.eval(); const b = { é: \`// FIXME \${1} // XXX\` }; const c = /\\/\\/ TODO/;`;
    expect(problems(fine)).toEqual([]);
  });
  it('a promise with an entry in the gaps is let be', () => {
    expect(problems('// TODO later', `- ${path}: does not do it yet`)).toEqual([]);
  });
  it.each([
    ['-----BEGIN ', 'PRIVATE KEY-----'],
    ['AKIA', 'ABCDEFGHIJKLMNOP'],
    ['ghp_', 'a'.repeat(36)],
    ['sk-ant-', 'a1'.repeat(20)],
    ['xoxb-', '1234567890-abc'],
    ['sk_live_', 'a1'.repeat(10)],
    ['eyJhbGciOiJI.', 'eyJzdWIiOiIx.abcdefghijkl'.replace('.', 'xx.')],
    ['npm_', 'a'.repeat(36)],
    ['postgres://reeve:', 'correcthorse@db.example/x'],
  ])('a secret beginning with %s is caught in any file', (head, tail) => {
    const secret = head.startsWith('eyJ') ? `${head.replace('.', 'xx.')}${tail}` : head + tail;
    expect(places(secretProblems(repoOf({ 'a.yaml': `x:\n  y: ${secret}\n` })))).toEqual(['a.yaml:2']);
  });
  it('addresses without a password, and the words, are no secrets', () => {
    const text = 'https://example.com:8080/a@b postgres://user@db/x token: secret, sk-1, eyJ';
    expect(secretProblems(repoOf({ 'a.md': text }))).toEqual([]);
  });
});

describe('dead files', () => {
  const problems = (texts: Record<string, string>) => {
    const { repo, manifests, facts } = read(texts);
    return places(deadProblems(repo, manifests, facts));
  };
  const manifest = JSON.stringify({ name: '@reeve/kernel', exports: { '.': './src/index.ts', './b': './src/b.ts' } });

  it('a file is alive through exports, imports, tests, scripts, strings and packs', () => {
    const alive = {
      'package.json': JSON.stringify({ name: 'reeve', scripts: { bench: 'tsx bench/run.ts' } }),
      'packages/kernel/package.json': manifest,
      'packages/kernel/src/index.ts': "export * from './a.ts';",
      'packages/kernel/src/a.ts': "fork(new URL('./child.ts', import.meta.url));",
      'packages/kernel/src/child.ts': '',
      'packages/kernel/src/b.ts': '',
      'packages/kernel/test/x.test.ts': "import './help.ts';",
      'packages/kernel/test/help.ts': '',
      'bench/run.ts': "await import('./one.ts');",
      'bench/one.ts': '',
      'packs/a/seats.yaml': 'script: scripts/desk.ts',
      'packs/a/scripts/desk.ts': '',
      'tools/by-hand.js': '',
      'CONTRIBUTING.md': 'Run `node tools/by-hand.js`.',
    };
    expect(problems(alive)).toEqual([]);
  });
  it('a file that only dead files, comments or plans name is dead', () => {
    const texts = {
      'packages/kernel/package.json': manifest,
      'packages/kernel/src/index.ts': '// ./a.ts',
      'packages/kernel/src/a.ts': "import './c.ts';",
      'packages/kernel/src/c.ts': "import './a.ts';",
      'docs/plan.md': 'packages/kernel/src/c.ts',
    };
    expect(problems(texts)).toEqual(['packages/kernel/src/a.ts:1', 'packages/kernel/src/c.ts:1']);
  });
});

describe('documents', () => {
  const links = (text: string, path = 'docs/a.md') =>
    linkProblems(repoOf({ [path]: text, 'docs/b.md': '# The End of `it`\n', 'tools/x.ts': '' }));

  it.each(['[x](c.md)', '[x](../b.md)', '[x](b.md#start)', '[x](#a)', '![x](x.png)'])('%s leads nowhere', (text) => {
    expect(places(links(`\n${text}`))).toEqual(['docs/a.md:2']);
  });
  it.each([
    '[x](b.md)',
    '[x](b.md#the-end-of-it)',
    '[x](../tools)',
    '[x](https://a.example)',
    '[x](../tools/x.ts "t")',
  ])('%s leads somewhere', (text) => {
    expect(links(text)).toEqual([]);
  });
  it('paths in backticks exist in guides; plans may name what is to come', () => {
    expect(places(links('`tools/y.ts`', 'README.md'))).toEqual(['README.md:1']);
    expect(links('`tools/x.ts` and `tools/`', 'README.md')).toEqual([]);
    expect(links('`tools/y.ts`', 'docs/plan.md')).toEqual([]);
  });

  const commands = (text: string) => {
    const cli = "program.command('init [folder]'); new Command('up'); const c = { name: 'why' }; f('case');";
    const manifest = JSON.stringify({ name: 'reeve', scripts: { test: 'x', bench: 'x' } });
    const { repo, manifests, facts } = read({
      'README.md': text,
      'package.json': manifest,
      'apps/cli/src/main.ts': cli,
    });
    return commandProblems(repo, manifests, facts);
  };
  it.each(['`npm run tau`', '`npm start`', '`reeve down`', '`reeve case`', '```\n$ npx reeve down\n```'])(
    '%s is unknown',
    (text) => {
      expect(commands(text)).toHaveLength(1);
    },
  );
  it('known commands, prose and comments are in order', () => {
    const text =
      'Run reeve down.\n`npm run bench`, `npm test`, `reeve init x`\n```\nreeve up # reeve down\nreeve why\n```';
    expect(commands(text)).toEqual([]);
  });
});

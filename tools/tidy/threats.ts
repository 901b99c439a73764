/** The table of threats in docs/security.md: every threat has a row, every row names tests that exist and cite it. */
import { matches, type Problem, problem } from './problem.ts';
import { isTest, type Repo, type TextFile } from './repo.ts';

const TABLE = 'docs/security.md';

/** `| T7 | … |`, or a name: `| T-lease | … |`. */
const ROW = /^\| (T(?:\d+|-[a-z]+)) +\|(.*)\|$/gm;
const CITED = /\[(T(?:\d+|-[a-z]+))\]/g;
/** A file, and the names of its tests until the next file. */
const TESTS = /`([^`]+\.test\.ts)`((?:[^`“]*“[^”]+”)+)/g;

/** Rows whose tests are not there, threats without a row, and citations of threats that the table does not have. */
export function threatProblems(repo: Repo, numbered: number): Problem[] {
  const table = repo.files.find(({ path }) => path === TABLE);
  if (!table) return [problem(TABLE, 1, 'is missing: write the table of threats.')];
  const rows = [...matches(table.text, ROW)];
  const known = new Set(rows.map(({ match }) => match[1]!));
  const wanted = Array.from({ length: numbered }, (_, i) => `T${i + 1}`);
  const missing = wanted.filter((id) => !known.has(id));
  return [
    ...missing.map((id) =>
      problem(TABLE, 1, `has no row for ${id}: say what stands against it and which test shows it.`),
    ),
    ...rows.flatMap(({ line, match }) => rowProblems(repo, line, match[1]!, match[2]!)),
    ...repo.files.filter((file) => isTest(file.path)).flatMap((file) => strange(file, known)),
  ];
}

function rowProblems(repo: Repo, line: number, id: string, rest: string): Problem[] {
  const tests = [...rest.matchAll(TESTS)].flatMap(([, path, names]) =>
    [...names!.matchAll(/“([^”]+)”/g)].map(([, name]) => ({ path: path!, name: name! })),
  );
  if (tests.length === 0) return [problem(TABLE, line, `names no test for ${id}: write \`file.test.ts\` “its name”.`)];
  return tests.flatMap(({ path, name }) => {
    const file = repo.files.find((one) => one.path === path);
    if (!file) return [problem(TABLE, line, `names ${path}, which does not exist. Correct the path.`)];
    const titles = file.text.split('\n').filter((text) => text.includes(name));
    if (titles.length === 0) return [problem(TABLE, line, `names “${name}”, which is no test of ${path}.`)];
    if (titles.some((text) => text.includes(`[${id}]`))) return [];
    return [problem(TABLE, line, `names “${name}” of ${path} for ${id}, but the test does not cite [${id}].`)];
  });
}

const strange = (file: TextFile, known: ReadonlySet<string>): Problem[] =>
  [...matches(file.text, CITED)]
    .filter(({ match }) => !known.has(match[1]!))
    .map(({ line, match }) => problem(file.path, line, `cites ${match[1]}, which has no row in ${TABLE}. Add it.`));

/** The table in docs/requirements.md: every requirement has one row, and a row's tests exist and name it, or it says what is missing. */
import { matches, type Problem, problem } from './problem.ts';
import { isTest, type Repo } from './repo.ts';

const TABLE = 'docs/requirements.md';

/** How many there are of each letter. */
const REQUIREMENTS: Readonly<Record<string, number>> = { A: 84, B: 58, C: 67, D: 70, E: 90 };

/** `| R-C27 | where | how it is shown |` */
const ROW = /^\| (R-[A-E]\d+) +\|([^|\n]*)\|([^|\n]*)\|$/gm;
const CITED = /\bR-[A-E]\d+\b/g;
const FILE = /`([^`]+\.test\.ts)`/g;

/** Requirements without a row or with two, rows whose tests are not there or do not name them, and rows that say nothing. */
export function tableProblems(repo: Repo, counts = REQUIREMENTS): Problem[] {
  const table = repo.files.find(({ path }) => path === TABLE);
  if (!table) return [problem(TABLE, 1, 'is missing: write the table of requirements.')];
  const texts = new Map(repo.files.map(({ path, text }) => [path, text]));
  const seen = new Set<string>();
  const found = [...matches(table.text, ROW)].flatMap(({ line, match: [, id, where, shown] }) => {
    const twice = seen.has(id!);
    seen.add(id!);
    return [
      ...(twice ? [problem(TABLE, line, `has a second row for ${id}: put them together.`)] : []),
      ...rowProblems(texts, line, id!, where!.trim(), shown!.trim()),
    ];
  });
  return [...found, ...missing(seen, counts), ...unlisted(repo, seen)];
}

function rowProblems(
  texts: ReadonlyMap<string, string>,
  line: number,
  id: string,
  where: string,
  shown: string,
): Problem[] {
  const tests = [...shown.matchAll(FILE)].map(([, path]) => path!);
  const absent = tests.filter((path) => !texts.has(path));
  const silent = tests.filter((path) => texts.has(path) && !new RegExp(`\\b${id}\\b`).test(texts.get(path)!));
  return [
    ...(where === '' ? [problem(TABLE, line, `does not say where ${id} lives: write the path, or "–".`)] : []),
    ...(tests.length > 0 || /^gap: ./.test(shown)
      ? []
      : [problem(TABLE, line, `names no test for ${id}: write \`file.test.ts\`, or "gap: " and what is missing.`)]),
    ...absent.map((path) => problem(TABLE, line, `names ${path} for ${id}, which does not exist. Correct the path.`)),
    ...silent.map((path) =>
      problem(TABLE, line, `names ${path} for ${id}, which does not name it: cite ${id} in the test.`),
    ),
  ];
}

const missing = (seen: ReadonlySet<string>, counts: Readonly<Record<string, number>>): Problem[] =>
  Object.entries(counts).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, i) => `R-${letter}${i + 1}`)
      .filter((id) => !seen.has(id))
      .map((id) => problem(TABLE, 1, `has no row for ${id}: say where it lives and which test names it, or the gap.`)),
  );

/** What a test claims has to be in the table as well. */
const unlisted = (repo: Repo, seen: ReadonlySet<string>): Problem[] =>
  repo.files
    .filter(({ path }) => isTest(path))
    .flatMap(({ path, text }) =>
      [...matches(text, CITED)]
        .filter(({ match }) => !seen.has(match[0]))
        .map(({ line, match }) => problem(path, line, `cites ${match[0]}, which has no row in ${TABLE}.`)),
    );

/** Numbered rules: each is stated once in a SPEC.md and cited by a test; what is cited exists. */
import type { Facts, Text } from './facts.ts';
import { matches, type Problem, problem } from './problem.ts';
import { isTest, type Repo, type TextFile } from './repo.ts';

/** A rule begins a line or a list item: `- **[LED1]** …`, `- \`[CON1]\` …`. */
const DEFINED = /^[ \t]*(?:[-*][ \t]+)?(?:\*\*|`)?\[([A-Z]{2,4}\d+)\]/gm;
const CITED = /\[((?:[A-Z]{1,4}\d+)(?:(?:, | and |[–-])[A-Z]{1,4}\d+)*)\]/g;
const ID = /^[A-Z]{2,4}\d+$/;

/** What looks like a rule and is a standard. */
const STANDARDS = /^(RFC|SHA|ISO|AES|UTF|CVE)\d+$/;

interface Cited {
  readonly id: string;
  readonly file: string;
  readonly line: number;
}

/** Rules stated twice, not tested, or cited and not stated. */
export function ruleProblems(repo: Repo, all: readonly Facts[]): Problem[] {
  const defined = definitions(repo.files);
  const known = new Set(defined.map(({ id }) => id));
  const prefixes = new Set([...known].map(prefixOf));
  const bare = all.flatMap(bareCitations);
  const cited = [...all.flatMap(citations), ...repo.files.filter(isProse).flatMap(proseCitations)];
  const tested = new Set([...cited, ...bare].filter(({ file }) => isTest(file)).map(({ id }) => id));
  return [
    ...repeated(defined),
    ...defined
      .filter(({ id }) => !tested.has(id))
      .map(({ id, file, line }) => problem(file, line, `no test cites [${id}]: name it in the test that would fail.`)),
    ...[
      ...cited.filter(({ id }) => ID.test(id) && !STANDARDS.test(id)),
      ...bare.filter(({ id }) => prefixes.has(prefixOf(id))),
    ]
      .filter(({ id }) => !known.has(id))
      .map(({ id, file, line }) =>
        problem(file, line, `cites [${id}], which no SPEC.md states. State it or correct it.`),
      ),
  ];
}

function definitions(files: readonly TextFile[]): Cited[] {
  return files
    .filter(({ path }) => path.endsWith('SPEC.md'))
    .flatMap(({ path, text }) =>
      [...matches(text, DEFINED)].map(({ line, match }) => ({ id: match[1]!, file: path, line })),
    );
}

function repeated(defined: readonly Cited[]): Problem[] {
  const first = new Map<string, Cited>();
  return defined.flatMap((one) => {
    const before = first.get(one.id);
    if (!before) first.set(one.id, one);
    return before
      ? [
          problem(
            one.file,
            one.line,
            `[${one.id}] is stated in ${before.file}:${before.line} already. Take a new number.`,
          ),
        ]
      : [];
  });
}

const isProse = ({ path }: TextFile): boolean => /\.(md|ya?ml|sql)$/.test(path);

const citations = ({ path, comments, strings }: Facts): Cited[] =>
  [...comments, ...strings].flatMap((text) => cites(text, path));

const proseCitations = ({ path, text }: TextFile): Cited[] => cites({ text, line: 1 }, path);

function cites({ text, line }: Text, file: string): Cited[] {
  return [...matches(text, CITED)].flatMap(({ line: offset, match }) =>
    match[1]!.split(/, | and |[–-]/).map((id) => ({ id, file, line: line + offset - 1 })),
  );
}

/** Rejections carry the id alone, `rule: 'OP2'`; so do tables of cases, where the name of the test is made from it. */
const bareCitations = ({ path, strings }: Facts): Cited[] =>
  strings.filter(({ text }) => ID.test(text)).map(({ text, line }) => ({ id: text, file: path, line }));

const prefixOf = (id: string): string => id.replace(/\d+$/, '');

const OUTSIDE = /\b(R-[A-E]\d+|T\d{1,3})\b/g;

/** Ids of requirements (`R-C27`) and threats (`T9`) that are cited and not in the documents given. */
export function requirementProblems(repo: Repo, all: readonly Facts[], documents: readonly string[]): Problem[] {
  const known = new Set(documents.flatMap((text) => [...text.matchAll(OUTSIDE)].map(([id]) => id)));
  const texts = [
    ...all.flatMap(({ path, comments, strings }) =>
      [...comments, ...(isTest(path) ? strings : [])].map((text) => ({ path, ...text })),
    ),
    ...repo.files.filter(isProse).map(({ path, text }) => ({ path, text, line: 1 })),
  ];
  return texts.flatMap(({ path, text, line }) =>
    [...matches(text, OUTSIDE)]
      .filter(({ match }) => !known.has(match[0]))
      .map(({ line: offset, match }) =>
        problem(
          path,
          line + offset - 1,
          `cites ${match[0]}, which the requirements and threats do not have. Correct it.`,
        ),
      ),
  );
}

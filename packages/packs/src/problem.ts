/** One mistake (or warning) in a pack. `file` is relative to the pack; `line` and `column` start at 1. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Where in the resource, e.g. `seats[refunds].charter.rights[0].when`. */
  readonly field?: string;
  /** The rule of SPEC.md that found it, e.g. `PCK13`. */
  readonly rule: string;
  /** What happened and why. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
}

export type Path = readonly (string | number)[];

/** `['charter','rights',0,'when']` → `charter.rights[0].when`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

const byPlace = (a: Problem, b: Problem): number =>
  compareText(a.file, b.file) ||
  (a.line ?? 0) - (b.line ?? 0) ||
  (a.column ?? 0) - (b.column ?? 0) ||
  compareText(a.message, b.message);

/** Order by code unit, the same on every machine (`localeCompare` depends on the locale). */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The problems in reading order: by file, line and column. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(byPlace);
}

function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const field = problem.field ? ` ${problem.field}` : '';
  const hint = problem.hint ? `\n    → ${problem.hint}` : '';
  return `  ${place}${field}\n    ${problem.message} [${problem.rule}]${hint}`;
}

/** Problems as text for a terminal: grouped by file, each with its place, field, message, rule and what to do. */
export function formatProblems(problems: readonly Problem[]): string {
  const groups = new Map<string, Problem[]>();
  for (const problem of sortProblems(problems)) {
    groups.set(problem.file, [...(groups.get(problem.file) ?? []), problem]);
  }
  return [...groups].map(([file, list]) => `${file}\n${list.map(formatProblem).join('\n')}`).join('\n\n');
}

/** Something untidy, and what to do about it. `line` starts at 1; `file` is relative to the repository. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export const problem = (file: string, line: number, message: string): Problem => ({ file, line, message });

/** One line a problem, ordered by place, so that two runs can be compared. */
export function describeProblems(problems: readonly Problem[]): string {
  const lines = [...problems]
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .map(({ file, line, message }) => `${file}:${line} ${message}`);
  return lines.join('\n');
}

/** Number of the line that holds the character at `index`. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Every match of a global pattern, with its line. */
export function* matches(text: string, pattern: RegExp): Generator<{ line: number; match: RegExpMatchArray }> {
  for (const match of text.matchAll(pattern)) yield { line: lineAt(text, match.index), match };
}

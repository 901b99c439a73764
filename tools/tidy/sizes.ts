/** Files and functions stay small. What is too large already is listed in `tools/ratchet.json`, and may only shrink. */
import type { Facts } from './facts.ts';
import { type Problem, problem } from './problem.ts';
import { homeOf, isTest } from './repo.ts';

const LIMITS = { file_lines: 400, test_lines: 500, function_lines: 80, function_median_lines: 10 };

/** Path, or `path#function`, → lines it has now. */
export type Ratchet = Readonly<Record<string, number>>;

const RATCHET = 'tools/ratchet.json';

/** Files and functions above the limit that the ratchet does not list with exactly this size, and packages of long functions. */
export function sizeProblems(all: readonly Facts[], ratchet: Ratchet): Problem[] {
  const sizes = all.flatMap((facts) => [fileSize(facts), ...functionSizes(facts)]);
  return [...tooLong(sizes, ratchet), ...staleEntries(sizes, ratchet), ...medianProblems(all)];
}

interface Size {
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly lines: number;
  readonly limit: number;
}

function fileSize({ path, lines }: Facts): Size {
  return { key: path, file: path, line: 1, lines, limit: isTest(path) ? LIMITS.test_lines : LIMITS.file_lines };
}

/** Functions of one name in a file share an entry: the longest counts. Those of tests are lists of cases, so have no limit. */
function functionSizes({ path, functions }: Facts): Size[] {
  if (isTest(path)) return [];
  return functions.map(({ name, line, lines }) => ({
    key: `${path}#${name}`,
    file: path,
    line,
    lines,
    limit: LIMITS.function_lines,
  }));
}

function tooLong(sizes: readonly Size[], ratchet: Ratchet): Problem[] {
  return sizes
    .filter(({ key, lines, limit }) => lines > (ratchet[key] ?? limit))
    .map(({ key, file, line, lines, limit }) => {
      const name = key.includes('#') ? `function ${key.split('#')[1]}` : 'file';
      return problem(
        file,
        line,
        `${name} has ${lines} lines, at most ${ratchet[key] ?? limit} are allowed. Divide it.`,
      );
    });
}

/** Entries that are larger than what they describe: the gain is locked in by writing down the new number. */
function staleEntries(sizes: readonly Size[], ratchet: Ratchet): Problem[] {
  return Object.entries(ratchet).flatMap(([key, listed]) => {
    const found = sizes.filter((size) => size.key === key);
    const lines = Math.max(0, ...found.map((size) => size.lines));
    if (found.length === 0 || lines <= found[0]!.limit)
      return [problem(RATCHET, 1, `${key} is no longer too long: remove the entry.`)];
    return lines < listed
      ? [problem(RATCHET, 1, `${key} shrank to ${lines} lines: write ${lines}, not ${listed}.`)]
      : [];
  });
}

function medianProblems(all: readonly Facts[]): Problem[] {
  const code = all.filter(({ path }) => !isTest(path));
  return [...new Set(code.map(({ path }) => homeOf(path)))].flatMap((home) => {
    const lines = code
      .filter(({ path }) => homeOf(path) === home)
      .flatMap((facts) => facts.functions.map((f) => f.lines));
    const middle = median(lines);
    if (middle <= LIMITS.function_median_lines) return [];
    return [
      problem(home, 1, `half of its functions have ${middle} lines or more; the median may be 10. Divide the longest.`),
    ];
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

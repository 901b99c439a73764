/**
 * Exported values that no other file names. Quick and by name alone; `npm run unused` (knip) finds a few more. Types are left to it:
 * they may say what an exported function takes.
 */
import { lineAt, type Problem, problem } from './problem.ts';
import { isSource, type Repo } from './repo.ts';

const EXPORT = /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class) ([\w$]+)/gm;
const WORD = /[\w$]+/g;

/** Files that are read by others than Reeve's own code: examples, and what tools look for by its name. */
const isOwn = (path: string): boolean => isSource(path) && !/^(examples|bench\/peers)\/|\.config\.ts$/.test(path);

export function exportProblems({ files }: Repo): Problem[] {
  const names = new Map<string, number>();
  // Documents count: what a how-to shows may be there for whoever reads it.
  for (const { path, text } of files)
    if (isSource(path) || path.endsWith('.md'))
      for (const word of new Set(text.match(WORD))) names.set(word, (names.get(word) ?? 0) + 1);
  return files
    .filter(({ path }) => isOwn(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(EXPORT)]
        .filter(([, name]) => names.get(name!) === 1)
        .map((found) =>
          problem(
            path,
            lineAt(text, found.index),
            `exports ${found[1]}, which no other file names: drop \`export\`, or it.`,
          ),
        ),
    );
}

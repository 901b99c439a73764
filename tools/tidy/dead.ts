/** Files that nothing leads to. Unused exports are left to `npm run unused` (knip), which knows types. */
import { posix } from 'node:path';
import type { Facts } from './facts.ts';
import { packageOf } from './imports.ts';
import { type Problem, problem } from './problem.ts';
import { homeOf, isSource, type Manifest, type Repo } from './repo.ts';

const EXTENSION = /\.(ts|tsx|js)$/;

/** Source files that are reached neither from a test, a manifest, a script, a pack nor the documentation. */
export function deadProblems(repo: Repo, manifests: readonly Manifest[], all: readonly Facts[]): Problem[] {
  const byPath = new Map(all.map((facts) => [facts.path, facts]));
  const reached = new Set<string>();
  const open = roots(repo, manifests);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const facts = byPath.get(path);
    if (!facts || reached.has(path)) continue;
    reached.add(path);
    open.push(...targets(facts, manifests));
  }
  return all
    .filter(({ path }) => !reached.has(path))
    .map(({ path }) => problem(path, 1, 'nothing leads to this file: remove it, or import it where it belongs.'));
}

function roots({ files, paths }: Repo, manifests: readonly Manifest[]): string[] {
  const tests = [...paths].filter((path) => /\.test\.tsx?$/.test(path) || /(^|\/)\w+\.config\.ts$/.test(path));
  return [
    ...tests,
    ...manifests.flatMap(entries),
    ...files.filter(names).flatMap(({ path, text }) => named(path, text)),
  ];
}

const names = ({ path }: { path: string }): boolean => /\.(md|ya?ml|html)$/.test(path) && !path.startsWith('docs/');

/** Entry points a manifest gives: exports, commands, and files in the text of its scripts. */
function entries({ folder, exports, bin, scripts }: Manifest): string[] {
  const words = Object.values(scripts).flatMap((script) => script.split(/[\s'"]+/));
  return [...Object.values(exports), ...Object.values(bin), ...words].map((path) => posix.join(folder, path));
}

/** Files a pack or a document names, seen from its folder, the folder above, the pack, or the repository. */
function named(path: string, text: string): string[] {
  const mentions = [...text.matchAll(/[\w./-]+\.(?:ts|tsx|js)\b/g)].map(([mention]) => mention);
  return mentions.flatMap((mention) => from(path, mention));
}

const from = (path: string, mention: string): string[] =>
  [posix.dirname(path), homeOf(path), ''].map((folder) => posix.normalize(posix.join(folder, mention)));

function targets({ path, imports, strings }: Facts, manifests: readonly Manifest[]): string[] {
  const imported = imports.flatMap(({ specifier }) => resolve(path, specifier, manifests));
  const started = strings.filter(({ text }) => EXTENSION.test(text)).flatMap(({ text }) => from(path, text));
  return [...imported, ...started];
}

function resolve(path: string, specifier: string, manifests: readonly Manifest[]): string[] {
  if (specifier.startsWith('.')) return [posix.join(posix.dirname(path), specifier)];
  const manifest = manifests.find(({ name }) => name === packageOf(specifier));
  const target = manifest?.exports[`.${specifier.slice(manifest.name.length)}`];
  return manifest && target ? [posix.join(manifest.folder, target)] : [];
}

/** Entry points in manifests that do not exist. */
export function entryProblems({ paths }: Repo, manifests: readonly Manifest[]): Problem[] {
  return manifests.flatMap((manifest) =>
    [...new Set(entries(manifest))]
      .filter((path) => isSource(path) && !paths.has(path))
      .map((path) =>
        problem(
          posix.join(manifest.folder, 'package.json'),
          1,
          `names ${path}, which does not exist. Write or remove it.`,
        ),
      ),
  );
}

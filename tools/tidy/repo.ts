import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface TextFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The repository as text: everything the checks look at. `paths` also has the files that are not read. */
export interface Repo {
  readonly files: readonly TextFile[];
  readonly paths: ReadonlySet<string>;
}

export interface Manifest {
  /** Folder relative to the repository, '' for the root. */
  readonly folder: string;
  readonly name: string;
  readonly text: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
}

const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage', 'package-lock.json']);
const READ = /\.(ts|tsx|js|json|jsonl|md|yaml|yml|sql|css|html|csv|svg)$/;
const LARGEST_READ_BYTES = 2_000_000;

/** Read the repository. Hidden folders other than `.ci` are passed over, as is what git ignores. */
export function readRepo(root: string): Repo {
  const paths = [...walk(root, '')];
  const files = paths.filter((path) => READ.test(path) && statSync(join(root, path)).size <= LARGEST_READ_BYTES);
  return {
    files: files.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
    paths: new Set(paths),
  };
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (PASSED_OVER.has(entry.name) || (entry.name.startsWith('.') && entry.name !== '.ci')) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, path);
    else yield path;
  }
}

/** A repository made of these texts, for the tests of the checks. */
export function repoOf(texts: Readonly<Record<string, string>>): Repo {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }));
  return { files, paths: new Set(files.map(({ path }) => path)) };
}

/** The manifests of the root, of the workspaces, of the peers in `bench/peers` and of examples that install their own. Throws when one is not JSON. */
export const manifestsOf = (repo: Repo): Manifest[] =>
  repo.files
    .filter(({ path }) => /^((packages|apps|bench\/peers|examples)\/[^/]+\/)?package\.json$/.test(path))
    .map(({ path, text }) => manifest(path.replace(/\/?package\.json$/, ''), text));

function manifest(folder: string, text: string): Manifest {
  const json = JSON.parse(text) as Partial<Manifest> & { name: string; exports?: string | Record<string, string> };
  const { dependencies = {}, devDependencies = {}, scripts = {}, bin = {}, exports = {} } = json;
  const entries = typeof exports === 'string' ? { '.': exports } : exports;
  return { folder, name: json.name, text, dependencies, devDependencies, scripts, bin, exports: entries };
}

/** The folder of the workspace a file belongs to: `packages/x`, `apps/x`; `packs/x` and top-level folders as they are. */
export const homeOf = (path: string): string =>
  /^(packages|apps|packs)\/[^/]+(?=\/)/.exec(path)?.[0] ?? (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

/** Tests, their helpers, and suites that are run by tests. */
export const isTest = (path: string): boolean =>
  /(^|\/)test\//.test(path) || /\.test\.tsx?$/.test(path) || path.endsWith('/contract-suite.ts');

export const isSource = (path: string): boolean => /\.(ts|tsx|js)$/.test(path) && !path.includes('/fixtures/');

/**
 * Source text to syntax trees, with the parser of the installed TypeScript. Version 7 has no `ts.createSourceFile`; its
 * compiler is another process, asked through `typescript/unstable/sync`. "Unstable" is bearable here: the version is pinned
 * and this file is the only one that knows. On closing, the compiler sometimes says "context canceled" on stderr; it means
 * nothing. All files are parsed in one go, from memory, without libraries or resolution.
 */
import type { SourceFile } from 'typescript/unstable/ast';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';
import type { TextFile } from './repo.ts';

const ROOT = '/tidy';
const CONFIG = `${ROOT}/tsconfig.json`;
const OPTIONS = {
  noLib: true,
  noResolve: true,
  types: [],
  allowJs: true,
  noEmit: true,
  module: 'nodenext',
  jsx: 'preserve',
  allowImportingTsExtensions: true,
};

/** Calls `visit` with each file and its tree; trees are only valid inside. Throws when a file could not be parsed at all. */
export function parseAll(files: readonly TextFile[], visit: (file: TextFile, tree: SourceFile) => void): void {
  const names = files.map(({ path }) => `${ROOT}/${path}`);
  const contents = Object.fromEntries(files.map(({ text }, index) => [names[index]!, text]));
  const config = JSON.stringify({ compilerOptions: OPTIONS, files: names });
  const api = new API({ cwd: ROOT, fs: createVirtualFileSystem({ ...contents, [CONFIG]: config }) });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [CONFIG] });
    const program = snapshot.getProject(CONFIG)?.program;
    for (const [index, file] of files.entries()) {
      const tree = program?.getSourceFile(names[index]!);
      if (!tree)
        throw new Error(`TypeScript gave no tree for ${file.path}. Run "npx tsc --noEmit" and see what it says.`);
      visit(file, tree);
    }
    snapshot.dispose();
  } finally {
    api.close();
  }
}

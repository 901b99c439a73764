// Makes the bundle of bundle.js with esbuild. Parts that several entries need are in files of their own, so that a process has
// one copy of each module, whichever entries it loads. Libraries stay where they are: a pack's file that imports zod gets
// the same as Reeve.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as esbuild } from 'esbuild';
import { bundlesOf, hashOf, stampOf } from './bundle-files.js';

/** What is started by its path, besides what the packages export. */
const PROGRAMS = [
  'apps/cli/src/start/main.ts',
  'apps/cli/src/tau/crash-child.ts',
  'apps/cli/src/tau/main.ts',
  'apps/server/src/backup/job-main.ts',
  'apps/server/src/data/replica/thread.ts',
  'packages/simulator/src/main.ts',
];
/** Started by tests, many times: from source, each start would take three times as long. Not everywhere is there a checkout. */
const PROGRAMS_OF_TESTS = [
  'apps/server/test/people-child.ts',
  'packages/connectors/test/crash-child.ts',
  'packages/connectors/test/fs-child.ts',
  'tools/conformance/client.ts',
  'tools/conformance/server.ts',
  'tools/crash/main.ts',
];
/** Exported for tests alone. */
const FOR_TESTS = /contract|trial/;

const slashed = (path) => path.split(sep).join('/');

/** Folders of the workspaces, relative to the root. */
const workspaces = (root) =>
  ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map(({ name }) => `${group}/${name}`),
  );

const exportsOf = (root, folder) =>
  Object.values(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).exports ?? {})
    .filter((path) => path.endsWith('.ts') && !FOR_TESTS.test(path))
    .map((path) => posix.join(folder, path));

/**
 * `import.meta` as it is in the source: where a module lies beside its assets and its threads.
 * @param {string} text of the module @param {string} path of it
 */
export function located(text, path) {
  const values = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
  return text.replace(/\bimport\.meta\.(url|filename|dirname)\b/g, (_, name) => JSON.stringify(values[name]));
}

/**
 * @returns what to write, which of it stands for which source, and of every input its path, size, time of change and hash
 * @throws when a source cannot be compiled
 */
export async function build(root) {
  const folders = workspaces(root);
  const inputs = new Map();
  const read = (path) => {
    const stamp = stampOf(path);
    const bytes = readFileSync(path);
    inputs.set(slashed(relative(root, path)), [...stamp, hashOf(bytes)]);
    return bytes;
  };
  // What decides how it is made.
  for (const folder of folders) read(join(root, folder, 'package.json'));
  for (const name of ['bundle.js', 'bundle-files.js', 'bundle-make.js'])
    read(fileURLToPath(new URL(name, import.meta.url)));
  const ofTests = PROGRAMS_OF_TESTS.filter((path) => existsSync(join(root, path)));
  const entries = [...folders.flatMap((folder) => exportsOf(root, folder)), ...PROGRAMS, ...ofTests];
  // As deep as it will lie: source maps name the sources from there.
  const outdir = join(bundlesOf(root), 'bundle');
  const { outputFiles, metafile } = await esbuild({
    ...{ absWorkingDir: root, entryPoints: entries, outbase: root, outdir, write: false, metafile: true },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' },
    // Errors are told apart, and named to people, by the names of their classes.
    ...{ sourcemap: 'linked', sourcesContent: false, keepNames: true },
    plugins: [sources(read)],
  });
  return {
    files: outputFiles.map(({ path, contents }) => ({ name: slashed(relative(outdir, path)), bytes: contents })),
    entries: Object.fromEntries(
      Object.entries(metafile.outputs)
        .filter(([, { entryPoint }]) => entries.includes(entryPoint))
        .map(([path, { entryPoint }]) => [entryPoint, slashed(relative(outdir, join(root, path)))]),
    ),
    inputs: [...inputs].map(([path, stamp]) => [path, ...stamp]).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

const sources = (read) => ({
  name: 'sources',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@reeve/') ? undefined : { path, external: true },
    );
    build.onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path }) => ({
      contents: located(read(path).toString('utf8'), path),
      loader: path.endsWith('ts') ? 'ts' : 'js',
    }));
  },
});

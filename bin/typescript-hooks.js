// How Node loads TypeScript (https://nodejs.org/api/module.html#customization-hooks). Reeve's own files say which file they
// import, and have nothing but types to take away; they are compiled once and kept. That takes half the time of tsx, which
// knows all that others may write: it is loaded when there is such code, of a pack or of a tool of one's own.
import { createHash, randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OWN = ['apps', 'bench', 'bin', 'examples', 'packages', 'packs', 'tools'].map(
  (folder) => join(root, folder) + sep,
);
const LIBRARIES = `${sep}node_modules${sep}`;

const isOwn = (path) => dirname(path) === root || OWN.some((folder) => path.startsWith(folder));
const isLibrary = (path) => path.includes(LIBRARIES);
const pathOf = (url) => (url?.startsWith('file:') ? fileURLToPath(url) : null);

/** Is it something that Node, or this file, can load? */
function isOurs(url) {
  const path = pathOf(url);
  return path === null || isLibrary(path) || isOwn(path);
}

/** Where what was compiled is kept: with the libraries, or at home when they belong to somebody else. */
const kept = [join(root, 'node_modules'), homedir()]
  .map((folder) => join(folder, '.cache', 'reeve-typescript'))
  .find((folder) => {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });

let others;
const tsx = () => (others ??= import('tsx/esm'));

/** By the address of a source: what this process runs instead of it. */
let bundle = new Map();

/** @param data nothing, or the bundle that is running (bundle.js): others get its modules, not a second copy of them */
export function initialize(data) {
  bundle = data?.bundle ?? bundle;
}

/** @param {string} specifier what is imported; by whom is in the context */
export async function resolve(specifier, context, next) {
  const found = await located(specifier, context, next);
  const instead = bundle.get(found.url);
  return instead === undefined ? found : { url: instead, format: 'module', shortCircuit: true };
}

async function located(specifier, context, next) {
  if (isOurs(context.parentURL)) {
    const found = await next(specifier, context);
    if (isOurs(found.url)) return found;
  }
  return (await tsx()).resolve(specifier, context, next);
}

export async function load(url, context, next) {
  if (!isOurs(url)) return (await tsx()).load(url, context, next);
  const path = pathOf(url);
  return path?.endsWith('.ts') && !isLibrary(path)
    ? { format: 'module', source: await compiled(path), shortCircuit: true }
    : next(url, context);
}

/** The JavaScript of a file: what was kept of the same text, else made and kept, where that is possible. */
async function compiled(path) {
  const source = readFileSync(path, 'utf8');
  const name = kept && join(kept, createHash('sha1').update(path).digest('hex'));
  const head = `//${createHash('sha256').update(source).digest('hex')}\n`;
  try {
    const code = readFileSync(`${name}.js`, 'utf8');
    if (code.startsWith(head)) return code;
  } catch {
    // Not compiled yet.
  }
  const { transform } = await import('esbuild');
  const { code, map } = await transform(source, {
    ...{ loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'external', banner: head.trim() },
    ...{ sourcefile: pathToFileURL(path).href, sourcesContent: false },
  });
  if (!name) return code;
  // Node reads maps of files by relative addresses only.
  const address = relative(dirname(path), `${name}.map`);
  const whole = `${code}//# sourceMappingURL=${encodeURI(address.split(sep).join('/'))}\n`;
  keep(`${name}.map`, map);
  keep(`${name}.js`, whole);
  return whole;
}

/** Whole or not at all: other processes and threads read and write it meanwhile. */
function keep(file, text) {
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch {
    // A full disk: it is compiled again at the next start.
    rmSync(draft, { force: true });
  }
}

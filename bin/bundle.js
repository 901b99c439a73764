// Reeve's own modules in few files, so that a start does not load hundreds of them one by one: made of the sources by
// bundle-make.js when one of them has changed, kept next to the libraries. Decision 0016.
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundlesOf, hashOf, stampOf } from './bundle-files.js';

/** Bundles of earlier sources: what was started with them may still load a part. */
const KEPT = 12;
/** A bundle is under ten megabytes. */
const ROOM = 64 * 1024 * 1024;
const HOUR = 3_600_000;
const DRAFT = '.draft-';

/** Which bundle belongs to the sources as they were: all in one file, which is replaced whole. */
const pointerOf = (root) => join(bundlesOf(root), 'current.json');

/**
 * The bundle of the sources as they are now, made if need be.
 * @param {string} root of the checkout
 * @returns {Promise<Map<string, string> | null>} by the address of a source that can be entered: the address of what is run
 *   instead. Null where none can be kept, or the sources cannot be bundled: then they are run one by one, which says why.
 */
export async function bundled(root) {
  try {
    return addresses(root, known(root) ?? (await make(root)));
  } catch {
    return null;
  }
}

const addresses = (root, { folder, entries }) =>
  new Map(
    Object.entries(entries).map(([source, output]) => [
      pathToFileURL(join(root, source)).href,
      pathToFileURL(join(bundlesOf(root), folder, output)).href,
    ]),
  );

/** The bundle that is there, when it is whole and its sources are what they were. */
function known(root) {
  const bundle = readPointer(root);
  if (bundle === null || bundle.root !== root || !isWhole(root, bundle)) return null;
  const touched = bundle.inputs.filter(([path, ...stamp]) => !isSame(join(root, path), stamp));
  if (touched.length === 0) return bundle;
  // Copied or checked out anew: what counts is the text.
  if (!touched.every(([path, , , hash]) => hasText(join(root, path), hash))) return null;
  const inputs = bundle.inputs.map(([path, , , hash]) => [path, ...stampOf(join(root, path)), hash]);
  try {
    point(root, { ...bundle, inputs });
  } catch {
    // It is read again at the next start.
  }
  return bundle;
}

function readPointer(root) {
  try {
    return JSON.parse(readFileSync(pointerOf(root), 'utf8'));
  } catch {
    return null;
  }
}

function isSame(path, [size, changed]) {
  const now = statSync(path, { throwIfNoEntry: false });
  return now?.size === size && now.mtimeMs === changed;
}

/** A source that is gone is another text, too. */
const hasText = (path, hash) => existsSync(path) && hashOf(readFileSync(path)) === hash;

/** A machine that lost its power may have kept the names of files and not what was in them. */
function isWhole(root, { folder, outputs }) {
  try {
    return outputs.every(([name, size]) => statSync(join(bundlesOf(root), folder, name)).size === size);
  } catch {
    return false;
  }
}

async function make(root) {
  const bundles = bundlesOf(root);
  mkdirSync(bundles, { recursive: true });
  accessSync(bundles, constants.W_OK);
  const { bavail, bsize } = statfsSync(bundles);
  if (bavail * bsize < ROOM) throw new Error('no room');
  const { build } = await import('./bundle-make.js');
  const { files, entries, inputs } = await build(root);
  const folder = hashOf(JSON.stringify([root, inputs.map(([path, , , hash]) => [path, hash])])).slice(0, 16);
  const bundle = { root, folder, entries, inputs, outputs: files.map(({ name, bytes }) => [name, bytes.length]) };
  if (!isWhole(root, bundle)) place(join(bundles, folder), files, () => isWhole(root, bundle));
  point(root, bundle);
  sweep(bundles, folder);
  return bundle;
}

/** All files of a bundle or none: other processes make and read it meanwhile. */
function place(folder, files, isWhole) {
  const write = (draft) => {
    for (const parent of new Set(files.map(({ name }) => dirname(join(draft, name)))))
      mkdirSync(parent, { recursive: true });
    for (const { name, bytes } of files) writeFileSync(join(draft, name), bytes);
  };
  try {
    whole(folder, write);
  } catch (error) {
    // Somebody else was faster, or what is there lacks something.
    if (isWhole()) return;
    if (!existsSync(folder)) throw error;
    rmSync(folder, { recursive: true, force: true });
    whole(folder, write);
  }
}

const point = (root, bundle) =>
  whole(pointerOf(root), (draft) => writeFileSync(draft, JSON.stringify({ ...bundle, root })));

/** Writes under another name, which leaves nothing behind when it fails. */
function whole(path, write) {
  const draft = join(dirname(path), `${DRAFT}${randomUUID()}`);
  try {
    write(draft);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Removes the oldest bundles, and drafts of processes that were killed. */
function sweep(bundles, current) {
  const all = readdirSync(bundles)
    .filter((name) => name !== 'current.json' && name !== current)
    .map((name) => ({ name, changed: statSync(join(bundles, name)).mtimeMs }))
    .sort((a, b) => b.changed - a.changed);
  const drafts = all.filter(({ name, changed }) => name.startsWith(DRAFT) && changed < Date.now() - HOUR);
  const old = all.filter(({ name }) => !name.startsWith(DRAFT)).slice(KEPT);
  for (const { name } of [...drafts, ...old]) rmSync(join(bundles, name), { recursive: true, force: true });
}

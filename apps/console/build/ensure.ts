/** Builds the console when there is no build of these sources, beside whatever else the process does. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOME = join(dirname(fileURLToPath(import.meta.url)), '..');
const ROOT = join(HOME, '../..');

/** Where the build is, whether or not it is there. */
export const CONSOLE_FOLDER = join(HOME, 'dist');
const STAMP = join(CONSOLE_FOLDER, 'stamp.json');

/** What the build is made of. The lock file stands for the libraries. */
const SOURCES = ['apps/console/build', 'apps/console/src', 'apps/console/public', 'packages/protocol/src'];
const FILES = ['apps/console/index.html', 'apps/console/vite.config.ts', 'package-lock.json', 'tsconfig.json'];

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory() ? walk(`${folder}/${entry.name}`) : Promise.resolve([`${folder}/${entry.name}`]),
    ),
  );
  return found.flat();
}

/** [WEB60] A digest of everything the build depends on. */
export async function sourceDigest(): Promise<string> {
  const paths = [...FILES, ...(await Promise.all(SOURCES.map(walk))).flat()].sort();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0`).update(await readFile(join(ROOT, path)));
  return hash.digest('hex');
}

async function builtFrom(): Promise<string | null> {
  const text = await readFile(STAMP, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as { source: string }).source;
}

/** Runs vite in a process of its own, behind everything else on the machine. @throws Error with what it said. */
function vite(folder: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('vite/package.json');
  const command = [join(dirname(manifest), 'bin/vite.js'), 'build', '--outDir', folder, '--logLevel', 'warn'];
  return new Promise((resolve, reject) => {
    // Whoever asks, tests too, gets what people get.
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = spawn(process.execPath, command, { cwd: HOME, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    if (child.pid !== undefined) lower(child.pid);
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(said.trim() || `vite ended with ${code}`))));
  });
}

function lower(pid: number): void {
  try {
    setPriority(pid, 10);
  } catch {
    // It may have ended already; priority is a kindness, not a need.
  }
}

/**
 * [WEB60] Makes the build of these sources if it is not there: whole or not at all, the old one stays until then.
 * @returns whether it was built now.
 * @throws Error when the build fails; what was there stays.
 */
export async function ensureConsole(): Promise<boolean> {
  const source = await sourceDigest();
  if ((await builtFrom()) === source) return false;
  const folder = join(HOME, `.dist-${randomBytes(4).toString('hex')}`);
  try {
    await vite(folder);
    await writeFile(join(folder, 'stamp.json'), `${JSON.stringify({ source })}\n`);
    await replace(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return true;
}

async function replace(folder: string): Promise<void> {
  const old = `${folder}-old`;
  await rename(CONSOLE_FOLDER, old).catch(() => undefined);
  // Another process may have been faster; its build is as good.
  await rename(folder, CONSOLE_FOLDER).catch(() => undefined);
  await rm(old, { recursive: true, force: true });
}

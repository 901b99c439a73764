/** Real servers out of Debian's packages, for tests: rootless, on the loopback interface, in a folder of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Why a test cannot run here, or null; the program comes with the Debian package. */
export function without(program: string, debianPackage: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  if (folders.some((folder) => existsSync(join(folder, program)))) return null;
  const reason = `${program} is not installed (Debian: apt-get install ${debianPackage})`;
  console.warn(`skipped: ${reason}`);
  return reason;
}

interface Account {
  readonly name: string;
  readonly ids: { uid?: number; gid?: number };
}

/** Whom servers run as: whoever runs the tests, or `games` when that is root. */
function account(): Account {
  const id = (flag: string, name?: string) =>
    execFileSync('id', [flag, ...(name ? [name] : [])], { encoding: 'utf8' }).trim();
  if (process.getuid?.() !== 0) return { name: id('-un'), ids: {} };
  return { name: 'games', ids: { uid: Number(id('-u', 'games')), gid: Number(id('-g', 'games')) } };
}

export interface Home {
  readonly path: string;
  readonly account: Account;
  remove(): void;
}

/** A folder for a server's files, given to whom it runs as. */
export function home(name: string): Home {
  const path = mkdtempSync(join(tmpdir(), `reeve-${name}-`));
  const who = account();
  chmodSync(path, 0o755);
  if (who.ids.uid !== undefined) chownSync(path, who.ids.uid, who.ids.gid as number);
  return { path, account: who, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const PATIENCE = 20_000;

/** Start a server and wait until it listens. `end` stops it and what it started. */
export async function started(
  at: Home,
  program: string,
  args: readonly string[],
  port: number,
): Promise<() => Promise<void>> {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: at.path, LANG: 'C.UTF-8' };
  const child = spawn(program, args, {
    ...at.account.ids,
    cwd: at.path,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
  for (const until = Date.now() + PATIENCE; !(await listens(port)); await sleep(20)) {
    if (child.exitCode === null && Date.now() < until) continue;
    await end(child);
    throw new Error(`${program} did not start: ${said}`);
  }
  return () => end(child);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** A certificate for `localhost` and 127.0.0.1 that nobody trusts unless told to. @returns paths of PEM files */
export function certificate(folder: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  chmodSync(key, 0o644);
  return { cert, key };
}

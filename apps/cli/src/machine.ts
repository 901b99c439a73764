/** What this machine offers: Node, a directory, space, a port. Each check is one line of `reeve doctor`. */
import { access, constants, mkdtemp, rmdir, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Finding } from '@reeve/protocol';
import { countText } from './text/quantities.ts';

export type { Finding } from '@reeve/protocol';

export const ok = (name: string, message: string): Finding => ({ level: 'ok', name, message });
/** `why`: why it matters, where the message does not say so by itself. */
export const warn = (name: string, message: string, next: string, why?: string): Finding =>
  worded('warn', name, message, next, why);
export const fail = (name: string, message: string, next: string, why?: string): Finding =>
  worded('fail', name, message, next, why);

const worded = (level: Finding['level'], name: string, message: string, next: string, why?: string): Finding => ({
  ...{ level, name, message, next },
  ...(why === undefined ? {} : { why }),
});

/** Oldest Node that Reeve is tested on. */
const OLDEST = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return enough
    ? ok('node', version)
    : fail(
        'node',
        `${version} is too old; Reeve needs ${OLDEST.join('.')}`,
        'install a current Node from https://nodejs.org',
      );
}

/** The directory itself, or the nearest one above it that exists. */
async function existing(path: string): Promise<string> {
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  return there || dirname(path) === path ? path : existing(dirname(path));
}

const ELSEWHERE = 'change its permissions, or use another directory with --data';

export async function checkDirectory(data: string): Promise<Finding> {
  const there = await existing(data);
  const missing = there === data ? '' : ' (made when it is needed)';
  try {
    if (!(await stat(there)).isDirectory())
      return fail('data', `${there} is not a directory`, 'name another one with --data');
    await access(there, constants.R_OK | constants.W_OK | constants.X_OK);
    // Permission bits do not tell of read-only file systems and full disks; writing does.
    await rmdir(await mkdtemp(join(there, '.doctor-')));
    return ok('data', `${data} is writable${missing}`);
  } catch (error) {
    return fail('data', `${there} is not writable (${(error as NodeJS.ErrnoException).code})`, ELSEWHERE);
  }
}

const MEGABYTE = 1024 * 1024;
/** Free space below which a person should know, and below which it is too late, in megabytes. */
const SPACE = { little: 1024, none: 50 } as const;

export async function checkSpace(data: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await existing(data));
  return spaceFinding(Math.floor((bavail * bsize) / MEGABYTE));
}

export function spaceFinding(megabytes: number): Finding {
  const free =
    megabytes >= 10_240 ? `${countText(Math.round(megabytes / 1024))} GB free` : `${countText(megabytes)} MB free`;
  if (megabytes < SPACE.none) return fail('space', free, 'free some space: the ledger cannot grow');
  return megabytes < SPACE.little ? warn('space', free, 'free some space soon') : ok('space', free);
}

/** Is the port free, or who has it? `ours` says that the server of this directory runs. */
export async function checkPort(port: number, ours: boolean): Promise<Finding> {
  if (ours) return ok('port', `${port} is served by this organisation`);
  const code = await listenError(port);
  if (code === null) return ok('port', `${port} is free`);
  if (code === 'EACCES')
    return fail('port', `${port} needs more rights than this user has`, 'choose one above 1023 with --port');
  return fail(
    'port',
    `${port} is in use by ${await whoListens(port)}`,
    'stop that program, or choose another port with --port',
  );
}

function listenError(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(null)));
  });
}

async function whoListens(port: number): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/health`, { signal: AbortSignal.timeout(1000) });
    const { organisation, name } = (await response.json()) as { organisation?: string; name?: string };
    return organisation ? `another Reeve (organisation ${name || organisation})` : 'another program';
  } catch {
    return 'another program';
  }
}

/** Files of a data directory that are secrets, and copies of it. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { type Finding, fail, ok, warn } from '../machine.ts';
import { spanText } from '../text/quantities.ts';

const SECRETS = ['token', 'sessions.json', 'keys', 'keys/ledger.key', 'keys/keys.db', 'keys/store.secret'];
/** Read, write or look into by the group or others. */
const OTHERS = 0o077;

/** [CLI97] Who else of this machine can read what only Reeve should. */
export async function checkFileModes(data: string): Promise<Finding> {
  if (process.platform === 'win32') return ok('secrets', 'not looked at on this system');
  const open: string[] = [];
  for (const name of SECRETS) {
    const mode = await stat(join(data, name)).then(
      (found) => found.mode & OTHERS,
      () => 0,
    );
    if (mode !== 0) open.push(name);
  }
  if (open.length === 0) return ok('secrets', 'only this user can read them');
  return fail(
    'secrets',
    `other users of this machine can read ${open.join(', ')}`,
    `chmod -R go= ${open.map((name) => join(data, name)).join(' ')}; then make new ones if others were on this machine`,
    'who has the token acts as the owner, who has the keys reads what is personal',
  );
}

/** [CLI97] Looked at before anything is opened. */
export async function checkSigningKey(data: string): Promise<Finding> {
  const problem = await keyProblem(data);
  if (problem === null) return ok('signing key', 'readable, or not needed yet');
  const next = 'put keys/ledger.key back from where the keys were copied to (`reeve backup --keys`)';
  return fail('signing key', problem, next, 'what is signed by another key convinces nobody who knows this one');
}

/** Why the signing key cannot be used, or null. */
async function keyProblem(data: string): Promise<string | null> {
  const file = join(data, 'keys', 'ledger.key');
  try {
    return (await readFile(file)).length > 0 ? null : `the signing key ${file} is empty`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const started = await stat(join(data, 'ledger.pub')).catch(() => null);
    if (code === 'ENOENT') return started === null ? null : `the signing key ${file} is gone`;
    return `the signing key ${file} cannot be read (${code})`;
  }
}

/** Age from which a backup is old, in milliseconds. */
const OLD = 7 * 86_400_000;

/** [CLI97] The newest finished backup below a folder. Where backups are is for its owner to say. */
export async function checkBackups({ io, now }: Context, given: string | undefined): Promise<Finding[]> {
  const folder = given ?? (io.env.REEVE_BACKUPS || undefined);
  if (folder === undefined) return [];
  const path = resolve(io.cwd, folder);
  const next = `take one: reeve backup ${join(path, 'NAME')} --keys ELSEWHERE`;
  const why = 'a lost disk loses everything since';
  const names = await readdir(path).catch(() => null);
  if (names === null) return [fail('backups', `${path} cannot be read`, 'check the path given with --backups', why)];
  const taken = (await Promise.all([path, ...names.map((name) => join(path, name))].map(takenAt))).filter(
    (at) => at > 0,
  );
  if (taken.length === 0) return [fail('backups', `there is none in ${path}`, next, why)];
  const age = now() - Math.max(...taken);
  const told = `the newest of ${taken.length} is ${spanText(Math.max(0, age))} old`;
  return [age > OLD ? warn('backups', told, next, why) : ok('backups', told)];
}

/** When the backup in a folder was finished, milliseconds since 1970; 0 when there is none. */
async function takenAt(folder: string): Promise<number> {
  if (folder.endsWith('.partial')) return 0;
  try {
    const { taken } = JSON.parse(await readFile(join(folder, 'reeve-backup.json'), 'utf8')) as { taken: string };
    return Date.parse(taken) || 0;
  } catch {
    return 0;
  }
}

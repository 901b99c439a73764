import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { StartError } from '../errors.ts';
import { startError } from './files.ts';
import { readServerFile } from './server-file.ts';

const BUSY = 5;

/**
 * Takes the data directory for this process. The lock is an exclusive transaction on a small SQLite file, so the operating
 * system gives it back when the process dies, however it dies [SRV1].
 *
 * @returns a function that gives it back.
 * @throws StartError `in-use`, naming the server that holds it when there is one.
 */
export async function lockDirectory(data: string): Promise<() => void> {
  const path = join(data, 'lock');
  let db: InstanceType<typeof DatabaseSync> | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    throw (error as { errcode?: number }).errcode === BUSY ? await inUse(data) : startError(path, asFileError(error));
  }
  const held = db;
  return () => {
    if (held.isOpen) held.close();
  };
}

const READONLY = 8;
const CANTOPEN = 14;
const FULL = 13;
const NAMES: Record<number, string> = { [READONLY]: 'EACCES', [CANTOPEN]: 'EACCES', [FULL]: 'ENOSPC' };

const asFileError = (error: unknown): unknown =>
  Object.assign(error as Error, { code: NAMES[((error as { errcode?: number }).errcode ?? 0) & 0xff] });

async function inUse(data: string): Promise<StartError> {
  const server = await readServerFile(data);
  const who = server ? `the server at ${server.url} (process ${server.pid})` : 'another process';
  return new StartError(
    'in-use',
    `${data} is in use by ${who}`,
    server ? `talk to that one, or stop it first (kill ${server.pid})` : 'wait until it is done, then try again',
  );
}

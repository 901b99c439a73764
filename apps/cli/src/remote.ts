/** What is needed to talk to an organisation elsewhere: its token, and whose certificates are believed. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usage } from './context.ts';
import type { Io } from './io.ts';

/** @throws Failure when there is none. */
export async function remoteToken({ env, cwd }: Io): Promise<string> {
  if (env.REEVE_TOKEN) return env.REEVE_TOKEN;
  if (env.REEVE_TOKEN_FILE) return (await fileText(cwd, env.REEVE_TOKEN_FILE)).trim();
  throw usage(
    'there is no token',
    'an organisation elsewhere asks for one',
    'put it into REEVE_TOKEN, or its file into REEVE_TOKEN_FILE; `reeve node --token ORGANISATION` prints it',
  );
}

/** Certificates in PEM out of REEVE_CA, the file of one's own authority; undefined without one. */
export async function caOf({ env, cwd }: Io): Promise<string | undefined> {
  return env.REEVE_CA ? fileText(cwd, env.REEVE_CA) : undefined;
}

/** @throws Failure naming the file. */
export async function fileText(cwd: string, path: string): Promise<string> {
  return readFile(resolve(cwd, path), 'utf8').catch((error: Error) => {
    throw usage(`${path} cannot be read`, error.message, 'name a file that is there, and that this user may read');
  });
}

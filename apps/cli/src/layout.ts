import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, Failure } from './failure.ts';

/** What `reeve.json` says. */
export interface OrganisationFile {
  readonly organisation: string;
  readonly version: string | number;
}

/** What `server.json` says while a server runs, and after one was killed. */
export interface ServerFile {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly started: number | string;
}

/** A JSON file of the data directory; null when it is not there. */
async function readJson<T>(path: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Failure(
      EXIT.unavailable,
      `${path} cannot be read`,
      'it is not JSON: it was cut off or edited',
      'put it back from a backup, or use another --data',
      error,
    );
  }
}

export const hasOrganisation = async (data: string): Promise<boolean> =>
  (await readJson<OrganisationFile>(join(data, 'reeve.json'))) !== null;

/** @throws Failure when no organisation lives in the directory. */
export async function readOrganisation(data: string): Promise<OrganisationFile> {
  const found = await readJson<OrganisationFile>(join(data, 'reeve.json'));
  if (found) return found;
  throw new Failure(
    EXIT.unavailable,
    `there is no organisation in ${data}`,
    'nothing was applied there yet, or the data lies elsewhere',
    'begin with `reeve init` and `reeve apply`, or name its directory with --data',
  );
}

export const readServer = (data: string): Promise<ServerFile | null> => readJson<ServerFile>(join(data, 'server.json'));

/** The local token; null when there is none. */
export const readToken = (data: string): Promise<string | null> =>
  readFile(join(data, 'token'), 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw error;
    },
  );

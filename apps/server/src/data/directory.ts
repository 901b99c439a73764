import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { StartError } from '../errors.ts';
import { parseOrNull } from './bearer.ts';
import { readOptional, startError, writeWhole } from './files.ts';
import { lockDirectory } from './lock.ts';

/** Version of the data directory's layout. */
const LAYOUT = 1;

const header = z.object({ organisation: z.string().min(1).max(64), version: z.number().int(), created: z.string() });

/** Names this program makes in a data directory; anything else means that it is somebody else's folder. */
const OURS =
  /^(reeve\.json|token|ledger|ledger\.pub|keys|sessions\.json|packs|tools|files|backups|server\.json|lock(-journal|-wal|-shm)?|\..*\.tmp)$/;

/** An opened and locked data directory. */
export interface DataDirectory {
  readonly path: string;
  readonly organisation: string;
  /** The local token. */
  readonly token: string;
  unlock(): void;
}

/**
 * Creates or checks the data directory and takes it for this process.
 *
 * @param organisation id for a new one (default `main`); must be that of an existing one when given.
 * @throws StartError `not-writable`, `no-space`, `not-data`, `in-use`, `newer-data`, `wrong-organisation`.
 */
export async function openDirectory(data: string, organisation?: string): Promise<DataDirectory> {
  const path = resolve(data);
  await makeFolder(path);
  await refuseForeign(path);
  const unlock = await lockDirectory(path);
  try {
    const known = await readHeader(path);
    if (known !== null && organisation !== undefined && known !== organisation)
      throw wrongOne(path, known, organisation);
    const id = known ?? (await create(path, organisation ?? 'main'));
    return { path, organisation: id, token: await tokenOf(path), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw startError(path, error);
  }
}

async function refuseForeign(path: string): Promise<void> {
  const names = await readdir(path).catch((error: unknown) => {
    throw startError(path, error);
  });
  if (names.includes('reeve.json')) return;
  const foreign = names.find((name) => !OURS.test(name));
  if (foreign !== undefined)
    throw new StartError(
      'not-data',
      `${path} is not a data directory of Reeve: it has no reeve.json, but "${foreign}"`,
      'give an empty or new folder with --data',
    );
}

async function readHeader(path: string): Promise<string | null> {
  const file = join(path, 'reeve.json');
  const text = await readOptional(file);
  if (text === null) return null;
  const parsed = header.safeParse(parseOrNull(text));
  if (!parsed.success)
    throw new StartError('corrupt', `${file} cannot be read: it is damaged or was edited`, 'restore it from a backup');
  if (parsed.data.version > LAYOUT)
    throw new StartError(
      'newer-data',
      `${path} was written by a newer Reeve (layout ${parsed.data.version}, this one knows ${LAYOUT})`,
      'upgrade Reeve, or use the newer one',
    );
  return parsed.data.organisation;
}

const wrongOne = (path: string, known: string, wanted: string): StartError =>
  new StartError(
    'wrong-organisation',
    `${path} holds the organisation "${known}", not "${wanted}"`,
    'leave the name out, or choose another folder with --data',
  );

async function create(path: string, organisation: string): Promise<string> {
  const content = { organisation, version: LAYOUT, created: new Date().toISOString() };
  await writeWhole(join(path, 'reeve.json'), `${JSON.stringify(content)}\n`);
  return organisation;
}

/** [SRV2] The token: 32 random bytes, made once, readable for this user only. */
async function tokenOf(path: string): Promise<string> {
  const file = join(path, 'token');
  const known = (await readOptional(file))?.trim();
  if (known !== undefined && /^[\w-]{43,}$/.test(known)) {
    // A copied directory may have lost its permissions.
    await chmod(file, 0o600).catch(() => undefined);
    return known;
  }
  const token = randomBytes(32).toString('base64url');
  await writeWhole(file, `${token}\n`);
  return token;
}

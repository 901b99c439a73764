/** What is kept of secrets in the data directory: `keys/secrets.json`, every value sealed under a key that is not in it. */
import { randomBytes, scryptSync } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { secretFrom } from '../cluster/secret.ts';
import { parseOrNull } from '../data/bearer.ts';
import { readOptional, writeWhole } from '../data/files.ts';
import { StartError } from '../errors.ts';

const entry = z.strictObject({
  tools: z.array(z.string()),
  models: z.array(z.string()),
  /** Empty: every seat that may use the tool or sits on the model. */
  seats: z.array(z.string()),
  /** Sealed value, base64. */
  value: z.string(),
  stored: z.string(),
  rotated: z.string().nullable(),
});
const shape = z.strictObject({
  version: z.literal(1),
  /** Of the passphrase; absent when the key is in `secrets.key`. */
  salt: z.string().optional(),
  secrets: z.record(z.string(), entry),
});
export type Entry = z.infer<typeof entry>;
export type SecretsFile = z.infer<typeof shape>;

const fileOf = (data: string): string => join(data, 'keys', 'secrets.json');
const keyFileOf = (data: string): string => join(data, 'keys', 'secrets.key');

/** @throws StartError `corrupt` when it cannot be read. */
export async function readSecrets(data: string): Promise<SecretsFile | null> {
  const text = await readOptional(fileOf(data));
  if (text === null) return null;
  const parsed = shape.safeParse(parseOrNull(text));
  if (parsed.success) return parsed.data;
  throw new StartError(
    'corrupt',
    `${fileOf(data)} is damaged or of a newer Reeve`,
    'restore it from a backup of the keys',
  );
}

/** Changes when the file does: cheap to ask for at every lookup. */
export async function versionOf(data: string): Promise<string> {
  const found = await stat(fileOf(data), { bigint: true }).catch(() => null);
  return found === null ? '' : `${found.ino}/${found.mtimeNs}/${found.size}`;
}

/** scrypt at 32 MiB: a tenth of a second here, and for whoever guesses. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;

/**
 * The key under which values are sealed: from the passphrase when the file has a salt, else from `secrets.key`.
 * @throws StartError when there is none, so that nothing stored could be read.
 */
export async function masterKey(
  data: string,
  { salt }: SecretsFile,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  if (salt !== undefined) {
    if (passphrase) return scryptSync(passphrase, Buffer.from(salt, 'base64'), 32, SCRYPT);
    throw new StartError(
      'not-data',
      'the secrets of this organisation are sealed under a passphrase, which is not given',
      'set REEVE_SECRETS_PASSPHRASE for this process',
    );
  }
  const text = await readOptional(keyFileOf(data));
  if (text !== null) return secretFrom(text);
  throw new StartError(
    'corrupt',
    `${keyFileOf(data)} is missing, so the secrets cannot be read`,
    'restore it from a backup of the keys, or store the secrets again after deleting keys/secrets.json',
  );
}

/** A file for a new store: with a salt when there is a passphrase, else with a new key beside it. */
export async function newSecrets(data: string, passphrase: string | undefined): Promise<SecretsFile> {
  await mkdir(join(data, 'keys'), { recursive: true, mode: 0o700 });
  if (passphrase) return { version: 1, salt: randomBytes(16).toString('base64'), secrets: {} };
  if ((await readOptional(keyFileOf(data))) === null)
    await writeWhole(keyFileOf(data), `${randomBytes(32).toString('hex')}\n`);
  return { version: 1, secrets: {} };
}

export const writeSecrets = (data: string, file: SecretsFile): Promise<void> =>
  writeWhole(fileOf(data), `${JSON.stringify(file, null, 1)}\n`);

/** A writer that died left its lock; nobody writes for so long. In milliseconds. */
const STALE = 30_000;

/** One writer at a time, among all processes. @throws StartError `in-use`. */
export async function alone<T>(data: string, work: () => Promise<T>): Promise<T> {
  const lock = join(data, 'keys', 'secrets.lock');
  await mkdir(join(data, 'keys'), { recursive: true, mode: 0o700 });
  for (let attempt = 0; ; attempt++) {
    const held = await open(lock, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return null;
    });
    if (held) {
      await held.close();
      break;
    }
    const age = Date.now() - ((await stat(lock).catch(() => null))?.mtimeMs ?? Date.now());
    if (age > STALE) await rm(lock, { force: true });
    else if (attempt > 100)
      throw new StartError('in-use', 'the secrets are being changed by another process', 'try again');
    else await new Promise((resolve) => setTimeout(resolve, 50));
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

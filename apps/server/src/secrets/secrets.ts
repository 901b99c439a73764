/**
 * Secrets of an organisation: API keys and passwords that tools and models need. Stored sealed, given only to what they are
 * bound to, looked up at each use so that a rotated one counts at once [SRV100] to [SRV103] [T14].
 */
import { openSealed, sealWith } from '../cluster/secret.ts';
import { StartError } from '../errors.ts';
import {
  alone,
  type Entry,
  masterKey,
  newSecrets,
  readSecrets,
  type SecretsFile,
  versionOf,
  writeSecrets,
} from './file.ts';

/** Who may have a secret. */
export interface Binding {
  readonly tools: readonly string[];
  readonly models: readonly string[];
  /** Empty: every seat. */
  readonly seats: readonly string[];
}

export interface SecretInfo extends Binding {
  readonly name: string;
  readonly stored: string;
  readonly rotated: string | null;
}

/** Who asks for one. */
export interface Asker {
  readonly tool?: string;
  readonly model?: string;
  readonly seat?: string | undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Shorter ones could not be told apart from other text, and so not be removed from it. */
const LEAST = 8;
const MOST = 10_000;

export class Secrets {
  readonly #data: string;
  readonly #passphrase: string | undefined;
  #read: { version: string; file: SecretsFile; key: Uint8Array } | null = null;

  /** @param passphrase when the values are, or are to be, sealed under one; else a key file is used. */
  constructor(data: string, passphrase: string | undefined) {
    this.#data = data;
    this.#passphrase = passphrase === '' ? undefined : passphrase;
  }

  /** What is stored, without values. */
  async list(): Promise<SecretInfo[]> {
    const file = await readSecrets(this.#data);
    return Object.entries(file?.secrets ?? {})
      .map(([name, { value: _, ...info }]) => ({ name, ...info }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The secret of that name if who asks is who it is bound to; undefined otherwise. @throws StartError for a damaged store. */
  async lookup(name: string, by: Asker): Promise<string | undefined> {
    const known = await this.#current();
    const entry = known && Object.hasOwn(known.file.secrets, name) ? known.file.secrets[name] : undefined;
    if (!known || !entry || !bound(entry, by)) return undefined;
    const bytes = openSealed(known.key, Buffer.from(entry.value, 'base64'), contextOf(name, entry));
    if (bytes !== null) return Buffer.from(bytes).toString('utf8');
    throw new StartError(
      'corrupt',
      `the secret "${name}" cannot be read: it was changed, or sealed under another key`,
      'store it again with `reeve secret remove` and `reeve secret set`',
    );
  }

  /** Store a new one. @throws StartError for a name that is taken, a value that is none, or a binding to nothing. */
  async set(name: string, value: string, binding: Binding, now: number): Promise<void> {
    check(name, value);
    if (binding.tools.length + binding.models.length === 0)
      throw wrong('a secret is bound to tools or models, and none is named', 'say --tool or --model, once for each');
    const bindings = { tools: [...binding.tools], models: [...binding.models], seats: [...binding.seats] };
    await this.#change((file, key) => {
      if (Object.hasOwn(file.secrets, name))
        throw wrong(`there is a secret "${name}" already`, 'give it a new value with `reeve secret rotate`');
      const entry = { ...bindings, stored: new Date(now).toISOString(), rotated: null };
      file.secrets[name] = { ...entry, value: sealed(key, name, value, entry) };
    });
  }

  /** Another value for the same users; it counts from the next use on. */
  async rotate(name: string, value: string, now: number): Promise<void> {
    check(name, value);
    await this.#change((file, key) => {
      const entry = known(file, name);
      file.secrets[name] = { ...entry, value: sealed(key, name, value, entry), rotated: new Date(now).toISOString() };
    });
  }

  async remove(name: string): Promise<void> {
    await this.#change((file) => {
      known(file, name);
      delete file.secrets[name];
    });
  }

  #change(work: (file: SecretsFile, key: Uint8Array) => void): Promise<void> {
    return alone(this.#data, async () => {
      const file = (await readSecrets(this.#data)) ?? (await newSecrets(this.#data, this.#passphrase));
      work(file, await masterKey(this.#data, file, this.#passphrase));
      await writeSecrets(this.#data, file);
    });
  }

  async #current() {
    const version = await versionOf(this.#data);
    if (version === '') return null;
    if (this.#read?.version === version) return this.#read;
    const file = await readSecrets(this.#data);
    if (!file) return null;
    const same = this.#read?.file.salt === file.salt;
    const key = same && this.#read ? this.#read.key : await masterKey(this.#data, file, this.#passphrase);
    this.#read = { version, file, key };
    return this.#read;
  }
}

/** The binding is part of what is sealed: an edited file gives a secret to nobody else. */
const contextOf = (name: string, { tools, models, seats }: Binding): string =>
  JSON.stringify(['reeve secret', name, tools, models, seats]);

const sealed = (key: Uint8Array, name: string, value: string, binding: Binding): string =>
  Buffer.from(sealWith(key, Buffer.from(value), contextOf(name, binding))).toString('base64');

function bound({ tools, models, seats }: Entry, { tool, model, seat }: Asker): boolean {
  const place = (tool !== undefined && tools.includes(tool)) || (model !== undefined && models.includes(model));
  return place && (seats.length === 0 || (seat !== undefined && seats.includes(seat)));
}

function known(file: SecretsFile, name: string): Entry {
  const entry = Object.hasOwn(file.secrets, name) ? file.secrets[name] : undefined;
  if (entry) return entry;
  throw wrong(`there is no secret "${name}"`, '`reeve secret list` shows the names');
}

function check(name: string, value: string): void {
  if (!NAME.test(name))
    throw wrong(`"${name.slice(0, 80)}" is no name for a secret`, 'use letters, digits, ".", "-", "_"');
  if (value.length < LEAST)
    throw wrong(
      `the value has fewer than ${LEAST} characters, so it could not be kept out of texts`,
      'use a longer one',
    );
  if (value.length > MOST) throw wrong(`the value has more than ${MOST} characters`, 'is it the right file?');
}

const wrong = (message: string, next: string): StartError => new StartError('not-data', message, next);

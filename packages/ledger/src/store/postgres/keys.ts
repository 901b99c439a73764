import { createHmac, hkdfSync } from 'node:crypto';
import { type KeyStore, newKey } from '../../erasure/keys.ts';
import { openBytes, type SubjectKey, sealBytes, wipe } from '../../erasure/sealing.ts';
import { StoreCorrupt, StoreUnavailable } from '../errors.ts';
import { hexArray, textArray } from './arrays.ts';
import type { Runner } from './database.ts';

// Keys are sealed under a key made of the installation's secret, and subjects are kept as HMACs under another: who has the
// database alone reads neither. The secret may change: then keys are sealed anew, and the HMACs stay under the key they were made with. All keys of an organisation are in memory while it is open, because records are revealed
// without waiting.

const ALL = 'SELECT tag, id, key FROM subject_key WHERE org = $1';
const FIND = `${ALL} AND tag = $2`;
const ADD = 'INSERT INTO subject_key (org, tag, id, key) VALUES ($1, $2, $3, $4) ON CONFLICT (org, tag) DO NOTHING';
const DESTROY = 'DELETE FROM subject_key WHERE org = $1 AND (tag = ANY($2::bytea[]) OR id = ANY($3::text[]))';

interface Row {
  readonly tag: Buffer;
  readonly id: string;
  readonly key: Buffer;
}

export interface PostgresKeysOptions {
  /** `id` of the organisation's store. */
  readonly org: number;
  /** The installation's secret, the same on every node: at least 32 bytes that are not in the database. Several while it changes. */
  readonly secret: Uint8Array | KeyRing;
  /** Under which subjects are found; made of the secret unless given. */
  readonly tags?: Uint8Array;
}

/** Secrets under which keys may be sealed: read anew at each use, because it changes. */
export interface KeyRing {
  /** Of `known`, the one under which keys are sealed from now on. */
  readonly sealing: Uint8Array;
  readonly known: readonly Uint8Array[];
}

const partOf = (secret: Uint8Array, org: number, what: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, `organisation ${org}`, `reeve keys ${what}`, 32));

/** The key under which subjects of an organisation are found: 32 bytes. */
export const tagKeyOf = (secret: Uint8Array, org: number): Uint8Array => partOf(secret, org, 'tag');

const sealKeyOf = (secret: Uint8Array, org: number): SubjectKey => ({
  id: 'store',
  key: new Uint8Array(partOf(secret, org, 'seal')),
});

/** @throws StoreCorrupt if the keys there were sealed under another secret. */
export async function postgresKeys(run: Runner, options: PostgresKeysOptions): Promise<KeyStore> {
  const keys = new PostgresKeys(run, options);
  await keys.refresh();
  return keys;
}

class PostgresKeys implements KeyStore {
  readonly #run: Runner;
  readonly #org: number;
  readonly #ring: KeyRing;
  readonly #seals = new Map<Uint8Array, SubjectKey>();
  readonly #tagKey: Uint8Array;
  readonly #byTag = new Map<string, SubjectKey>();
  readonly #byId = new Map<string, SubjectKey>();
  #closed = false;

  constructor(run: Runner, { org, secret, tags }: PostgresKeysOptions) {
    this.#run = run;
    this.#org = org;
    this.#ring = secret instanceof Uint8Array ? { sealing: secret, known: [secret] } : secret;
    this.#tagKey = tags ?? tagKeyOf(this.#ring.sealing, org);
  }

  async refresh(): Promise<void> {
    const rows = await this.#run.run<Row>(ALL, [this.#org]);
    const kept = new Set(rows.map(({ id }) => id));
    for (const [tag, key] of this.#byTag) if (!kept.has(key.id)) this.#forget(tag, key);
    for (const row of rows) this.#remember(row);
  }

  async ensure(subjects: Iterable<string>): Promise<ReadonlyMap<string, SubjectKey>> {
    this.#use();
    const found = new Map<string, SubjectKey>();
    for (const subject of new Set(subjects)) {
      const tag = this.#tag(subject);
      found.set(subject, this.#byTag.get(tag.toString('hex')) ?? (await this.#add(tag)));
    }
    return found;
  }

  readonly byId = (id: string): SubjectKey | null => this.#byId.get(id) ?? null;

  async destroy(subjects: readonly string[], ids: readonly string[] = []): Promise<string[]> {
    this.#use();
    const tags = subjects.map((subject) => this.#tag(subject).toString('hex'));
    await this.#run.run(DESTROY, [this.#org, hexArray(tags), textArray(ids)]);
    const gone = [...this.#byTag].filter(([tag, { id }]) => tags.includes(tag) || ids.includes(id));
    for (const [tag, key] of gone) this.#forget(tag, key);
    return gone.map(([, { id }]) => id);
  }

  #forget(tag: string, key: SubjectKey): void {
    this.#byTag.delete(tag);
    this.#byId.delete(key.id);
    wipe(key);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const key of this.#byId.values()) wipe(key);
    this.#byId.clear();
    this.#byTag.clear();
  }

  /** Of two who add a key for one subject at once, both get the one that was first. */
  async #add(tag: Buffer): Promise<SubjectKey> {
    const { id, key } = newKey();
    await this.#run.run(ADD, [this.#org, tag, id, Buffer.from(sealBytes(this.#sealOf(this.#ring.sealing), key, id))]);
    const [row] = await this.#run.run<Row>(FIND, [this.#org, tag]);
    if (row === undefined)
      throw new StoreUnavailable('retryable', 'a key was destroyed while it was asked for: ask again');
    return this.#remember(row);
  }

  #remember({ tag, id, key: sealed }: Row): SubjectKey {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const key = this.#opened(sealed, id);
    if (key === null)
      throw new StoreCorrupt(
        'the keys of customers in the database were sealed under another secret than that of this node',
      );
    const made = { id, key };
    this.#byTag.set(tag.toString('hex'), made);
    this.#byId.set(id, made);
    return made;
  }

  #opened(sealed: Uint8Array, id: string): Uint8Array | null {
    for (const secret of this.#ring.known) {
      const key = openBytes(this.#sealOf(secret), sealed, id);
      if (key !== null) return key;
    }
    return null;
  }

  #sealOf(secret: Uint8Array): SubjectKey {
    const known = this.#seals.get(secret) ?? sealKeyOf(secret, this.#org);
    this.#seals.set(secret, known);
    return known;
  }

  #tag(subject: string): Buffer {
    return createHmac('sha256', this.#tagKey).update(subject).digest();
  }

  #use(): void {
    if (this.#closed) throw new StoreUnavailable('terminal', 'the key store was closed: open it again');
  }
}

const EVERY = 'SELECT org, tag, id, key FROM subject_key WHERE (org, tag) > ($1, $2) ORDER BY org, tag LIMIT 500';
const CHANGE = 'UPDATE subject_key SET key = $3 WHERE org = $1 AND tag = $2 AND key = $4 RETURNING 1';

/** What was sealed anew, and how many nobody could open. */
export interface Resealed {
  readonly changed: number;
  readonly unreadable: number;
}

/** Seals the keys of all organisations that are sealed under `from` under `to`. Again does no harm, nor do two at once. */
export async function resealKeys(run: Runner, from: Uint8Array, to: Uint8Array): Promise<Resealed> {
  let [changed, unreadable] = [0, 0];
  let last: [number, Buffer] = [0, Buffer.alloc(0)];
  for (;;) {
    const rows = await run.run<Row & { org: number }>(EVERY, last);
    for (const { org, tag, id, key: sealed } of rows) {
      const [old, seal] = [sealKeyOf(from, org), sealKeyOf(to, org)];
      if (openBytes(seal, sealed, id) !== null) continue;
      const key = openBytes(old, sealed, id);
      if (key === null) unreadable += 1;
      else changed += (await run.run(CHANGE, [org, tag, Buffer.from(sealBytes(seal, key, id)), sealed])).length;
    }
    const end = rows.at(-1);
    if (end === undefined) return { changed, unreadable };
    last = [end.org, end.tag];
  }
}

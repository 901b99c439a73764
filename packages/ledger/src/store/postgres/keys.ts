import { createHmac, hkdfSync } from 'node:crypto';
import { type KeyStore, newKey } from '../../erasure/keys.ts';
import { openBytes, type SubjectKey, sealBytes, wipe } from '../../erasure/sealing.ts';
import { StoreCorrupt, StoreUnavailable } from '../errors.ts';
import { hexArray, textArray } from './arrays.ts';
import type { Runner } from './database.ts';

// Keys are sealed under a key made of the installation's secret, and subjects are kept as HMACs under another: who has the
// database alone reads neither. All keys of an organisation are in memory while it is open, because records are revealed
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
  /** The installation's secret, the same on every node: at least 32 bytes that are not in the database. */
  readonly secret: Uint8Array;
}

/** @throws StoreCorrupt if the keys there were sealed under another secret. */
export async function postgresKeys(run: Runner, options: PostgresKeysOptions): Promise<KeyStore> {
  const keys = new PostgresKeys(run, options);
  await keys.refresh();
  return keys;
}

class PostgresKeys implements KeyStore {
  readonly #run: Runner;
  readonly #org: number;
  readonly #seal: SubjectKey;
  readonly #tagKey: Buffer;
  readonly #byTag = new Map<string, SubjectKey>();
  readonly #byId = new Map<string, SubjectKey>();
  #closed = false;

  constructor(run: Runner, { org, secret }: PostgresKeysOptions) {
    const part = (what: string) =>
      Buffer.from(hkdfSync('sha256', secret, `organisation ${org}`, `reeve keys ${what}`, 32));
    this.#run = run;
    this.#org = org;
    this.#seal = { id: 'store', key: new Uint8Array(part('seal')) };
    this.#tagKey = part('tag');
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
    await this.#run.run(ADD, [this.#org, tag, id, Buffer.from(sealBytes(this.#seal, key, id))]);
    const [row] = await this.#run.run<Row>(FIND, [this.#org, tag]);
    if (row === undefined)
      throw new StoreUnavailable('retryable', 'a key was destroyed while it was asked for: ask again');
    return this.#remember(row);
  }

  #remember({ tag, id, key: sealed }: Row): SubjectKey {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const key = openBytes(this.#seal, sealed, id);
    if (key === null)
      throw new StoreCorrupt(
        'the keys of customers in the database were sealed under another secret than that of this node',
      );
    const made = { id, key };
    this.#byTag.set(tag.toString('hex'), made);
    this.#byId.set(id, made);
    return made;
  }

  #tag(subject: string): Buffer {
    return createHmac('sha256', this.#tagKey).update(subject).digest();
  }

  #use(): void {
    if (this.#closed) throw new StoreUnavailable('terminal', 'the key store was closed: open it again');
  }
}

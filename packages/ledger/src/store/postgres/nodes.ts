import { NOW, type Runner } from './database.ts';

/** A process that serves organisations. */
export interface NodeRow {
  readonly name: string;
  /** Where other nodes reach it. */
  readonly url: string;
  readonly version: string;
  readonly draining: boolean;
}

/** A node that comes, with the fingerprints of the secrets it knows. */
export type Entering = Omit<NodeRow, 'draining'> & { readonly knows?: readonly string[] };

export interface SecretInUse {
  readonly secret: string;
  readonly former: string | null;
}

/** Who owns an organisation now. */
export interface Placement {
  readonly id: number;
  /** Null: nobody, or one whose lease lapsed. */
  readonly owner: { readonly name: string; readonly url: string | null } | null;
}

const ENTER = `INSERT INTO node (name, incarnation, url, version, until, knows) VALUES ($1, $2, $3, $4, ${NOW} + $5, $6)
  ON CONFLICT (name) DO UPDATE SET incarnation = excluded.incarnation, url = excluded.url, version = excluded.version,
  until = excluded.until, draining = false, knows = excluded.knows`;
const BEAT = `UPDATE node SET until = ${NOW} + $3, draining = $4 WHERE name = $1 AND incarnation = $2 RETURNING name`;
const LEAVE = 'DELETE FROM node WHERE name = $1 AND incarnation = $2';
const LIVE = `SELECT name, url, version, draining FROM node WHERE until > ${NOW} ORDER BY name`;
const PLACE = `SELECT o.id, o.holder, o.until > ${NOW} AS live, n.url FROM organisation o LEFT JOIN node n ON n.name = o.holder
  WHERE o.name = $1`;
const ORPHANS = `SELECT name FROM organisation WHERE (holder IS NOT NULL AND until <= ${NOW})
  OR (holder IS NULL AND wake_at <= ${NOW}) ORDER BY random() LIMIT $1`;
const HELD_BY = 'SELECT name FROM organisation WHERE holder = $1';
const WAKE = 'UPDATE organisation SET wake_at = $2 WHERE name = $1 AND holder IS NULL';
const IN_USE = 'SELECT secret, former FROM installation';
const FIRST_SECRET = 'INSERT INTO installation (secret) VALUES ($1) ON CONFLICT (one) DO NOTHING';
const USE_SECRET = `UPDATE installation SET secret = $2, former = $1 WHERE secret = $1 AND former IS NULL
  AND NOT EXISTS (SELECT 1 FROM node WHERE until > ${NOW} AND NOT ($2 = ANY (string_to_array(knows, ' ')))) RETURNING secret`;
const FORGET_FORMER = 'UPDATE installation SET former = NULL WHERE former = $1';
const HELD = `SELECT count(*)::int AS count FROM organisation WHERE holder IS NOT NULL AND until > ${NOW}`;

/** The nodes that share a database, by the database's time. */
export class Nodes {
  readonly #run: Runner;

  constructor(run: Runner) {
    this.#run = run;
  }

  /** Enters this process under a name; a former one of that name hears of it at its next `beat`. */
  async enter({ name, url, version, knows = [] }: Entering, incarnation: string, ttlMs: number): Promise<void> {
    await this.#run.run(ENTER, [name, incarnation, url, version, ttlMs, knows.join(' ')]);
  }

  /** Fingerprints of the secret that the nodes use, and of the former one while something is sealed under it; null: not said yet. */
  async secretInUse(): Promise<SecretInUse | null> {
    return (await this.#run.run<SecretInUse>(IN_USE))[0] ?? null;
  }

  /** Says which secret is used, when nobody has. @returns what is used now. */
  async firstSecret(fingerprint: string): Promise<SecretInUse> {
    await this.#run.run(FIRST_SECRET, [fingerprint]);
    return (await this.secretInUse()) ?? { secret: fingerprint, former: null };
  }

  /** From one secret to another, once every node that lives knows it. @returns whether it is in use from now on. */
  async useSecret(from: string, to: string): Promise<boolean> {
    return (await this.#run.run(USE_SECRET, [from, to])).length > 0;
  }

  /** Nothing is sealed under the former one any more. */
  async forgetFormer(fingerprint: string): Promise<void> {
    await this.#run.run(FORGET_FORMER, [fingerprint]);
  }

  /** False if another process has the name now. */
  async beat(name: string, incarnation: string, ttlMs: number, draining: boolean): Promise<boolean> {
    return (await this.#run.run(BEAT, [name, incarnation, ttlMs, String(draining)])).length > 0;
  }

  async leave(name: string, incarnation: string): Promise<void> {
    await this.#run.run(LEAVE, [name, incarnation]);
  }

  live(): Promise<NodeRow[]> {
    return this.#run.run<NodeRow>(LIVE);
  }

  /** Null: there is no such organisation. */
  async placementOf(organisation: string): Promise<Placement | null> {
    type Raw = { id: number; holder: string | null; live: boolean; url: string | null };
    const [row] = await this.#run.run<Raw>(PLACE, [organisation]);
    if (row === undefined) return null;
    const { id, holder, live, url } = row;
    return { id, owner: holder !== null && live ? { name: holder, url } : null };
  }

  /** Organisations that need an owner now: left by one that is gone, or due. In no order. */
  async orphans(limit: number): Promise<string[]> {
    return (await this.#run.run<{ name: string }>(ORPHANS, [limit])).map((row) => row.name);
  }

  /** Organisations a node holds, or held when it ended. */
  async heldBy(name: string): Promise<string[]> {
    return (await this.#run.run<{ name: string }>(HELD_BY, [name])).map((row) => row.name);
  }

  /** When an organisation that nobody holds is to be opened again, in milliseconds since 1970; null: when somebody asks. */
  async wakeAt(organisation: string, at: number | null): Promise<void> {
    await this.#run.run(WAKE, [organisation, at]);
  }

  /** Organisations that are held by somebody. */
  async held(): Promise<number> {
    return (await this.#run.run<{ count: number }>(HELD))[0]?.count ?? 0;
  }
}

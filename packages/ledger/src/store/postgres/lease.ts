import type { Lease } from '../port.ts';
import { intArray } from './arrays.ts';
import { type Database, NOW } from './database.ts';

/** `database`: the time of leases is PostgreSQL's, whatever the caller says. `caller`: his, for simulations and tests. */
export type LeaseTime = 'database' | 'caller';

const time = (parameter: string): string => `COALESCE(${parameter}::bigint, ${NOW})`;

const ACQUIRE = `UPDATE organisation SET epoch = epoch + 1, holder = $2, until = ${time('$4')} + $3, wake_at = NULL
  WHERE id = $1 AND (holder IS NULL OR holder = $2 OR until <= ${time('$4')}) RETURNING epoch`;
const HELD = 'SELECT holder, until FROM organisation WHERE id = $1';
const RENEW = `UPDATE organisation o SET until = ${time('n.now')} + r.ttl
  FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[]) AS r (id, epoch, ttl, given),
  LATERAL (SELECT NULLIF(r.given, -1) AS now) AS n WHERE o.id = r.id AND o.epoch = r.epoch AND o.holder IS NOT NULL RETURNING o.id`;
const RELEASE = 'UPDATE organisation SET holder = NULL, until = 0 WHERE id = $1 AND epoch = $2';

interface Renewal {
  readonly org: number;
  readonly epoch: number;
  readonly ttlMs: number;
  readonly now: number | null;
  readonly resolve: (held: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** What renewals of many organisations wait for each other, in milliseconds: a node with a thousand of them renews in a few statements. */
const GATHER = 20;

/** Renewals of all organisations of this process, many to a statement. */
export class Renewals {
  readonly #database: Database;
  #waiting: Renewal[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  renew(org: number, epoch: number, ttlMs: number, now: number | null): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ org, epoch, ttlMs, now, resolve, reject });
      if (this.#waiting.length > 1) return;
      // One statement at a time: two that lock the same rows in another order would wait for each other.
      const soon = new Promise<void>((done) => setTimeout(done, GATHER));
      this.#last = Promise.all([soon, this.#last]).then(() => this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    const column = (of: (one: Renewal) => number) => intArray(batch.map(of));
    const values = [column((r) => r.org), column((r) => r.epoch), column((r) => r.ttlMs), column((r) => r.now ?? -1)];
    try {
      const held = new Set((await this.#database.run<{ id: number }>(RENEW, values)).map(({ id }) => id));
      for (const one of batch) one.resolve(held.has(one.org));
    } catch (error) {
      for (const one of batch) one.reject(error);
    }
  }
}

export function rowLease(database: () => Database, renewals: Renewals, org: number, by: LeaseTime): Lease {
  const given = (now: number): number | null => (by === 'caller' ? now : null);
  return {
    acquire: async (holder, ttlMs, now) => {
      for (;;) {
        const [granted] = await database().run<{ epoch: string }>(ACQUIRE, [org, holder, ttlMs, given(now)]);
        if (granted !== undefined) return { epoch: Number(granted.epoch) };
        const [held] = await database().run<{ holder: string | null; until: string }>(HELD, [org]);
        if (typeof held?.holder === 'string') return { heldBy: held.holder, until: Number(held.until) };
        // Released between the two statements.
      }
    },
    renew: async (epoch, ttlMs, now) => {
      database();
      return renewals.renew(org, epoch, ttlMs, given(now));
    },
    release: async (epoch) => {
      await database().run(RELEASE, [org, epoch]);
    },
  };
}

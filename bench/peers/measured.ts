/** The two measurements: how many five-step workflows a second, and what very many of them that wait take. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type TrialServer, trialServer } from '@reeve/ledger/trial';
import { Client } from 'pg';
import { seconds } from '../lib/measure.ts';
import { diskOf, memoryOf, postmaster } from './footprint.ts';
import type { Kind } from './kinds.ts';
import type { Place, Speed } from './lib/peer.ts';
import { PATIENCE, PeerProcess } from './process.ts';

/** A place of its own for one peer, with a PostgreSQL server of its own where it needs one. */
interface Site {
  readonly place: Place;
  readonly server: TrialServer | null;
}

async function at<T>(kind: Kind, base: string, use: (site: Site) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(base, `${kind.name}-`));
  const server = kind.postgres ? await trialServer() : null;
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  try {
    return await use({ place: { url: server === null ? '' : await server.database(), directory, ports }, server });
  } finally {
    await server?.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

export interface Speeds {
  readonly settings: Readonly<Record<string, string>>;
  /** By how many ran at once. */
  readonly at: Readonly<Record<number, Speed>>;
}

/** Workflows at each width for so many seconds, after a warm-up of half as long. */
export function speedOf(kind: Kind, base: string, widths: readonly number[], long: number): Promise<Speeds> {
  return at(kind, base, async ({ place }) => {
    const peer = await PeerProcess.open(kind, place);
    try {
      const at: Record<number, Speed> = {};
      let from = 0;
      const some = (width: number, long: number) => {
        from += 10_000_000;
        return peer.call('run', { from, seconds: long, width }, long + PATIENCE);
      };
      for (const width of widths) {
        await some(width, long / 2);
        at[width] = await some(width, long);
      }
      return { settings: peer.settings, at };
    } finally {
      await peer.close();
    }
  });
}

/** A restart may take this many times as long as was given for the making. */
const RESTART = 4;

export interface Waits {
  readonly asked: number;
  /** How many waited when the time was up. */
  readonly count: number;
  readonly seconds: number;
  /** Added to what it took with none waiting. */
  readonly memory: number;
  readonly disk: number;
  /** Seconds from the start of the process until the last of them was approved and done, with none waiting and with all. */
  readonly empty: number;
  readonly restart: number | null;
  /** Why there is no time of a restart. */
  readonly why: string;
}

async function databaseOf(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ size: string }>('SELECT pg_database_size(current_database()) AS size');
  await client.end();
  return Number(rows[0]?.size) / 1e6;
}

async function takes({ place, server }: Site, peer: PeerProcess): Promise<{ memory: number; disk: number }> {
  const root = server === null ? undefined : postmaster(server.port);
  const memory = memoryOf(root === undefined ? [peer.pid] : [peer.pid, root]);
  return { memory, disk: server === null ? diskOf(place.directory) : await databaseOf(place.url) };
}

/** Opens it again and approves the one named. @returns the seconds from the start of the process until that is done */
async function again(kind: Kind, place: Place, held: string, limit: number): Promise<number> {
  const start = process.hrtime.bigint();
  const peer = await PeerProcess.open(kind, place, limit);
  try {
    await peer.call('approve', { held }, Math.max(1, limit - seconds(start)));
    return seconds(start);
  } finally {
    await peer.close();
  }
}

/** `count` workflows that wait for a decision, or as many as come to wait within `limit` seconds. */
export function waitsOf(kind: Kind, base: string, count: number, limit: number): Promise<Waits> {
  return at(kind, base, async (site) => {
    const first = await PeerProcess.open(kind, site.place);
    const { last: one } = await first.call('hold', { from: 0, count: 1, limit, width: 1 }, limit + PATIENCE);
    await first.close();
    const empty = await again(kind, site.place, one, limit);

    const peer = await PeerProcess.open(kind, site.place);
    const before = await takes(site, peer);
    const ask = { from: 1, count, limit, width: 64 };
    const held = await peer.call('hold', ask, limit + PATIENCE);
    const after = await takes(site, peer);
    await peer.close();
    const [memory, disk] = [after.memory - before.memory, after.disk - before.disk];
    const { restart, why } = await again(kind, site.place, held.last, limit * RESTART).then(
      (restart) => ({ restart, why: '' }),
      (error: Error) => ({ restart: null, why: error.message.split('\n')[0] ?? '' }),
    );
    return { asked: count, count: held.count, seconds: held.seconds, memory, disk, empty, restart, why };
  });
}

/** Reeve itself: an organisation of 20 seats and 50 rules, in process, on SQLite or PostgreSQL. */
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Store } from '@reeve/ledger';
import { postgresStores } from '@reeve/ledger/postgres';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { Client } from 'pg';
import { openDesk, type Waiting } from '../../lib/desk.ts';
import { type Peer, type Place, serve } from '../lib/peer.ts';
import { durableSettings } from '../lib/postgres.ts';

interface Kept {
  readonly store: Store;
  readonly settings: Record<string, string>;
  close(): Promise<void>;
}

async function inPostgres(url: string): Promise<Kept> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const settings = await durableSettings((sql) => client.query(sql));
  await client.end();
  const stores = await postgresStores({ url });
  return { store: await stores.store('bench'), settings, close: () => stores.close() };
}

/** The store refuses to open with anything but synchronous = FULL; the journal mode is in the file and can be read. */
async function inFiles(directory: string): Promise<Kept> {
  const store = await sqliteStore({ directory });
  const db = new DatabaseSync(join(directory, 'ledger.db'), { readOnly: true });
  const { journal_mode } = db.prepare('PRAGMA journal_mode').get() as { journal_mode: string };
  db.close();
  return { store, settings: { synchronous: 'FULL (checked at each opening)', journal_mode }, close: async () => {} };
}

async function open({ url, directory }: Place): Promise<Peer> {
  const { store, settings, close } = await (url === '' ? inFiles(directory) : inPostgres(url));
  const desk = await openDesk(store, url === '' ? directory : undefined);
  return {
    settings,
    run: (i) => desk.operate(i),
    hold: async (i) => JSON.stringify(await desk.ask(i)),
    approve: (held) => desk.approve(JSON.parse(held) as Waiting),
    close: async () => {
      await desk.close();
      await close();
    },
  };
}

await serve(open);

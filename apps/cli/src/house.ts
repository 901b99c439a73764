/** The one place that reaches into the server's package: opening an organisation here, its ledger, its packs. */
import { join } from 'node:path';
import type { Definition } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import type { LoadResult } from '@reeve/packs';
import type { Secrets } from '@reeve/server';
import { readOrganisation } from './layout.ts';

/** An organisation opened in this process, for the length of one command. Nobody works in it. */
export interface QuietHouse {
  readonly token: string;
  readonly fetch: (request: Request) => Promise<Response> | Response;
  close(): Promise<void>;
}

export async function openHouseQuietly(data: string, at: string | undefined): Promise<QuietHouse> {
  const { openHouse } = await import('@reeve/server');
  const house = await openHouse({ data, store: at, work: false });
  return { token: house.token, fetch: (request) => house.app.fetch(request), close: () => house.close() };
}

/** Backups are taken and restored by the server's package, which knows what a data directory holds. */
export const backups = async () => {
  const { takeBackup, checkBackup, restoreBackup } = await import('@reeve/server');
  return { takeBackup, checkBackup, restoreBackup };
};

/** The secrets of a data directory; a server that runs there reads them anew when they change. */
export async function openSecrets(data: string, passphrase: string | undefined): Promise<Secrets> {
  const server = await import('@reeve/server');
  return new server.Secrets(data, passphrase);
}

/** Loads a pack with the connectors of this installation. Collects every mistake. */
export async function loadPackFolder(directory: string): Promise<LoadResult> {
  const { readPack } = await import('@reeve/server');
  return readPack(directory);
}

/** A pack as it is sent to a server elsewhere. */
export async function packToSend(directory: string): Promise<{ content: string; sha256: string }> {
  const server = await import('@reeve/server');
  return server.packToSend(directory);
}

/** The ledger alone, also beside a running server and when the organisation cannot be opened any more. */
export async function openLedger(data: string, at: string | undefined): Promise<Store> {
  if (at !== undefined) return openDatabaseLedger(data, at);
  const { sqliteStore } = await import('@reeve/ledger/sqlite');
  return sqliteStore({ directory: join(data, 'ledger') });
}

/** Closing it closes the connections too. */
async function openDatabaseLedger(data: string, url: string): Promise<Store> {
  const { postgresStores } = await import('@reeve/ledger/postgres');
  const stores = await postgresStores({ url, connections: 2 });
  const store = await stores.store((await readOrganisation(data)).organisation);
  const close = store.close.bind(store);
  store.close = () => close().finally(() => stores.close());
  return store;
}

export interface ToolHealth {
  readonly tool: string;
  readonly ok: boolean;
  readonly message: string;
}

/** Opens the tools of the pack in force and asks each how it is. Only while no server has them open. */
export async function toolsHealth(data: string, definition: Definition, digest: string): Promise<ToolHealth[]> {
  const { openTools } = await import('@reeve/connectors');
  const directories = { data: join(data, 'tools'), pack: join(data, 'packs', digest) };
  const found: ToolHealth[] = [];
  for (const tool of definition.tools) {
    try {
      const opened = await openTools({ tools: [tool], capabilities: definition.capabilities }, directories);
      const one = opened.get(tool.id)!;
      found.push({ tool: tool.id, ...(await one.health()) });
      await one.close();
    } catch (error) {
      found.push({ tool: tool.id, ok: false, message: (error as Error).message });
    }
  }
  return found;
}

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import {
  assertNoVariant,
  assertSameVolume,
  errorCode,
  type Folder,
  inFolder,
  isLinkError,
  openFolder,
} from '../shared/folder.ts';
import { type Journal, openJournal } from '../shared/journal.ts';
import { translated } from '../shared/sqlite.ts';
import {
  contentArg,
  type DocumentsCapability,
  documentsCapability,
  documentsConfig,
  folderArg,
  foundDocument,
  listing,
  MAX_BYTES,
  MAX_LISTED,
  missingDocument,
  pathArg,
  placeOf,
  versionOf,
} from './wire.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Text documents in a folder. */
export const documentsConnector: Connector = {
  id: 'documents',
  config: documentsConfig,
  capabilityConfig: documentsCapability,
  open: async (context) => openDocuments(context),
};

interface Store {
  readonly root: Folder;
  readonly name: string;
  readonly journal: Journal;
}

function openDocuments(context: OpenContext): Tool {
  const config = parseConfig(documentsConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, documentsCapability, ({ action }) => action === 'write');
  const store = openStore(context.directory, config.root);
  return closable({
    call: async (call) => {
      const action = capabilities.get(call.capability.id)?.config;
      if (!action) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return act(store, action, call);
    },
    lookup: async (key) => store.journal.find(key)?.result ?? null,
    health: async () => healthOf(store),
    close: async () => {
      store.journal.close();
      closeSync(store.root.fd);
    },
  });
}

function openStore(directory: string, name: string): Store {
  const own = join(directory, '.reeve');
  const staging = join(own, 'staging');
  mkdirSync(staging, { recursive: true });
  mkdirSync(join(directory, name), { recursive: true });
  const root = openFolder(join(directory, name));
  try {
    assertSameVolume(root.path, staging);
    const journal = openJournal({
      database: join(own, 'effects.db'),
      staging,
      check: (path) => checkTarget(root, path),
      publish: (staged, path) => publish(root, staged, path),
    });
    return { root, name, journal };
  } catch (error) {
    closeSync(root.fd);
    throw error;
  }
}

function act(store: Store, config: DocumentsCapability, call: Call): CallResult | Promise<CallResult> {
  if (config.action === 'write') return write(store, call);
  assertWanted(call);
  return translated(() => (config.action === 'read' ? read(store.root, config.missing, call) : list(store.root, call)));
}

async function write({ journal, name }: Store, call: Call): Promise<CallResult> {
  const path = pathArg(call);
  const content = contentArg(call);
  const version = versionOf(content);
  const result = landed(`documents:${name}/${path}`, call, { path, size: content.length, version }, version);
  return journal.publish(call, path, content, result);
}

/** Refuse early what `publish` would refuse; the folders made are no effect a reader can see. */
function checkTarget(root: Folder, path: string): void {
  const { folders, name } = placeOf(path);
  inFolder(root, folders, false, (folder) => assertReplaceable(folder, name));
}

function publish(root: Folder, staged: string, path: string): void {
  const { folders, name } = placeOf(path);
  inFolder(root, folders, true, (folder) => {
    assertReplaceable(folder, name);
    renameSync(staged, join(folder.path, name));
    fsyncSync(folder.fd);
  });
}

/** Only a plain file may be replaced; a rename would replace a link, but its owner meant another file. */
function assertReplaceable(folder: Folder, name: string): void {
  assertNoVariant(folder, name);
  const existing = lstatSync(join(folder.path, name), { throwIfNoEntry: false });
  if (existing && !existing.isFile()) throw refused(`"${name}" exists and is not a plain file; choose another path`);
}

function read(root: Folder, missing: 'found' | 'error', call: Call): CallResult {
  const path = pathArg(call);
  const { folders, name } = placeOf(path);
  const content = inFolder(root, folders, false, (folder) => contentOf(folder, name));
  return content ? foundDocument(path, content) : missingDocument(path, missing);
}

function contentOf(folder: Folder, name: string): Buffer | undefined {
  assertNoVariant(folder, name);
  const fd = openPlain(join(folder.path, name), name);
  if (fd === undefined) return undefined;
  try {
    const { size } = fstatSync(fd);
    if (size > MAX_BYTES) throw refused(`"${name}" has ${size} bytes; at most ${MAX_BYTES} can be read`);
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** O_NONBLOCK: opening a pipe must not wait for its other end. */
function openPlain(path: string, name: string): number | undefined {
  try {
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    // ENXIO: a socket.
    if (!isLinkError(errorCode(error)) && errorCode(error) !== 'ENXIO') throw error;
  }
  throw refused(`"${name}" is not a plain file; links and folders cannot be read`);
}

function list(root: Folder, call: Call): CallResult {
  const from = folderArg(call);
  const found: { path: string; size: number }[] = [];
  inFolder(root, from === undefined ? [] : from.split('/'), false, (folder) =>
    collect(folder, from === undefined ? '' : `${from}/`, found),
  );
  return listing(found);
}

/** Plain files below `folder`; links, pipes and hidden names are not documents. */
function collect(folder: Folder, prefix: string, found: { path: string; size: number }[]): void {
  for (const entry of readdirSync(folder.path, { withFileTypes: true })) {
    if (found.length > MAX_LISTED) return;
    if (entry.name.startsWith('.')) continue;
    if (entry.isFile()) found.push({ path: prefix + entry.name, size: lstatSync(join(folder.path, entry.name)).size });
    if (entry.isDirectory())
      inFolder(folder, [entry.name], false, (next) => collect(next, `${prefix}${entry.name}/`, found));
  }
}

function healthOf({ root, name }: Store): { ok: boolean; message: string } {
  try {
    const { nlink } = fstatSync(root.fd);
    if (nlink > 0) return { ok: true, message: `folder ${name} is in place` };
    return { ok: false, message: `folder ${name} was removed; restart to create it` };
  } catch (error) {
    return { ok: false, message: `folder ${name} does not answer: ${(error as Error).message}; check its disk` };
  }
}

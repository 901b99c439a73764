import { closeSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from '../documents/wire.ts';
import { nameOf } from '../mailbox/wire.ts';
import { type Call, type CallResult, type Connector, type OpenContext, type Tool, ToolError } from '../port.ts';
import { assertWanted, landed, refused, repeatOf } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertSameVolume, type Folder, inFolder, openFolder } from '../shared/folder.ts';
import { type Journal, openJournal } from '../shared/journal.ts';
import { translated } from '../shared/sqlite.ts';
import { assertSameMount, type Workspaces, workspacesOf } from '../shared/workspace.ts';
import { at, type Entry, existing, plainStat, readIn, readPlain, walk } from './files.ts';
import { Changed, perform, type Step, step } from './steps.ts';
import {
  contentArg,
  type FsCapability,
  type FsConfig,
  folderArg,
  fsCapability,
  fsConfig,
  keptArg,
  listing,
  MAX_LISTED,
  missingFile,
  noFile,
  pathArg,
  taken,
  textOf,
  versionArg,
  writablePathArg,
  writes,
} from './wire.ts';

/** Files of a workspace. */
export const fsConnector: Connector = {
  id: 'fs',
  config: fsConfig,
  capabilityConfig: fsCapability,
  open: async (context) => openFs(context),
};

interface Store {
  readonly tool: string;
  readonly config: FsConfig;
  readonly workspaces: Workspaces;
  readonly kept: string;
  readonly journal: Journal;
  /** The changes of this tool, one after the other: each is worked out from what the one before left. */
  queue: Promise<unknown>;
}

/** What a change will do, worked out before anything happens. */
interface Plan {
  readonly step: Step;
  readonly content: Uint8Array;
  readonly value: Record<string, unknown>;
  readonly version?: string;
}

function openFs(context: OpenContext): Tool {
  const config = parseConfig(fsConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, fsCapability, writes);
  const store = openStore(context, config);
  return closable({
    call: async (call) => {
      const action = capabilities.get(call.capability.id)?.config;
      if (!action) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      const workspace = store.workspaces.nameFor(call);
      if (writes(action)) return inTurn(store, () => change(store, workspace, action, call));
      assertWanted(call);
      return translated(() => look(store, workspace, action, call));
    },
    lookup: async (key) => store.journal.find(key)?.result ?? null,
    health: async () => healthOf(store),
    close: async () => {
      await store.queue;
      store.journal.close();
    },
  });
}

function openStore(context: OpenContext, config: FsConfig): Store {
  const own = join(context.directory, '.reeve');
  const [staging, kept] = [join(own, 'staging'), join(own, 'kept')];
  for (const folder of [staging, kept]) mkdirSync(folder, { recursive: true });
  const workspaces = workspacesOf(context, config);
  assertSameVolume(workspaces.parent, staging);
  const place = { workspaces, kept, maxFile: config.maxFile };
  prune(kept, config.keepFor);
  const journal = openJournal({
    database: join(own, 'effects.db'),
    staging,
    check: () => undefined,
    publish: (staged, target) => perform(place, staged, step.parse(JSON.parse(target))),
  });
  return { tool: context.tool.id, config, workspaces, kept, journal, queue: Promise.resolve() };
}

/** Remove kept files whose time is over. */
function prune(kept: string, keepFor: number): void {
  const oldest = Date.now() - keepFor;
  for (const name of readdirSync(kept)) {
    if (statSync(join(kept, name)).mtimeMs < oldest) rmSync(join(kept, name));
  }
}

function inTurn<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const mine = store.queue.then(work);
  store.queue = mine.catch(() => undefined);
  return mine;
}

async function change(store: Store, workspace: string, action: FsCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const known = repeatOf(store.journal.find(call.key), call);
  if (known) return known;
  const {
    step: todo,
    content,
    value,
    version,
  } = translated(() => store.workspaces.within(workspace, (root) => planOf(store, workspace, root, action, call)));
  const result = landed(`fs:${store.tool}/${workspace}/${todo.path}`, call, value, version);
  try {
    return await store.journal.publish(call, JSON.stringify(todo), content, result);
  } catch (error) {
    // An append is not decided on what is there: it can be done to the new content as well.
    if (!(error instanceof Changed) || action.action !== 'append') throw error;
    throw new ToolError('transient', error.message, { cause: error });
  }
}

function planOf(store: Store, workspace: string, root: Folder, action: FsCapability, call: Call): Plan {
  const path = writablePathArg(call, store.config);
  const where = { workspace, path };
  if (action.action === 'move') return planMove(store.config, root, where, call);
  if (action.action === 'delete') return planDelete(store, root, where, call);
  if (action.action === 'append') return planAppend(store, root, where, action.encoding, call);
  if (action.action === 'restore')
    return planPut(store, root, where, keptContent(store, workspace, keptArg(call)), null);
  if (action.action !== 'write') throw refused(`${action.action} changes nothing`);
  const { maxFile } = store.config;
  const content = contentArg(call, action.encoding, maxFile);
  const before = at(root, path, false, (folder, name) => plainStat(folder, name));
  if (action.file === 'existing' && !before) throw noFile(path);
  const expected = versionArg(call);
  if (expected !== undefined && expected !== versionOf(existing(root, path, maxFile).content)) throw new Changed(path);
  return planPut(store, root, where, content, action.file === 'new' ? null : expected);
}

interface Where {
  readonly workspace: string;
  readonly path: string;
}

function planPut(store: Store, root: Folder, where: Where, content: Buffer, base: string | null | undefined): Plan {
  const before = at(root, where.path, false, (folder, name) => plainStat(folder, name));
  if (base === null && before) throw taken(where.path);
  assertRoom(store, root, content.length - (before?.size ?? 0), before ? 0 : 1);
  const version = versionOf(content);
  const value = { path: where.path, size: content.length, version };
  return { step: { kind: 'put', ...where, ...(base === undefined ? {} : { base }) }, content, value, version };
}

function planAppend(store: Store, root: Folder, where: Where, as: 'utf8' | 'latin1' | 'base64', call: Call): Plan {
  const { maxFile } = store.config;
  const added = contentArg(call, as, maxFile);
  const before = readPlain(root, where.path, maxFile)?.content;
  const content = Buffer.concat([before ?? Buffer.alloc(0), added]);
  if (content.length > maxFile)
    throw refused(
      `"${where.path}" would have ${content.length} bytes; at most ${maxFile} are accepted; begin another file`,
    );
  return planPut(store, root, where, content, before ? versionOf(before) : null);
}

function planMove(config: FsConfig, root: Folder, { workspace, path }: Where, call: Call): Plan {
  const to = writablePathArg(call, config, 'to');
  const { content, ino } = existing(root, path, config.maxFile);
  if (at(root, to, false, (folder, name) => plainStat(folder, name))) throw taken(to);
  const version = versionOf(content);
  const value = { path, to, size: content.length, version };
  return { step: { kind: 'move', workspace, path, to, ino }, content: new Uint8Array(), value, version };
}

function planDelete(store: Store, root: Folder, { workspace, path }: Where, call: Call): Plan {
  const { content, ino } = existing(root, path, store.config.maxFile);
  const held = readdirSync(store.kept).reduce((sum, name) => sum + statSync(join(store.kept, name)).size, 0);
  if (held + content.length > store.config.quota.bytes)
    throw refused('deleted files that can be restored use all the room there is for them; wait, or raise the quota');
  const version = versionOf(content);
  const kept = nameOf(call.key);
  const value = { path, size: content.length, version, kept };
  const todo: Step = { kind: 'delete', workspace, path, kept: keptName(workspace, kept), ino, version };
  return { step: todo, content: new Uint8Array(), value, version };
}

/** Where a deleted file is kept: what one workspace lost cannot be restored into another. */
const keptName = (workspace: string, kept: string): string => `${nameOf(workspace)}.${kept}`;

function keptContent(store: Store, workspace: string, kept: string): Buffer {
  const folder = openFolder(store.kept);
  try {
    const found = readIn(folder, keptName(workspace, kept), store.config.maxFile);
    if (found) return found.content;
    throw refused(`nothing is kept as "${kept}"; its time is over, or it was not deleted in this workspace`);
  } finally {
    closeSync(folder.fd);
  }
}

function assertRoom({ config: { quota } }: Store, root: Folder, bytes: number, files: number): void {
  let [usedBytes, usedFiles] = [bytes, files];
  for (const { size } of walk(root, '', true)) {
    usedBytes += size;
    usedFiles += 1;
    if (usedBytes > quota.bytes || usedFiles > quota.files)
      throw refused(
        `the workspace would hold more than ${quota.bytes} bytes or ${quota.files} files; delete what is no longer needed`,
      );
  }
  if (usedBytes > quota.bytes) throw refused(`the workspace may hold ${quota.bytes} bytes; write less`);
}

function look(store: Store, workspace: string, action: FsCapability, call: Call): CallResult {
  return store.workspaces.within(workspace, (root) => {
    if (action.action !== 'read') return list(root, call);
    const path = pathArg(call);
    const found = readPlain(root, path, store.config.maxFile);
    if (!found) return missingFile(path, action.missing);
    const { content } = found;
    const value = { found: true, path, content: textOf(path, content, action.encoding), size: content.length };
    return { value, version: versionOf(content) };
  });
}

/** Plain files; links, pipes, devices, hidden names and other volumes are not shown. */
function list(root: Folder, call: Call): CallResult {
  const from = folderArg(call);
  const found: Omit<Entry, 'plain'>[] = [];
  inFolder(root, from?.split('/') ?? [], false, (folder) => {
    assertSameMount(root, folder);
    for (const { plain, ...file } of walk(folder, from === undefined ? '' : `${from}/`, false)) {
      if (plain) found.push(file);
      if (found.length > MAX_LISTED) return;
    }
  });
  return listing(found);
}

function healthOf({ workspaces, tool }: Store): { ok: boolean; message: string } {
  const { parent } = workspaces;
  if (existsSync(parent) && lstatSync(parent).isDirectory())
    return { ok: true, message: `the folder of ${tool} is in place` };
  return { ok: false, message: `the folder ${parent} of ${tool} is gone; restart to create it` };
}

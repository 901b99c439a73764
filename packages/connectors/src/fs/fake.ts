import { versionOf } from '../documents/wire.ts';
import { nameOf } from '../mailbox/wire.ts';
import type { Call, CallResult, Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { foldName } from '../shared/paths.ts';
import { fsConnector } from './client.ts';
import {
  contentArg,
  type FsCapability,
  type FsConfig,
  folderArg,
  fsCapability,
  fsConfig,
  keptArg,
  listing,
  missingFile,
  noFile,
  pathArg,
  taken,
  textOf,
  versionArg,
  writablePathArg,
  writes,
} from './wire.ts';

type Files = Map<string, Buffer>;

/** Files in memory; each case has its own when the tool is configured so. */
export function fakeFs(): Connector {
  return fakeConnector(fsConnector, fsCapability, (context) => {
    const config = parseConfig(fsConfig, context.tool.config, `tool ${context.tool.id}`);
    const [workspaces, kept] = [new Map<string, Files>(), new Map<string, Buffer>()];
    return {
      writes,
      run: (call, action) => {
        const name = workspaceOf(config, call);
        const files = workspaces.get(name) ?? new Map<string, Buffer>();
        workspaces.set(name, files);
        return run({ tool: context.tool.id, name, config, files, kept }, action, call);
      },
    };
  });
}

interface World {
  readonly tool: string;
  readonly name: string;
  readonly config: FsConfig;
  readonly files: Files;
  readonly kept: Files;
}

function workspaceOf(config: FsConfig, call: Call): string {
  if (config.workspace === 'tool') return config.root;
  if (call.case !== undefined) return call.case;
  throw refused(`${call.capability.id} works in the workspace of a case; ask for it as part of a case`);
}

function run(world: World, action: FsCapability, call: Call): CallResult {
  const { config, files, kept, name } = world;
  if (action.action === 'list') return list(files, call);
  if (action.action === 'read') return read(files, action, call);
  const path = plainly(files, writablePathArg(call, config));
  const before = files.get(path);
  switch (action.action) {
    case 'move': {
      const to = plainly(files, writablePathArg(call, config, 'to'));
      const content = present(path, before);
      assertFree(files, to);
      files.delete(path);
      files.set(to, content);
      return done(world, call, path, content, { to });
    }
    case 'delete': {
      const content = present(path, before);
      kept.set(`${name}/${nameOf(call.key)}`, content);
      files.delete(path);
      return done(world, call, path, content, { kept: nameOf(call.key) });
    }
    case 'restore': {
      const id = keptArg(call);
      const content = kept.get(`${name}/${id}`);
      if (!content)
        throw refused(`nothing is kept as "${id}"; its time is over, or it was not deleted in this workspace`);
      assertFree(files, path);
      return put(world, call, path, content);
    }
    case 'append': {
      const added = contentArg(call, action.encoding, config.maxFile);
      return put(world, call, path, Buffer.concat([before ?? Buffer.alloc(0), added]));
    }
    case 'write': {
      const content = contentArg(call, action.encoding, config.maxFile);
      const expected = versionArg(call);
      if (action.file === 'new') assertFree(files, path);
      if (action.file === 'existing') present(path, before);
      if (expected !== undefined && expected !== versionOf(present(path, before)))
        throw refused(`"${path}" was changed by somebody else meanwhile; read it again and decide anew`);
      return put(world, call, path, content);
    }
  }
}

/** `path`, unless a folder would refuse it: a name that differs only in case or form, or a file where a folder is needed. */
function plainly(files: Files, path: string): string {
  const mine = path.split('/');
  for (const other of files.keys()) {
    if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`))
      throw refused(`"${path}" and "${other}" cannot both exist`);
    const theirs = other.split('/');
    const at = theirs.findIndex((part, index) => part !== mine[index]);
    if (at >= 0 && foldName(theirs[at] ?? '') === foldName(mine[at] ?? ''))
      throw refused(`"${mine[at]}" differs only in case or form from the existing "${theirs[at]}"; use that name`);
  }
  return path;
}

function present(path: string, content: Buffer | undefined): Buffer {
  if (content) return content;
  throw noFile(path);
}

function assertFree(files: Files, path: string): void {
  if (files.has(path)) throw taken(path);
}

function put(world: World, call: Call, path: string, content: Buffer): CallResult {
  const { config, files } = world;
  const used = [...files].reduce((sum, [other, { length }]) => (other === path ? sum : sum + length), content.length);
  if (content.length > config.maxFile) throw refused(`"${path}" would be too large; begin another file`);
  if (used > config.quota.bytes || (!files.has(path) && files.size >= config.quota.files))
    throw refused('the workspace would hold too much; delete what is no longer needed');
  files.set(path, content);
  return done(world, call, path, content, {});
}

function done({ tool, name }: World, call: Call, path: string, content: Buffer, more: object): CallResult {
  const version = versionOf(content);
  return landed(`fs:${tool}/${name}/${path}`, call, { path, ...more, size: content.length, version }, version);
}

function read(files: Files, action: Extract<FsCapability, { action: 'read' }>, call: Call): CallResult {
  const path = plainly(files, pathArg(call));
  const content = files.get(path);
  if (!content) return missingFile(path, action.missing);
  const value = { found: true, path, content: textOf(path, content, action.encoding), size: content.length };
  return { value, version: versionOf(content) };
}

function list(files: Files, call: Call): CallResult {
  const folder = folderArg(call);
  const found = [...files].filter(([path]) => folder === undefined || path.startsWith(`${folder}/`));
  return listing(found.map(([path, content]) => ({ path, size: content.length })));
}

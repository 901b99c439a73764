import type { Call, CallResult, Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { foldName } from '../shared/paths.ts';
import { documentsConnector } from './client.ts';
import {
  contentArg,
  documentsCapability,
  documentsConfig,
  folderArg,
  foundDocument,
  listing,
  missingDocument,
  pathArg,
  versionOf,
} from './wire.ts';

type Files = Map<string, Buffer>;

/** Documents in memory. */
export function fakeDocuments(): Connector {
  return fakeConnector(documentsConnector, documentsCapability, (context) => {
    const { root } = parseConfig(documentsConfig, context.tool.config, `tool ${context.tool.id}`);
    const files: Files = new Map();
    return {
      writes: ({ action }) => action === 'write',
      run: (call, config) => {
        if (config.action === 'write') return write(files, root, call);
        if (config.action === 'list') return list(files, call);
        const path = pathArg(call);
        assertNoVariant(files, path);
        const content = files.get(path);
        return content ? foundDocument(path, content) : missingDocument(path, config.missing);
      },
    };
  });
}

function write(files: Files, name: string, call: Call): CallResult {
  const path = pathArg(call);
  const content = contentArg(call);
  assertNoVariant(files, path);
  const version = versionOf(content);
  files.set(path, content);
  return landed(`documents:${name}/${path}`, call, { path, size: content.length, version }, version);
}

function list(files: Files, call: Call): CallResult {
  const folder = folderArg(call);
  const prefix = folder === undefined ? '' : `${folder}/`;
  const found = [...files].filter(([path]) => path.startsWith(prefix));
  return listing(found.map(([path, content]) => ({ path, size: content.length })));
}

/** What a folder refuses: two names that differ only in case, and a file where a folder is needed or the reverse. */
function assertNoVariant(files: Files, path: string): void {
  const parts = path.split('/');
  for (const existing of files.keys()) {
    const others = existing.split('/');
    const shared = others.findIndex((part, index) => part !== parts[index]);
    const [mine, other] = shared < 0 ? [undefined, undefined] : [parts[shared], others[shared]];
    if (mine !== undefined && other !== undefined && foldName(mine) === foldName(other)) {
      throw refused(`"${mine}" differs only in case or form from the existing "${other}"; use that name`);
    }
    if (existing.startsWith(`${path}/`) || path.startsWith(`${existing}/`)) {
      throw refused(`"${path}" and "${existing}" cannot both exist; choose another path`);
    }
  }
}

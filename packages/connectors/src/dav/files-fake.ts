import { digest } from '@reeve/kernel';
import type { Call, CallResult, Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { contentOf, pathOf, type WebdavCapability, webdavCapability, webdavConfig, writesFiles } from './files.ts';
import { webdavConnector } from './files-client.ts';
import { assertVersion } from './objects.ts';

/** Documents in memory, behind the same checks; folders are there as soon as something is in them. */
export function fakeWebdav(): Connector {
  return fakeConnector(webdavConnector, webdavCapability, (context) => {
    const { url } = parseConfig(webdavConfig, context.tool.config, `tool ${context.tool.id}`);
    const stored = new Map<string, string>();
    const versionOf = (path: string): string => {
      const content = stored.get(path);
      return content === undefined ? '' : `"${digest(content).slice(0, 32)}"`;
    };
    return {
      writes: writesFiles,
      run: (call: Call, { action }: WebdavCapability): CallResult => {
        const path = pathOf(call, action === 'list');
        if (action === 'list') return { value: listed(stored, path, versionOf) };
        const content = stored.get(path);
        const version = versionOf(path);
        if (action === 'read')
          return content === undefined
            ? { value: { found: false } }
            : { value: { found: true, content, version }, version };
        const next = action === 'write' ? contentOf(call) : undefined;
        assertVersion(call, version);
        if (next === undefined && content === undefined)
          throw refused(`there is no document "${path}"; list the folder again; nothing was changed`);
        if (next === undefined) stored.delete(path);
        else stored.set(path, next);
        const result = landed(`webdav:${url}${path}`, call, { path });
        return next === undefined ? result : { ...result, version: versionOf(path) };
      },
    };
  });
}

function listed(stored: ReadonlyMap<string, string>, folder: string, versionOf: (path: string) => string) {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = [...stored].filter(([path]) => path.startsWith(prefix)).sort();
  const rows = new Map<string, Record<string, unknown>>();
  for (const [path, content] of inside) {
    const [name = '', ...below] = path.slice(prefix.length).split('/');
    const own = { path: `${prefix}${name}`, folder: below.length > 0 };
    rows.set(name, own.folder ? own : { ...own, size: Buffer.byteLength(content), version: versionOf(path) });
  }
  return { rows: [...rows.values()], count: rows.size };
}

// The official runner imports `globSync` of node:fs, which Node has since version 22, for one command we do not use. Loaded before
// it (`node --import`), this takes the import out, so that the runner works on Node 20 as well.
import { register } from 'node:module';

const hooks = `
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith('/conformance/dist/index.js')) return loaded;
  const source = String(loaded.source);
  const name = /globSync as (\\w+),/.exec(source)?.[1];
  if (name === undefined) return loaded;
  const without = source.replace(/globSync as \\w+,/, '');
  return { ...loaded, source: without + '\\nfunction ' + name + '() { throw new Error("needs Node 22"); }' };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

/** Started by fs.test.ts in a mount namespace of its own: tells what is refused and what is listed. */
import { join } from 'node:path';
import { callOf } from '../src/contract-suite.ts';
import { fsConnector } from '../src/index.ts';
import { capabilityOf, contextOf, FS } from './subjects.ts';

const [directory = ''] = process.argv.slice(2);
const context = contextOf(directory, join(directory, 'pack'), 'fs', {}, FS);
const tool = await fsConnector.open(context);
const ask = (id: string, args: Record<string, unknown>, key: string) =>
  tool.call(callOf(capabilityOf(context, `files.${id}`), args, { key }));

const refused: string[] = [];
const note = (path: string) => (error: Error) => {
  if (error.message.includes('another volume')) refused.push(path);
};
for (const path of ['other/x.md', 'bound/x.md']) await ask('write', { path, content: 'x' }, path).catch(note(path));
await ask('read', { path: 'bound/secret.md' }, 'r').catch(note('bound/secret.md'));
await ask('write', { path: 'own.md', content: 'x' }, 'own');
const { rows } = (await ask('list', {}, 'l')).value as { rows: { path: string }[] };
process.stdout.write(JSON.stringify({ refused, listed: rows.map(({ path }) => path) }));
await tool.close();

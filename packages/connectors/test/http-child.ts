/** Started by http.test.ts with a certificate to trust: posts to the origin it is given and tells the answer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callOf } from '../src/contract-suite.ts';
import { httpConnectorWith } from '../src/index.ts';
import { capabilityOf, contextOf } from './subjects.ts';

const [origin = ''] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), 'reeve-http-'));
const config = { origins: [{ origin, paths: ['/'], addresses: ['127.0.0.1'] }] };
const post = { id: 'web.post', effect: 'irreversible', settle: 'ask', config: { method: 'POST', url: `${origin}/` } };
const context = contextOf(directory, directory, 'http', config, [post]);
const tool = await httpConnectorWith(async () => [{ address: '127.0.0.1', family: 4 }]).open(context);
const { value } = await tool.call(callOf(capabilityOf(context, 'web.post'), {}));
process.stdout.write(JSON.stringify(value));
await tool.close();
await rm(directory, { recursive: true });

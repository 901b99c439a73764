/** Started by people-mail.test.ts and killed by it while it tells of a decision: `DATA PACK URL TICKET`. */
import { openHouse, readPack } from '../src/index.ts';

const [data = '', pack = '', publicUrl = '', ticket = ''] = process.argv.slice(2);
// It does not end by itself.
setInterval(() => undefined, 60_000);
const house = await openHouse({ data, work: true, publicUrl });
const loaded = await readPack(pack);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
await house.applyPack(pack, { base: '', digest: loaded.pack.digest, reason: 'test' });
await house.runtime.submit({ id: 'case', kind: 'case.open', actor: { principal: 'owner' }, body: JSON.parse(ticket) });

/** Started by crash.test.ts and killed by it: has effects on all real tools in turn, telling each key before it is used and after. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { callOf } from '../src/contract-suite.ts';
import { CONNECTORS } from '../src/index.ts';
import { CRASHERS } from './crashers.ts';
import { capabilityOf, contextOf } from './subjects.ts';

const [base = '', pack = '', from = '0'] = process.argv.slice(2);
/** Written at once: a line that was told before the kill is never lost in a buffer. */
const tell = (line: string) => writeSync(1, `${line}\n`);

const tools = await Promise.all(
  CRASHERS.map(async (crasher) => {
    const context = contextOf(join(base, crasher.id), pack, crasher.id, crasher.config, crasher.capabilities);
    const tool = await CONNECTORS[crasher.id]!.open(context);
    return { crasher, tool, capability: capabilityOf(context, crasher.write) };
  }),
);
for (let n = Number(from); ; n += 1) {
  for (const { crasher, tool, capability } of tools) {
    tell(`start ${n}`);
    await tool.call(callOf(capability, crasher.args(n), { key: `k${n}` }));
    tell(`done ${crasher.id} ${n}`);
  }
}

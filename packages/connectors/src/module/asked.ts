/** The process of derive.ts: `asked.ts <folder> <tool as JSON>` prints what the tool's file says of itself. */
import { join } from 'node:path';
import { tool } from '@reeve/kernel';
import type { Told } from './derive.ts';
import { describeModule, loadModule, moduleConfig } from './describe.ts';

async function told(folder: string, json: string): Promise<Told> {
  try {
    const asked = tool.parse(JSON.parse(json));
    const { file } = moduleConfig.parse(asked.config);
    return { capabilities: describeModule(await loadModule(join(folder, file), file), asked) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

const [folder = '', json = ''] = process.argv.slice(2);
const answer = JSON.stringify(await told(folder, json));
// What the file began when it was loaded does not keep the process.
process.stdout.write(`\n${answer}\n`, () => process.exit(0));

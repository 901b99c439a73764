import { createHash } from 'node:crypto';
import type { Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { shellConnector } from './client.ts';
import { argvOf, type Kept, resultValue, runs, shellCapability, shellConfig } from './wire.ts';

/** What a program of a simulation does. `files` is its workspace, which only a program that runs may change. */
export type FakeProgram = (
  argv: readonly string[],
  files: Map<string, string>,
) => { readonly exit?: number; readonly stdout?: string; readonly stderr?: string };

/** Programs in memory, by name. Those that are not given end with 0 and no output. */
export function fakeShell(programs: Readonly<Record<string, FakeProgram>> = {}): Connector {
  return fakeConnector(shellConnector, shellCapability, (context) => {
    const config = parseConfig(shellConfig, context.tool.config, `tool ${context.tool.id}`);
    const workspaces = new Map<string, Map<string, string>>();
    return {
      writes: runs,
      run: (call, action) => {
        if (!Object.hasOwn(config.programs, action.program)) throw refused(`"${action.program}" is not on the list`);
        const name = config.workspace === 'case' ? call.case : config.root;
        if (name === undefined) throw refused(`${call.capability.id} works in the workspace of a case`);
        const files = workspaces.get(name) ?? new Map<string, string>();
        workspaces.set(name, files);
        const program = Object.hasOwn(programs, action.program) ? programs[action.program] : undefined;
        const {
          exit = 0,
          stdout = '',
          stderr = '',
        } = program?.(argvOf(call, action), runs(action) ? files : new Map(files)) ?? {};
        const value = resultValue(call, action, { exit, stdout: keptOf(stdout), stderr: keptOf(stderr) });
        return runs(action) ? landed(`shell:${context.tool.id}/${name}`, call, value) : { value };
      },
    };
  });
}

const keptOf = (text: string): Kept => ({
  text,
  bytes: Buffer.byteLength(text),
  digest: createHash('sha256').update(text).digest('hex'),
});

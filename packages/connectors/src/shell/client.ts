import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { type Call, type CallResult, type Connector, type OpenContext, type Tool, ToolError } from '../port.ts';
import { type Attempts, openAttempts } from '../shared/attempts.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { type Configured, configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { inFolder } from '../shared/folder.ts';
import { type Workspaces, workspacesOf } from '../shared/workspace.ts';
import { type Order, run } from './process.ts';
import {
  argvOf,
  programProblem,
  resultValue,
  runs,
  type ShellCapability,
  type ShellConfig,
  shellCapability,
  shellConfig,
} from './wire.ts';

/** Programs from an allow-list, run in a workspace. */
export const shellConnector: Connector = {
  id: 'shell',
  config: shellConfig,
  capabilityConfig: shellCapability,
  open: async (context) => openShell(context),
};

/** Where programs of a workspace have their temporary files, in it. */
const TEMPORARY = '.tmp';

interface Shell {
  readonly tool: string;
  readonly config: ShellConfig;
  /** Paths, by name. */
  readonly programs: ReadonlyMap<string, string>;
  readonly workspaces: Workspaces;
  readonly isolated: boolean;
  readonly hidden: readonly string[];
  readonly attempts: Attempts;
  /** Aborted when the tool is closed. */
  readonly closing: AbortController;
  /** Programs that run. */
  readonly running: Set<Promise<unknown>>;
}

async function openShell(context: OpenContext): Promise<Tool> {
  const config = parseConfig(shellConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, shellCapability, runs);
  assertSettlement(capabilities);
  const shell = await openWorld(context, config);
  for (const { capability, config: one } of capabilities.values()) {
    if (!shell.programs.has(one.program)) throw unlisted(capability.id, one.program, shell);
  }
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      const mine = act(shell, found, call);
      shell.running.add(mine);
      return mine.finally(() => shell.running.delete(mine));
    },
    lookup: async (key) => shell.attempts.lookup(key, false),
    health: async () => healthOf(shell),
    close: async () => {
      shell.closing.abort();
      await Promise.allSettled(shell.running);
      shell.attempts.close();
    },
  });
}

/** A program run again does it again: an unknown outcome is for a person, or for a check the capability declares. */
function assertSettlement(capabilities: Configured<ShellCapability>): void {
  for (const { capability, config } of capabilities.values()) {
    if (!runs(config) || capability.settle === 'ask') continue;
    if (capability.settle === 'check-before-write' && capability.check) continue;
    throw new Error(
      `capability ${capability.id} runs a program, which knows no keys; declare settle: ask, or check-before-write with a check`,
    );
  }
}

function unlisted(capability: string, program: string, { programs }: Shell): Error {
  const known = [...programs.keys()].sort().join(', ');
  return new Error(
    `capability ${capability} names the program "${program}", which the tool does not list; it lists ${known}`,
  );
}

async function openWorld(context: OpenContext, config: ShellConfig): Promise<Shell> {
  const workspaces = workspacesOf(context, config);
  const hidden = hiddenOf(context, workspaces);
  const programs = new Map(
    Object.entries(config.programs).map(([name, path]) => [
      name,
      programOf(name, path, [...hidden, workspaces.parent]),
    ]),
  );
  const isolated = await canIsolate();
  if (!isolated && config.isolation === 'required')
    throw new Error(
      'programs cannot be shut in here: unshare, setpriv, mount and user namespaces are needed (Linux); allow them, or set isolation: preferred and give Reeve a user that may see nothing else',
    );
  return {
    ...{ tool: context.tool.id, config, programs, workspaces, isolated, hidden },
    attempts: openAttempts(join(context.directory, '.reeve', 'attempts.db')),
    closing: new AbortController(),
    running: new Set(),
  };
}

/** The data of all tools, all workspaces, and what the caller wants hidden: outermost folders only. */
function hiddenOf({ directory, hidden = [] }: OpenContext, { parent }: Workspaces): string[] {
  const all = [...new Set([dirname(directory), parent, ...hidden].map((path) => realpathSync(path)))];
  return all.filter((path) => !all.some((other) => other !== path && path.startsWith(other + sep)));
}

/** A program must exist, be executable, and lie where no worker can put another in its place. */
function programOf(name: string, path: string, writable: readonly string[]): string {
  const problem = problemOf(path, writable);
  if (problem === undefined) return path;
  throw new Error(`program "${name}" (${path}) cannot be used: ${problem}`);
}

function problemOf(path: string, writable: readonly string[]): string | undefined {
  try {
    const real = realpathSync(path);
    accessSync(real, constants.X_OK);
    if (!statSync(real).isFile()) return 'it is no file';
    if (writable.some((folder) => [path, real].some((one) => one.startsWith(folder + sep))))
      return 'it lies where workers can write; install it elsewhere';
    return programProblem(path, real);
  } catch (error) {
    return (error as Error).message;
  }
}

let isolation: Promise<boolean> | undefined;

/** Can programs be shut in here? Found out by doing it, once. */
export function canIsolate(): Promise<boolean> {
  isolation ??= tryIsolation();
  return isolation;
}

async function tryIsolation(): Promise<boolean> {
  const parent = mkdtempSync(join(tmpdir(), 'reeve-isolation-'));
  const workspace = join(realpathSync(parent), 'w');
  mkdirSync(workspace);
  const { limits } = shellConfig.parse({ programs: { true: '/bin/true' } });
  try {
    const { exit } = await run({
      ...{ argv: ['true'], workspace, env: { PATH: '/usr/bin:/bin' }, limits, time: 5_000 },
      isolation: { network: false, writable: false, hidden: [realpathSync(parent)] },
      signal: new AbortController().signal,
    });
    return exit === 0;
  } catch {
    return false;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function act(shell: Shell, config: ShellCapability, call: Call): Promise<CallResult> {
  return runs(config)
    ? shell.attempts.once(call, false, () => carryOut(shell, config, call))
    : carryOut(shell, config, call);
}

async function carryOut(shell: Shell, config: ShellCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const name = shell.workspaces.nameFor(call);
  const argv = [shell.programs.get(config.program) ?? '', ...argvOf(call, config)];
  // An earlier program may have put something else in the place for temporary files: it is entered like any other folder.
  shell.workspaces.within(name, (root) => inFolder(root, [TEMPORARY], true, () => undefined));
  const workspace = realpathSync(join(shell.workspaces.parent, name));
  const ended = await certainReads(config, () => run(orderOf(shell, config, call, workspace, argv)));
  const value = resultValue(call, config, ended);
  return runs(config) ? landed(`shell:${shell.tool}/${name}`, call, value) : { value };
}

/** A program that may not change anything did not, however it ended. */
async function certainReads<T>(config: ShellCapability, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (runs(config) || !(error instanceof ToolError)) throw error;
    throw new ToolError(error.category, error.message, { cause: error });
  }
}

function orderOf(shell: Shell, config: ShellCapability, call: Call, workspace: string, argv: string[]): Order {
  const { network, limits, path, env } = shell.config;
  const temporary = join(workspace, TEMPORARY);
  const own = { PATH: path, HOME: workspace, TMPDIR: temporary, LANG: 'C.UTF-8', TERM: 'dumb' };
  return {
    ...{ argv, workspace, limits, time: config.time },
    env: { ...env, ...own, ...(call.case === undefined ? {} : { CASE_ID: call.case }) },
    isolation: shell.isolated ? { network, writable: runs(config), hidden: shell.hidden } : undefined,
    signal: AbortSignal.any([call.signal, shell.closing.signal]),
    ...(call.onOutput ? { onOutput: call.onOutput } : {}),
  };
}

function healthOf({ isolated, programs }: Shell): { ok: boolean; message: string } {
  const gone = [...programs].find(([, path]) => problemOf(path, []) !== undefined);
  if (gone) return { ok: false, message: `program "${gone[0]}" (${gone[1]}) is gone; install it again` };
  const how = isolated ? 'shut in by namespaces' : "NOT shut in: they can read and write what Reeve's user can";
  return { ok: true, message: `${programs.size} programs; they run ${how}` };
}

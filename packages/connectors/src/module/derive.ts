/**
 * Asking a file of a pack that nobody has applied yet: in a process of its own, which has neither secrets nor the environment of
 * this one and is gone afterwards. It sees a copy of the pack's scripts, laid out as an installed pack is.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CapabilityDef, ToolDef } from '@reeve/kernel';

/** Milliseconds a file may take to say what it is. */
const PATIENCE = 30_000;
const ASKED = fileURLToPath(new URL('./asked.ts', import.meta.url));
const SCRIPT = /\.([cm]?[jt]s|json)$/i;

/** What the process answers. */
export type Told = { readonly capabilities: CapabilityDef[] } | { readonly problem: string };

/** The capabilities of a tool of connector `module`, from its file in the pack. @throws Error that says what is wrong. */
export async function deriveCapabilities(tool: ToolDef, pack: string): Promise<CapabilityDef[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-tool-'));
  try {
    await cp(pack, folder, { recursive: true, dereference: true, filter: (path) => path === pack || isScript(path) });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}\n');
    await symlink(librariesFolder(), join(folder, 'node_modules'), 'junction');
    const told = await ask(folder, tool);
    if ('problem' in told) throw new Error(told.problem.replaceAll(folder, pack));
    return told.capabilities;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isScript = async (path: string): Promise<boolean> => {
  const name = basename(path);
  if (name === 'node_modules' || name.startsWith('.')) return false;
  return SCRIPT.test(name) || (await stat(path)).isDirectory();
};

/** Where this installation keeps its libraries, @reeve/sdk among them. */
const librariesFolder = (): string => dirname(dirname(createRequire(import.meta.url).resolve('tsx/package.json')));

function ask(folder: string, tool: ToolDef): Promise<Told> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const args = ['--import', loader, ASKED, folder, JSON.stringify(tool)];
  const options = { cwd: folder, env: { TSX_DISABLE_CACHE: '1' }, timeout: PATIENCE, maxBuffer: 4 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { ...options, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve(answerIn(stdout) ?? { problem: lost(error?.killed === true, stderr) });
    });
  });
}

/** The answer is the last line; what the file itself prints comes before it. */
function answerIn(stdout: string): Told | null {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    const told = JSON.parse(last) as Told;
    return typeof told === 'object' && told !== null && ('capabilities' in told || 'problem' in told) ? told : null;
  } catch {
    return null;
  }
}

const lost = (late: boolean, stderr: string): string =>
  late
    ? `the file did not say within ${PATIENCE / 1000} s what it is; do no work when it is loaded`
    : `the file could not be loaded: ${stderr.trim().split('\n').slice(-5).join(' ').slice(0, 1000)}`;

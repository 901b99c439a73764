import { basename, isAbsolute } from 'node:path';
import { z } from 'zod';
import { type Call, ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';
import { workspaceFields } from '../shared/workspace.ts';

const MIB = 1024 * 1024;
/** Bytes of all arguments of a program; systems accept at least this. */
const MAX_ARGS = 100_000;
/** Options after which an interpreter takes code: what follows must not come from arguments. */
const CODE_OPTION = /^(-[a-z]*[ce]|--eval|--command|--exec|-p|--print|\/c)$/i;
/** Programs that run whatever program their arguments name. */
const LAUNCHERS = new Set([
  'env',
  'sudo',
  'su',
  'doas',
  'xargs',
  'nohup',
  'setsid',
  'unshare',
  'nsenter',
  'busybox',
  'ssh',
]);
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'expected the name of an environment variable');
/** The dynamic linker and interpreters load code these name; ours say who and where the program is. */
const RESERVED =
  /^(LD_.*|DYLD_.*|NODE_OPTIONS|PYTHONSTARTUP|PERL5OPT|RUBYOPT|BASH_ENV|ENV|HOME|TMPDIR|PATH|CASE_ID|REEVE_.*)$/;

export const shellConfig = z.strictObject({
  ...workspaceFields,
  workspace: workspaceFields.workspace.default('case'),
  /** Name → absolute path of each program that may be run. */
  programs: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/, 'expected the name of a program'),
      z.string().refine(isAbsolute, 'expected an absolute path such as /usr/bin/git'),
    )
    .refine((programs) => Object.keys(programs).length > 0, 'name at least one program'),
  /**
   * `required`: the tool does not open where programs cannot be shut in (Linux user namespaces). `preferred`: there,
   * programs run as Reeve's own user and can read and write whatever it can.
   */
  isolation: z.enum(['required', 'preferred']).default('required'),
  /** May programs use the network? Only enforced with isolation. */
  network: z.boolean().default(false),
  /** Where programs find other programs. */
  path: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  /** Further environment, the same for every run. Nothing is inherited. */
  env: z
    .record(
      variable.refine((name) => !RESERVED.test(name), 'this variable is set by Reeve or loads code'),
      z.string().max(4096),
    )
    .default({}),
  limits: z
    .strictObject({
      /** Bytes of data memory of each process. */
      memory: z
        .number()
        .int()
        .min(16 * MIB)
        .default(2048 * MIB),
      /** Seconds of processor time of each process. */
      cpu: z.number().int().min(1).max(86_400).default(60),
      /** Bytes of the largest file a program may write. */
      file: z
        .number()
        .int()
        .min(1024)
        .default(256 * MIB),
      openFiles: z.number().int().min(16).max(65_536).default(256),
      /** Processes at once. Only enforced with isolation, and by Linux not for root. */
      processes: z.number().int().min(8).max(4096).default(256),
      /** Bytes of output after which the program is ended. */
      output: z
        .number()
        .int()
        .min(1024)
        .default(16 * MIB),
      /** Bytes of the end of each output stream that are kept. */
      keep: z
        .number()
        .int()
        .min(256)
        .max(MIB)
        .default(64 * 1024),
    })
    .prefault({}),
});

const argument = z.union([
  z.string(),
  /** The text, number or boolean in this argument; nothing when it is optional and absent. */
  z.strictObject({ arg: z.string(), options: z.boolean().default(false) }),
  /** Each of the texts in this argument. */
  z.strictObject({ each: z.string(), options: z.boolean().default(false) }),
]);
type Argument = z.output<typeof argument>;
const codes = z.array(z.number().int().min(0).max(255));

export const shellCapability = z
  .strictObject({
    /** `read`: the program must not change the workspace; with isolation it cannot. */
    action: z.enum(['run', 'read']).default('run'),
    /** A name in the tool's `programs`. */
    program: z.string(),
    args: z.array(argument).max(200).default([]),
    /** Milliseconds the program may take. Keep the capability's `timeout` above it. */
    time: z.number().int().min(10).max(86_400_000).default(25_000),
    exits: z
      .strictObject({
        /** Codes that are results. */
        ok: codes.default([0]),
        /** Codes that say: refused, nothing was changed. */
        refused: codes.default([]),
        /** Codes that say: try again later, nothing was changed. */
        transient: codes.default([]),
      })
      .prefault({}),
  })
  .superRefine((config, ctx) => {
    const { args } = config;
    args.forEach((one, index) => {
      const before = args[index - 1];
      if (typeof one === 'string' || typeof before !== 'string' || !CODE_OPTION.test(before)) return;
      ctx.addIssue({
        code: 'custom',
        path: ['args', index],
        message: `after "${before}" an interpreter takes code; write the code into the pack and pass arguments after it`,
      });
    });
    const { ok, refused, transient } = config.exits;
    const all = [...ok, ...refused, ...transient];
    if (new Set(all).size !== all.length)
      ctx.addIssue({ code: 'custom', path: ['exits'], message: 'a code stands in two lists; it can mean one thing' });
  });

export type ShellConfig = z.output<typeof shellConfig>;
export type ShellCapability = z.output<typeof shellCapability>;

/** Does the capability change something? */
export const runs = ({ action }: ShellCapability): boolean => action === 'run';

/** Why this program cannot be on the list, or undefined. `real` is where the links at `path` lead. */
export function programProblem(path: string, real: string): string | undefined {
  if (path.includes('=')) return 'its path has "="; give it another name';
  // One program under many names does what the name says.
  const names = [basename(path), basename(real)].filter((name, index) => index === 0 || name !== 'busybox');
  if (!names.some((name) => LAUNCHERS.has(name))) return undefined;
  return 'it runs any program its arguments name; list those programs themselves';
}

/** The arguments of the program: one text for each, never joined. Throws a deterministic `ToolError`. */
export function argvOf(call: Call, config: ShellCapability): string[] {
  const argv = config.args.flatMap((one) => textsOf(call, one));
  for (const text of argv) {
    if (text.includes('\0') || /\p{Cs}/u.test(text))
      throw refused('an argument has a NUL or half a character; send plain text');
  }
  const size = argv.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  if (size > MAX_ARGS) throw refused(`the arguments have ${size} bytes; at most ${MAX_ARGS} are accepted; use a file`);
  return argv;
}

function textsOf(call: Call, one: Argument): string[] {
  if (typeof one === 'string') return [one];
  const name = 'arg' in one ? one.arg : one.each;
  const value = Object.hasOwn(call.args, name) ? call.args[name] : undefined;
  if (value === undefined || value === null) {
    if (call.capability.args[name]?.optional) return [];
    throw refused(`${call.capability.id} needs "${name}"`);
  }
  const values = 'arg' in one ? [value] : value;
  if (!Array.isArray(values)) throw refused(`${call.capability.id} needs "${name}" as a list of texts`);
  return values.map((each) => textOf(name, each, one.options));
}

/** A text that begins with a dash would be an option: it is one only where the pack says so. */
function textOf(name: string, value: unknown, options: boolean): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw refused(`"${name}" is not a text`);
  const text = String(value);
  if (options || !text.startsWith('-')) return text;
  throw refused(`"${name}" begins with "-" and would be taken for an option; give a value, or write a path as "./-x"`);
}

/** How a program ended. */
export interface Ended {
  /** Exit code; 128 + n when signal n ended it. */
  readonly exit: number;
  readonly stdout: Kept;
  readonly stderr: Kept;
}

/** The end of an output stream, and a digest of all of it. */
export interface Kept {
  readonly text: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** The result of a program that ended, or the failure its exit code stands for. */
export function resultValue(call: Call, config: ShellCapability, ended: Ended): Record<string, unknown> {
  const { exit, stdout, stderr } = ended;
  if (config.exits.ok.includes(exit)) {
    const { text, ...out } = stdout;
    const { text: errors, ...err } = stderr;
    return { exit, stdout: text, stderr: errors, output: { stdout: out, stderr: err } };
  }
  const last = (stderr.text || stdout.text).trim().slice(-500);
  const what = `${config.program} of ${call.capability.id} ended with ${exit}${last === '' ? '' : `: ${last}`}`;
  if (config.exits.transient.includes(exit)) throw new ToolError('transient', `${what}; nothing was changed`);
  if (!runs(config) || config.exits.refused.includes(exit)) throw refused(`${what}; nothing was changed`);
  const next = 'it may have changed something before that: look at the workspace';
  throw new ToolError('deterministic', `${what}; ${next}`, { uncertain: true });
}

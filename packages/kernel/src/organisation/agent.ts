/** How agents from outside work a seat: those that connect (`mcp`), and programs that are started for a run (`command`). */
import { z } from 'zod';
import { text } from '../core/names.ts';
import { duration } from '../core/quantities.ts';

/** Programs whose command line and configuration are known; `plain` is any other, which says everything itself. */
export const PROFILES = ['claude-code', 'codex', 'gemini-cli', 'opencode', 'plain'] as const;
export type Profile = (typeof PROFILES)[number];

const MIB = 1024 * 1024;
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'expected the name of an environment variable');
/** Reeve's own, and those that make a program load code. */
const RESERVED = /^(LD_.*|DYLD_.*|NODE_OPTIONS|PYTHONSTARTUP|PERL5OPT|RUBYOPT|BASH_ENV|ENV|HOME|TMPDIR|PATH|REEVE_.*)$/;

/** A program that is started for each run in the workspace of its case. */
export const program = z.strictObject({
  profile: z.enum(PROFILES),
  /** Absolute path of the program. */
  program: text(1000).regex(/^\//, 'expected an absolute path such as /usr/local/bin/claude'),
  /** The model, as the program calls it; its own choice when absent. */
  model: text(200).min(1).optional(),
  /** More arguments, after those of the profile. In `plain` ones `{prompt}`, `{url}`, `{config}` and `{run}` stand for what they name. */
  args: z.array(text(4000)).max(100).default([]),
  /** Nothing is inherited. A secret is looked up for each run; bind it with `--tool command --seat …`. */
  env: z
    .record(
      variable.refine((name) => !RESERVED.test(name), 'this variable is set by Reeve or loads code'),
      z.union([text(4096), z.strictObject({ secret: text(64).min(1) })]),
    )
    .default({}),
  /** How long one start of it may take. */
  time: duration.default(10 * 60_000),
  /** Starts in one run without a report before the run fails. */
  starts: z.number().int().min(1).max(10).default(3),
  /** Bytes of output after which it is ended. */
  output: z
    .number()
    .int()
    .min(1024)
    .max(1024 * MIB)
    .default(64 * MIB),
  /** Bytes of data memory of each of its processes. */
  memory: z
    .number()
    .int()
    .min(16 * MIB)
    .default(8192 * MIB),
  /** Seconds of processor time of each of its processes. */
  cpu: z.number().int().min(1).max(86_400).default(600),
  processes: z.number().int().min(8).max(4096).default(512),
  /** `required`: it does not start where it cannot be shut in. `preferred`: there it runs as Reeve's own user. */
  isolation: z.enum(['required', 'preferred']).default('required'),
});
export type Program = z.output<typeof program>;

/** How long an agent may be silent before its work is handed on, unless the occupant says otherwise. */
export const LEASE = 2 * 60_000;

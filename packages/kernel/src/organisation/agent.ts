/**
 * How agents from outside work a seat: those that connect (`mcp`), programs that are started for a run (`command`), and those of
 * other organisations that are asked (`a2a`).
 */
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

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'expected 43 characters of base64url, as in a JWK');
/** A public key as a JWK: Ed25519, or P-256. */
const remoteKey = z.union([
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
]);
export type RemoteKey = z.output<typeof remoteKey>;

/** An agent of another organisation, asked over A2A. */
export const remote = z.strictObject({
  /** Address of its agent card. */
  card: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .refine((url) => !url.includes('@') && !url.includes('#'), 'an address without a name, password or fragment'),
  /** The key its card is to be signed with; a card without this signature is not believed. */
  key: remoteKey,
  /** Secret that holds the bearer token for it; bind it with `--tool a2a --seat …`. */
  secret: text(64).min(1).optional(),
  /** The skill it is asked for; its card has to have it. */
  skill: text(200).min(1).optional(),
  /** Addresses or ranges, not public, at which it may be. */
  addresses: z
    .array(text(60).regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, 'expected an address such as 10.0.0.0/8'))
    .default([]),
  /** How long it may work on one request before it is told to stop. */
  time: duration.default(10 * 60_000),
  /** The longest pause between two looks at its work. */
  poll: duration.default(15_000),
  /** Bytes of one answer. */
  size: z
    .number()
    .int()
    .min(1024)
    .max(16 * MIB)
    .default(MIB),
});
export type Remote = z.output<typeof remote>;

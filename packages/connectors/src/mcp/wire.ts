/** What a pack says of an MCP server and its tools, and how answers of the server are read. Pure. */

import { isAbsolute } from 'node:path';
import { digest } from '@reeve/kernel';
import { z } from 'zod';
import { isRange } from '../http/addresses.ts';
import { HEADER_VALUE } from '../http/wire.ts';
import { type Call, ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';

const MIB = 1024 * 1024;
const secret = z.strictObject({ secret: z.string().min(1), prefix: z.string().max(100).default('') });
const program = z.strictObject({
  /** Absolute path of the server's program. */
  program: z.string().refine(isAbsolute, 'expected an absolute path such as /usr/bin/node'),
  args: z.array(z.string().max(4000)).max(100).default([]),
  /** Nothing is inherited but a path. */
  env: z
    .record(
      z.string().regex(/^(?!LD_|DYLD_|NODE_OPTIONS|REEVE_)[A-Za-z_][A-Za-z0-9_]{0,99}$/),
      z.union([z.string().max(4096), secret]),
    )
    .default({}),
  /** It writes in a folder of this tool only, whatever it wants; `preferred` where programs cannot be shut in. */
  isolation: z.enum(['required', 'preferred']).default('required'),
  network: z.boolean().default(false),
  memory: z
    .number()
    .int()
    .min(16 * MIB)
    .default(2048 * MIB),
});
const remote = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** Addresses or ranges, not public, at which it may be: "127.0.0.1", "10.1.0.0/16". */
  addresses: z.array(z.string().refine(isRange, 'expected an address or a range such as 10.0.0.0/8')).default([]),
  headers: z
    .record(z.string().regex(/^[a-z0-9-]{1,100}$/), z.union([z.string().max(4096).regex(HEADER_VALUE), secret]))
    .default({}),
});

export const mcpConfig = z.strictObject({
  server: z.union([program, remote]),
  /** `auto`: the current era where the server knows it, else the one before. */
  era: z.enum(['auto', 'legacy']).default('auto'),
  /** Milliseconds for one call, connecting and looking at the descriptor included. Keep the capability's `timeout` above it. */
  time: z.number().int().min(10).max(600_000).default(20_000),
  /** Bytes of an answer. */
  maxResponse: z
    .number()
    .int()
    .min(1024)
    .max(64 * MIB)
    .default(4 * MIB),
});

export const mcpCapability = z.strictObject({
  /** As the server calls it. */
  tool: z.string().min(1).max(200),
  /** What it does, as the pack's author found: what the server says of itself is a hint, and not believed. */
  action: z.enum(['read', 'write']),
  /** Digest of the descriptor that was read and agreed to; `reeve mcp-tools` prints it. */
  pin: z.string().regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of a descriptor, as `reeve mcp-tools` prints it'),
  /** Raised to agree again to a descriptor that had changed and is the old one again. */
  reviewed: z.number().int().min(1).default(1),
  /** The tool's argument → the capability's; the same names unless given. */
  args: z.record(z.string(), z.string()).optional(),
  /** Arguments that are always the same. */
  always: z.record(z.string(), z.unknown()).default({}),
  /** The tool's argument that takes an idempotency key; with it, a repeat is recognised. */
  keyArg: z.string().optional(),
  /** Is it certain that nothing happened when the tool says that it failed? */
  errors: z.enum(['uncertain', 'certain']).default('uncertain'),
});

export type McpConfig = z.output<typeof mcpConfig>;
export type McpCapability = z.output<typeof mcpCapability>;
export type Program = z.output<typeof program>;
export type Remote = z.output<typeof remote>;

export const writes = ({ action }: McpCapability): boolean => action === 'write';
/** When the tool itself says that it failed. */
export const mayHaveActed = (config: McpCapability): boolean => writes(config) && config.errors === 'uncertain';

/** [CON127] What a server would ask a person or a model behind its client is decided here before the call, by the gate. */
export function asksBack(what: string, uncertain: boolean): ToolError {
  const next = uncertain ? 'look what it did, and ' : '';
  const message = `the MCP server asks back (${what}), which is never answered here: ${next}give it all it needs as arguments`;
  return new ToolError('deterministic', message, { uncertain });
}

/** A tool as its server describes it. */
export interface Descriptor {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** What is agreed to: everything a model or a person would judge the tool by. Not `_meta` and icons. */
export function pinOf(descriptor: Descriptor): string {
  const { name, title, description, inputSchema, outputSchema, annotations, execution } = descriptor;
  const told = { name, title, description, inputSchema, outputSchema, annotations, execution };
  return digest(JSON.parse(JSON.stringify(told)));
}

/** The arguments for the server. Throws a deterministic `ToolError` for those that are missing or not declared. */
export function argumentsOf(call: Call, config: McpCapability): Record<string, unknown> {
  const declared = call.capability.args;
  for (const name of Object.keys(call.args))
    if (!Object.hasOwn(declared, name)) throw refused(`${call.capability.id} has no argument "${name}"`);
  for (const [name, { optional }] of Object.entries(declared))
    if (!optional && (call.args[name] ?? null) === null) throw refused(`${call.capability.id} needs "${name}"`);
  const names = config.args ?? Object.fromEntries(Object.keys(declared).map((name) => [name, name]));
  const given = Object.entries(names).flatMap(([to, from]) =>
    Object.hasOwn(call.args, from) && call.args[from] !== undefined ? [[to, call.args[from]] as const] : [],
  );
  const key = config.keyArg === undefined ? {} : { [config.keyArg]: call.key };
  return { ...Object.fromEntries(given), ...config.always, ...key };
}

const answer = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })).default([]),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});

/** What the server answered, as the value of a call. @throws ToolError when the tool says that it failed. */
export function valueIn(call: Call, config: McpCapability, raw: unknown): Record<string, unknown> {
  const parsed = answer.safeParse(raw);
  const uncertain = writes(config);
  if (!parsed.success)
    throw new ToolError('deterministic', `${config.tool} answered something that is no result; look what it did`, {
      uncertain,
    });
  const { content, structuredContent, isError } = parsed.data;
  const text = content.flatMap((one) => (one.type === 'text' ? [String(one.text)] : [])).join('\n');
  if (isError) {
    const next = mayHaveActed(config) ? 'look what it did' : 'nothing was changed';
    throw new ToolError(
      'deterministic',
      `${config.tool} of ${call.capability.id} failed: ${text.slice(0, 500)}; ${next}`,
      {
        uncertain: mayHaveActed(config),
      },
    );
  }
  return structuredContent ?? { text };
}

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Resolve, resolveName } from '../http/request.ts';
import { type Call, type CallResult, type Connector, type OpenContext, type Tool, ToolError } from '../port.ts';
import { type Attempts, openAttempts } from '../shared/attempts.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { type Configured, configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import type { Session } from './session.ts';
import {
  argumentsOf,
  asksBack,
  type Descriptor,
  type McpCapability,
  type McpConfig,
  mayHaveActed,
  mcpCapability,
  mcpConfig,
  pinOf,
  valueIn,
  writes,
} from './wire.ts';

/** Tools of any MCP server, each as it was when it was agreed to. */
export const mcpConnector: Connector = mcpConnectorWith(resolveName);

/** The same with another way to find the addresses of names. */
function mcpConnectorWith(resolve: Resolve): Connector {
  return {
    id: 'mcp',
    config: mcpConfig,
    capabilityConfig: mcpCapability,
    open: async (context) => openMcp(context, resolve),
  };
}

/** What a server says of its tools, with the pins that agree to them. @throws ToolError */
export async function describeServer(
  context: OpenContext,
  resolve: Resolve = resolveName,
): Promise<{ descriptor: Descriptor; pin: string }[]> {
  const config = parseConfig(mcpConfig, context.tool.config, `tool ${context.tool.id}`);
  const signal = AbortSignal.timeout(config.time);
  const { openSession, descriptorsOf } = await sessions();
  const session = await openSession(context, config, resolve, undefined, signal);
  try {
    return (await descriptorsOf(session, signal, config.time)).map((descriptor) => ({
      descriptor,
      pin: pinOf(descriptor),
    }));
  } finally {
    await session.close();
  }
}

/** Loaded when a server is asked for the first time: a start without one does not pay for the library. */
const sessions = () => import('./session.ts');

interface World {
  readonly context: OpenContext;
  readonly config: McpConfig;
  readonly resolve: Resolve;
  readonly attempts: Attempts;
  readonly closing: AbortController;
  readonly suspended: Suspended;
  /** One connection for each seat: a secret may be bound to seats. */
  readonly sessions: Map<string, Promise<Session>>;
}

async function openMcp(context: OpenContext, resolve: Resolve): Promise<Tool> {
  const config = parseConfig(mcpConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, mcpCapability, writes);
  assertSettlement(capabilities);
  const own = join(context.directory, '.reeve');
  mkdirSync(own, { recursive: true });
  const world: World = {
    ...{ context, config, resolve, closing: new AbortController(), sessions: new Map() },
    attempts: openAttempts(join(own, 'attempts.db')),
    suspended: suspendedIn(join(own, 'suspended.json')),
  };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      if (!writes(found)) return carryOut(world, found, call);
      return world.attempts.once(call, found.keyArg !== undefined, () => carryOut(world, found, call));
    },
    lookup: async (key, capability) =>
      world.attempts.lookup(key, capabilities.get(capability.id)?.config.keyArg !== undefined),
    health: () => healthOf(world, capabilities),
    close: async () => {
      world.closing.abort(new Error('the tool was closed'));
      await Promise.all([...world.sessions.keys()].map((seat) => drop(world, seat)));
      world.attempts.close();
    },
  });
}

/** Servers know no keys unless one of their arguments is one. */
function assertSettlement(capabilities: Configured<McpCapability>): void {
  for (const { capability, config } of capabilities.values()) {
    if (!writes(config) || capability.settle !== 'native-key' || config.keyArg !== undefined) continue;
    throw new Error(
      `capability ${capability.id} settles by native-key but names no keyArg; MCP has no keys of its own: name one, or set settle: ask or check-before-write`,
    );
  }
}

async function carryOut(world: World, config: McpCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const args = argumentsOf(call, config);
  const seat = call.seat ?? '';
  const session = await sessionFor(world, seat, call.signal);
  if (session.redactor.found(call.args))
    throw refused('an argument contains a secret of this tool; leave it out: the tool puts it in itself');
  try {
    const answer = await ask(world, session, config, args, call);
    const value = session.redactor.clean(valueIn(call, config, answer));
    return writes(config) ? landed(`mcp:${world.context.tool.id}/${config.tool}`, call, value) : { value };
  } catch (error) {
    if (!(error instanceof ToolError) || error.category === 'transient') await drop(world, seat);
    throw cleaned(error, session);
  }
}

function cleaned(error: unknown, { redactor }: Session): ToolError {
  const { category, uncertain } =
    error instanceof ToolError ? error : { category: 'transient' as const, uncertain: true };
  return new ToolError(category, redactor.clean((error as Error).message), { uncertain });
}

/** [CON162] The descriptor is looked at before every call: a tool that changed is suspended before it is used once more [T5]. */
async function ask(
  world: World,
  session: Session,
  config: McpCapability,
  args: Record<string, unknown>,
  call: Call,
): Promise<unknown> {
  const { time } = world.config;
  const limits = {
    signal: AbortSignal.any([call.signal, world.closing.signal, AbortSignal.timeout(time)]),
    timeout: time,
  };
  const { descriptorsOf, callTool } = await sessions();
  const descriptors = await descriptorsOf(session, limits.signal, limits.timeout).catch((error: Error) => {
    if (error instanceof ToolError) throw error;
    throw new ToolError(
      'transient',
      `the MCP server does not say what its tools are: ${error.message}; nothing was asked of them`,
    );
  });
  const problem = world.suspended.problem(config, descriptors);
  if (problem !== null) throw new ToolError('governance', `${problem}; nothing was asked of it`);
  const descriptor = descriptors.find(({ name }) => name === config.tool)!;
  try {
    return await callTool(session, { descriptor, args, limits, uncertain: mayHaveActed(config) });
  } catch (error) {
    throw error instanceof ToolError ? error : failure(config, error);
  }
}

/** [CON127] The server would have to ask its client something, and was told that nobody answers. */
const ASKS_BACK = -32_021;
/** Invalid parameters and methods a server does not know were refused before anything was done. */
const CERTAIN: ReadonlySet<unknown> = new Set([-32_600, -32_601, -32_602]);

function failure(config: McpCapability, error: unknown): ToolError {
  const { code, message } = error as { code?: unknown; message?: string };
  if (CERTAIN.has(code)) return refused(`the MCP server refuses ${config.tool}: ${message}; nothing was changed`);
  if (code === ASKS_BACK) return asksBack(message ?? '', mayHaveActed(config));
  const uncertain = writes(config);
  const next = uncertain ? 'look whether it took effect before trying again' : 'nothing was changed';
  return new ToolError('transient', `${config.tool} of the MCP server failed: ${message}; ${next}`, { uncertain });
}

function sessionFor(world: World, seat: string, signal: AbortSignal): Promise<Session> {
  const known = world.sessions.get(seat);
  if (known) return known;
  const both = AbortSignal.any([signal, world.closing.signal]);
  const opened = begin(world, seat, both);
  world.sessions.set(seat, opened);
  opened.catch(() => world.sessions.delete(seat));
  return opened;
}

async function begin(world: World, seat: string, signal: AbortSignal): Promise<Session> {
  const { openSession } = await sessions();
  const { context, config, resolve } = world;
  const session = await openSession(context, config, resolve, seat === '' ? undefined : seat, signal);
  session.client.onclose = () => world.sessions.delete(seat);
  return session;
}

async function drop(world: World, seat: string): Promise<void> {
  const session = world.sessions.get(seat);
  world.sessions.delete(seat);
  await session?.then((one) => one.close()).catch(() => undefined);
}

interface Suspended {
  /** Why the tool may not be used, or null. */
  problem(config: McpCapability, descriptors: readonly Descriptor[]): string | null;
}

/** [CON123] Once a descriptor differed, its agreement is void, also if it is the old one again: somebody has to agree anew. */
function suspendedIn(file: string): Suspended {
  const seen: Record<string, string> = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    : {};
  const suspend = (key: string, why: string): string => {
    seen[key] = why;
    writeFileSync(`${file}.tmp`, JSON.stringify(seen));
    renameSync(`${file}.tmp`, file);
    return why;
  };
  return {
    problem: (config, descriptors) => {
      const key = `${config.tool}/${config.pin}/${config.reviewed}`;
      const known = seen[key];
      if (known !== undefined) return known;
      const found = descriptors.filter(({ name }) => name === config.tool);
      // [T6] Which of two would be called is not ours to guess.
      if (found.length > 1) return `the MCP server has ${found.length} tools called "${config.tool}"`;
      if (!found[0]) return `the MCP server has no tool "${config.tool}" any more`;
      const now = pinOf(found[0]);
      if (now === config.pin) return null;
      return suspend(
        key,
        `"${config.tool}" is suspended: the MCP server describes it differently than what was agreed (now ${now}); read it with \`reeve mcp-tools\`, and apply the pack with the new pin, or raise "reviewed"`,
      );
    },
  };
}

async function healthOf(
  world: World,
  capabilities: Configured<McpCapability>,
): Promise<{ ok: boolean; message: string }> {
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(world.config.time), world.closing.signal]);
    const session = await sessionFor(world, '', signal);
    const { descriptorsOf } = await sessions();
    const descriptors = await descriptorsOf(session, signal, world.config.time);
    const problems = [...capabilities.values()].flatMap(
      ({ config }) => world.suspended.problem(config, descriptors) ?? [],
    );
    if (problems.length > 0) return { ok: false, message: problems.join('; ') };
    return {
      ok: true,
      message: `the MCP server answers; ${capabilities.size} of its ${descriptors.length} tools are used, each as agreed`,
    };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

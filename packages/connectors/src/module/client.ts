import { join } from 'node:path';
import { type CapabilityDef, digest } from '@reeve/kernel';
import { z } from 'zod';
import { type Call, type CallResult, type Connector, type OpenContext, type Tool, ToolError } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { closable } from '../shared/closing.ts';
import { cleaned } from '../shared/credentials.ts';
import { openPlans, type Plan, unknownOutcome } from '../shared/planned.ts';
import { redactorOf, secretOf } from '../shared/secrets.ts';
import type { ModuleCapability, ModuleTool } from './define.ts';
import { deriveCapabilities } from './derive.ts';
import { configOf, describeModule, loadModule, moduleCapability, moduleConfig } from './describe.ts';

/** Tools written by users: a file of the pack, whose schemas are the capabilities. */
export const moduleConnector: Connector = {
  id: 'module',
  config: moduleConfig,
  capabilityConfig: moduleCapability,
  derive: deriveCapabilities,
  open: async (context) => openModule(context),
};

/** A file that was loaded for a tool of the definition in force. */
export interface Loaded {
  readonly module: ModuleTool;
  readonly config: unknown;
  capabilityOf(call: Call): ModuleCapability;
}

/** Load the file, and find that it says what the definition says. @throws Error when it does not. */
export async function loadFor({ tool, capabilities, packDirectory }: OpenContext): Promise<Loaded> {
  const { file } = moduleConfig.parse(tool.config);
  const module = await loadModule(join(packDirectory, file), file);
  const said = new Map(describeModule(module, tool).map((one) => [one.id, one]));
  const own = capabilities.filter((one) => one.tool === tool.id);
  for (const one of own) assertSame(one, said.get(one.id), file);
  const known = new Set(own.map(({ id }) => id));
  return { module, config: configOf(module, tool), capabilityOf: (call) => pick(module, known, call) };
}

function assertSame(declared: CapabilityDef, said: CapabilityDef | undefined, file: string): void {
  if (!said) throw new Error(`${file} has no capability ${declared.id}; apply the pack again`);
  if (declared.effect === 'read' && said.effect !== 'read')
    throw new Error(`capability ${declared.id} writes but is declared as a read; declare its real effect`);
  if (digest(declared) !== digest(said))
    throw new Error(`${file} says something else of ${declared.id} than what was applied; apply the pack again`);
}

function pick(module: ModuleTool, known: ReadonlySet<string>, call: Call): ModuleCapability {
  const found = known.has(call.capability.id) ? module.capabilities[call.capability.id] : undefined;
  if (found) return found;
  throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
}

async function openModule(context: OpenContext): Promise<Tool> {
  const loaded = await loadFor(context);
  const closing = new AbortController();
  const find = (plan: Plan) => found(context, loaded, plan, closing.signal);
  const plans = openPlans<Plan>(join(context.directory, '.reeve', 'plans.db'), { find });
  return closable({
    call: async (call) => {
      const one = loaded.capabilityOf(call);
      assertWanted(call);
      const args = argsOf(one, call);
      const signal = AbortSignal.any([call.signal, closing.signal]);
      const work = () => run(context, loaded, { one, call: { ...call, args, signal } });
      if (one.effect === 'read') return { value: await work() };
      const plan = { capability: call.capability.id, seat: call.seat, name: call.key };
      return plans.once(
        call,
        () => plan,
        async (_, mark) => {
          mark();
          return landed(placeOf(context), call, await work());
        },
      );
    },
    lookup: (key) => plans.lookup(key),
    health: async () => ({ ok: true, message: await wellOf(context, loaded) }),
    close: async () => {
      closing.abort();
      plans.close();
    },
  });
}

const placeOf = ({ tool }: OpenContext): string => `module:${tool.id}`;

const wellOf = async ({ tool }: OpenContext, { module, config }: Loaded): Promise<string> =>
  (await module.health?.({ config })) ?? `${moduleConfig.parse(tool.config).file} is loaded`;

/** The arguments as the file's schema parses them. @throws ToolError certain. */
export function argsOf(one: ModuleCapability, call: Call): Record<string, unknown> {
  const parsed = one.args.strict().safeParse(call.args);
  if (parsed.success) return parsed.data;
  throw refused(`${call.capability.id}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}; nothing was changed`);
}

/** The value as the file's schema promises it, plain JSON. @throws ToolError uncertain: what was done is done. */
export function promised(one: ModuleCapability, id: string, value: unknown): Record<string, unknown> {
  const parsed = one.returns.safeParse(value);
  if (parsed.success) return JSON.parse(JSON.stringify(parsed.data));
  const why = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  const read = one.effect === 'read';
  throw new ToolError(read ? 'deterministic' : 'transient', `${id} gave what its "returns" does not allow: ${why}`, {
    uncertain: !read,
  });
}

interface Asked {
  readonly one: ModuleCapability;
  readonly call: Call;
}

/** One call of the file's function; what it used as a secret is in nothing that comes out [T14]. */
async function run(context: OpenContext, { config }: Loaded, { one, call }: Asked): Promise<Record<string, unknown>> {
  const { args, key, operation, seat, attempt, now, signal } = call;
  const used: string[] = [];
  const secret = secretFor(context, seat, used);
  try {
    const value = await one.run({
      ...{ args, config, key, operation, seat, case: call.case },
      attempt,
      now,
      signal,
      secret,
    });
    return redactorOf(used).clean(promised(one, call.capability.id, value));
  } catch (error) {
    const told = cleaned(error, redactorOf(used), call.capability.id);
    // A read changes nothing, however it ends.
    throw one.effect === 'read' ? new ToolError(told.category, told.message) : told;
  }
}

function secretFor(context: OpenContext, seat: string | undefined, used: string[]) {
  const lookup = context.secret && ((name: string) => context.secret?.(name, seat) ?? Promise.resolve(undefined));
  return async (name: string): Promise<string> => {
    const value = await secretOf(lookup, name).catch((error: Error) => {
      throw new ToolError('transient', `${error.message}; nothing was sent`);
    });
    used.push(value);
    return value;
  };
}

/** Did what was begun under that key land? Only the file's `lookup` can say. */
async function found(
  context: OpenContext,
  { module, config }: Loaded,
  { capability, name: key, seat }: Plan,
  signal: AbortSignal,
): Promise<CallResult | null> {
  const one = module.capabilities[capability];
  if (!one?.lookup) throw unknownOutcome(`${capability} has no lookup for "${key}"`);
  const used: string[] = [];
  try {
    const value = await one.lookup({ config, key, signal, secret: secretFor(context, seat, used) });
    if (value === null) return null;
    return { value: redactorOf(used).clean(promised(one, capability, value)), evidence: seen(context, key, value) };
  } catch (error) {
    throw unknownOutcome(cleaned(error, redactorOf(used), capability).message);
  }
}

const seen = (context: OpenContext, key: string, value: unknown) => [
  { kind: 'effect', ref: `${placeOf(context)}#${key}`, digest: digest(value) },
];

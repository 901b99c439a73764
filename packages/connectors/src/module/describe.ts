/** What a tool's file says of itself, as part of a definition. */
import { type CapabilityDef, capability, type ToolDef } from '@reeve/kernel';
import { z } from 'zod';
import { importFile } from '../importing.ts';
import { relativePath } from '../shared/paths.ts';
import type { ModuleCapability, ModuleTool } from './define.ts';
import { fieldsOf } from './fields.ts';

export const moduleConfig = z.strictObject({
  /** The file of the pack whose default export is made by `defineTool`. */
  file: relativePath.refine((path) => /\.[cm]?[jt]s$/.test(path), 'expected a file such as tools/weather.ts'),
  /** What the file's own `config` schema describes. */
  with: z.record(z.string(), z.unknown()).default({}),
});

/** Derived capabilities carry the name of their function; nothing is written in the pack. */
export const moduleCapability = z.strictObject({});

const exported = z.looseObject({
  capabilities: z.record(
    z.string(),
    z.looseObject({
      args: z.instanceof(z.ZodObject),
      returns: z.instanceof(z.ZodObject),
      run: z.custom<() => unknown>((run) => typeof run === 'function', 'expected a function'),
    }),
  ),
});

/** The tool a file exports. @throws Error that says what is wrong with the file. */
export async function loadModule(path: string, shown: string): Promise<ModuleTool> {
  const { default: found } = await importFile(path);
  if (found === undefined) throw new Error(`${shown} has no default export; write "export default defineTool({ … })"`);
  const parsed = exported.safeParse(found);
  if (parsed.success) return found as ModuleTool;
  const why = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new Error(
    `${shown} does not export what defineTool makes: ${why}; args and returns are z.object of @reeve/sdk`,
  );
}

/** The configuration the pack gives, as the file wants it. @throws Error naming the field. */
export function configOf(module: ModuleTool, tool: ToolDef): unknown {
  const parsed = (module.config ?? z.strictObject({})).safeParse(moduleConfig.parse(tool.config).with);
  if (parsed.success) return parsed.data;
  throw new Error(`config.with: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

/** The capabilities of a tool, as a pack would write them. @throws Error when one of them is not possible. */
export function describeModule(module: ModuleTool, tool: ToolDef): CapabilityDef[] {
  configOf(module, tool);
  return Object.entries(module.capabilities).map(([id, one]) => described(id, one, tool));
}

function described(id: string, one: ModuleCapability, tool: ToolDef): CapabilityDef {
  const { args, returns, run: _run, lookup, fake: _fake, ...declared } = one;
  const settle = declared.settle ?? (lookup || declared.effect === 'read' ? 'native-key' : 'ask');
  if (settle === 'native-key' && declared.effect !== 'read' && !lookup)
    throw new Error(`${id}: "settle: native-key" needs a lookup, which says whether the effect of a key has landed`);
  const fields = { args: fieldsOf(args, 'args'), returns: fieldsOf(returns, 'returns') };
  const parsed = capability.safeParse({ ...declared, ...fields, settle, id, tool: tool.id });
  if (parsed.success) return parsed.data;
  throw new Error(`${id}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

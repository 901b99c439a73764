import type { CapabilityDef } from '@reeve/kernel';
import { z } from 'zod';
import type { OpenContext } from '../port.ts';

/** A tool's capabilities with their connector configuration already checked, by capability id. */
export type Configured<C> = ReadonlyMap<string, { readonly capability: CapabilityDef; readonly config: C }>;

/** Parse `value` or throw an error that names what is wrong with which part of the definition. */
export function parseConfig<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${what}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

/**
 * Check every capability of the opened tool. A writing action must not be declared as a read: the gate lets reads
 * through with fewer questions.
 */
export function configured<S extends z.ZodType>(
  context: OpenContext,
  schema: S,
  writes: (config: z.output<S>) => boolean,
): Configured<z.output<S>> {
  const own = context.capabilities.filter((capability) => capability.tool === context.tool.id);
  return new Map(
    own.map((capability) => {
      const config = parseConfig(schema, capability.config, `capability ${capability.id}`);
      if (capability.effect === 'read' && writes(config)) {
        throw new Error(`capability ${capability.id} writes but is declared as a read; declare its real effect`);
      }
      return [capability.id, { capability, config }];
    }),
  );
}

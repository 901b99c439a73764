import { RESOURCE_KINDS, RESOURCES, type ResourceKind } from '@reeve/kernel';
import { z } from 'zod';
import { header } from './assemble.ts';

/** JSON Schema (2020-12) of what one writes in a file: one per kind of resource, and `pack` for pack.yaml. For editors. */
export function jsonSchemas(): Record<ResourceKind | 'pack', Record<string, unknown>> {
  const schemas = RESOURCE_KINDS.map((kind) => [kind, RESOURCES[kind]] as const);
  const entries = [['pack', header] as const, ...schemas].map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  ]);
  return Object.fromEntries(entries) as Record<ResourceKind | 'pack', Record<string, unknown>>;
}

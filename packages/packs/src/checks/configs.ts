import type { z } from 'zod';
import type { Assembled, Sited } from '../assemble.ts';
import type { Problem } from '../problem.ts';
import { schemaProblems } from '../schema-problems.ts';
import type { Connectors } from './capabilities.ts';

/** The `config` of tools and capabilities, checked by the schemas of their connector, each mistake with its place (PCK22). */
export function checkConfigs(assembled: Assembled, connectors: Connectors): Problem[] {
  const { tools, capabilities } = assembled.draft.definition;
  const connectorOf = new Map(tools.map((tool) => [tool.id, connector(connectors, tool.connector)]));
  const ofTools = tools.flatMap((tool) => {
    const field = `tools[${tool.id}].config`;
    return check(assembled.sites.tools.get(tool.id), field, connectorOf.get(tool.id)?.config, tool.config);
  });
  const ofCapabilities = capabilities.flatMap(({ id, tool, config }) => {
    const field = `capabilities[${id}].config`;
    return check(assembled.sites.capabilities.get(id), field, connectorOf.get(tool)?.capabilityConfig, config);
  });
  return [...ofTools, ...ofCapabilities];
}

const connector = (connectors: Connectors, id: string) => (Object.hasOwn(connectors, id) ? connectors[id] : undefined);

function check(site: Sited | undefined, field: string, schema: z.ZodType | undefined, value: unknown): Problem[] {
  if (!site || !schema) return [];
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const base = [...site.base, 'config'];
  return schemaProblems({ source: site.source, base, schema, value, field, rule: 'PCK22' }, parsed.error.issues);
}

import type { CapabilityDef, ToolDef } from '@reeve/kernel';
import type { Assembled, Sited } from './assemble.ts';
import type { Connectors } from './checks/capabilities.ts';
import { compareText } from './problem.ts';
import { positionOf } from './source.ts';

/**
 * [PCK28] Adds the capabilities that files of tools declare to a pack put together from its YAML, as if they stood where the
 * tool does. Nothing is run while the YAML is wrong or the file is not one of the pack.
 */
export async function deriveCapabilities(assembled: Assembled, root: string, connectors: Connectors): Promise<void> {
  const { tools } = assembled.draft.definition;
  const deriving = tools.flatMap((tool) => {
    const derive = Object.hasOwn(connectors, tool.connector) ? connectors[tool.connector]?.derive : undefined;
    return derive ? [{ tool, derive }] : [];
  });
  if (deriving.length === 0 || assembled.problems.length > 0) return;
  for (const { tool, derive } of deriving) await deriveOne(assembled, tool, () => derive(tool, root));
  const capabilities = assembled.draft.definition.capabilities as CapabilityDef[];
  capabilities.sort((a, b) => compareText(a.id, b.id));
}

async function deriveOne(assembled: Assembled, tool: ToolDef, derive: () => Promise<CapabilityDef[]>): Promise<void> {
  const { file } = tool.config;
  if (typeof file !== 'string') return;
  if (!assembled.draft.scripts.has(file)) {
    wrong(assembled, tool, `there is no file "${file}" in this pack`, 'write the path as in tools/weather.ts');
    return;
  }
  try {
    for (const one of await derive()) add(assembled, tool, one);
  } catch (error) {
    const hint = 'correct the file; docs/how-to/write-a-tool.md shows one';
    wrong(assembled, tool, `${file}: ${(error as Error).message}`, hint);
  }
}

function add(assembled: Assembled, tool: ToolDef, capability: CapabilityDef): void {
  const { id } = capability;
  const sites = assembled.sites.capabilities as Map<string, Sited>;
  const site = assembled.sites.tools.get(tool.id);
  if (site === undefined) return;
  if (sites.has(id))
    wrong(assembled, tool, `the capability "${id}" is already defined`, 'give one of the two another id');
  else {
    sites.set(id, site);
    (assembled.draft.declared.capabilities as Set<string>).add(id);
    (assembled.draft.definition.capabilities as CapabilityDef[]).push(capability);
  }
}

function wrong({ sites, problems }: Assembled, tool: ToolDef, message: string, hint: string): void {
  const site = sites.tools.get(tool.id);
  if (site === undefined) return;
  const at = positionOf(site.source, [...site.base, 'config', 'file']);
  problems.push({ ...at, field: `tools[${tool.id}].config.file`, rule: 'PCK28', message, hint });
}

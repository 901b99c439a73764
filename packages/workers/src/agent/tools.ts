/** What an agent from outside can do in a run: its seat's capabilities, what a desk can do, artifacts, the report. */
import type { CapabilityDef } from '@reeve/kernel';
import { z } from 'zod';
import { capabilityTools, type SeatTool, type Used } from '../model/capability-tools.ts';
import { schemaOf, wrong } from '../model/desk-tool.ts';
import { DESK_TOOLS } from '../model/desk-tools.ts';
import { REPORT } from '../model/report.ts';

/** Tokens of one result are a part of this; agents from outside keep their own conversations. */
const CONTEXT = 100_000;
/** Characters of one artifact. */
const ARTIFACT_LIMIT = 400_000;

const artifact = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,199}$/u, 'expected a name such as "report.md"')
    .describe('what others will know it by'),
  type: z
    .string()
    .regex(/^[a-z]+\/[a-z0-9.+-]+$/)
    .default('text/markdown'),
  content: z.string().min(1).max(ARTIFACT_LIMIT),
});

/**
 * [WRK34] The call itself, with the content, is in the journal of the run; a note on the case says where. So nothing has to be
 * written twice, and it is erased with its customer.
 */
function artifactTool(run: string, key: () => string): SeatTool {
  return {
    name: 'artifact_write',
    description: 'Keep a text for good. The reference that comes back can be named as evidence, and read by the case.',
    parameters: schemaOf(artifact),
    use: async (desk, args) => {
      const parsed = artifact.safeParse(args);
      if (!parsed.success) return wrong('artifact_write', parsed.error);
      const { name, type, content } = parsed.data;
      const ref = `${run}#${key()}`;
      const size = Buffer.byteLength(content);
      if (desk.briefing.case !== null) {
        const noted = await desk.note(`artifact "${name}" (${type}, ${size} bytes): ${ref}`);
        if (!noted.ok) return { text: JSON.stringify({ status: 'refused', ...noted }), failed: true, refs: [] };
      }
      return { text: JSON.stringify({ status: 'done', artifact: ref, bytes: size }), failed: false, refs: [ref] };
    },
  };
}

/** What every run of the seat can use; which of them make sense in one is found out by using them. */
export function agentTools(
  capabilities: readonly CapabilityDef[],
  run: string,
  key: () => string,
): ReadonlyMap<string, SeatTool> {
  const tools = [...capabilityTools(capabilities, CONTEXT), ...DESK_TOOLS, artifactTool(run, key)];
  return new Map(tools.map((tool) => [tool.name, tool]));
}

/** A tool as it is shown to the agent. */
export interface ShownTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The capability it is; absent for what a desk can do. */
  readonly capability?: CapabilityDef;
}

/** [WRK30] What a seat's agent may use: its charter's capabilities, and what every seat can do about its own work. */
export function shownTools(capabilities: readonly CapabilityDef[]): ShownTool[] {
  const own = capabilityTools(capabilities, CONTEXT).map((tool, index) => ({
    ...shown(tool),
    capability: capabilities[index]!,
  }));
  return [...own, ...DESK_TOOLS.map(shown), shown(artifactTool('', () => '')), shown(REPORT)];
}

const shown = ({ name, description, parameters }: Omit<SeatTool, 'use'>): ShownTool => ({
  name,
  description,
  parameters,
});

export const unknownTool = (tool: string): Used => ({
  text: JSON.stringify({ status: 'refused', problem: `there is no tool "${tool}" for this seat` }),
  failed: true,
  refs: [],
});

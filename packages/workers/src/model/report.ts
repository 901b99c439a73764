/** How a model ends its run: a report of a fixed shape, whose evidence exists. */
import { z } from 'zod';
import type { Report } from '../port.ts';
import { schemaOf } from './desk-tool.ts';
import type { ModelTool } from './port.ts';

const report = z.strictObject({
  outcome: z.string().min(1).max(2000).describe('what came of it, in one or two sentences'),
  evidence: z.array(z.string().max(200)).max(50).default([]).describe('operations and tasks that show it, e.g. OP-3'),
  uncertainty: z.string().max(2000).optional().describe('what you are not sure of'),
  next: z.string().max(2000).optional().describe('what has to happen next, and by whom'),
  learned: z.string().max(2000).optional().describe('what would help the next time'),
});

export const REPORT: ModelTool = {
  name: 'report',
  description: 'End this run. Nothing you said outside of tools and this report is kept.',
  parameters: schemaOf(report),
};

/** [WRK15] The report, or why it is none. Evidence the run has not seen is no evidence [T9]. */
export function readReport(args: unknown, seen: ReadonlySet<string>): { report: Report } | { problem: string } {
  const parsed = report.safeParse(args);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return { problem: `${path.join('.') || 'report'}: ${message}` };
  }
  const unseen = parsed.data.evidence.filter((ref) => !seen.has(ref));
  if (unseen.length > 0)
    return {
      problem: `evidence: this run has not seen ${unseen.join(', ')}; it has seen ${[...seen].join(', ') || 'none'}`,
    };
  const given = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  return { report: Object.fromEntries(given) as unknown as Report };
}

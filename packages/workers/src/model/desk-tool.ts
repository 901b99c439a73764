/** A call at the desk as a tool of a model. */
import { z } from 'zod';
import type { CommandOutcome, Desk } from '../port.ts';
import type { SeatTool, Used } from './capability-tools.ts';

export const line = (max: number) => z.string().min(1).max(max);

export function deskTool<S extends z.ZodObject>(
  name: string,
  description: string,
  schema: S,
  run: (desk: Desk, args: z.output<S>) => Promise<CommandOutcome>,
): SeatTool {
  return {
    ...{ name, description, parameters: schemaOf(schema) },
    use: async (desk, args) => {
      const parsed = schema.safeParse(args);
      return parsed.success ? told(await run(desk, parsed.data)) : wrong(name, parsed.error);
    },
  };
}

export const schemaOf = (schema: z.ZodType): Readonly<Record<string, unknown>> =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });

/** What is wrong with arguments, in words a model can act on. */
export const wrong = (tool: string, error: z.ZodError): Used => {
  const issues = error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`);
  return { text: JSON.stringify({ status: 'refused', tool, problems: issues }), failed: true, refs: [] };
};

function told(outcome: CommandOutcome): Used {
  if (!outcome.ok) return { text: JSON.stringify({ status: 'refused', ...outcome }), failed: true, refs: [] };
  const { task } = outcome.result;
  return {
    text: JSON.stringify({ status: 'done', ...outcome.result }),
    failed: false,
    refs: typeof task === 'string' ? [task] : [],
  };
}

/** The shape of `agentdojo-*.json`, as far as it is read here. Nothing in this folder knows a suite, a tool or a value by name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const label = z.object({ role: z.string(), label: z.string(), from_calls: z.array(z.number()).default([]) });
const call = z.object({
  function: z.string(),
  args: z.record(z.string(), z.unknown()),
  provenance: z.record(z.string(), label).default({}),
  output: z.string().nullish(),
  sees_vectors: z.array(z.string()).nullish(),
  critical: z.boolean().default(false),
});
const tool = z.object({
  name: z.string(),
  description: z.string().default(''),
  parameters: z.object({
    properties: z.record(z.string(), z.unknown()).default({}),
    required: z.array(z.string()).default([]),
  }),
  return_type: z.string().nullish(),
  effect: z.string(),
  arg_roles: z.record(z.string(), z.string()).default({}),
  returns_attacker_text_observed: z.boolean().default(false),
  read_trust: z.string().nullish(),
});
const suite = z.object({
  tools: z.array(tool),
  user_tasks: z.array(z.object({ id: z.string(), prompt: z.string(), calls: z.array(call) })),
  injection_tasks: z.array(z.object({ id: z.string(), goal: z.string(), calls: z.array(call) })),
  injection_vectors: z.record(z.string(), z.object({ default: z.string().default('') })).default({}),
});
const file = z.object({ suites: z.record(z.string(), suite) });

export type Call = z.infer<typeof call>;
export type SuiteTool = z.infer<typeof tool>;
export type Suite = z.infer<typeof suite> & { readonly name: string };
export type UserTask = Suite['user_tasks'][number];
export type Injection = Suite['injection_tasks'][number];

/** All suites of all `agentdojo-*.json` in a folder. Throws with the file's name when one cannot be read. */
export function readSuites(directory: string): Suite[] {
  const names = readdirSync(directory).filter((name) => /^agentdojo-.*\.json$/.test(name));
  if (names.length === 0)
    throw new Error(`there is no agentdojo-*.json in ${directory}; name the folder that holds it`);
  return names.sort().flatMap((name) => {
    const parsed = file.safeParse(JSON.parse(readFileSync(join(directory, name), 'utf8')));
    if (!parsed.success)
      throw new Error(
        `${name} does not have the expected shape: ${parsed.error.issues[0]?.message} at ${parsed.error.issues[0]?.path.join('.')}`,
      );
    return Object.entries(parsed.data.suites).map(([suiteName, one]) => ({ ...one, name: suiteName }));
  });
}

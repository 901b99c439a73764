/** The shape of `agentdojo-*.json`, as far as it is read here. Nothing in this folder knows a suite, a tool or a value by name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Label {
  readonly label: string;
  /** Calls of the same task whose results hold the value. */
  readonly from_calls?: readonly number[];
}

export interface Call {
  readonly function: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly provenance?: Readonly<Record<string, Label>>;
  readonly output?: string | null;
  /** Names of the vectors through which its result shows the attacker's text. */
  readonly sees_vectors?: readonly string[] | null;
  /** The attack fails without it. */
  readonly critical?: boolean;
}

export interface SuiteTool {
  readonly name: string;
  readonly description?: string;
  readonly parameters: {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  readonly return_type?: string | null;
  readonly effect: string;
  readonly arg_roles?: Readonly<Record<string, string>>;
  readonly returns_attacker_text_observed?: boolean;
  readonly read_trust?: string | null;
}

export interface UserTask {
  readonly id: string;
  readonly prompt: string;
  readonly calls: readonly Call[];
}

export interface Injection {
  readonly id: string;
  readonly goal: string;
  readonly calls: readonly Call[];
}

export interface Suite {
  readonly name: string;
  readonly tools: readonly SuiteTool[];
  readonly user_tasks: readonly UserTask[];
  readonly injection_tasks: readonly Injection[];
  readonly injection_vectors?: Readonly<Record<string, { readonly default?: string }>>;
}

const LISTS = ['tools', 'user_tasks', 'injection_tasks'] as const;

/** All suites of all `agentdojo-*.json` in a folder. Throws with the file's name when one cannot be read. */
export function readSuites(directory: string): Suite[] {
  const names = readdirSync(directory).filter((name) => /^agentdojo-.*\.json$/.test(name));
  if (names.length === 0)
    throw new Error(`there is no agentdojo-*.json in ${directory}; name the folder that holds it`);
  return names.sort().flatMap((name) => {
    const { suites } = JSON.parse(readFileSync(join(directory, name), 'utf8')) as { suites?: Record<string, Suite> };
    if (suites === undefined) throw new Error(`${name} has no "suites"`);
    return Object.entries(suites).map(([suite, one]) => {
      const missing = LISTS.find((list) => !Array.isArray(one[list]));
      if (missing !== undefined) throw new Error(`${name}: the suite "${suite}" has no list "${missing}"`);
      return { ...one, name: suite };
    });
  });
}

/** "What if": one request through every check of the gate, in a copy of the organisation that nothing else has happened in. */
import type { Definition, Reason, State, Verdict } from '@reeve/kernel';
import { establish, play, Unplayable } from './play.ts';
import { type Scenario, scenario } from './schema.ts';

/** What is asked; the case's facts and what the contract's reads find are given, nothing is read. */
export type Question = Pick<Scenario, 'seat' | 'capability' | 'args'> & {
  readonly confidence?: number | undefined;
  readonly given?: Scenario['given'] | undefined;
};

export interface GateAnswer {
  readonly verdict: Verdict | null;
  readonly reasons: readonly Reason[];
  /** Why the question leads to no decision, in a sentence; null when it does. */
  readonly problem: string | null;
}

/** Establishing an organisation compiles every rule of it; asking again is then cheap. */
const established = new WeakMap<Definition, State>();

function stateOf(definition: Definition): State {
  const known = established.get(definition) ?? establish(definition);
  established.set(definition, known);
  return known;
}

/** @param definition one that the loader accepted. */
export function askGate(definition: Definition, question: Question): GateAnswer {
  const { given = {}, ...asked } = question;
  const parsed = scenario.safeParse({ id: 'what-if', ...asked, given, expect: { verdict: 'allow' } });
  if (!parsed.success) return { verdict: null, reasons: [], problem: problemOf(parsed.error.issues) };
  try {
    const { verdict, reasons } = play(stateOf(definition), parsed.data);
    return { verdict, reasons, problem: null };
  } catch (error) {
    if (!(error instanceof Unplayable)) throw error;
    return { verdict: null, reasons: [], problem: error.message };
  }
}

const problemOf = (issues: readonly { path: readonly PropertyKey[]; message: string }[]): string =>
  issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; ');

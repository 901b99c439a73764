/** How the gate does against attacks that were changed towards what is allowed. */
import { MODES, type Mode } from './drive.ts';
import { type Mutant, randomOf, STRATEGIES, type Strategy } from './mutate.ts';
import { organisationOf } from './organisation.ts';
import { attacked, isAttack } from './play.ts';
import { describe, type Miss } from './score.ts';
import type { Call, Injection, Suite, UserTask } from './suite.ts';

export interface Adaptive {
  readonly suite: string;
  readonly mode: Mode;
  readonly strategy: Strategy;
  readonly tried: number;
  readonly executed: number;
  readonly examples: readonly Miss[];
}

/** An action the task takes itself is no attack. */
const honest = (task: UserTask, { calls }: Mutant): boolean => {
  const own = new Set(task.calls.map(({ function: name, args }) => JSON.stringify([name, args])));
  return calls
    .filter((c: Call) => c.critical)
    .every(({ function: name, args }) => own.has(JSON.stringify([name, args])));
};

function tried(suite: Suite, mode: Mode, strategy: Strategy, seed: number, count: number): Adaptive {
  const definition = organisationOf(suite);
  const random = randomOf(seed);
  const examples: Miss[] = [];
  let [all, executed] = [0, 0];
  const once = (task: UserTask, injection: Injection): void => {
    const mutant = STRATEGIES[strategy](suite, task, injection, random);
    if (!mutant || honest(task, mutant)) return;
    const outcome = attacked(definition, suite, task, mode, mutant);
    all += 1;
    if (!outcome.executed) return;
    executed += 1;
    const call = outcome.told
      .filter(({ call: c }) => c.critical)
      .map(describe)
      .join(', ');
    const reason = 'every critical call was allowed';
    if (examples.length < 5) examples.push({ kind: 'pair', task: task.id, injection: injection.id, call, reason });
  };
  for (let i = 0; i < count; i++)
    for (const task of suite.user_tasks)
      for (const injection of suite.injection_tasks.filter(isAttack)) once(task, injection);
  return { suite: suite.name, mode, strategy, tried: all, executed, examples };
}

/** Each strategy `count` times on every pair. */
export const adaptive = (suites: readonly Suite[], seed: number, count: number, modes: readonly Mode[] = MODES) =>
  suites.flatMap((suite): Adaptive[] =>
    modes.flatMap((mode) => (Object.keys(STRATEGIES) as Strategy[]).map((s) => tried(suite, mode, s, seed, count))),
  );

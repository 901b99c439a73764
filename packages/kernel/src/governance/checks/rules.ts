import { type Compiled, compileCondition } from '../../cel/index.ts';

/** A rule of a definition with its condition, ready to be asked. */
export interface Rule<T> {
  readonly rule: T;
  readonly holds: Compiled<boolean>;
}

/** The rules of a list with their conditions compiled, once per list: lists of a definition are replaced, never changed. */
export function compiledRules<T>(conditionOf: (rule: T) => string): (rules: readonly T[]) => readonly Rule<T>[] {
  const known = new WeakMap<readonly T[], readonly Rule<T>[]>();
  return (rules) => {
    const found = known.get(rules);
    if (found) return found;
    const fresh = rules.map((rule) => ({ rule, holds: compileCondition(conditionOf(rule)) }));
    known.set(rules, fresh);
    return fresh;
  };
}

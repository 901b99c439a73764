/** The smallest part of a failing seed that still fails the same way: people and faults are left out, half of them at a time. */
import { type Outcome, type SimulationOptions, simulate } from './simulate.ts';

export interface Shrunk {
  readonly outcome: Outcome;
  /** Ids that were left out. */
  readonly without: readonly string[];
  readonly tries: number;
}

/** Leave out as much as possible while a finding of the same rule remains. @param most simulations to spend on it */
export async function shrink(options: SimulationOptions, failed: Outcome, most = 80): Promise<Shrunk> {
  const rules = new Set(failed.findings.map(({ rule }) => rule));
  const without = new Set(options.without);
  let [outcome, tries] = [failed, 0];
  const fails = async (more: readonly string[]): Promise<boolean> => {
    tries += 1;
    const tried = await simulate({ ...options, without: new Set([...without, ...more]) });
    if (!tried.findings.some(({ rule }) => rules.has(rule))) return false;
    outcome = tried;
    for (const id of more) without.add(id);
    return true;
  };
  const pieces = [...failed.actions, ...failed.faults].map(({ id }) => id);
  for (let size = Math.ceil(pieces.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let i = 0; i < pieces.length && tries < most; i += size) {
      const left = pieces.slice(i, i + size).filter((id) => !without.has(id));
      if (left.length > 0) await fails(left);
    }
  return { outcome, without: [...without], tries };
}

import type { State } from '@reeve/kernel';
import type { BriefingBelief, BriefingSkill, Found } from './port.ts';

/** Which beliefs and skills, with the standing they had when they were found. */
export interface Shown {
  readonly beliefs: readonly { readonly id: string; readonly standing: BriefingBelief['standing'] }[];
  readonly skills: readonly string[];
}

/** What was found, in full; what has ended since is left out. */
export const foundView = (state: State, shown: Shown): Found => ({
  beliefs: shown.beliefs.flatMap(({ id, standing }) => beliefView(state, id, standing)),
  skills: shown.skills.flatMap((id) => skillView(state, id)),
});

function beliefView(state: State, id: string, standing: BriefingBelief['standing']): BriefingBelief[] {
  const b = state.memory.beliefs.get(id);
  if (!b) return [];
  const { statement, key, value, layer, confidence, origin, at, until, shared } = b;
  // Surer than when it was shown it may be; a run that is run again sees what it saw.
  return [{ id, statement, key, value, layer, confidence, standing, origin, at, until, from: shared?.from ?? null }];
}

function skillView(state: State, id: string): BriefingSkill[] {
  const s = state.memory.skills.get(id);
  if (!s) return [];
  const { kind, title, text, topics, successes, failures, taint } = s;
  return [{ id, kind, title, text, topics, successes, failures, untrusted: taint.length > 0 }];
}

/** What may be relied on. */
export const isReliable = (belief: Pick<BriefingBelief, 'standing'>): boolean =>
  belief.standing === 'confirmed' || belief.standing === 'held';

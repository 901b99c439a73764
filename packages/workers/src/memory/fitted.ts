import { tokensOf } from '../model/tokens.ts';
import type { Briefing, BriefingCase } from '../port.ts';
import { fit, type LeftOut, type Section, section } from './budget.ts';

const dayOf = (at: number): string => new Date(at).toISOString();

const ofCase = (c: BriefingCase): Section[] => [
  section('tasks', c.tasks, 'last', ({ id }) => id),
  section('notes', c.notes, 'last', ({ by, at }) => `${by} at ${dayOf(at)}`),
  section('evidence', c.evidence, 'last', ({ ref }) => ref),
];
const earlier = (c: BriefingCase): Section[] => [section('previous', c.previous, 'last', ({ id }) => id)];

/** The lists of a briefing that give way when it is too large, those that matter most first. */
const sectionsOf = ({ case: c, memory }: Briefing): Section[] => [
  ...(c === null ? [] : ofCase(c)),
  section('beliefs', memory.beliefs, 'first', ({ id }) => id),
  section('skills', memory.skills, 'first', ({ id, title }) => `${id} (${title})`),
  ...(c === null ? [] : earlier(c)),
];

function without(briefing: Briefing, kept: Readonly<Record<string, readonly unknown[]>>): Briefing {
  const { case: c, memory } = briefing;
  const { beliefs, skills, ...lists } = kept;
  return {
    ...briefing,
    case: c === null ? null : ({ ...c, ...lists } as BriefingCase),
    memory: { ...memory, beliefs, skills } as Briefing['memory'],
  };
}

/**
 * [WRK20] The briefing within so many tokens. The message, the seat's own task and the case itself are always whole; lists give way, and
 * what is left out is named.
 */
export function fitted(briefing: Briefing, budget: number): Briefing {
  const whole = tokensOf(JSON.stringify(briefing));
  if (whole <= budget) return { ...briefing, budget: { tokens: budget, used: whole, leftOut: [] } };
  const sections = sectionsOf(briefing);
  const bare = without(briefing, Object.fromEntries(sections.map(({ name }) => [name, []])));
  const core = tokensOf(JSON.stringify(bare));
  const { kept, leftOut, tokens } = fit(sections, budget - core);
  return { ...without(briefing, kept), budget: { tokens: budget, used: core + tokens, leftOut: leftOut as LeftOut[] } };
}

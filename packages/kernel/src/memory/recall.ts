/** What of a desk has to do with the work at hand. Deterministic: words, keys and whom it is about; no model is asked. */
import type { z } from 'zod';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { workingSeat } from '../organisation/views.ts';
import { once } from '../provenance/index-of.ts';
import { overlap, words } from '../provenance/text.ts';
import type { BeliefStanding } from './definition.ts';
import { settingsOf } from './desk-of.ts';
import type { memoryCommands } from './schema.ts';
import { standingOf } from './standing.ts';
import type { Belief, Skill } from './state.ts';

/** What a run was shown of memory when it began, as far as it can change later; texts do not. */
export interface Remembered {
  readonly beliefs: readonly { readonly id: string; readonly standing: BeliefStanding }[];
  readonly skills: readonly string[];
  readonly purpose: string | null;
  /** How large the briefing may be. */
  readonly tokens: number;
}

/** What is looked for. */
interface Wanted {
  readonly words: ReadonlySet<string>;
  readonly case: string | null;
  readonly customer: string | null;
  readonly topic: string | null;
  /** Also what only concerns the case or its customer, whatever the words. */
  readonly whole: boolean;
}

const wordsOfBelief = once((b: Belief) =>
  words(`${b.key?.replaceAll(/[._-]/g, ' ') ?? ''} ${b.statement} ${b.value ?? ''}`),
);
const wordsOfSkill = once((s: Skill) => words(`${s.title} ${s.topics.join(' ')} ${s.text}`));

/** Zero for what has nothing to do with it. Surer and newer ones first among equals. */
function beliefScore(b: Belief, wanted: Wanted): number {
  if (b.customer !== null && b.customer !== wanted.customer) return 0;
  const same = overlap(wordsOfBelief(b), wanted.words);
  const here =
    (wanted.case !== null && b.case === wanted.case) || (b.customer !== null && b.customer === wanted.customer);
  // A preference without a subject holds for all work of the desk.
  const always = wanted.whole && b.layer === 'stable' && b.key === null && b.confirmed !== null;
  if (same === 0 && !(here && wanted.whole) && !always) return 0;
  return same * 10 + (here ? 100 : 0) + (b.confirmed ? 5 : 0) + b.confidence;
}

function skillScore(s: Skill, wanted: Wanted): number {
  const topical = wanted.topic !== null && s.topics.includes(wanted.topic);
  const same = overlap(wordsOfSkill(s), wanted.words);
  if (!topical && same < 2) return 0;
  // Laplace: one success of one says less than nine of ten.
  return (topical ? 20 : 0) + same + 10 * ((s.successes + 1) / (s.successes + s.failures + 2));
}

function best<T extends { id: string; at: number }>(all: readonly T[], score: (item: T) => number, most: number): T[] {
  return all
    .map((item) => [item, score(item)] as const)
    .filter(([, points]) => points > 0)
    .sort(([a, x], [b, y]) => y - x || b.at - a.at || (a.id < b.id ? -1 : 1))
    .slice(0, most)
    .map(([item]) => item);
}

function find(
  state: State,
  seat: string,
  wanted: Wanted,
  most: { beliefs: number; skills: number },
): Omit<Remembered, 'purpose' | 'tokens'> {
  const desk = state.memory.desks.get(seat);
  if (!desk) return { beliefs: [], skills: [] };
  const beliefs = [...desk.beliefs].map((id) => state.memory.beliefs.get(id)!);
  const skills = [...desk.skills].map((id) => state.memory.skills.get(id)!);
  return {
    beliefs: best(beliefs, (b) => beliefScore(b, wanted), most.beliefs).map((b) => ({
      id: b.id,
      standing: standingOf(b),
    })),
    skills: best(skills, (s) => skillScore(s, wanted), most.skills).map(({ id }) => id),
  };
}

/** [MEM11] What a run begins with; undefined for a desk that remembers nothing, which costs nothing. */
export function rememberedFor(
  state: State,
  seat: string,
  message: { case: string | null; text: string },
): Remembered | undefined {
  const desk = state.memory.desks.get(seat);
  const bare = !desk || (desk.beliefs.size === 0 && desk.skills.size === 0 && desk.purpose === null);
  const { memory } = state.organisation.settings;
  if (bare && memory === undefined) return undefined;
  const c = message.case === null ? undefined : state.cases.cases.get(message.case);
  const about = c ? `${c.subject} ${c.text} ${c.topic ?? ''}` : '';
  const wanted: Wanted = {
    words: words(`${message.text} ${about}`.slice(0, 20_000)),
    ...{ case: c?.id ?? null, customer: c?.customer ?? null, topic: c?.topic ?? null, whole: true },
  };
  const { briefed } = settingsOf(state);
  return { ...find(state, seat, wanted, briefed), purpose: desk?.purpose ?? null, tokens: briefed.tokens };
}

/** [MEM10] Looking is a step of the run like any other: what it found counts as seen. */
function recall(state: State, body: z.output<(typeof memoryCommands)['memory.recall']>, ctx: Context): Draft[] {
  const seat = workingSeat(state, ctx.actor).id;
  const run = ctx.run === null ? undefined : state.runs.runs.get(ctx.run);
  const c = run?.case ? state.cases.cases.get(run.case) : undefined;
  const wanted: Wanted = {
    words: words(body.query),
    ...{ case: null, customer: c?.customer ?? null, topic: null, whole: false },
  };
  const found = find(state, seat, wanted, { beliefs: body.limit, skills: body.limit });
  const recalled = { seat, run: ctx.run, query: body.query, beliefs: [...found.beliefs], skills: [...found.skills] };
  return [event('memory.recalled', `desk/${seat}`, recalled, run?.case ?? null)];
}

export const recallDecide = { 'memory.recall': recall };

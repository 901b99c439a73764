/** Desks as people see them: beliefs, skills, snapshots, who worked with whom, teams. */
import {
  type Belief,
  type Desk,
  memorySettings,
  type Skill,
  type Snapshot,
  type State,
  standingOf,
} from '@reeve/kernel';
import type {
  BeliefDetail,
  BeliefView,
  DeskDetail,
  DeskSummary,
  ParsedOf,
  ResponseOf,
  SkillView,
} from '@reeve/protocol';
import { afterKey, newestFirst, none } from '../views/page.ts';

const beliefView = (b: Belief): BeliefView => ({ ...b, standing: standingOf(b) });
const skillView = (s: Skill): SkillView => {
  const decided = s.successes + s.failures;
  return { ...s, rate: decided === 0 ? null : s.successes / decided };
};

const has = (text: string | undefined, ...fields: (string | number | boolean | null)[]): boolean =>
  text === undefined || fields.join('\n').toLowerCase().includes(text.toLowerCase());
const is = <T>(wanted: T | undefined, found: T): boolean => wanted === undefined || wanted === found;

export function beliefList(state: State, query: ParsedOf<'beliefs'>['query']): ResponseOf<'beliefs'> {
  const keep = (b: Belief): boolean =>
    is(query.seat, b.seat) &&
    is(query.layer, b.layer) &&
    is(query.standing, standingOf(b)) &&
    (query.case === undefined || b.case === query.case) &&
    (query.customer === undefined || b.customer === query.customer) &&
    (query.key === undefined || b.key === query.key) &&
    has(query.q, b.id, b.statement, b.key, b.value);
  const { items, ...next } = newestFirst(state.memory.beliefs.values(), query, keep);
  return { beliefs: items.map(beliefView), ...next };
}

export function beliefDetail(state: State, id: string): BeliefDetail {
  const b = state.memory.beliefs.get(id);
  if (!b) throw none('belief', id);
  const against = b.contradicts.flatMap((each) => state.memory.beliefs.get(each) ?? []);
  return { ...beliefView(b), against: against.map(beliefView) };
}

export function skillList(state: State, query: ParsedOf<'skills'>['query']): ResponseOf<'skills'> {
  const keep = (s: Skill): boolean =>
    is(query.seat, s.seat) &&
    is(query.kind, s.kind) &&
    (query.topic === undefined || s.topics.includes(query.topic)) &&
    has(query.q, s.id, s.title, s.text);
  const { items, ...next } = newestFirst(state.memory.skills.values(), query, keep);
  return { skills: items.map(skillView), ...next };
}

export function skillDetail(state: State, id: string): SkillView {
  const s = state.memory.skills.get(id);
  if (!s) throw none('skill', id);
  return skillView(s);
}

function summary(state: State, seat: string, desk: Desk | undefined): DeskSummary {
  const held = [...(desk?.beliefs ?? [])].map((id) => standingOf(state.memory.beliefs.get(id)!));
  return {
    ...{ seat, title: state.organisation.seats.get(seat)?.title ?? seat },
    ...{ purpose: desk?.purpose ?? null, since: desk?.since ?? null, served: desk?.served ?? 0 },
    beliefs: desk?.counts ?? { stable: 0, state: 0, working: 0 },
    contested: held.filter((each) => each === 'contested').length,
    unconfirmed: held.filter((each) => each === 'unconfirmed').length,
    ...{ skills: desk?.skills.size ?? 0, snapshots: desk?.snapshots.size ?? 0 },
  };
}

export function deskList(state: State, query: ParsedOf<'desks'>['query']): ResponseOf<'desks'> {
  const seats = [...new Set([...state.organisation.seats.keys(), ...state.memory.desks.keys()])];
  const { items, ...next } = afterKey(seats, query, (seat) => seat);
  return { desks: items.map((seat) => summary(state, seat, state.memory.desks.get(seat))), ...next };
}

/** Snapshots shown of one desk. */
const SHOWN = 50;

const snapshotView = (s: Snapshot): Snapshot => ({ ...s });

export function deskDetail(state: State, seat: string): DeskDetail {
  const desk = state.memory.desks.get(seat);
  if (!desk && !state.organisation.seats.has(seat)) throw none('desk', seat);
  const { stable, state: now, working, skills } = state.organisation.settings.memory ?? memorySettings.parse({});
  return {
    ...summary(state, seat, desk),
    branches: [...(desk?.branches.values() ?? [])],
    latest: [...(desk?.snapshots.values() ?? [])].reverse().slice(0, SHOWN).map(snapshotView),
    past: desk?.past ?? [],
    limits: { stable, state: now, working, skills },
  };
}

export function graphView(
  state: State,
  { seat, topic, most }: ParsedOf<'knowledgeGraph'>['query'],
): ResponseOf<'knowledgeGraph'> {
  const edges = [...state.memory.edges.values()]
    .reverse()
    .filter((e) => (seat === undefined || e.a === seat || e.b === seat) && is(topic, e.topic))
    .slice(0, most);
  const near = new Set(edges.flatMap(({ a, b }) => [a, b]));
  const nodes = [...state.memory.experience].filter(
    ([id]) => (seat === undefined && topic === undefined) || near.has(id),
  );
  return {
    nodes: nodes.map(([id, own]) => ({
      ...{ seat: id, title: state.organisation.seats.get(id)?.title ?? id },
      ...{ cases: own.total, successful: own.successful, failed: own.failed },
      ...{ averageTime: own.total === 0 ? null : own.time / own.total, lastAt: own.at === 0 ? null : own.at },
      topics: Object.entries(own.topics).map(([name, counts]) => ({ topic: name, ...counts })),
    })),
    edges,
  };
}

export const contextList = (state: State): ResponseOf<'contexts'> => ({
  contexts: state.organisation.definition?.contexts ?? [],
});

export function teamList(state: State, query: ParsedOf<'teams'>['query']): ResponseOf<'teams'> {
  const { items, ...next } = newestFirst(state.memory.teams.values(), query, () => true);
  return { teams: items, ...next };
}

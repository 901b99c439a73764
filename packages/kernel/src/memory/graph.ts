/** Who worked with whom on what, and how it went: derived from cases as they end, one look at each (R-D33, R-D36). */
import type { Case } from '../cases/state.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { settingsOf } from './desk-of.ts';
import { ofCase, wentWell } from './evolve.ts';
import type { Collaboration, Experience } from './state.ts';

/** Tasks of one case that are looked at, and topics a seat's experience is kept for. */
const LIMITS = { tasks: 50, topics: 200 } as const;
/** Cases nobody classified. */
const NONE = 'none';

const edgeKey = (a: string, b: string, topic: string): string => `${a < b ? a : b}|${a < b ? b : a}|${topic}`;

/** Everybody the owner had do a part of it, and who checked it. */
function partners(state: State, c: Case): Set<string> {
  const found = new Set<string>();
  for (const id of c.tasks.slice(-LIMITS.tasks)) {
    const task = state.cases.tasks.get(id);
    if (task?.status !== 'done') continue;
    found.add(task.from);
    found.add(task.to);
  }
  if (c.verifier !== null) found.add(c.verifier);
  found.delete(c.owner);
  return found;
}

function met(state: State, a: string, b: string, topic: string, at: number): Collaboration {
  const key = edgeKey(a, b, topic);
  const known = state.memory.edges.get(key);
  const [first, second] = a < b ? [a, b] : [b, a];
  const edge = known ?? { a: first, b: second, topic, count: 0, successes: 0, at };
  edge.at = at;
  // The latest used is last, so that the first is the one to go.
  state.memory.edges.delete(key);
  state.memory.edges.set(key, edge);
  for (const oldest of state.memory.edges.keys()) {
    if (state.memory.edges.size <= settingsOf(state).edges) break;
    state.memory.edges.delete(oldest);
  }
  return edge;
}

function experienceOf(state: State, seat: string): Experience {
  let found = state.memory.experience.get(seat);
  if (!found) {
    found = { total: 0, successful: 0, failed: 0, time: 0, at: 0, topics: {} };
    state.memory.experience.set(seat, found);
  }
  return found;
}

function count(own: Experience, topic: string, success: boolean, time: number, at: number): void {
  own.total += 1;
  own.time += time;
  own.at = at;
  if (success) own.successful += 1;
  else own.failed += 1;
  if (!(topic in own.topics) && Object.keys(own.topics).length >= LIMITS.topics) return;
  own.topics[topic] ??= { total: 0, successful: 0 };
  own.topics[topic].total += 1;
  if (success) own.topics[topic].successful += 1;
}

/** [MEM20] A case counts once, when it is closed for the first time: the outcome is known then. */
function closed(state: State, r: RecordOf<'case.closed'>): void {
  const c = state.cases.cases.get(r.body.case);
  if (!c || state.memory.cases.get(c.id)?.counted) return;
  const [topic, success] = [c.topic ?? NONE, wentWell(state, c.id)];
  const seats = [c.owner, ...partners(state, c)];
  ofCase(state, c.id).counted = { seats, topic, success };
  for (const seat of seats) count(experienceOf(state, seat), topic, success, r.body.duration, r.at);
  for (const other of seats.slice(1)) together(state, [c.owner, other], topic, success, r.at);
}

function together(state: State, [a, b]: readonly [string, string], topic: string, success: boolean, at: number): void {
  const edge = met(state, a, b, topic, at);
  edge.count += 1;
  if (success) edge.successes += 1;
}

/** [MEM20] What turns out later: the case was not as well done as it seemed. */
function regretted(state: State, id: string): void {
  const counted = state.memory.cases.get(id)?.counted;
  if (!counted?.success) return;
  counted.success = false;
  const [owner] = counted.seats as [string];
  for (const seat of counted.seats) {
    const own = state.memory.experience.get(seat)!;
    own.successful -= 1;
    own.failed += 1;
    const about = own.topics[counted.topic];
    if (about) about.successful -= 1;
    const edge = seat === owner ? undefined : state.memory.edges.get(edgeKey(owner, seat, counted.topic));
    if (edge && edge.successes > 0) edge.successes -= 1;
  }
}

function teamClosed(state: State, r: RecordOf<'team.closed'>): void {
  const team = state.memory.teams.get(r.body.team);
  if (!team) return;
  team.outcome = { success: r.body.success, by: r.body.by, at: r.at };
  const seats = [...new Set(team.members.flatMap(({ seat }) => seat ?? []))].sort();
  const [topic = NONE] = team.topics;
  for (const [i, a] of seats.entries())
    for (const b of seats.slice(i + 1)) together(state, [a, b], topic, r.body.success, r.at);
}

export const graphEvolve = {
  'case.closed': closed,
  'case.reopened': (state: State, r: RecordOf<'case.reopened'>) => regretted(state, r.body.case),
  'case.feedback': (state: State, r: RecordOf<'case.feedback'>) => {
    if (!r.body.satisfied) regretted(state, r.body.case);
  },
  'team.closed': teamClosed,
};

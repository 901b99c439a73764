/** [RTE5] What seats turn out to be good at: counted from what happened, never declared. */
import type { Case } from '../cases/state.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { topicOf } from './score.ts';
import type { Experience } from './state.ts';

/** Topics remembered per seat, and work of one topic before it counts half. */
const TOPICS = 100;
const MOST = 500;

function learn(state: State, seat: string, topic: string, what: keyof Experience): void {
  const topics = state.routing.records.get(seat) ?? new Map<string, Experience>();
  state.routing.records.set(seat, topics);
  const one = topics.get(topic) ?? { done: 0, wrong: 0, misrouted: 0 };
  topics.delete(topic);
  topics.set(topic, one);
  one[what] += 1;
  if (one.done + one.wrong + one.misrouted > MOST)
    for (const part of ['done', 'wrong', 'misrouted'] as const) one[part] = Math.floor(one[part] / 2);
  const oldest = topics.keys().next().value;
  if (topics.size > TOPICS && oldest !== undefined) topics.delete(oldest);
}

/** What a case was about: as it was routed, else as it was classified. */
function topicOfCase(state: State, c: Case): string {
  const needs = state.routing.cases.get(c.id)?.needs;
  return needs ? topicOf(needs) : (c.topic ?? '');
}

const about = (state: State, id: string): Case | undefined => state.cases.cases.get(id);

/** Handed on for another reason than that it should not have come. */
const NOT_ITS_FAULT: ReadonlySet<string> = new Set(['overloaded', 'unavailable']);

function finished(state: State, r: RecordOf<'task.completed'>): void {
  const task = state.cases.tasks.get(r.body.task);
  const c = about(state, r.body.case);
  if (!task || !c || r.body.by !== task.to) return;
  const topic = task.needs ? topicOf(task.needs) : topicOfCase(state, c);
  learn(state, task.to, topic, r.body.declined ? 'misrouted' : 'done');
}

export const experienceEvolve = {
  'case.closed': (state: State, r: RecordOf<'case.closed'>) => {
    const c = about(state, r.body.case);
    if (c) learn(state, c.owner, topicOfCase(state, c), 'done');
  },
  'case.rejected': (state: State, r: RecordOf<'case.rejected'>) => {
    const c = about(state, r.body.case);
    if (c) learn(state, c.owner, topicOfCase(state, c), 'wrong');
  },
  'case.reopened': (state: State, r: RecordOf<'case.reopened'>) => {
    const c = about(state, r.body.case);
    if (c) learn(state, c.owner, topicOfCase(state, c), 'wrong');
  },
  'case.transferred': (state: State, r: RecordOf<'case.transferred'>) => {
    const c = about(state, r.body.case);
    if (c && !NOT_ITS_FAULT.has(r.body.reason)) learn(state, r.body.from, topicOfCase(state, c), 'misrouted');
  },
  'task.completed': finished,
};

import type { RecordOf } from '../core/events.ts';
import { HOUR } from '../core/quantities.ts';
import { countId, type State } from '../core/state.ts';
import { labelAnswer } from '../provenance/evolve.ts';

/** Notices that are remembered; of older ones the links count no more. */
const KEPT = 50_000;

function drop(state: State, id: string): void {
  state.notices.notices.delete(id);
  state.notices.due.delete(id);
}

/** The oldest first; amortised, one goes for each that comes. */
function forget(state: State, now: number): void {
  const { notices } = state.notices;
  for (const [id, { expires }] of notices) {
    if (expires > now && notices.size <= KEPT) return;
    drop(state, id);
  }
}

/** When this one was written to within the hour; who was not is forgotten. */
function count(state: State, principal: string, now: number): void {
  const { recent } = state.notices;
  const times = (recent.get(principal) ?? []).filter((at) => at + HOUR > now);
  recent.delete(principal);
  recent.set(principal, [...times, now]);
  for (const [other, all] of recent) {
    if ((all.at(-1) ?? 0) + HOUR > now) return;
    recent.delete(other);
  }
}

function raised(state: State, r: RecordOf<'notice.raised'>): void {
  const { notice: id, ...body } = r.body;
  countId(state, id);
  forget(state, r.at);
  state.notices.notices.set(id, { id, ...body, raisedAt: r.at, sentAt: null, dropped: null, answered: null });
  state.notices.due.add(id);
  if (body.kind !== 'wakeup') count(state, body.principal, r.at);
}

function answered(state: State, r: RecordOf<'notice.answered'>): void {
  const { notice: id, action, way, by, about, wrote } = r.body;
  state.notices.due.delete(id);
  const notice = state.notices.notices.get(id);
  if (notice) notice.answered = { action, way, by, at: r.at };
  if (way === 'reply') labelAnswer(state, wrote ?? about, `the reply by mail to ${id}`);
}

export const noticesEvolve = {
  'notice.raised': raised,
  'notice.sent': (state: State, { at, body }: RecordOf<'notice.sent'>) => {
    state.notices.due.delete(body.notice);
    const notice = state.notices.notices.get(body.notice);
    if (notice) notice.sentAt = at;
  },
  'notice.dropped': (state: State, { body }: RecordOf<'notice.dropped'>) => {
    state.notices.due.delete(body.notice);
    const notice = state.notices.notices.get(body.notice);
    if (notice) notice.dropped = body.why;
  },
  'notice.answered': answered,
};

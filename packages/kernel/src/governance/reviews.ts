import type { RecordOf } from '../core/events.ts';
import { formatMoney, HOUR } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { type Ask, say } from './checks/ask.ts';
import type { Tally } from './control-state.ts';
import { type ReviewSettings, reviewSettings } from './controls.ts';
import type { Verdict } from './schema.ts';

const DEFAULTS = reviewSettings.parse({});
/** Definitions applied before there were reviews in the settings have the defaults. */
export const reviewsOf = (state: State): ReviewSettings => state.organisation.settings.reviews ?? DEFAULTS;

/** When a seat may ask for a decision again; 0 when it may now. */
function mayAskFrom(state: State, seat: string, now: Time): Time {
  const { perHour } = reviewsOf(state);
  const times = state.governance.control.asked.get(seat);
  const decisive = times && times.length >= perHour ? times[times.length - perHour]! : null;
  return decisive !== null && decisive + HOUR > now ? decisive + HOUR : 0;
}

/** [GOV48] T19: beyond so many an hour nobody is asked: the request waits, or is refused. Called when the gate would ask. */
export function throttle(ask: Ask): Verdict {
  if (ask.phase === 'early') return 'ask';
  const until = mayAskFrom(ask.state, ask.op.seat, ask.now);
  if (until === 0) return 'ask';
  const { perHour, beyond } = reviewsOf(ask.state);
  const message = `"${ask.op.seat}" has asked for ${perHour} decisions within an hour; nobody is asked before ${new Date(until).toISOString()}`;
  say(ask, 'rate', 'GOV48', beyond, message, 'ask for a standing grant, or do what needs no decision');
  ask.reasons.at(-1)!.until = until;
  return beyond;
}

const empty = (): Tally => ({ approved: 0, rejected: 0, revised: 0, silent: 0, waited: 0, spent: 0 });

function tally(map: Map<string, Tally>, name: string): Tally {
  const found = map.get(name) ?? empty();
  map.set(name, found);
  return found;
}

const FIELD = { approve: 'approved', reject: 'rejected', revise: 'revised' } as const;

function decided(state: State, r: RecordOf<'approval.decided'>): void {
  const b = r.body;
  const a = state.governance.approvals.get(b.approval)!;
  const { capability, requester, reviewer } = state.governance.control.reviews;
  for (const each of [tally(capability, a.packet.capability), tally(requester, a.requester)]) {
    each[b.bySilence ? 'silent' : FIELD[b.verdict]] += 1;
    each.waited += b.waited;
    each.spent += b.spent ?? 0;
  }
  state.governance.control.endorsed.delete(b.approval);
  if (b.bySilence) return;
  const own = tally(reviewer, b.by);
  own[FIELD[b.verdict]] += 1;
  own.spent += b.spent ?? 0;
}

function endorsed(state: State, r: RecordOf<'approval.endorsed'>): void {
  const { approval, by, principal, spent } = r.body;
  const { endorsed: all, reviews } = state.governance.control;
  all.set(approval, [...(all.get(approval) ?? []), { by, principal }]);
  const a = state.governance.approvals.get(approval)!;
  tally(reviews.capability, a.packet.capability).spent += spent;
  tally(reviews.requester, a.requester).spent += spent;
  const own = tally(reviews.reviewer, by);
  own.approved += 1;
  own.spent += spent;
}

function asked(state: State, r: RecordOf<'approval.requested'>): void {
  const times = state.governance.control.asked.get(r.body.requester) ?? [];
  times.push(r.at);
  const { perHour } = reviewsOf(state);
  if (times.length > perHour) times.splice(0, times.length - perHour);
  state.governance.control.asked.set(r.body.requester, times);
}

export const reviewsEvolve = {
  'approval.requested': asked,
  'approval.endorsed': endorsed,
  'approval.decided': decided,
};

/** How decisions about something went; money in micro-units, times in milliseconds. */
export interface ReviewLine {
  id: string;
  approved: number;
  rejected: number;
  revised: number;
  silent: number;
  /** Share of decisions by people that were approvals, 0 to 1; null before the first. */
  approvalRate: number | null;
  averageWait: number;
  minutes: number;
  cost: number;
  /** What it means (R-E46), when there were enough decisions to say so. */
  signal: 'over-reviewed' | 'weak-upstream' | null;
}

export interface ReviewSignals {
  byCapability: ReviewLine[];
  byRequester: ReviewLine[];
  byReviewer: ReviewLine[];
}

function line(id: string, t: Tally, { hourly, least, over, weak }: ReviewSettings): ReviewLine {
  const people = t.approved + t.rejected + t.revised;
  const all = people + t.silent;
  const rate = people === 0 ? null : t.approved / people;
  const enough = rate !== null && people >= least;
  return {
    id,
    approved: t.approved,
    rejected: t.rejected,
    revised: t.revised,
    silent: t.silent,
    approvalRate: rate,
    averageWait: all === 0 ? 0 : t.waited / all,
    minutes: t.spent / 60_000,
    cost: Math.round((t.spent / HOUR) * hourly),
    signal: !enough ? null : rate >= over ? 'over-reviewed' : 1 - rate >= weak ? 'weak-upstream' : null,
  };
}

/** [GOV49] Approvals in numbers, per capability, requester and reviewer: where people decide too much, and where too late. */
export function reviewSignals(state: State): ReviewSignals {
  const settings = reviewsOf(state);
  const { capability, requester, reviewer } = state.governance.control.reviews;
  const lines = (map: Map<string, Tally>) =>
    [...map].map(([id, t]) => line(id, t, settings)).sort((a, b) => b.minutes - a.minutes || (a.id < b.id ? -1 : 1));
  return { byCapability: lines(capability), byRequester: lines(requester), byReviewer: lines(reviewer) };
}

/** A line in words, for people. */
export function reviewSentence(l: ReviewLine): string {
  const decided = l.approved + l.rejected + l.revised;
  const said = `${l.id}: ${decided} decided, ${l.approved} approved, ${Math.round(l.minutes)} min of reviewers (${formatMoney(l.cost)})`;
  if (l.signal === 'over-reviewed') return `${said}: almost never refused; consider a standing grant or a wider right`;
  if (l.signal === 'weak-upstream') return `${said}: often refused; what comes before it is too weak`;
  return said;
}

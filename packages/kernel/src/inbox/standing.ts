/** What a receiver thinks of a sender: from what came of his messages, never said by anybody [INB11]. */
import { digest } from '../core/canonical.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { InboxRules } from './rules-definition.ts';

export interface Standing {
  /** 0 to 1. */
  reputation: number;
  refusals: number;
  minute: number;
  sent: number;
  /** Latest texts, by digest, with their times. */
  texts: [string, Time][];
  /** Null: until somebody lifts it. */
  blockedUntil?: Time | null;
  hour: number;
  inHour: number;
}

export const textDigest = (text: string): string => digest(text).slice(0, 16);

/** Pairs of receiver and sender remembered, and texts of each. */
const PAIRS = 50_000;
const TEXTS = 20;

const keyOf = (to: string, from: string): string => `${to}<${from}`;

const unknown = (rules: InboxRules): Standing => ({
  ...{ reputation: rules.spam.start, refusals: 0, minute: 0, sent: 0, texts: [], hour: 0, inHour: 0 },
});

export const standingOf = (state: State, to: string, from: string, rules: InboxRules): Standing =>
  state.inbox.standings.get(keyOf(to, from)) ?? unknown(rules);

/** The one who has not written for longest is forgotten first, unless he is blocked. */
function keep(state: State, to: string, from: string, rules: InboxRules): Standing {
  const { standings } = state.inbox;
  const key = keyOf(to, from);
  const one = standings.get(key) ?? unknown(rules);
  standings.delete(key);
  standings.set(key, one);
  const oldest = standings.keys().next().value;
  if (standings.size > PAIRS && oldest !== undefined) {
    const { blockedUntil } = standings.get(oldest)!;
    if (blockedUntil === undefined) standings.delete(oldest);
  }
  return one;
}

const rulesOf = (state: State): InboxRules | undefined => state.organisation.settings.inbox;
const isSeat = (state: State, id: string): boolean => state.organisation.seats.has(id);

function sent(state: State, r: RecordOf<'message.sent'>): void {
  const rules = rulesOf(state);
  const { from, to, text } = r.body;
  if (!rules || !isSeat(state, from) || r.body.class === undefined) return;
  const one = keep(state, to, from, rules);
  const minute = Math.floor(r.at / 60_000);
  one.sent = one.minute === minute ? one.sent + 1 : 1;
  one.minute = minute;
  const hour = Math.floor(r.at / 3_600_000);
  one.inHour = one.hour === hour ? one.inHour + 1 : 1;
  one.hour = hour;
  one.texts = [...one.texts, [textDigest(text), r.at] as [string, Time]].slice(-TEXTS);
}

function refused(state: State, r: RecordOf<'message.refused'>): void {
  const rules = rulesOf(state);
  if (rules && r.body.counts) keep(state, r.body.to, r.body.from, rules).refusals += 1;
}

/** What came of the message a run was about; looked at before the run is gone. */
function outcome(state: State, id: string, good: boolean): void {
  const rules = rulesOf(state);
  const run = state.runs.runs.get(id);
  const message = run && state.inbox.messages.get(run.message);
  if (!rules || !message || !isSeat(state, message.from)) return;
  const one = keep(state, message.to, message.from, rules);
  const change = good ? rules.spam.good : -rules.spam.bad;
  one.reputation = Math.round(Math.min(1, Math.max(0, one.reputation + change)) * 1000) / 1000;
}

const blockKey = (state: State, r: RecordOf<'sender.blocked'>): void => {
  const rules = rulesOf(state);
  if (rules) keep(state, r.body.seat, r.body.sender, rules).blockedUntil = r.body.until;
};

export const standingEvolve = {
  'message.sent': sent,
  'message.refused': refused,
  'run.finished': (state: State, r: RecordOf<'run.finished'>) => outcome(state, r.body.run, true),
  'run.stopped': (state: State, r: RecordOf<'run.stopped'>) => outcome(state, r.body.run, false),
  'run.failed': (state: State, r: RecordOf<'run.failed'>) => {
    if (r.body.retryAt === null) outcome(state, r.body.run, false);
  },
  'sender.blocked': blockKey,
  'sender.unblocked': (state: State, r: RecordOf<'sender.unblocked'>) => {
    const one = state.inbox.standings.get(keyOf(r.body.seat, r.body.sender));
    if (!one) return;
    delete one.blockedUntil;
    one.refusals = 0;
  },
  'customer.blocked': (state: State, r: RecordOf<'customer.blocked'>) => {
    const c = state.cases.cases.get(r.body.case);
    if (c) state.inbox.customers.set(c.customer, { until: r.body.until, case: c.id });
  },
  'customer.unblocked': (state: State, r: RecordOf<'customer.unblocked'>) => {
    for (const [customer, { case: id }] of state.inbox.customers)
      if (id === r.body.case) state.inbox.customers.delete(customer);
  },
};

/** Everybody a seat does not hear now. */
export function blockedBy(state: State, now: Time): { seat: string; sender: string; until: Time | null }[] {
  return [...state.inbox.standings].flatMap(([key, { blockedUntil }]) => {
    if (blockedUntil === undefined || (blockedUntil !== null && blockedUntil <= now)) return [];
    const [seat, sender] = key.split('<') as [string, string];
    return [{ seat, sender, until: blockedUntil }];
  });
}

/** What becomes of a message that was judged: delivered, refused with the rule, or held for a decision. Never nothing [INB10]. */
import { type Draft, event } from '../core/events.ts';
import { nextId, type State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Seat } from '../organisation/state.ts';
import { type Judgement, judge, type Letter } from './judge.ts';
import type { InboxRules } from './rules-definition.ts';
import { standingOf } from './standing.ts';

/** Characters of a refused text that are kept. */
const PREVIEW = 100;

type Refusal = Extract<Judgement, { verdict: 'refuse' }>;
type Holding = Extract<Judgement, { verdict: 'hold' }>;

interface Post {
  readonly from: Seat;
  readonly to: Seat;
  readonly letter: Letter;
  readonly now: Time;
}

/** Optional fields, left out rather than undefined. */
const about = ({ case: id }: Letter) => (id === undefined ? {} : { case: id });
const called = ({ kind }: Letter) => (kind === undefined ? {} : { kind });

/** [INB11] Refused so often that the sender is not heard for a time. */
function blocking(state: State, rules: InboxRules, { from, to, now }: Post): Draft[] {
  const refusals = standingOf(state, to.id, from.id, rules).refusals + 1;
  const step = rules.blocks.find((each) => each.refusals === refusals);
  if (!step) return [];
  const until = step.for === undefined ? null : now + step.for;
  const reason = `${refusals} messages were refused`;
  return [event('sender.blocked', `seat/${to.id}`, { seat: to.id, sender: from.id, until, by: 'system', reason })];
}

function refusing(state: State, rules: InboxRules, post: Post, why: Refusal): Draft[] {
  const { from, to, letter } = post;
  const refused = {
    ...{ message: nextId(state, 'M'), to: to.id, from: from.id, type: letter.type, ...about(letter) },
    ...{ refused: why.rule, because: why.because, preview: letter.text.slice(0, PREVIEW), counts: why.counts },
    ...(why.instead === undefined ? {} : { instead: why.instead }),
  };
  const drafts = [event('message.refused', `seat/${from.id}`, refused, letter.case ?? null)];
  return why.counts ? [...drafts, ...blocking(state, rules, post)] : drafts;
}

function holding(state: State, rules: InboxRules, post: Post, decider: string, why: Holding): Draft[] {
  const { from, to, letter, now } = post;
  const held = {
    ...{ message: nextId(state, 'M'), to: to.id, from: from.id, type: letter.type, text: letter.text },
    ...{ data: letter.data ?? {}, priority: letter.priority, ...about(letter), ...called(letter) },
    ...{ held: why.rule, because: why.because, decider, until: now + rules.silence },
  };
  return [event('message.held', `seat/${to.id}`, held, letter.case ?? null)];
}

/** What would become of a message, and why. */
export interface Foreseen {
  verdict: Judgement['verdict'];
  rule: string | null;
  because: string | null;
  /** What to do instead, of what would be refused. */
  instead: string | null;
  class: string | null;
}

const LET_IN: Foreseen = { verdict: 'deliver', rule: null, because: null, instead: null, class: null };

/** [INB15] What the receiver's rules would say to a message now. Nothing is sent, and nothing counts against anybody. */
export function foreseen(state: State, from: Seat, to: Seat, letter: Letter, now: Time): Foreseen {
  const rules = state.organisation.settings.inbox;
  if (!rules) return LET_IN;
  const found = judge(state, rules, from, to, letter, now);
  if (found.verdict === 'deliver') return { ...LET_IN, class: found.class, rule: found.rule ?? null };
  const instead = found.verdict === 'refuse' ? (found.instead ?? null) : null;
  return { ...LET_IN, verdict: found.verdict, rule: found.rule, because: found.because, instead };
}

/** [INB12] The sender's supervisor decides; at the top there is nobody to ask. */
function heldOrNot(state: State, rules: InboxRules, post: Post, why: Holding): { drafts: Draft[] } | { note: object } {
  const decider = post.from.supervisor;
  return decider === undefined
    ? { note: { class: 'inform', rule: why.rule, ...called(post.letter) } }
    : { drafts: holding(state, rules, post, decider, why) };
}

/**
 * What is written instead of a plain delivery; null when the message is delivered, with what is noted on it.
 */
export function checked(state: State, post: Post): { drafts: Draft[] } | { note: object } {
  const rules = state.organisation.settings.inbox;
  if (!rules) return { note: called(post.letter) };
  const found = judge(state, rules, post.from, post.to, post.letter, post.now);
  if (found.verdict === 'refuse') return { drafts: refusing(state, rules, post, found) };
  if (found.verdict === 'hold') return heldOrNot(state, rules, post, found);
  const rule = found.rule === undefined ? {} : { rule: found.rule };
  return { note: { class: found.class, ...called(post.letter), ...rule } };
}

/**
 * [INB10] Whether a message comes in, at the receiver: blocklist, spam, filters, contents, then what it takes between units and what
 * its class is. Pure; the first rule that objects is the answer.
 */
import { compileCondition } from '../cel/index.ts';
import { canonical } from '../core/canonical.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Seat } from '../organisation/state.ts';
import { inUnit, isAbove } from '../organisation/views.ts';
import type { ComplianceLevel, FilterDef, InboxRules, MessageClass } from './rules-definition.ts';
import type { Lane, MessageType } from './schema.ts';
import { type Standing, standingOf, textDigest } from './standing.ts';

export interface Letter {
  readonly type: MessageType;
  /** What the sender calls it, such as `bug-report`. */
  readonly kind?: string | undefined;
  readonly text: string;
  readonly case?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  readonly priority: Lane;
}

export type Judgement =
  | { readonly verdict: 'deliver'; readonly class: MessageClass; readonly rule?: string }
  | { readonly verdict: 'hold'; readonly rule: string; readonly because: string }
  | {
      readonly verdict: 'refuse';
      readonly rule: string;
      readonly because: string;
      readonly instead?: string;
      /** It counts against the sender. */
      readonly counts: boolean;
      /** His supervisor is asked to take it up instead. */
      readonly toSupervisor?: true;
    };

/** What conditions of filters and policies see. */
export const INBOX_TYPES = {
  message: {
    fields: { type: 'string', kind: 'string', text: 'string', case: 'string', priority: 'string', data: 'dyn' },
  },
  sender: { fields: { seat: 'string', unit: 'string', tier: 'string', reputation: 'number' } },
  receiver: { fields: { seat: 'string', unit: 'string' } },
} as const;

interface Post {
  readonly letter: Letter;
  readonly from: Seat;
  readonly to: Seat;
  readonly standing: Standing;
  readonly now: Time;
}

function holds(when: string, { letter, from, to, standing }: Post): boolean {
  const { type, kind = '', text, case: about = '', priority, data = {} } = letter;
  const held = compileCondition(when)({
    message: { type, kind, text, case: about, priority, data } as never,
    sender: { seat: from.id, unit: from.unit, tier: from.charter.tier, reputation: standing.reputation },
    receiver: { seat: to.id, unit: to.unit },
  });
  return held.ok && held.value;
}

const refuse = (rule: string, because: string, instead?: string): Judgement => ({
  ...{ verdict: 'refuse', rule, because, counts: true },
  ...(instead === undefined ? {} : { instead }),
});

function blocked({ standing, now, to }: Post): Judgement | null {
  const { blockedUntil } = standing;
  if (blockedUntil === undefined || (blockedUntil !== null && blockedUntil <= now)) return null;
  const until = blockedUntil === null ? 'until this is lifted' : `until ${new Date(blockedUntil).toISOString()}`;
  const because = `"${to.id}" does not hear you ${until}`;
  return { verdict: 'refuse', rule: 'blocked', because, instead: 'write to your supervisor', counts: false };
}

function spam({ spam: def }: InboxRules, { letter, standing, now }: Post): Judgement | null {
  if (standing.reputation < def.reputation) return refuse('spam', 'too much of what you sent led nowhere');
  const minute = Math.floor(now / 60_000);
  if (standing.minute === minute && standing.sent >= def.perMinute)
    return refuse('spam', `more than ${def.perMinute} messages in a minute`, 'wait, and say it in one message');
  const same = standing.texts.filter(([text, at]) => text === textDigest(letter.text) && at > now - def.within);
  if (same.length >= def.same) return refuse('spam', 'the same text again and again', 'wait for the answer');
  const lower = letter.text.toLowerCase();
  const hits = def.phrases.filter((phrase) => lower.includes(phrase.toLowerCase())).length;
  return hits >= def.hits ? refuse('spam', 'it reads like an advertisement') : null;
}

function fits(state: State, filter: FilterDef, post: Post): boolean {
  const { from, to, letter } = post;
  return (
    (filter.to === undefined || filter.to.includes(to.id)) &&
    (filter.unit === undefined || inUnit(state, to.unit, filter.unit)) &&
    (filter.from === undefined || filter.from.includes(from.id)) &&
    !(filter.except?.includes(from.id) ?? false) &&
    (filter.types === undefined || filter.types.includes(letter.type)) &&
    (filter.when === undefined || holds(filter.when, post))
  );
}

function filtered(state: State, rules: InboxRules, post: Post): Judgement | null {
  const found = rules.filters.find((filter) => fits(state, filter, post));
  if (!found) return null;
  return found.effect === 'hold'
    ? { verdict: 'hold', rule: found.id, because: found.because }
    : refuse(found.id, found.because, found.instead);
}

/** With blanks and dashes taken out, so that a number is found however it is written. */
const PERSONAL =
  /\b\d{3}-\d{2}-\d{4}\b|(?<!\d)(?:\d[ -]?){15}\d(?!\d)|\b\d{3}-\d{3}-\d{4}\b|[\w.%+-]+@[\w.-]+\.[a-z]{2,}/i;
const SECRET = /\b(?:password|api[ _-]?key|secret|token|private[ _-]?key)\b["']?\s*[:=]/i;

function contents(rules: InboxRules, { letter }: Post): Judgement | null {
  if (letter.text.length > rules.size) return refuse('size', `a text has at most ${rules.size} characters`);
  if (rules.contents.length === 0) return null;
  const all = `${letter.text}\n${letter.data === undefined ? '' : canonical(letter.data)}`;
  if (rules.contents.includes('personal-data') && PERSONAL.test(all))
    return refuse('personal-data', 'it names or numbers a person', 'refer to the case instead');
  if (rules.contents.includes('credentials') && SECRET.test(all))
    return refuse('credentials', 'it holds a secret', 'name the secret, not its value');
  const cases = new Set(all.match(/\bC-\d+\b/g) ?? []);
  if (letter.case !== undefined) cases.add(letter.case);
  return rules.contents.includes('case-mixing') && cases.size > 1
    ? refuse('case-mixing', `it speaks of several cases: ${[...cases].join(', ')}`, 'write one message for each')
    : null;
}

/** Of one unit, or in one line: nothing has crossed anything. */
function together(state: State, { from, to }: Post): boolean {
  return from.unit === to.unit || isAbove(state, from.id, to.id) || isAbove(state, to.id, from.id);
}

function levelOf(rules: InboxRules, post: Post): { level: ComplianceLevel; rule: string } {
  const policy = rules.between!.policies.find(({ when }) => holds(when, post));
  return policy ? { level: policy.level, rule: policy.id } : { level: rules.between!.level, rule: 'between-units' };
}

function crossing(rules: InboxRules, post: Post): Judgement {
  const { level, rule } = levelOf(rules, post);
  const because = `it goes from ${post.from.unit} to ${post.to.unit}`;
  if (level === 'require-approval') return { verdict: 'hold', rule, because };
  if (level === 'supervisor-only') {
    const instead = 'your supervisor has been asked to take it up';
    return { verdict: 'refuse', rule, because, instead, counts: false, toSupervisor: true };
  }
  return { verdict: 'deliver', class: level === 'inform' ? 'inform' : 'routine', rule };
}

/** [INB12] What the sender's supervisor hears of it: his unit's list first, then everybody's (R-B53). */
function classOf(state: State, rules: InboxRules, from: Seat, { type, kind }: Letter): MessageClass {
  const names = kind === undefined ? [type] : [kind, type];
  const own = rules.units.filter(({ unit }) => inUnit(state, from.unit, unit));
  for (const list of [...own, rules.classes]) {
    for (const one of ['approve', 'inform', 'routine'] as const)
      if (names.some((name) => list[one].includes(name))) return one;
  }
  return rules.other;
}

function byClass(state: State, rules: InboxRules, { from, letter }: Post): Judgement {
  const found = classOf(state, rules, from, letter);
  if (found !== 'approve') return { verdict: 'deliver', class: found };
  return { verdict: 'hold', rule: 'approve', because: `"${letter.kind ?? letter.type}" needs approval` };
}

/** [INB10, INB11] Nothing is asked of what comes from above: an inbox cannot be closed to its supervisors. */
export function judge(state: State, rules: InboxRules, from: Seat, to: Seat, letter: Letter, now: Time): Judgement {
  const post = { letter, from, to, now, standing: standingOf(state, to.id, from.id, rules) };
  const above = isAbove(state, from.id, to.id);
  const objection =
    (above ? null : (blocked(post) ?? spam(rules, post) ?? filtered(state, rules, post))) ?? contents(rules, post);
  if (objection) return objection;
  return rules.between && !together(state, post) ? crossing(rules, post) : byClass(state, rules, post);
}

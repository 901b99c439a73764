import { followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Seat } from '../organisation/state.ts';
import { humanAbove, isHuman } from '../organisation/views.ts';
import { CORRECTIONS, type Correction } from './control-schema.ts';
import { type ViolationSettings, violationSettings } from './controls.ts';
import type { Reason } from './schema.ts';

const DEFAULTS = violationSettings.parse({});
/** Definitions applied before there were violations in the settings have the defaults. */
const settingsOf = (state: State): ViolationSettings => state.organisation.settings.violations ?? DEFAULTS;

/** One point goes after each `decay`, as of the time of the latest. */
function pointsNow(state: State, seat: string, now: Time): number {
  const v = state.governance.control.violations.get(seat);
  if (!v) return 0;
  const { decay } = settingsOf(state);
  return decay === 0 ? v.points : Math.max(0, v.points - Math.floor((now - v.at) / decay));
}

function levelAt(settings: ViolationSettings, points: number): 0 | 1 | 2 | 3 | 4 {
  if (points >= settings.suspend) return 4;
  if (points >= settings.pause) return 3;
  if (points >= settings.restrict) return 2;
  return points >= settings.warn ? 1 : 0;
}

/** [GOV52] Level of a seat now: 0 none, 1 warned, 2 restricted, 3 paused, 4 suspended. It falls as time passes. */
export function violationLevel(state: State, seat: string, now: Time): 0 | 1 | 2 | 3 | 4 {
  if (!state.governance.control.violations.has(seat)) return 0;
  return levelAt(settingsOf(state), pointsNow(state, seat, now));
}

/** The boundary an operation ran into. What is refused because the seat is stopped anyway says nothing about it. */
function counted(settings: ViolationSettings, reasons: readonly Reason[]): Reason | undefined {
  const denials = reasons.filter((r) => r.verdict === 'deny');
  if (denials.some((r) => r.check === 'identity' || r.check === 'switch')) return undefined;
  return denials.find((r) => (settings.checks as readonly string[]).includes(r.check));
}

/** [GOV52] Counted from the refusals themselves; the cost does not depend on how many there were. */
function count(state: State, r: RecordOf<'operation.decided'>): void {
  if (r.body.verdict !== 'deny') return;
  const op = state.operations.operations.get(r.body.operation);
  const reason = counted(settingsOf(state), r.body.reasons);
  if (!op || !reason || op.compensates !== null) return;
  const settings = settingsOf(state);
  const before = pointsNow(state, op.seat, r.at);
  const known = state.governance.control.violations.get(op.seat);
  // What is left of a point's time is not given away by the next one.
  const since = known && before > 0 && settings.decay > 0 ? r.at - ((r.at - known.at) % settings.decay) : r.at;
  state.governance.control.violations.set(op.seat, {
    points: before + 1,
    at: since,
    was: levelAt(settings, before),
    level: levelAt(settings, before + 1),
    rule: reason.rule,
    operation: op.id,
    total: (known?.total ?? 0) + 1,
  });
}

export const violationsEvolve = { 'operation.decided': count };

export const violationsReact = {
  'operation.decided': (state: State, r: RecordOf<'operation.decided'>) => {
    if (r.body.verdict !== 'deny') return [];
    const seat = state.operations.operations.get(r.body.operation)?.seat ?? '';
    const v = state.governance.control.violations.get(seat);
    return v?.operation === r.body.operation && v.level > v.was ? [followUp('violation.raise', { seat })] : [];
  },
  'violation.raised': (state: State, r: RecordOf<'violation.raised'>) => {
    const { seat, level, correction, points, rule } = r.body;
    const tell = (to: string, text: string) =>
      followUp('inbox.deliver', { to, type: 'control', text, data: { seat, level, rule }, priority: 'high' });
    const own = tell(seat, `${SAID[level - 1]} ${points} refusals by boundaries, the latest by ${rule}. ${ADVICE}`);
    const above = humanAbove(state, seat);
    const up = above === null || level === 1 ? [] : [tell(above, `"${seat}" is at violation level ${level} (${rule})`)];
    const summary = `"${seat}" reached violation level ${level}: ${rule}`;
    const incident = { cause: 'violation', ref: seat, summary, what: rule };
    const done = [DONE[correction]];
    return [own, ...up, ...(level >= 3 ? [followUp('incident.open', { ...incident, done })] : [])];
  },
};

const SAID = [
  'This is a warning:',
  'What you change needs a decision from now on:',
  'You are paused:',
  'You are suspended:',
] as const;
const ADVICE = 'Read what each refusal says may be done instead, and do not try the same again.';
const DONE = {
  warn: 'warned',
  restrict: 'restricted: effects need a decision',
  pause: 'the seat was paused',
  suspend: 'the seat was suspended and its runs were stopped',
} as const;

/** [GOV52] What a level brings with it: people are not paused but restricted. */
const correctionAt = (seat: Seat | undefined, level: 1 | 2 | 3 | 4): Correction =>
  CORRECTIONS[(isHuman(seat) ? Math.min(level, 2) : level) - 1]!;

/** [GOV52] Agents are paused and suspended at once; about a person a person decides. */
function raise(state: State, body: { seat: string }): Draft[] {
  const v = state.governance.control.violations.get(body.seat);
  const seat = state.organisation.seats.get(body.seat);
  if (!v || !seat || v.level === 0) return [];
  const level = v.level as 1 | 2 | 3 | 4;
  const correction = correctionAt(seat, level);
  const { points, rule, operation } = v;
  const raised = event('violation.raised', `seat/${seat.id}`, {
    seat: seat.id,
    level,
    correction,
    points,
    rule,
    operation,
  });
  const reason = `violation level ${level}: ${points} refusals, the latest ${operation} by ${rule}`;
  if (correction === 'pause' && seat.status === 'active')
    return [raised, event('seat.paused', `seat/${seat.id}`, { seat: seat.id, reason })];
  if (correction === 'suspend' && (seat.status === 'active' || seat.status === 'paused'))
    return [raised, event('seat.suspended', `seat/${seat.id}`, { seat: seat.id, reason })];
  return [raised];
}

export const violationsFollowUps = { 'violation.raise': raise };

export interface ViolationLine {
  seat: string;
  level: 0 | 1 | 2 | 3 | 4;
  /** What the level brings with it now; null at level 0. */
  correction: Correction | null;
  points: number;
  /** All there ever were. */
  total: number;
  latest: { rule: string; operation: string };
}

function lineOf(state: State, seat: string, now: Time): ViolationLine {
  const v = state.governance.control.violations.get(seat)!;
  const level = violationLevel(state, seat, now);
  return {
    seat,
    level,
    correction: level === 0 ? null : correctionAt(state.organisation.seats.get(seat), level),
    points: pointsNow(state, seat, now),
    total: v.total,
    latest: { rule: v.rule, operation: v.operation },
  };
}

/** Seats with violations, the worst first. */
export const violationLines = (state: State, now: Time): ViolationLine[] =>
  [...state.governance.control.violations.keys()]
    .map((seat) => lineOf(state, seat, now))
    .sort((a, b) => b.points - a.points || (a.seat < b.seat ? -1 : 1));

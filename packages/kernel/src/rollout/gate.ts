/** The stage of a lane at the gate (check 2 of the design). */
import { formatMoney } from '../core/quantities.ts';
import type { Time } from '../core/types.ts';
import { type Ask, say } from '../governance/checks/ask.ts';
import type { Operation } from '../operations/state.ts';
import { byPerson, isRecorded, type LaneDef, staged } from './lanes.ts';
import type { Lane } from './state.ts';

const DAY = 86_400_000;
export const dayOf = (at: Time): number => Math.floor(at / DAY);

/** [ROL2, ROL3] What the stage says: recorded only, a person's decision each time, or one beyond the limits. */
export function stage(ask: Ask): void {
  const { op, state } = ask;
  const found = staged(state, op);
  if (found === null) return;
  const { lane, stage: at } = found;
  const rule = `lane/${lane.id}/${at}`;
  if (isRecorded(at)) {
    say(
      ask,
      'switch',
      rule,
      'record-only',
      `the lane "${lane.id}" is in the stage ${at}: what is proposed is written down, people act`,
    );
    return;
  }
  if (at === 'assist')
    say(ask, 'switch', rule, 'ask', `the lane "${lane.id}" is in the stage assist: a person decides each time`);
  if (at === 'bounded') bounded(ask, lane, rule);
  if (at !== 'end-to-end') decidedByPerson(ask, rule);
}

function bounded(ask: Ask, { id, rollout }: LaneDef, rule: string): void {
  const { op, state, now } = ask;
  const { each, day, count } = rollout.limits;
  if (op.cost > each)
    say(
      ask,
      'switch',
      rule,
      'ask',
      `${formatMoney(op.cost)} is above the ${formatMoney(each)} the lane "${id}" may move by itself`,
    );
  const today = usedToday(state.rollout.lanes.get(id), now);
  // What was admitted has been counted.
  const own = op.admittedAt === undefined ? 1 : 0;
  const money = today.money + own * op.cost;
  if (day !== undefined && money > day)
    say(
      ask,
      'switch',
      rule,
      'ask',
      `${formatMoney(money)} today is above the ${formatMoney(day)} a day of the lane "${id}"`,
    );
  if (count !== undefined && today.count + own > count)
    say(ask, 'switch', rule, 'ask', `the lane "${id}" did ${today.count} today, its limit is ${count}`);
}

const usedToday = (lane: Lane | undefined, now: Time) =>
  lane?.today.day === dayOf(now) ? lane.today : { money: 0, count: 0 };

/** [ROL3] A stage asks people: what an agent in the place of an approver decided answers nothing. */
function decidedByPerson(ask: Ask, rule: string): void {
  const a = ask.op.approval === null ? undefined : ask.state.governance.approvals.get(ask.op.approval);
  const asked = ask.reasons.some((reason) => reason.rule === rule);
  if (!asked || a?.status !== 'approved' || (a.decidedBy !== null && byPerson(ask.state, a.decidedBy))) return;
  say(
    ask,
    'switch',
    rule,
    'deny',
    `${a.id} was decided by ${a.decidedBy}, and this needs a person`,
    'have a person decide',
  );
}

/** [ROL2] In a stage that only records nobody is asked either: whatever is not refused is written down. */
export const recordsOnly = (ask: Ask): boolean =>
  ask.reasons.some((reason) => reason.verdict === 'record-only' && reason.rule.startsWith('lane/'));

/** Was a decision asked for because of a stage? Then silence is not an answer. */
export const stageAsks = (op: Operation | undefined): boolean =>
  op?.decision?.reasons.some((reason) => reason.verdict === 'ask' && reason.rule.startsWith('lane/')) === true;

/** [PUR37] When a week, month, quarter or year is over, whoever answers for targets is told how they stand. */
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { TargetDef } from './definition.ts';
import { WHOLE } from './effective.ts';
import { deciderOf, responsibleFor } from './people.ts';
import { type Cadence, nameOf, PERIODS, settingsOf } from './periods.ts';
import type { Standing } from './schema.ts';
import { standingOf } from './targets.ts';
import { standingText } from './text.ts';

/** Tactics are the owner's; targets are the human's who decides about the unit, and its purpose that of the human at the top. */
const RECIPIENT: Record<Cadence, (state: State, target: TargetDef) => string | null> = {
  week: responsibleFor,
  month: responsibleFor,
  quarter: (state, target) => deciderOf(state, target.unit ?? WHOLE),
  year: (state) => deciderOf(state, WHOLE),
};

const QUESTION: Record<Cadence, string> = {
  week: 'The week is over. Are these on their way?',
  month: 'The month is over. Which tactics should change?',
  quarter: 'The quarter is over. Which targets should change?',
  year: 'The year is over. Is the purpose still the right one?',
};

/** Targets by who is told, in the order of the definition. */
function byRecipient(state: State, period: Cadence, now: number): Map<string, Standing[]> {
  const found = new Map<string, Standing[]>();
  for (const target of state.purpose.targets) {
    const to = RECIPIENT[period](state, target);
    const standing = standingOf(state, target, now);
    if (to !== null && standing) found.set(to, [...(found.get(to) ?? []), standing]);
  }
  return found;
}

function review(state: State, _body: unknown, ctx: Context): Draft[] {
  const { cadence } = settingsOf(state);
  return PERIODS.flatMap((period) => {
    const name = nameOf(period, ctx.now);
    if (!cadence[period] || state.purpose.reviewed[period] === name) return [];
    return [...byRecipient(state, period, ctx.now)].map(([to, list]) =>
      event('purpose.reviewed', `seat/${to}`, { period, name, to, standings: list }),
    );
  });
}

const lineOf = (state: State, standing: Standing): string => {
  const target = state.purpose.targets.find(({ id }) => id === standing.target);
  return `- ${standing.status.replaceAll('_', ' ')}: ${target ? standingText(state, target, standing) : standing.target}`;
};

/** Targets written out in one message; the others are only counted. */
const SHOWN = 50;

function told(state: State, r: RecordOf<'purpose.reviewed'>): FollowUp[] {
  const { period, name, to, standings } = r.body;
  const more = standings.length > SHOWN ? [`and ${standings.length - SHOWN} more: \`reeve gaps\``] : [];
  const lines = standings.slice(0, SHOWN).map((each) => lineOf(state, each));
  const text = [QUESTION[period], ...lines, ...more].join('\n');
  const data = { review: period, name, targets: standings.slice(0, SHOWN) };
  return [followUp('inbox.deliver', { to, type: 'reminder', text, data })];
}

export const reviewsFollowUps = { 'purpose.review': review };
export const reviewsReact = { 'purpose.reviewed': told };

/** [ECO4] The time of humans is a cost of the work they look at: decisions on approvals, checks of resolutions. */
import { type PriceUse, priceOf } from '../budget/prices.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { isHuman, OWNER } from '../organisation/views.ts';

interface Review {
  readonly about: string;
  readonly case: string | null;
  readonly by: string;
  readonly of: string;
  readonly minutes: number | null;
}

const review = (body: Review): FollowUp[] => [followUp('economy.review', { ...body })];

const byHuman = (state: State, seat: string): boolean => seat === OWNER || isHuman(state.organisation.seats.get(seat));

/** By the prices of this human, else of every human; minutes when it is known how many, else one review. */
function priceOfReview(state: State, { by, minutes }: Review, at: Time): PriceUse | null {
  for (const name of [by, 'human']) {
    const timed = minutes === null ? null : priceOf(state, [name], 'minutes', minutes, at);
    const found = timed ?? priceOf(state, [name], 'reviews', 1, at);
    if (found) return found;
  }
  return null;
}

/** The reviewer's time in milliseconds, measured or, where nothing measures, what the settings assume. */
const minutesOf = (spent: number | undefined): number | null =>
  spent === undefined || spent === 0 ? null : spent / 60_000;

function decided(state: State, r: RecordOf<'approval.decided'> | RecordOf<'approval.endorsed'>): FollowUp[] {
  const { approval, by, spent } = r.body;
  const a = state.governance.approvals.get(approval);
  const bySilence = 'bySilence' in r.body && r.body.bySilence;
  if (bySilence || !a || !byHuman(state, by)) return [];
  return review({ about: approval, case: a.case, by, of: a.requester, minutes: minutesOf(spent) });
}

function checked(state: State, r: RecordOf<'case.verified'> | RecordOf<'case.rejected'>): FollowUp[] {
  const c = state.cases.cases.get(r.body.case);
  if (!c || !byHuman(state, r.body.by)) return [];
  return review({ about: c.id, case: c.id, by: r.body.by, of: c.owner, minutes: null });
}

export const economyReact = {
  'approval.decided': decided,
  'approval.endorsed': decided,
  'case.verified': checked,
  'case.rejected': checked,
};

export const economyFollowUps = {
  'economy.review': (state: State, body: Review, ctx: Context): Draft[] => {
    const line = priceOfReview(state, body, ctx.now);
    const priced = { money: line?.money ?? 0, prices: line ? [line] : [] };
    return [event('economy.reviewed', `economy/${body.about}`, { ...body, ...priced }, body.case)];
  },
};

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

/** Minutes when the event says how many, else one review. */
function priceOfReview(state: State, { by, minutes }: Review, at: Time): PriceUse | null {
  const names = [by, 'human'];
  const timed = minutes === null ? null : priceOf(state, names, 'minutes', minutes, at);
  return timed ?? priceOf(state, names, 'reviews', 1, at);
}

function decided(state: State, r: RecordOf<'approval.decided'>): FollowUp[] {
  const { approval, case: about, by, bySilence } = r.body;
  const requester = state.governance.approvals.get(approval)?.requester;
  if (bySilence || requester === undefined || !byHuman(state, by)) return [];
  const minutes = minutesOf(r.body);
  return review({ about: approval, case: about, by, of: requester, minutes });
}

/** The reviewer's time in milliseconds, where it was measured. */
function minutesOf(body: object): number | null {
  const { spent } = body as { spent?: number };
  return spent !== undefined && spent > 0 ? spent / 60_000 : null;
}

function checked(state: State, r: RecordOf<'case.verified'> | RecordOf<'case.rejected'>): FollowUp[] {
  const c = state.cases.cases.get(r.body.case);
  if (!c || !byHuman(state, r.body.by)) return [];
  return review({ about: c.id, case: c.id, by: r.body.by, of: c.owner, minutes: null });
}

export const economyReact = { 'approval.decided': decided, 'case.verified': checked, 'case.rejected': checked };

export const economyFollowUps = {
  'economy.review': (state: State, body: Review, ctx: Context): Draft[] => {
    const line = priceOfReview(state, body, ctx.now);
    const priced = { money: line?.money ?? 0, prices: line ? [line] : [] };
    return [event('economy.reviewed', `economy/${body.about}`, { ...body, ...priced }, body.case)];
  },
};

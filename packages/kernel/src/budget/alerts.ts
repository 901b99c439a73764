/** [BUD9] Thresholds and spikes: announced once, to the human who answers for the budget. */
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { DAY, formatMoney } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { chain, humanAbove, inUnit, isHuman } from '../organisation/views.ts';
import { type Account, accountNamed, keyOf } from './accounts.ts';
import type { BudgetDef } from './definition.ts';
import { allotted } from './earned.ts';
import { periodOf } from './periods.ts';
import { spike } from './rates.ts';
import type { BudgetEvents, Transfer } from './schema.ts';
import { percentOf, usedOf } from './views.ts';

type Alert = BudgetEvents['budget.alerted'];

/** The highest threshold that is passed and was not announced in this period. */
function passed(state: State, one: Account, now: Time): Alert | null {
  const { budget, key } = one;
  // A definition applied before there were thresholds has none.
  const { thresholds = [] } = budget;
  if (thresholds.length === 0) return null;
  const { reserved, spent } = usedOf(state, one, now);
  const used = reserved + spent;
  const allocation = allotted(state, one, now);
  const share = percentOf(used, allocation);
  const period = periodOf(budget.period, now);
  const before = state.budget.announced.get(key);
  const known = before?.period === period ? before.percent : 0;
  const percent = Math.max(0, ...thresholds.filter((each) => each <= share));
  if (percent <= known || used === 0) return null;
  return { budget: key, what: 'threshold', period, percent, used, allocation };
}

/** Far more was spent today than usually, and nobody was told today. */
function unusual(state: State, one: Account, now: Time): Alert | null {
  const { budget, key } = one;
  if (budget.spike === undefined || state.budget.announced.get(key)?.spike === Math.floor(now / DAY)) return null;
  const found = spike(state, key, now);
  if (!found || found.times <= budget.spike) return null;
  const period = periodOf(budget.period, now);
  const percent = Math.round(100 * found.times);
  return { budget: key, what: 'spike', period, percent, used: found.spent, allocation: allotted(state, one, now) };
}

function alertsOf(state: State, key: string, now: Time): Alert[] {
  const one = accountNamed(state, key);
  if (!one) return [];
  return [passed(state, one, now), unusual(state, one, now)].filter((alert) => alert !== null);
}

const alert = (state: State, body: { budget: string }, ctx: Context): Draft[] =>
  alertsOf(state, body.budget, ctx.now).map((each) => event('budget.alerted', `budget/${each.budget}`, each));

/** The seat at the head of a unit, or of the organisation: one whose supervisor is not inside. */
function head(state: State, unit: string | undefined): string | null {
  const inside = (seat: string): boolean => {
    const found = state.organisation.seats.get(seat);
    return found !== undefined && found.status !== 'retired' && (unit === undefined || inUnit(state, found.unit, unit));
  };
  const seats = [...state.organisation.seats.keys()].filter(inside);
  return seats.find((seat) => !chain(state, seat).some(inside)) ?? null;
}

/** [BUD9] The human who answers for a budget: the one named, else at or above its seat, unit or organisation. */
export function answersFor(state: State, budget: BudgetDef): string | null {
  const seat = budget.owner ?? budget.seat ?? head(state, budget.unit) ?? head(state, undefined);
  if (seat === null) return null;
  const answers = isHuman(state.organisation.seats.get(seat)) ? seat : humanAbove(state, seat);
  // A message to an agent would begin a run: spending to say that much was spent.
  return answers !== null && isHuman(state.organisation.seats.get(answers)) ? answers : null;
}

function sentence({ budget }: Account, body: Alert): string {
  const show = (amount: number) => (budget.currency === 'money' ? formatMoney(amount) : `${amount}`);
  const name = `The budget "${body.budget}"${budget.title === '' ? '' : ` (${budget.title})`}`;
  const what = budget.currency === 'money' ? '' : ` ${budget.currency}`;
  if (body.what === 'spike')
    return `${name} spent ${show(body.used)}${what} today, ${body.percent} % of what it spends on an average day.`;
  const end = body.percent >= 100 ? ' Further spending is refused until the next period or a larger allocation.' : '';
  return `${name} passed ${body.percent} %: ${show(body.used)} of ${show(body.allocation)}${what} are spent or reserved in the period ${body.period}.${end}`;
}

function told(state: State, r: RecordOf<'budget.alerted'>): FollowUp[] {
  const one = accountNamed(state, r.body.budget);
  const to = one ? answersFor(state, one.budget) : null;
  if (!one || to === null) return [];
  const urgent = r.body.what === 'spike' || r.body.percent >= 100;
  const type = urgent ? 'escalation' : 'inform';
  const data = { budget: one.budget.id, account: one.key };
  const priority = urgent ? 'high' : 'normal';
  return [followUp('inbox.deliver', { to, type, text: sentence(one, r.body), data, priority })];
}

function looked(state: State, transfers: readonly Transfer[], now: Time): FollowUp[] {
  const keys = new Set(transfers.map(({ to }) => keyOf(to)));
  return [...keys].flatMap((budget) =>
    alertsOf(state, budget, now).length > 0 ? [followUp('budget.alert', { budget })] : [],
  );
}

export const alertsReact = {
  'budget.reserved': (state: State, r: RecordOf<'budget.reserved'>) => looked(state, r.body.transfers, r.at),
  'budget.settled': (state: State, r: RecordOf<'budget.settled'>) => looked(state, r.body.transfers, r.at),
  'budget.spent': (state: State, r: RecordOf<'budget.spent'>) => looked(state, r.body.transfers, r.at),
  'budget.funded': (state: State, r: RecordOf<'budget.funded'>) => looked(state, r.body.transfers, r.at),
  'budget.alerted': told,
};
export const alertsFollowUps = { 'budget.alert': alert };

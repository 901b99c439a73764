import { isOpen } from '../cases/views.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Delivery } from '../inbox/decide.ts';
import { humanAbove } from '../organisation/views.ts';
import { holderOf } from './arrive.ts';
import { balanceFollowUps } from './balance.ts';
import { controlFollowUps } from './control.ts';
import { drainFollowUps } from './drain.ts';
import { laneFollowUps, laneOnClassified, laneOnRouted } from './lanes.ts';
import { routingOf } from './load.ts';
import { isPressing, surgeFollowUps } from './surge.ts';
import { tasksFollowUps, tasksReact } from './tasks.ts';

const tell = (d: Delivery): FollowUp => followUp('inbox.deliver', { ...d });

/** Room may have come free at this seat. Nothing to do, and no cost, while nothing waits. */
const next = (state: State, seat: string | null): FollowUp[] =>
  state.routing.waiting === 0 ? [] : [followUp('routing.next', { seat })];

type OnCase = { at: number; body: { case: string } };
const freed = (state: State, r: OnCase): FollowUp[] => {
  if (state.routing.waiting === 0) return [];
  const c = state.cases.cases.get(r.body.case);
  return c ? next(state, c.owner) : [];
};

const everybody = (state: State): FollowUp[] => next(state, null);

const pressing = (state: State, at: number): FollowUp[] =>
  isPressing(state, at) ? [followUp('routing.enter', {})] : [];

/** Who tells the customer: the owner, or while a case waits the seat that holds it. */
function speak(state: State, r: RecordOf<'case.routed'>): FollowUp[] {
  const { case: id, answer, outcome, cause, because } = r.body;
  const c = state.cases.cases.get(id);
  if (answer === undefined || !c || (cause === 'transfer' && outcome === 'assigned')) return [];
  const data = { tell: 'customer', answer, outcome };
  return [tell({ to: c.owner, type: 'guidance', text: because, case: id, data, priority: c.priority })];
}

function told(state: State, text: string, data: Record<string, unknown>): FollowUp[] {
  const def = routingOf(state).surge;
  const holder = holderOf(state);
  const to = def.tell ?? humanAbove(state, holder) ?? holder;
  return [tell({ to, type: 'inform', text, data, priority: 'high' })];
}

const surged = (state: State, r: RecordOf<'surge.entered'>): FollowUp[] =>
  told(state, `More comes than can be done: ${r.body.because}`, { ...r.body });

function balanced(state: State, r: RecordOf<'load.balanced'>): FollowUp[] {
  const heads = new Map<string, number>();
  for (const { from } of r.body.moved) {
    const above = state.organisation.seats.get(from)?.supervisor;
    if (above !== undefined) heads.set(above, (heads.get(above) ?? 0) + 1);
  }
  return [...heads].map(([to, moved]) => {
    const text = `${moved} cases were moved to even out load`;
    return tell({ to, type: 'inform', text, data: { moved: r.body.moved }, priority: 'low' });
  });
}

/** Cases that leave somebody's desk, or rest there, make room. */
const FREEING = [
  ...(['case.waiting', 'case.blocked', 'case.started', 'case.resolved', 'case.closed', 'case.cancelled'] as const),
  'case.escalated',
] as const;

export const routingReact = {
  ...Object.fromEntries(FREEING.map((kind) => [kind, freed])),
  'case.opened': (state: State, r: RecordOf<'case.opened'>) => pressing(state, r.at),
  'case.assigned': (state: State, r: RecordOf<'case.assigned'>) => [
    ...next(state, r.body.from),
    ...next(state, r.body.to),
  ],
  'case.classified': (state: State, r: RecordOf<'case.classified'>) => [
    ...freed(state, r),
    ...laneOnClassified(state, r),
  ],
  'case.routed': (state: State, r: RecordOf<'case.routed'>) => [
    ...speak(state, r),
    ...laneOnRouted(state, r),
    ...pressing(state, r.at),
  ],
  'seat.shift': (state: State, r: RecordOf<'seat.shift'>) => (r.body.on ? next(state, r.body.seat) : []),
  'seat.resumed': everybody,
  'seat.occupied': everybody,
  'seat.lent': everybody,
  'seat.returned': everybody,
  'switch.rearmed': everybody,
  'organisation.applied': everybody,
  'surge.entered': surged,
  'surge.left': (state: State, r: RecordOf<'surge.left'>) => told(state, 'The surge is over', { ...r.body }),
  'load.balanced': balanced,
  'case.reminded': (state: State, r: RecordOf<'case.reminded'>) => {
    const c = state.cases.cases.get(r.body.case);
    const text = 'Tell the customer where it stands';
    return c ? [tell({ to: r.body.to, type: 'reminder', text, case: c.id, data: { what: 'update' } })] : [];
  },
  ...tasksReact,
};

/** [RTE14] Who has a direct line is reminded of it while the case is open. */
function update(state: State, body: { id: string }, ctx: Context): Draft[] {
  const c = state.cases.cases.get(body.id);
  const { direct: line, updateAt = 0 } = state.routing.cases.get(body.id) ?? {};
  if (!c || !isOpen(c) || line === undefined || updateAt > ctx.now) return [];
  return [event('case.reminded', `case/${c.id}`, { case: c.id, line, to: c.owner }, c.id)];
}

export const routingFollowUps = {
  'case.update': update,
  ...drainFollowUps,
  ...laneFollowUps,
  ...balanceFollowUps,
  ...surgeFollowUps,
  ...controlFollowUps,
  ...tasksFollowUps,
};

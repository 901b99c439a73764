/** Who works now: shifts begin and end by records, so that nothing else has to ask a calendar. */

import { onTheClock } from '../cases/machine.ts';
import type { Case } from '../cases/state.ts';
import { liveCases, tasksOf } from '../cases/views.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { type State, setTimer } from '../core/state.ts';
import { messagesOf } from '../inbox/views.ts';
import type { Seat } from '../organisation/state.ts';
import { messagesMoved } from '../restructuring/relocate.ts';
import { dutyAt } from './calendar.ts';
import { covering } from './views.ts';

export interface ShiftEvents {
  /** `until` null: it has no hours any more, and works always. */
  'seat.shift': { seat: string; on: boolean; until: number | null };
}

/** [HRS1] Where the calendar stands now, when that is something new. */
function shift(state: State, body: { id: string }, ctx: Context): Draft[] {
  const seat = state.organisation.seats.get(body.id);
  const known = state.organisation.duty.get(body.id);
  const hours = seat?.status === 'retired' ? undefined : seat?.hours;
  if (hours === undefined)
    return known ? [event('seat.shift', `seat/${body.id}`, { seat: body.id, on: true, until: null })] : [];
  const now = dutyAt(hours, ctx.now);
  if (known?.on === now.on && known.until === now.until) return [];
  return [event('seat.shift', `seat/${body.id}`, { seat: body.id, ...now })];
}

/** [HRS4] What the next one has to know (R-E61): where it stands, what is asked of whom, what was done, what was refused. */
function contextOf(state: State, c: Case): Record<string, unknown> {
  const tasks = tasksOf(state, c).filter((task) => task.status === 'open');
  const waits = [...state.governance.pending].filter((id) => state.governance.approvals.get(id)?.case === c.id);
  return {
    status: c.status,
    due: c.due,
    notes: c.notes.slice(-5).map(({ by, text }) => ({ by, text })),
    tasks: tasks.map(({ id, to, packet }) => ({ id, to, subproblem: packet.subproblem })),
    waitsFor: waits,
    done: c.evidence.filter((e) => !e.kind.startsWith('refused:')).slice(-20),
    refused: c.evidence.filter((e) => e.kind.startsWith('refused:')).slice(-20),
  };
}

/** [HRS4] Cases that go: not those somebody works on this moment, not those that wait for the customer or a superior. */
function goes(state: State, seat: Seat, c: Case, next: number): boolean {
  if (c.owner !== seat.id || !onTheClock(c.status) || c.status === 'escalated') return false;
  if (state.inbox.seats.get(seat.id)?.work.get(c.id)?.run) return false;
  return seat.hours?.handover === 'all' || c.due <= next;
}

function handOver(state: State, { seat: id }: { seat: string }): Draft[] {
  const seat = state.organisation.seats.get(id);
  const next = state.organisation.duty.get(id);
  if (!seat?.hours || !next || next.on || seat.hours.handover === 'none') return [];
  const to = covering(state, id);
  if (to === id) return [];
  return liveCases(state)
    .filter((c) => goes(state, seat, c, next.until ?? 0))
    .flatMap((c) => [
      ...messagesMoved(
        state,
        { from: id, to, reason: 'the shift is over', tasks: 'move' },
        messagesOf(state, id).filter((message) => message.case === c.id),
      ),
      event(
        'case.assigned',
        `case/${c.id}`,
        { case: c.id, to, from: id, reason: `the shift of "${id}" is over`, packet: contextOf(state, c) },
        c.id,
      ),
    ]);
}

export const shiftFollowUps = { 'seat.shift': shift, 'shift.handover': handOver };

export const shiftEvolve = {
  'seat.shift': (state: State, r: RecordOf<'seat.shift'>) => {
    const { seat, on, until } = r.body;
    if (until === null) state.organisation.duty.delete(seat);
    else {
      state.organisation.duty.set(seat, { on, until });
      setTimer(state, until, `seat.shift:${seat}`);
    }
  },
};

export const shiftReact = {
  'organisation.applied': (state: State): FollowUp[] =>
    [...state.organisation.seats.values()]
      .filter((seat) => seat.hours !== undefined || state.organisation.duty.has(seat.id))
      .map((seat) => followUp('seat.shift', { id: seat.id })),
  'seat.shift': (_state: State, r: RecordOf<'seat.shift'>): FollowUp[] =>
    r.body.on ? [] : [followUp('shift.handover', { seat: r.body.seat })],
};

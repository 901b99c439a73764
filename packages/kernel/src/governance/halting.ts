import { release } from '../budget/decide.ts';
import { type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { inUnit } from '../organisation/views.ts';
import type { Run } from '../runs/state.ts';

/** Does a switch of this scope stop the seat as a whole, not only some of what it does? */
function stopsSeat(state: State, seat: string, scope: string, id: string): boolean {
  if (scope === 'organisation') return true;
  if (scope === 'seat') return seat === id;
  const unit = state.organisation.seats.get(seat)?.unit;
  return scope === 'unit' && unit !== undefined && inUnit(state, unit, id);
}

/** Key of the tripped switch that keeps a seat from working, if there is one. */
export function stoppedBy(state: State, seat: string): string | null {
  for (const key of state.governance.switches.keys()) {
    const colon = key.indexOf(':');
    if (stopsSeat(state, seat, key.slice(0, colon), key.slice(colon + 1))) return key;
  }
  return null;
}

export const runsStoppedBy = (state: State, scope: string, id: string): Run[] =>
  [...state.runs.runs.values()].filter((run) => run.status === 'active' && stopsSeat(state, run.seat, scope, id));

const stop = (state: State, run: Run, message: string, by: string): Draft[] => [
  event(
    'run.stopped',
    `run/${run.id}`,
    { run: run.id, reason: 'control', message, seat: run.seat, case: run.case, by },
    run.case ?? run.id,
  ),
  ...release(state, run.reservation),
];

/** [GOV51] Runs at work in what was stopped end at once; those that wait stay, and go on when it is re-armed. */
export const haltingFollowUps = {
  'switch.halt': (state: State, body: { scope: string; id: string; reason: string }): Draft[] =>
    runsStoppedBy(state, body.scope, body.id).flatMap((run) =>
      stop(state, run, `kill switch on ${body.scope} ${body.id}: ${body.reason}`, `${body.scope}:${body.id}`),
    ),
  'seat.halt': (state: State, body: { seat: string; reason: string }): Draft[] =>
    runsStoppedBy(state, 'seat', body.seat).flatMap((run) =>
      stop(state, run, `the seat was suspended: ${body.reason}`, `suspended:${body.seat}`),
    ),
};

/** What an earlier stop interrupted has been told already. */
const afresh = (state: State, key: string): void => {
  state.governance.control.halted.delete(key);
};

export const haltingEvolve = {
  'switch.tripped': (state: State, r: RecordOf<'switch.tripped'>) => afresh(state, `${r.body.scope}:${r.body.id}`),
  'seat.suspended': (state: State, r: RecordOf<'seat.suspended'>) => afresh(state, `suspended:${r.body.seat}`),
  'run.stopped': (state: State, r: RecordOf<'run.stopped'>) => {
    const { by, seat, case: on } = r.body;
    if (by === undefined) return;
    const { halted } = state.governance.control;
    halted.set(by, [...(halted.get(by) ?? []), { seat, case: on }]);
  },
};

/** What was interrupted is not forgotten: its seats are reminded when they may work again. */
const remind = (state: State, key: string): FollowUp[] =>
  (state.governance.control.halted.get(key) ?? []).map(({ seat, case: on }) =>
    followUp('inbox.deliver', {
      to: seat,
      type: 'reminder',
      text: 'Your work was stopped and may go on: look at how things stand before you do anything.',
      case: on,
      data: { stopped: key },
      priority: 'high',
    }),
  );

export const haltingReact = {
  'switch.tripped': (_state: State, r: RecordOf<'switch.tripped'>) => [
    followUp('switch.halt', { scope: r.body.scope, id: r.body.id, reason: r.body.reason }),
  ],
  'switch.rearmed': (state: State, r: RecordOf<'switch.rearmed'>) => remind(state, `${r.body.scope}:${r.body.id}`),
  'seat.suspended': (_state: State, r: RecordOf<'seat.suspended'>) => [
    followUp('seat.halt', { seat: r.body.seat, reason: r.body.reason }),
  ],
  'seat.resumed': (state: State, r: RecordOf<'seat.resumed'>) => remind(state, `suspended:${r.body.seat}`),
};

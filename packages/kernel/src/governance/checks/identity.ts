import { isAbove } from '../../organisation/views.ts';
import { type Ask, say } from './ask.ts';

export function identity(ask: Ask): void {
  const { op, seat, state } = ask;
  if (!seat) {
    say(ask, 'identity', 'GOV4', 'deny', `there is no seat "${op.seat}"`);
    return;
  }
  if (seat.status === 'paused')
    say(ask, 'identity', 'GOV4', 'deny', `seat "${seat.id}" is paused`, 'wait until its supervisor resumes it');
  else if (seat.status !== 'active') say(ask, 'identity', 'GOV4', 'deny', `seat "${seat.id}" is ${seat.status}`);
  if (op.compensates === null && seat.occupant?.principal !== op.principal)
    say(ask, 'identity', 'GOV4', 'deny', `"${op.principal}" does not occupy the seat "${seat.id}"`);
  if (op.case === null) {
    if (op.effect !== 'read')
      say(ask, 'identity', 'GOV5', 'deny', 'an action that changes something belongs to a case', 'open a case first');
    return;
  }
  const c = state.cases.cases.get(op.case);
  if (!c) {
    say(ask, 'identity', 'GOV5', 'deny', `there is no case ${op.case}`);
    return;
  }
  if (c.status === 'closed' || c.status === 'cancelled')
    say(ask, 'identity', 'GOV5', 'deny', `case ${c.id} is ${c.status}`, 'reopen it first');
  if (!c.parties.includes(op.seat) && !isAbove(state, op.seat, c.owner))
    say(
      ask,
      'identity',
      'GOV5',
      'deny',
      `seat "${op.seat}" takes no part in ${c.id}`,
      'ask its owner to delegate a task',
    );
}

import type { z } from 'zod';
import { existed } from '../archive/views.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { governs, OWNER } from '../organisation/views.ts';
import type { caseCommands } from './schema.ts';
import { getCase, isOpen } from './views.ts';

/**
 * [CAS19] A person is forgotten on the word of the owner or the human at the top, when nothing of his is open any more. The
 * record names cases, not the person; his key is destroyed after it is durable, and again at a start that finds it undone.
 */
export function forget(state: State, body: z.output<(typeof caseCommands)['customer.forget']>, ctx: Context): Draft[] {
  if (!governs(state, ctx.actor))
    reject('forbidden', 'only the owner or the human at the top may have a customer forgotten', { rule: 'CAS19' });
  const by = ctx.actor.seat ?? OWNER;
  // [ARC6] Its customer is on the ledger only: who asks has looked there that nothing of his is in memory.
  if (!state.cases.cases.has(body.case) && existed(state, body.case))
    return [
      event(
        'customer.forgotten',
        `case/${body.case}`,
        { case: body.case, cases: [body.case], by, reason: body.reason },
        body.case,
      ),
    ];
  const c = getCase(state, body.case);
  // Proportional to the cases in memory; asked for rarely, and never by a run.
  const all = [...state.cases.cases.values()].filter((other) => other.customer === c.customer);
  const open = all.filter((other) => isOpen(other) || other.status === 'resolved' || other.status === 'verified');
  if (open.length > 0)
    reject('conflict', `cases of this customer are not over: ${open.map((other) => other.id).join(', ')}`, {
      rule: 'CAS19',
      hint: 'close or cancel them first',
    });
  const forgotten = { case: c.id, cases: all.map((other) => other.id), by, reason: body.reason };
  return [event('customer.forgotten', `case/${c.id}`, forgotten, c.id)];
}

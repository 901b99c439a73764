/** A person ends one run: its seat and all its other work go on. */
import { release } from '../budget/decide.ts';
import type { Decide } from '../core/context.ts';
import { reject } from '../core/rejection.ts';
import { directs } from '../organisation/views.ts';
import { activeRun, stop } from './decide.ts';

export const stoppingDecide = {
  /** [RUN12] */
  'run.stop': ((state, body, ctx) => {
    const run = activeRun(state, body.run);
    if (!directs(state, ctx.actor, run.seat))
      reject('forbidden', `you do not direct the seat "${run.seat}"`, {
        rule: 'RUN12',
        hint: 'ask a human above it, or the owner',
      });
    const why = `${ctx.actor.principal} ended it: ${body.reason}`;
    return [stop(run, 'control', why), ...release(state, run.reservation)];
  }) as Decide<{ run: string; reason: string }>,
};

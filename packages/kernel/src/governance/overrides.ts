import type { z } from 'zod';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { requested } from '../operations/decide.ts';
import type { Operation } from '../operations/state.ts';
import { getOperation } from '../operations/views.ts';
import { directs, OWNER } from '../organisation/views.ts';
import type { controlCommands } from './control-schema.ts';
import { mayBeLifted } from './lifting.ts';
import type { Reason } from './schema.ts';

function overrider(state: State, op: Operation, ctx: Context): string {
  if (ctx.actor.principal === OWNER && ctx.actor.seat === undefined) return OWNER;
  if (!directs(state, ctx.actor, op.seat))
    reject('forbidden', `you do not direct "${op.seat}"`, {
      rule: 'GOV44',
      hint: 'ask a human above it, or the owner',
    });
  const own = [op.principal, state.organisation.seats.get(op.seat)?.occupant?.principal];
  if (own.includes(ctx.actor.principal))
    reject('forbidden', 'nobody overrides a refusal of his own work', { rule: 'GOV44', hint: 'ask somebody above' });
  return ctx.actor.seat ?? OWNER;
}

/** The refusals of an operation, when all of them can be overridden. */
function refusals(state: State, op: Operation): Reason[] {
  const denials = op.decision?.reasons.filter((r) => r.verdict === 'deny') ?? [];
  if (op.status !== 'denied' || denials.length === 0)
    reject('conflict', `operation ${op.id} is ${op.status}; only a refused one is overridden`, { rule: 'GOV44' });
  const fixed = denials.filter((r) => !mayBeLifted(state, op, r));
  if (fixed.length > 0)
    reject('forbidden', `this is never overridden: ${fixed.map((r) => `${r.message} (${r.rule})`).join('; ')}`, {
      rule: 'GOV44',
      hint: 'tenant isolation, attribution, the ledger and its books, and kill switches stand above everybody',
    });
  return denials;
}

function warning(op: Operation, denials: readonly Reason[]): { message: string; hint: string } {
  const what = denials.map((r) => `${r.message} (${r.rule})`).join('; ');
  const rules = JSON.stringify([...new Set(denials.map((r) => r.rule))]);
  return {
    message: `warning: ${op.capability} by "${op.seat}" was refused because ${what}. To do it all the same is recorded in your name.`,
    hint: `send it again with acknowledge: ${rules}`,
  };
}

/** The key is given over, so that the same request, made again, finds what was done. */
function free(state: State, op: Operation): void {
  const other = state.operations.byKey.get(op.key);
  if (other !== undefined)
    reject('conflict', `the same was asked for again as ${other}`, { rule: 'GOV44', hint: `look at ${other}` });
}

/** [GOV44] After the warning a human with authority has a refused operation done; every other rule still holds. */
export function override(
  state: State,
  body: z.output<(typeof controlCommands)['operation.override']>,
  ctx: Context,
): Draft[] {
  const op = getOperation(state, body.operation);
  const by = overrider(state, op, ctx);
  const denials = refusals(state, op);
  free(state, op);
  const rules = [...new Set(denials.map((r) => r.rule))];
  if (rules.some((rule) => !body.acknowledge.includes(rule))) {
    const { message, hint } = warning(op, denials);
    reject('conflict', message, { rule: 'GOV44', hint });
  }
  const again = requested(
    state,
    {
      capability: op.capability,
      args: op.args,
      ...(op.case === null ? {} : { case: op.case }),
      ...(op.why === null ? {} : { why: op.why }),
      ...(op.confidence === null ? {} : { confidence: op.confidence }),
    },
    {
      seat: op.seat,
      principal: op.principal,
      run: null,
      ...(op.task === undefined ? {} : { task: op.task }),
      overrides: { of: op.id, by, reason: body.reason, rules },
    },
    op.key,
    op.argsDigest,
    ctx.now,
  );
  const id = (again.body as { operation: string }).operation;
  const said = { operation: op.id, by, principal: ctx.actor.principal, reason: body.reason, rules, again: id };
  return [again, event('operation.overridden', `operation/${op.id}`, said, op.case ?? op.id)];
}

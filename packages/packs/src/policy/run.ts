/** A scenario about a run: may the seat begin one, and may it use what it wants to use? */
import { type Reason, SYSTEM, step } from '@reeve/kernel';
import type { Outcome } from './play.ts';
import type { Scenario } from './schema.ts';
import type { World } from './world.ts';

type Use = NonNullable<Scenario['run']>;

/** Begin a run on what waits for the seat, and let it use what the scenario says. */
export function playRun(world: World, { seat, run: use }: { seat: string; run: Use }): Outcome {
  const begun = tried(world, 'run.start', { seat, worker: 'policy-test' });
  if ('reason' in begun) return outcome('deny', [begun.reason]);
  const spent = tried(world, 'run.spend', { run: begun.run, step: 1, what: 'policy test', ...use });
  return 'reason' in spent ? outcome('deny', [spent.reason]) : outcome('allow', []);
}

const outcome = (verdict: 'allow' | 'deny', reasons: Reason[]): Outcome => ({
  ...{ verdict, reasons, failed: [], refused: [] },
  rules: [...new Set(reasons.map(({ rule }) => rule))],
  review: undefined,
});

type Kind = 'run.start' | 'run.spend';
type Tried = { readonly run: string } | { readonly reason: Reason };

/** The run, or why it does not begin or go on: it was refused, or it was stopped with the same step. */
function tried(world: World, kind: Kind, body: object): Tried {
  const { state, now } = world;
  const { reply, records } = step(state, { id: '', kind, actor: SYSTEM, body }, { now, entropy: '' });
  if (!reply.ok) return { reason: because(reply.rejection.rule ?? reply.rejection.code, reply.rejection.message) };
  const stopped = records.find((record) => record.kind === 'run.stopped');
  if (stopped?.kind === 'run.stopped')
    return { reason: because(ruleOf(world, stopped.body.message), stopped.body.message) };
  return { run: String(reply.result.run ?? '') };
}

const because = (rule: string, message: string): Reason => ({ check: 'money', rule, verdict: 'deny', message });

/** The budget that the message names, or the stopping rule of the charter. */
function ruleOf({ state }: World, message: string): string {
  const budgets = state.organisation.definition?.budgets ?? [];
  const named = budgets.find(({ id }) => message.includes(`"${id}"`) || message.includes(`"${id}@`));
  return named ? `${named.id}/allocation` : 'RUN6';
}

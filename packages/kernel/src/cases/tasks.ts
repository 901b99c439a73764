import type { z } from 'zod';
import { archived, existed } from '../archive/views.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { actsFor } from '../governance/delegation.ts';
import { covering } from '../hours/views.ts';
import { keepPrivate } from '../memory/sharing.ts';
import { getSeat, OWNER, workingSeat } from '../organisation/views.ts';
import { notDone, taskFor } from '../routing/tasks.ts';
import { checkOutput } from '../services/decide.ts';
import { receiving, stillOpen } from './decide.ts';
import type { caseCommands } from './schema.ts';
import type { Task } from './state.ts';
import { participant } from './views.ts';

type Body<K extends keyof typeof caseCommands> = z.output<(typeof caseCommands)[K]>;

/** [CAS10] A task goes out as a packet and comes back as a report to who gave it; the case stays with its owner. */
function delegate(state: State, body: Body<'task.delegate'>, ctx: Context): Draft[] {
  const { c, seat } = participant(state, body.case, ctx.actor);
  stillOpen(c);
  const from = seat === OWNER ? c.owner : seat;
  const id = nextId(state, 'T');
  const decision = body.to === undefined && body.needs ? taskFor(state, c, id, from, body.needs) : null;
  const asked = receiving(state, decision?.to ?? namedIn(body), ['suspended', 'retired']);
  const cover = covering(state, asked.id);
  const to = cover === from ? asked : getSeat(state, cover);
  if (to.id === from)
    reject('invalid', 'a task is delegated to somebody else', { rule: 'CAS10', hint: 'do it, or choose another seat' });
  keepPrivate(state, to.id, () => [JSON.stringify(body.packet)], ctx);
  const under = seat === OWNER ? undefined : actsFor(state, from, c.id, ctx.run);
  const waits = notDone(state, c, body.after ?? []);
  const given = {
    ...{ case: c.id, task: id, from, to: to.id, packet: body.packet },
    ...(under === undefined ? {} : { under }),
    ...(body.needs ? { needs: body.needs } : {}),
    ...(body.after ? { after: body.after } : {}),
    ...(waits.length > 0 ? { waits } : {}),
  };
  const delegated = event('task.delegated', `case/${c.id}`, given, c.id);
  return decision === null
    ? [delegated]
    : [delegated, event('task.routed', `case/${c.id}`, { case: c.id, task: id, ...decision }, c.id)];
}

/** A task goes to a seat, or to whoever can do what it needs. */
const namedIn = ({ to }: Body<'task.delegate'>): string =>
  to ?? reject('invalid', 'a task names a seat or what it needs', { rule: 'CAS10', hint: 'give `to` or `needs`' });

/** [CAS10] Its seat reports; who gave it may only take it back. For all others it does not exist. */
function mayComplete(state: State, task: Task | undefined, body: Body<'task.complete'>, ctx: Context): string {
  const seat = workingSeat(state, ctx.actor).id;
  const takesBack = body.declined && task?.from === seat;
  if (task?.to !== seat && !takesBack)
    reject('not-found', `there is no task ${body.task} for "${seat}"`, {
      rule: 'CAS10',
      hint: 'only the seat that has a task reports on it; who gave it may take it back with `declined`',
    });
  return seat;
}

function complete(state: State, body: Body<'task.complete'>, ctx: Context): Draft[] {
  const task = state.cases.tasks.get(body.task);
  if (!task && existed(state, body.task)) archived('task', body.task);
  const by = mayComplete(state, task, body, ctx);
  const { id, status, case: on } = task!;
  if (status !== 'open')
    reject('conflict', `task ${id} is already ${status}`, { rule: 'CAS10', hint: 'send a message instead' });
  if (!body.declined) checkOutput(state, task!, body.report);
  const report = { case: on, task: id, by, report: body.report, declined: body.declined };
  return [event('task.completed', `case/${on}`, report, on)];
}

export const tasksDecide = { 'task.delegate': delegate, 'task.complete': complete };

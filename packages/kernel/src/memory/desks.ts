/** Desks across purposes: what stays, what resets, and the snapshots it can be brought back from. */
import type { z } from 'zod';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { nameOf, ownDesk } from './desk-of.ts';
import type { memoryCommands } from './schema.ts';
import { type Branch, type Desk, emptyDesk } from './state.ts';

type Body<K extends keyof typeof memoryCommands> = z.output<(typeof memoryCommands)[K]>;

const at = (state: State, seat: string): Desk => state.memory.desks.get(seat) ?? emptyDesk();
const write = <K extends 'desk.begun' | 'desk.snapshotted' | 'desk.branched' | 'desk.branch_closed'>(
  kind: K,
  seat: string,
  body: Parameters<typeof event<K>>[2],
): Draft => event(kind, `desk/${seat}`, body, `desk/${seat}`);

/** [MEM18] A new purpose resets what belonged to the one before, unless it goes on; skills and what is stable stay (R-D42–45). */
function begin(state: State, body: Body<'desk.begin'>, ctx: Context): Draft[] {
  const seat = ownDesk(state, body.seat, ctx);
  const desk = at(state, seat);
  const busy = [...state.runs.runs.values()].find((run) => run.seat === seat);
  if (busy && body.mode !== 'continuation')
    reject('conflict', `${busy.id} is at work at the desk of "${seat}"`, {
      rule: 'MEM18',
      hint: 'wait until it is over, pause the seat, or begin the purpose as a continuation',
    });
  const resets = [...desk.beliefs].filter((id) => state.memory.beliefs.get(id)?.layer !== 'stable');
  const { purpose, mode, reason } = body;
  return [
    write('desk.begun', seat, {
      ...{ desk: seat, case: null, purpose, mode, reason, previous: desk.purpose, by: nameOf(ctx.actor) },
      reset: mode === 'continuation' ? [] : resets,
      skills: desk.skills.size,
      archived: desk.branches.get('main')?.head ?? null,
    }),
  ];
}

function active(desk: Desk, seat: string, name: string): Branch {
  const branch = desk.branches.get(name);
  if (branch?.status !== 'active')
    reject('not-found', `the desk of "${seat}" has no open branch "${name}"`, {
      rule: 'MEM19',
      hint: 'list its branches with `reeve desk show`',
    });
  return branch;
}

function known(desk: Desk, seat: string, snapshot: string): string {
  if (!desk.snapshots.has(snapshot))
    reject('not-found', `the desk of "${seat}" has no snapshot ${snapshot}`, {
      rule: 'MEM19',
      hint: 'list them with `reeve desk show`; older ones are on the ledger only',
    });
  return snapshot;
}

function snapshot(state: State, body: Body<'desk.snapshot'>, ctx: Context): Draft[] {
  const { seat: given, merged, branch, ...rest } = body;
  const seat = ownDesk(state, given, ctx);
  const desk = at(state, seat);
  const { head } = active(desk, seat, branch);
  if (merged !== undefined) known(desk, seat, merged);
  return [
    write('desk.snapshotted', seat, {
      ...{ desk: seat, case: null, snapshot: nextId(state, 'DS'), branch, parent: head, ...rest },
      ...(merged === undefined ? {} : { merged }),
      by: nameOf(ctx.actor),
    }),
  ];
}

/** Branches of a desk that may be open at once. */
const BRANCHES = 50;

function branch(state: State, body: Body<'desk.branch'>, ctx: Context): Draft[] {
  const seat = ownDesk(state, body.seat, ctx);
  const desk = at(state, seat);
  if (desk.branches.get(body.branch)?.status === 'active')
    reject('conflict', `there is a branch "${body.branch}" already`, { rule: 'MEM19', hint: 'choose another name' });
  if ([...desk.branches.values()].filter(({ status }) => status === 'active').length >= BRANCHES)
    reject('exhausted', `the desk has ${BRANCHES} open branches`, { rule: 'MEM19', hint: 'close some' });
  const from = known(desk, seat, body.from);
  const { purpose } = body;
  return [
    write('desk.branched', seat, { desk: seat, case: null, branch: body.branch, from, purpose, by: nameOf(ctx.actor) }),
  ];
}

export const desksDecide = {
  'desk.begin': begin,
  'desk.snapshot': snapshot,
  'desk.branch': branch,
  'desk.close_branch': ((state, body, ctx) => {
    const seat = ownDesk(state, body.seat, ctx);
    active(at(state, seat), seat, body.branch);
    if (body.branch === 'main')
      reject('invalid', 'the branch "main" stays open', { rule: 'MEM19', hint: 'close another one' });
    const { reason } = body;
    return [
      write('desk.branch_closed', seat, { desk: seat, case: null, branch: body.branch, reason, by: nameOf(ctx.actor) }),
    ];
  }) as Decide<Body<'desk.close_branch'>>,
};

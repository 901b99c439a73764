/** [RTE8] Who has room takes what waits: the first in rank of all lines he can serve. */
import type { Case } from '../cases/state.ts';
import { isOpen } from '../cases/views.ts';
import type { Decide } from '../core/context.ts';
import type { Draft } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { choose, isAble, works } from './choose.ts';
import { askFor, carryOut } from './decide.ts';
import { stands } from './line.ts';
import { hasRoom, routingOf } from './load.ts';
import type { Decision } from './schema.ts';
import { scoreOf } from './score.ts';

/** Cases given out in one step at most; whoever got one goes on by himself. */
const AT_ONCE = 1000;

function give(state: State, c: Case, decision: Decision): Draft[] {
  const reason = `it waited for a seat: ${decision.because}`;
  return carryOut(state, c, decision, { cause: 'queue', from: c.owner, by: c.owner, reason });
}

const caseAt = (state: State, id: string): Case | undefined => {
  const c = state.cases.cases.get(id);
  return c && isOpen(c) ? c : undefined;
};

/** One seat has room: it gets the first it can do. */
function pull(state: State, id: string): Draft[] {
  const seat = works(state, id);
  const def = routingOf(state);
  if (!seat || !hasRoom(state.routing.seats.get(id), seat, def)) return [];
  let best: [number, string] | undefined;
  for (const { needs, gave, heap } of state.routing.lines.values()) {
    const head = heap[0];
    if (!head || gave.includes(id) || (best && before(best, head)) || !isAble(state, id, needs)) continue;
    best = head;
  }
  const c = best && caseAt(state, best[1]);
  if (!c) return [];
  const { needs } = state.routing.cases.get(c.id)!;
  const scored = scoreOf(state, seat, askFor(state, c, needs!), 0, def);
  const out = { away: 0, full: 0, gave: 0, unsure: 0 };
  const because = `"${id}" had room first`;
  return give(state, c, {
    outcome: 'assigned',
    to: id,
    because,
    needs: needs!,
    candidates: [scored],
    considered: 1,
    out,
  });
}

const before = (a: [number, string], b: [number, string]): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/** Somebody may have room, nobody knows who: each line in turn, as far as it gets. */
function everybody(state: State): Draft[] {
  const planned = new Map<string, number>();
  const drafts: Draft[] = [];
  let given = 0;
  for (const [key, line] of state.routing.lines) {
    const order = line.heap.filter((entry) => stands(state, key, entry)).sort((a, b) => (before(a, b) ? -1 : 1));
    for (const [, id] of order) {
      const c = caseAt(state, id);
      if (!c) continue;
      const decision = choose(state, askFor(state, c, line.needs), { planned });
      if (decision.outcome !== 'assigned' || given >= AT_ONCE) break;
      given += 1;
      planned.set(decision.to!, (planned.get(decision.to!) ?? 0) + 1);
      drafts.push(...give(state, c, decision));
    }
  }
  return drafts;
}

export const drainFollowUps = {
  'routing.next': ((state, body) => (body.seat === null ? everybody(state) : pull(state, body.seat))) as Decide<{
    seat: string | null;
  }>,
};

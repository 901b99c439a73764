/**
 * [RTE8] What cannot be given to anybody yet waits in a line of those who need the same, by a rank that is fixed when it
 * begins to wait: priority, then age, then fair shares between customers. As no rank ever changes and later ones are
 * larger by the time that has passed, whatever waits comes first some day.
 */
import type { CasePriority } from '../cases/schema.ts';
import { pop, push } from '../core/heap.ts';
import { MINUTE } from '../core/quantities.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Needs, RoutingDef } from './definition.ts';
import { lineOf } from './index-of.ts';
import type { RoutedCase } from './state.ts';

/** As in the inbox: ten minutes of waiting are one place. */
const BASE: Record<CasePriority, number> = { high: 70, normal: 100, low: 130 };
const PLACE = 10 * MINUTE;

/** How far behind others the next case of a customer is who has this many open (R-B3). */
function behind(open: number, { customers }: RoutingDef): number {
  if (open < customers.fair) return 0;
  return Math.min(customers.most, customers.behind + customers.step * (open - customers.fair));
}

/** Place in line: the smaller is first. */
export function rankOf(
  def: RoutingDef,
  work: { readonly priority: CasePriority; readonly since: Time; readonly others: number; readonly deferred: boolean },
): number {
  const later = work.deferred ? def.throttle.defer / PLACE : 0;
  return BASE[work.priority] + work.since / PLACE + behind(work.others, def) + later;
}

/** Cases that some seats gave away wait apart: the line moves as one, whoever is free. */
export const lineKey = (needs: Needs, gave: readonly string[]): string =>
  gave.length === 0 ? lineOf(needs) : `${lineOf(needs)}|not ${[...gave].sort().join('+')}`;

export function stand(state: State, id: string, routed: RoutedCase, needs: Needs, rank: number): void {
  leave(state, id, routed);
  const key = lineKey(needs, routed.gave);
  const line = state.routing.lines.get(key) ?? { needs, gave: [...routed.gave], heap: [] };
  state.routing.lines.set(key, line);
  push(line.heap, rank, id);
  routed.waits = { line: key, rank };
  state.routing.waiting += 1;
}

export function leave(state: State, id: string, routed: RoutedCase): void {
  const { waits } = routed;
  if (!waits) return;
  delete routed.waits;
  state.routing.waiting -= 1;
  trim(state, waits.line, id);
}

/** Does this entry of a line still stand? Those of cases that left, or changed their place, do not. */
export function stands(state: State, key: string, [rank, id]: [number, string]): boolean {
  const waits = state.routing.cases.get(id)?.waits;
  return waits?.line === key && waits.rank === rank;
}

/** Drop what no longer waits from the head, so that looking at a line changes nothing. */
function trim(state: State, key: string, gone: string): void {
  const line = state.routing.lines.get(key);
  if (!line || line.heap[0]?.[1] !== gone) return;
  while (line.heap[0] && !stands(state, key, line.heap[0])) pop(line.heap);
  if (line.heap.length === 0) state.routing.lines.delete(key);
}

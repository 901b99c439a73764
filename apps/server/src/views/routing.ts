import { choose, inUnit, type KernelRecord, loadReport, type RecordOf, type State, stagesOf } from '@reeve/kernel';
import type { LoadView, ParsedOf, RoutingDecisionView, RoutingView } from '@reeve/protocol';
import { Refusal } from '../errors.ts';
import { afterKey } from './page.ts';

/** Lists of the answer are the caller's to keep. */
const plain = <T>(value: T): T => structuredClone(value);

/** Seats named outside the pages of all of them. */
const NAMED = 100;

export function loadView(state: State, query: ParsedOf<'load'>['query'], now: number): LoadView {
  const { seats, ...report } = loadReport(state, now);
  const { unit } = query;
  const wanted = seats.filter((line) => unit === undefined || inUnit(state, line.unit, unit));
  const { items, ...next } = afterKey(wanted, query, ({ seat }) => seat);
  const [above, below] = [report.above.slice(0, NAMED), report.below.slice(0, NAMED)];
  return plain({ now, ...report, above, below, seats: items, ...next }) as LoadView;
}

/** Who would get it now. */
export function candidatesView(state: State, query: ParsedOf<'candidates'>['query']): RoutingDecisionView {
  const { skills = '', customer = '', ...rest } = query;
  const names = skills
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (names.length === 0 && rest.topic === undefined && rest.domain === undefined)
    throw new Refusal('malformed', 'nothing is asked for', 'give a topic, a domain or skills');
  const needs = { ...rest, skills: names };
  return plain(choose(state, { needs, customer, case: null, spread: 0, gave: [] })) as RoutingDecisionView;
}

const ofKind = <K extends KernelRecord['kind']>(records: readonly KernelRecord[], kind: K): RecordOf<K>[] =>
  records.filter((record) => record.kind === kind) as unknown as RecordOf<K>[];

/** Its place among those that wait for the same. */
function placeOf(state: State, id: string): RoutingView['waits'] {
  const waits = state.routing.cases.get(id)?.waits;
  const line = waits && state.routing.lines.get(waits.line);
  if (!waits || !line) return null;
  const others = line.heap.filter(([rank, other]) => state.routing.cases.get(other)?.waits?.rank === rank);
  return { place: others.filter(([rank]) => rank < waits.rank).length + 1, of: others.length };
}

/** Routing decisions of a case, out of its records. */
export function decisionsOf(records: readonly KernelRecord[]): RoutingView['decisions'] {
  const found = ofKind(records, 'case.routed').map(({ seq, at, body }) => {
    const { case: _case, answer, rank: _rank, deferred: _deferred, ...decision } = body;
    return { seq, at, ...decision, answer: answer ?? null };
  });
  return plain(found) as RoutingView['decisions'];
}

/** How a case came to who has it: from its records, so that it can be asked after it has left memory, too. */
export function routingView(state: State, id: string, records: readonly KernelRecord[]): RoutingView {
  const routed = state.routing.cases.get(id);
  const c = state.cases.cases.get(id);
  const decisions = decisionsOf(records);
  const transfers = ofKind(records, 'case.transferred').map(({ seq, at, body }) => {
    const { from, reason, note, context, hop } = body;
    return { seq, at, from, reason, note, context: { ...context }, hop };
  });
  const work = c ? stagesOf(state, c) : { mode: 'none' as const, tasks: [] };
  return plain({
    ...{ case: id, owner: c?.owner ?? null, needs: routed?.needs ?? decisions.at(-1)?.needs ?? null },
    ...{ waits: placeOf(state, id), gave: routed?.gave ?? [], decisions, transfers },
    ...{ mode: work.mode, tasks: work.tasks.map((task) => ({ ...task, after: [...task.after] })) },
  }) as RoutingView;
}

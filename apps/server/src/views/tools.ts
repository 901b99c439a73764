import { isSettled, type Operation, type State } from '@reeve/kernel';
import type { ResponseOf, ToolView } from '@reeve/protocol';

/** What an open tool says of itself. */
export interface ToolHealth {
  readonly ok: boolean;
  readonly message: string;
}

interface Work {
  total: number;
  unsettled: number;
  failed: number;
  last: Operation | null;
}

const FAILED: ReadonlySet<string> = new Set(['failed', 'escalated', 'verification_failed']);

/** What was asked of each tool, from the operations in memory. */
function workOf(state: State): Map<string, Work> {
  const work = new Map<string, Work>();
  for (const op of state.operations.operations.values()) {
    const one = work.get(op.tool) ?? { total: 0, unsettled: 0, failed: 0, last: null };
    one.total += 1;
    if (!isSettled(op)) one.unsettled += 1;
    if (FAILED.has(op.status)) one.failed += 1;
    if (op.failure !== null) one.last = op;
    work.set(op.tool, one);
  }
  return work;
}

const lastFailure = (op: Operation | null): ToolView['lastFailure'] =>
  op?.failure ? { operation: op.id, message: op.failure.message, at: op.settledAt ?? op.requestedAt } : null;

/** Tools with their health; those that are not in `health` are not open. */
export function toolList(state: State, health: ReadonlyMap<string, ToolHealth>): ResponseOf<'tools'> {
  const { tools, capabilities } = state.organisation;
  const work = workOf(state);
  const { switches } = state.governance;
  const list = [...tools.values()].map(({ id, title, connector }): ToolView => {
    const { total = 0, unsettled = 0, failed = 0, last = null } = work.get(id) ?? {};
    const own = [...capabilities.values()].filter(({ tool }) => tool === id);
    return {
      id,
      title,
      connector,
      capabilities: own.map((each) => ({ id: each.id, title: each.title, effect: each.effect })),
      health: health.get(id) ?? null,
      stopped: switches.has('organisation:all') || switches.has(`tool:${id}`),
      operations: { total, unsettled, failed },
      lastFailure: lastFailure(last),
    };
  });
  return { tools: list };
}

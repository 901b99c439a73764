import { value } from '../economy/evolve.ts';
import { observe, stepped } from '../oversight/watch.ts';
import { measure } from '../purpose/folds.ts';
import type { KernelRecord } from './events.ts';
import { dequeue, enqueue, length } from './queue.ts';
import { EVOLVE } from './registry.ts';
import { invariant } from './rejection.ts';
import type { State } from './state.ts';

/** Commands whose result is remembered; older ones are forgotten first, after a week at most [KER5]. */
export const MEMORY = { commands: 200_000, time: 7 * 86_400_000 } as const;

/** Ids of the journaled steps of runs [KER9]. */
export const RUN_STEP = /^(R-\d+)\/(\d+)$/;

const NAMED = ['task', 'message', 'case', 'refused', 'held'] as const;

/** What a command answers: the things its first event names. A function of the ledger, so a repeat after a restart answers the same. */
export function resultOf(record: KernelRecord): Record<string, unknown> {
  const slash = record.stream.indexOf('/');
  const body = record.body as unknown as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const name of NAMED) if (typeof body[name] === 'string') result[name] = body[name];
  result[record.stream.slice(0, slash)] = record.stream.slice(slash + 1);
  // What a recall found must be the same when the run is run again.
  if (record.kind === 'memory.recalled')
    Object.assign(result, { beliefs: record.body.beliefs, skills: record.body.skills });
  result.seq = record.seq;
  return result;
}

function remember(state: State, record: KernelRecord): void {
  const cause = record.causation;
  if (!('command' in cause) || cause.digest === '' || state.commands.has(cause.command)) return;
  state.commands.set(cause.command, { digest: cause.digest, result: resultOf(record), at: record.at });
  enqueue(state.commandOrder, cause.command);
  while (length(state.commandOrder) > MEMORY.commands) forget(state);
  for (
    let oldest = state.commandOrder.items[state.commandOrder.head];
    oldest !== undefined;
    oldest = state.commandOrder.items[state.commandOrder.head]
  ) {
    if ((state.commands.get(oldest)?.at ?? 0) > record.at - MEMORY.time) break;
    forget(state);
  }
  countStep(state, cause.command, cause.digest, record.kind);
}

function forget(state: State): void {
  const oldest = dequeue(state.commandOrder);
  if (oldest !== undefined) state.commands.delete(oldest);
}

function countStep(state: State, command: string, digest: string, kind: KernelRecord['kind']): void {
  const step = RUN_STEP.exec(command);
  const run = step ? state.runs.runs.get(step[1]!) : undefined;
  if (!run) return;
  run.steps = Math.max(run.steps, Number(step![2]));
  // What a run uses or is answered is no act of its.
  if (kind !== 'run.answered' && kind !== 'run.spent') stepped(state, run.id, state.now);
  run.actions[digest] = (run.actions[digest] ?? 0) + 1;
}

/** [KER2] Apply one record to the state, in place. Everything that is in memory got there through here. */
export function evolve(state: State, record: KernelRecord): void {
  invariant(record.seq === state.seq + 1, `record ${record.seq} does not follow ${state.seq}`);
  state.seq = record.seq;
  state.now = record.at;
  remember(state, record);
  for (const apply of EVOLVE.get(record.kind) ?? []) apply(state, record as never);
  measure(state, record);
  value(state, record);
  observe(state, record);
}

/** [OP13] Who works on a resource, and who waits for it. */
import { isErased } from '../core/erased.ts';
import { dequeue, enqueue, length, queue } from '../core/queue.ts';
import { type State, setTimer } from '../core/state.ts';
import type { Operation, OperationState } from './state.ts';

type Lock = OperationState['locks'] extends Map<string, infer One> ? One : never;

/** Take the resource when nobody has it, else stand in line. */
export function acquire(state: State, op: Operation): void {
  if (op.resource === null) return;
  const lock = state.operations.locks.get(op.resource);
  if (!lock) state.operations.locks.set(op.resource, { holder: op.id, waiting: queue() });
  else if (lock.holder !== op.id) enqueue(lock.waiting, op.id);
}

/** Hand the resource to the next that still waits for it. */
export function releaseLock(state: State, op: Operation): void {
  if (op.resource === null) return;
  const lock = state.operations.locks.get(op.resource);
  if (lock?.holder !== op.id) return;
  for (let next = dequeue(lock.waiting); next !== undefined; next = dequeue(lock.waiting)) {
    if (state.operations.operations.get(next)?.status === 'deferred') {
      lock.holder = next;
      return;
    }
  }
  state.operations.locks.delete(op.resource);
}

/**
 * [OP14] Who waits for his turn and yet holds what he waits for has lost its name with a key, or the one before him has.
 * The record says behind whom he stands, so both are one resource. When that one is not at work any more nobody would ever
 * call who waits: the clock does.
 */
export function waitsInLine(state: State, op: Operation, behind: string | null, at: number): void {
  const own = lockOf(state, op);
  if (own?.holder !== op.id) return;
  const ahead = behind === null ? undefined : state.operations.operations.get(behind);
  if (ahead && ahead !== op && lockOf(state, ahead)?.holder === ahead.id) {
    joined(state, ahead, op);
    return;
  }
  op.retryAt = at;
  setTimer(state, at, `operation.undefer:${op.id}`);
}

const lockOf = (state: State, { resource }: Operation): Lock | undefined =>
  resource === null ? undefined : state.operations.locks.get(resource);

/** Two lines become one, under a name that can be read if either can. */
function joined(state: State, ahead: Operation, op: Operation): void {
  const { locks, operations } = state.operations;
  const [line, own] = [lockOf(state, ahead)!, lockOf(state, op)!];
  const name = isErased(ahead.resource!) ? op.resource! : ahead.resource!;
  locks.delete(ahead.resource!);
  locks.delete(op.resource!);
  locks.set(name, line);
  enqueue(line.waiting, op.id);
  for (let next = dequeue(own.waiting); next !== undefined; next = dequeue(own.waiting)) enqueue(line.waiting, next);
  for (const id of [ahead.id, ...line.waiting.items.slice(line.waiting.head)]) {
    const one = operations.get(id);
    if (one) one.resource = name;
  }
}

/** How many wait for a resource; for views and tests. */
export const waitingFor = (state: State, resource: string): number => {
  const lock = state.operations.locks.get(resource);
  return lock ? length(lock.waiting) : 0;
};

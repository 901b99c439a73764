/** Planted bugs in the pipelined loop: it decides ahead of what is durable, and somebody does not wait. */
import { Loop } from '@reeve/runtime/loop';
import type { Mutant } from './craft.ts';

/** A method of all loops is another one, for as long as a simulation lasts. */
const instead =
  <K extends 'read' | 'settled'>(name: K, by: Loop[K]): Mutant['plant'] =>
  () => ({
    patch: () => {
      const real = Loop.prototype[name];
      Loop.prototype[name] = by;
      return () => {
        Loop.prototype[name] = real;
      };
    },
  });

export const LOOP_MUTANTS: readonly Mutant[] = [
  {
    id: 'read-ahead',
    what: 'a view is shown what is decided and not durable yet',
    by: ['early'],
    seed: 2,
    needs: 'disk-slow',
    plant: instead('read', async function read<T>(this: Loop, view: (state: never) => T) {
      return this.peek(view as never) as T;
    } as Loop['read']),
  },
  {
    id: 'settled-at-once',
    what: 'executors do not wait until what they saw is durable',
    by: ['early'],
    seed: 6,
    needs: 'disk-slow',
    often: ['trip', 'after-incident'],
    plant: instead('settled', async () => {}),
  },
];

/** Tools to plant bugs with: each wraps one real part and leaves everything else as it is. */
import { evolve, type KernelRecord, type State, type StepResult } from '@reeve/kernel';
import type { Kernel } from '@reeve/runtime';
import type { FaultKind } from '../faults.ts';
import type { Seams } from '../node.ts';
import type { Random } from '../random.ts';
import type { ActionKind } from '../work/plan.ts';

export interface Mutant {
  readonly id: string;
  /** The bug, in a sentence. */
  readonly what: string;
  /** The rules of the auditor that are about such a bug: a finding of another rule does not count. */
  readonly by: readonly string[];
  /** A seed that finds it; looked at first. */
  readonly seed: number;
  /** What people must do often before it does harm. */
  readonly often?: readonly ActionKind[];
  /** Only where personal values are sealed. */
  readonly sealed?: true;
  /** The fault without which the bug does no harm. */
  readonly needs?: FaultKind;
  /** Made anew for each simulation. */
  readonly plant: () => Seams;
}

type Command = Parameters<Kernel['step']>[1];
type Body = Readonly<Record<string, unknown>>;
/** Spoil the state before a step; the result, if any, puts back what must not stay spoilt. */
type Spoil = (state: State, random: Random) => (() => void) | undefined;

/** Commands that change who sits where and what he may: what is put back after a step would undo them. */
const CHANGES_SEATS: ReadonlySet<string> = new Set(['organisation.apply', 'seat.occupy']);

/** Around every step and tick that leaves the seats as they are. */
export const amongSeats =
  (spoil: Spoil): (() => Seams) =>
  () => ({
    kernel: (kernel, random) => ({
      ...kernel,
      step: (state, command, inputs) =>
        around(
          () => (CHANGES_SEATS.has(command.kind) ? undefined : spoil(state, random)),
          () => kernel.step(state, command, inputs),
        ),
    }),
  });

export const bodyOf = (command: Command): Body => command.body as Body;

/** Around every step and tick. */
export const during =
  (spoil: Spoil): (() => Seams) =>
  () => ({
    kernel: (kernel, random) => ({
      step: (state, command, inputs) =>
        around(
          () => spoil(state, random),
          () => kernel.step(state, command, inputs),
        ),
      tick: (state, inputs) =>
        around(
          () => spoil(state, random),
          () => kernel.tick(state, inputs),
        ),
    }),
  });

function around<T>(spoil: () => (() => void) | undefined, work: () => T): T {
  const restore = spoil();
  try {
    return work();
  } finally {
    restore?.();
  }
}

/** A command of this kind is changed before it is decided. */
export const instead =
  (kind: string, change: (command: Command, state: State) => Command): (() => Seams) =>
  () => ({
    kernel: (kernel) => ({
      ...kernel,
      step: (state, command, inputs) =>
        kernel.step(state, command.kind === kind ? change(command, state) : command, inputs),
    }),
  });

/** A command of this kind is believed and does nothing. */
export const ignored =
  (kind: string): (() => Seams) =>
  () => ({
    kernel: (kernel) => ({
      ...kernel,
      step: (state, command, inputs) =>
        command.kind === kind
          ? { records: [], reply: { ok: true, result: {}, repeated: false } }
          : kernel.step(state, command, inputs),
    }),
  });

/** After a record of this kind the state is changed behind the ledger's back. */
export const after =
  (kind: string, change: (state: State, record: KernelRecord, random: Random) => void): (() => Seams) =>
  () => ({
    kernel: (kernel, random) => {
      const look = (state: State, records: readonly KernelRecord[]) => {
        for (const record of records) if (record.kind === kind) change(state, record, random);
      };
      return {
        step: (state, command, inputs) => {
          const result = kernel.step(state, command, inputs);
          look(state, result.records);
          return result;
        },
        tick: (state, inputs) => {
          const records = kernel.tick(state, inputs);
          look(state, records);
          return records;
        },
      };
    },
  });

/** A record that follows the last one of the step and should not be there. */
export function forged(state: State, result: StepResult, like: KernelRecord, kind: string, body: Body): StepResult {
  const record = { ...like, seq: state.seq + 1, kind, body } as unknown as KernelRecord;
  evolve(state, record);
  return { ...result, records: [...result.records, record] };
}

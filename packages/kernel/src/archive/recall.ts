import { casesEvolve } from '../cases/evolve.ts';
import type { KernelRecord, RecordOf } from '../core/events.ts';
import { createState, type State } from '../core/state.ts';
import { governanceEvolve } from '../governance/evolve.ts';
import { operationsEvolve } from '../operations/evolve.ts';
import { archiveEvolve } from './evolve.ts';

type Apply = (state: State, record: never) => void;

/** What shows in a case, an operation or an approval: their own modules, in the order of the registry. */
const MODULES = [
  governanceEvolve,
  operationsEvolve,
  casesEvolve,
  // What belongs together.
  {
    'operation.requested': archiveEvolve['operation.requested'],
    'approval.requested': archiveEvolve['approval.requested'],
  },
] as unknown as Record<string, Apply>[];

/**
 * [ARC4] What has left memory, as it was: its own records folded again, under today's definition. To be looked at; nothing
 * is decided with it.
 *
 * @param records all records of one case (or of an operation of no case), oldest first.
 */
export function recall(state: State, records: readonly KernelRecord[]): State {
  const { org, now, seq, organisation } = state;
  const past: State = { ...createState(org), now, seq, organisation };
  for (const record of records) {
    for (const module of MODULES) module[record.kind]?.(past, record as never);
    if (record.kind === 'budget.reserved') reserved(past, record);
  }
  return past;
}

function reserved(past: State, { body }: RecordOf<'budget.reserved'>): void {
  const op = body.operation === null ? undefined : past.operations.operations.get(body.operation);
  if (op) op.reservation = body.reservation;
}

/**
 * [PRV7] Labels follow data: a run is tainted by what it sees, and what it says is tainted by the run. A function of the ledger: each
 * record says which run wrote it, and the state says what that run had seen by then.
 */
import type { KernelRecord, RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Remembered } from '../memory/recall.ts';
import { taintOf as taintOfBelief } from '../memory/standing.ts';
import { isHuman } from '../organisation/views.ts';
import type { Run } from '../runs/state.ts';
import { storedKey, taintOfRecalled } from './sources.ts';

/** Sources named in a label; the first ones are kept, that there are any is what counts. */
const MOST = 20;

interface Labelled {
  taint?: string[];
}

function label(on: Labelled | undefined, sources: readonly string[]): void {
  if (!on || sources.length === 0) return;
  on.taint = [...new Set([...(on.taint ?? []), ...sources])].slice(0, MOST);
}

/** [NTC9] What came by mail and is an answer, or a report, of a person: that it is his is the word of a mail server. */
export function labelAnswer(state: State, wrote: string, source: string): void {
  const task = state.cases.tasks.get(wrote);
  for (const on of [state.inbox.messages.get(wrote), state.inbox.held.get(wrote), task, caseOf(state, task?.case)])
    label(on, [source]);
}

/** A step of a run has the id `R-1/3`. */
const STEP = /^(R-\d+)\/\d+$/;
function runOf(state: State, record: KernelRecord): Run | undefined {
  const step = 'command' in record.causation ? STEP.exec(record.causation.command) : null;
  return step ? state.runs.runs.get(step[1]!) : undefined;
}

const taintOf = (state: State, record: KernelRecord): readonly string[] => runOf(state, record)?.taint ?? [];
const caseOf = (state: State, id: string | null | undefined) => (id ? state.cases.cases.get(id) : undefined);

/** A case is from outside unless a human of the organisation opened it in his seat. */
function opened(state: State, r: RecordOf<'case.opened'>): void {
  const c = caseOf(state, r.body.case);
  if (!c) return;
  const seat = r.actor.seat;
  if (seat !== undefined && isHuman(state.organisation.seats.get(seat))) c.by = seat;
  else label(c, [`the text of ${c.id}`]);
}

function started(state: State, r: RecordOf<'run.started'>): void {
  const run = state.runs.runs.get(r.body.run);
  const message = state.inbox.messages.get(r.body.message);
  if (!run) return;
  const task = typeof message?.data.task === 'string' ? state.cases.tasks.get(message.data.task) : undefined;
  for (const from of [caseOf(state, r.body.case), message, task]) label(run, from?.taint ?? []);
  // [PRV20] All that it will say are the words of a stranger.
  if (state.organisation.seats.get(run.seat)?.occupant?.kind === 'a2a') label(run, [`the remote agent at ${run.seat}`]);
  if (r.body.memory) remembered(state, run, r.body.memory);
}

/** What is shown of memory is before the run from then on, with what is behind it (T20). */
function remembered(state: State, run: Run, shown: Pick<Remembered, 'beliefs' | 'skills'>): void {
  run.beliefs = [...new Set([...(run.beliefs ?? []), ...shown.beliefs.map(({ id }) => id)])];
  for (const id of run.beliefs) {
    const b = state.memory.beliefs.get(id);
    if (b) label(run, taintOfBelief(b));
  }
  for (const id of shown.skills) label(run, state.memory.skills.get(id)?.taint ?? []);
}

function succeeded(state: State, r: RecordOf<'operation.succeeded'>): void {
  const op = state.operations.operations.get(r.body.operation);
  const capability = op && state.organisation.capabilities.get(op.capability);
  if (!op || !capability) return;
  const run = op.run === null ? undefined : state.runs.runs.get(op.run);
  if (run) {
    run.saw ??= [];
    run.saw.push(op.id);
  }
  const seen = [...taintOfRecalled(state, op), ...(capability.taints ? [`${op.id} (${op.capability})`] : [])];
  label(run, seen);
  label(caseOf(state, op.case), seen);
  const key = storedKey(state, op, 'stores');
  if (key === null) return;
  state.operations.stored ??= new Map();
  const taint = op.provenance?.taint ?? [];
  if (taint.length > 0) state.operations.stored.set(key, [...taint]);
  else state.operations.stored.delete(key);
}

function requested(state: State, r: RecordOf<'operation.requested'>): void {
  const { operation, run: id, capability, effect } = r.body;
  const run = id === null ? undefined : state.runs.runs.get(id);
  const outward = effect !== 'read' || (state.organisation.capabilities.get(capability)?.sensitive.length ?? 0) > 0;
  if (!run || !outward) return;
  run.sent ??= [];
  run.sent.push(operation);
}

type OnCase = KernelRecord & { body: { case: string } };
const toCase = (state: State, r: OnCase): void => label(caseOf(state, r.body.case), taintOf(state, r));

export const provenanceEvolve = {
  'case.opened': opened,
  'case.received': (state: State, r: RecordOf<'case.received'>) =>
    label(caseOf(state, r.body.case), [`a message of the customer of ${r.body.case}`]),
  'case.noted': toCase,
  'case.resolved': toCase,
  'task.delegated': (state: State, r: RecordOf<'task.delegated'>) =>
    label(state.cases.tasks.get(r.body.task), taintOf(state, r)),
  'task.completed': (state: State, r: RecordOf<'task.completed'>) => {
    label(state.cases.tasks.get(r.body.task), taintOf(state, r));
    label(caseOf(state, r.body.case), taintOf(state, r));
  },
  'case.transferred': toCase,
  'message.held': (state: State, r: RecordOf<'message.held'>) =>
    label(state.inbox.held.get(r.body.message), taintOf(state, r)),
  // Who lets a held message pass does not make it clean.
  'message.sent': (state: State, r: RecordOf<'message.sent'>) =>
    label(state.inbox.messages.get(r.body.message), [
      ...(state.inbox.held.get(r.body.message)?.taint ?? []),
      ...taintOf(state, r),
    ]),
  'run.started': started,
  'operation.requested': requested,
  'belief.recorded': (state: State, r: RecordOf<'belief.recorded'>) => {
    const run = runOf(state, r);
    // What a run writes down it has before it, with nothing more behind it than it had already.
    if (run?.seat === r.body.seat) run.beliefs = [...(run.beliefs ?? []), r.body.belief];
  },
  'memory.recalled': (state: State, r: RecordOf<'memory.recalled'>) => {
    const run = r.body.run === null ? undefined : state.runs.runs.get(r.body.run);
    if (run) remembered(state, run, r.body);
  },
  'operation.succeeded': succeeded,
};

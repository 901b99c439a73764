/** What agents are shown of the organisation: of their own seat only, and pure where the state suffices. */
import { messagesOf, type Operation, type State } from '@reeve/kernel';
import { outcomeOf, type Runtime } from '@reeve/runtime';
import type { Briefing } from '@reeve/workers';
import { z } from 'zod';
import type { Archive } from '../archive.ts';
import { lookAt } from '../recalled.ts';
import { allRecords } from '../views/ledger.ts';
import type { AnswerOf } from '../views/run.ts';
import type { TaskView } from './tasks.ts';

interface Looking {
  readonly runtime: Runtime;
  readonly archive: Archive;
  readonly answer: AnswerOf;
}

/** Messages shown at most. */
const MOST = 200;

/** What waits, without what it says: that is told to whoever takes it. */
export function inboxOf(
  state: State,
  seat: string,
  held: readonly { readonly run: string; readonly until: number }[],
): Record<string, unknown> {
  const messages = messagesOf(state, seat);
  const waiting = messages.slice(0, MOST).map(({ id, type, from, case: about, priority, at }) => ({
    ...{ message: id, type, from, case: about, priority, at: new Date(at).toISOString() },
  }));
  const runs = [...state.runs.runs.values()].filter((run) => run.seat === seat);
  return {
    open: messages.length,
    messages: waiting,
    runs: runs.slice(0, MOST).map(({ id, status, case: about, waiting: operation }) => {
      const until = held.find(({ run }) => run === id)?.until;
      return {
        ...{ run: id, status, case: about, waitsFor: operation },
        ...(until === undefined ? {} : { heldUntil: new Date(until).toISOString() }),
      };
    }),
  };
}

/** The operation a run waits for; null when it waits for none. */
export function parkedOn(state: State, run: string): string | null {
  const found = state.runs.runs.get(run);
  return found?.waiting ?? null;
}

/** Why a run goes no further, from its last record. */
export async function endOf(runtime: Runtime, archive: Archive, run: string): Promise<string> {
  if (await runtime.read((state) => state.runs.runs.has(run)))
    return `${run} was interrupted; make the same call again`;
  const last = (await allRecords(archive, { stream: `run/${run}` })).at(-1);
  const why = last?.kind === 'run.stopped' || last?.kind === 'run.failed' ? `: ${last.body.message}` : '';
  return `this work is over${why}; take other work`;
}

export interface Found {
  readonly view: Record<string, unknown>;
  readonly task: TaskView;
  readonly run: string | null;
}

/** An operation of that seat, wherever it is; null for all others. */
export async function operationOf(looking: Looking, seat: string, id: string): Promise<Found | null> {
  if (!/^OP-\d{1,15}$/.test(id)) return null;
  return lookAt(looking.runtime, looking.archive, id, (state) => {
    const op = state.operations.operations.get(id);
    return op?.seat === seat ? foundOf(state, op) : null;
  });
}

function foundOf(state: State, op: Operation): Found {
  const outcome = outcomeOf(state, op);
  const trust = state.organisation.capabilities.get(op.capability)?.taints ? 'untrusted' : 'result of a tool';
  const view = outcome
    ? { ...outcome, ...(outcome.status === 'done' ? { trust } : {}) }
    : { status: 'waiting', operation: op.id, waitsFor: waitsFor(state, op), next: LATER };
  const times = { created: op.requestedAt, updated: op.settledAt ?? op.requestedAt };
  const result = {
    content: [{ type: 'text', text: JSON.stringify(view) }],
    structuredContent: view,
    ...(outcome && outcome.status !== 'done' ? { isError: true } : {}),
  };
  const task: TaskView = outcome
    ? { id: op.id, status: 'completed', ...times, result }
    : { id: op.id, status: 'working', message: waitsFor(state, op), ...times };
  return { view, task, run: op.run };
}

const LATER = 'look at it with operation_status later; the rest of this work goes on when it is settled';

/** Proportional to the decisions that are open. */
function waitsFor({ governance }: State, op: Operation): string {
  const open = [...governance.pending].find((id) => governance.approvals.get(id)?.operation === op.id);
  return open === undefined ? op.status : `a person to decide on ${open}`;
}

const journaled = z.object({
  kind: z.literal('call'),
  key: z.string(),
  tool: z.literal('artifact_write'),
  args: z.object({ name: z.string(), type: z.string().optional(), content: z.string() }),
});

/**
 * [SRV117] An artifact this work could know of when it began, or made itself: noted on the case then, or in this run. What was
 * noted later has labels that this run does not have (PRV7).
 */
export async function artifactOf(
  { archive, answer }: Looking,
  briefing: Briefing,
  ref: string,
): Promise<Record<string, unknown> | null> {
  const [run = '', key = ''] = [ref.slice(0, ref.indexOf('#')), ref.slice(ref.indexOf('#') + 1)];
  const noted = briefing.case?.notes.some(({ text }) => text.startsWith('artifact "') && text.endsWith(`: ${ref}`));
  if (run !== briefing.run && !noted) return null;
  for (const record of await allRecords(archive, { stream: `run/${run}` })) {
    if (record.kind !== 'run.answered') continue;
    const parsed = journaled.safeParse(await answer(record.body.answer));
    if (parsed.success && parsed.data.key === key) return { artifact: ref, trust: 'untrusted', ...parsed.data.args };
  }
  return null;
}

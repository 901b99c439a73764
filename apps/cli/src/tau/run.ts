/** Whole runs over a benchmark, in process: every task in an organisation of its own, and requests that must be refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Definition, digest, type Operation, type Reason } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import type { Benchmark, Change, Database, Task, Violation } from './data.ts';
import { atRest, nobody, openCase, openOrganisation, packOccupants } from './organisation.ts';
import { documentsOf, patched } from './patch.ts';
import { outcomeOf, replayTask, type TaskResult, type WriteOutcome } from './replay.ts';
import { type Effect, effectsOf, layOut, placesIn, type Template, templateOf } from './shop.ts';

/** The database at the beginning of a task. */
export const initialState = (database: Database, task: Task): Database =>
  patched(database, task.initial_db_patch, `task ${task.id}: initial_db_patch`);

/** [TAU2] Replay every task, one after another, each in an organisation of its own on a temporary folder. */
export async function replayAll(
  { tasks, database }: Benchmark,
  definition: Definition,
  onTask: (result: TaskResult) => void = () => {},
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  for (const task of tasks) {
    const result = await inFolder((folder) => replayIn(folder, memoryStore(), definition, database, task));
    results.push(result);
    onTask(result);
  }
  return results;
}

/** [TAU2] Replay one task on a folder and a ledger, or go on with a replay that was interrupted there. */
export async function replayIn(
  folder: string,
  store: Store,
  definition: Definition,
  database: Database,
  task: Task,
): Promise<TaskResult> {
  const places = placesIn(folder);
  layOut(places, definition, initialState(database, task), effectsOf(task.actions));
  const organisation = await openOrganisation({ definition, places, store, occupants: packOccupants });
  try {
    return await replayTask(organisation, task);
  } finally {
    await organisation.stop();
  }
}

export interface ViolationResult {
  readonly violation: Violation;
  readonly outcome: WriteOutcome;
  readonly reasons: readonly Reason[];
  /** What the contract's reads found; null when the request was refused before. */
  readonly reads: Operation['reads'];
  /** Is the shop, hashed before and after, what it was? Null where it was not made ready to carry the request out. */
  readonly unchanged: boolean | null;
}

/** Judges requests, each in its own copy of the benchmark's database. */
export interface Judge {
  /** [TAU6] What the gate says when the session's user lets the agent make this request. */
  judge(violation: Violation, definition?: Definition): Promise<ViolationResult>;
  close(): void;
}

/** `requests` are those that will be judged: the shop is ready to carry each out, so that one admitted would be seen. */
export async function openJudge(
  { tasks, database }: Benchmark,
  definition: Definition,
  requests: readonly Violation[] = [],
): Promise<Judge> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-tau-'));
  const template = await templateOf(join(folder, 'template'), definition, database, trapsFor(requests, database));
  const byId = new Map(tasks.map((task) => [task.id, task]));
  let number = 0;
  return {
    judge: (violation, mutated = definition) => {
      const changes = [...(byId.get(violation.task)?.initial_db_patch ?? []), ...violation.state_patch];
      const state = patched(database, changes, `violation of task ${violation.task}: state_patch`);
      number += 1;
      const own = join(folder, String(number));
      return judgeIn(own, template, documentsOf(state, changes), mutated, violation, requests.length > 0);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** For each request an effect that marks a document of the shop: not what was asked for, but seen by every hash. */
function trapsFor(requests: readonly Violation[], database: Database): Effect[] {
  const [collection = '', documents = {}] = Object.entries(database)[0] ?? [];
  const path = [collection, Object.keys(documents)[0] ?? '', 'changed_by_a_violation'];
  const traps = requests.map(({ name, arguments: args }) => ({
    capability: name,
    args,
    changes: [{ path, new: true }],
  }));
  return [...new Map(traps.map((trap) => [digest([trap.capability, trap.args]), trap])).values()];
}

async function judgeIn(
  folder: string,
  template: Template,
  changes: readonly Change[],
  definition: Definition,
  violation: Violation,
  isReady: boolean,
): Promise<ViolationResult> {
  const places = placesIn(folder);
  await template.copyTo(places, changes);
  const organisation = await openOrganisation({ definition, places, store: memoryStore(), occupants: nobody });
  try {
    const caseId = await openCase(organisation, 'violation', violation.session, '');
    const body = { capability: violation.name, args: violation.arguments, case: caseId };
    const actor = { principal: 'agent-script', seat: 'agent' };
    const shop = organisation.host.shop();
    const before = isReady ? shop.hash() : null;
    const unchanged = () => (before === null ? null : shop.hash() === before);
    const reply = await organisation.runtime.submit({ id: 'write', kind: 'operation.request', actor, body });
    if (!reply.ok) {
      const reasons = [notEvenARequest(reply.rejection.message)];
      return { violation, outcome: 'refused', reasons, reads: null, unchanged: unchanged() };
    }
    await atRest(organisation, caseId);
    const [operation] = await organisation.operations(caseId);
    const { decision, reads = null } = operation ?? {};
    const reasons = decision?.reasons ?? [];
    return { violation, outcome: outcomeOf(operation), reasons, reads, unchanged: unchanged() };
  } finally {
    await organisation.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A request that is malformed never becomes an operation. */
const notEvenARequest = (message: string): Reason => ({ check: 'identity', rule: 'request', verdict: 'deny', message });

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-tau-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

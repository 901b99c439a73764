/** The replay of one task: the expected calls go through the agent, the gate and the executors; what came of them. */
import { digest, type Operation, type Reason } from '@reeve/kernel';
import { type Verification, verify } from '@reeve/ledger';
import type { Action, Task } from './data.ts';
import { atRest, type Organisation, openCase } from './organisation.ts';

export type WriteOutcome = 'admitted' | 'asked' | 'refused';

export interface WriteResult {
  readonly name: string;
  readonly outcome: WriteOutcome;
  /** Could the benchmark's own tool do it? */
  readonly executable: boolean;
  /** The operation's status at the end. */
  readonly status: string;
  readonly operation: string | null;
  /** What spoke against it: `rule: message`. */
  readonly reasons: readonly string[];
}

export interface TaskResult {
  readonly task: string;
  readonly writes: readonly WriteResult[];
  /** Operations that changed the shop, each once. */
  readonly effects: number;
  /** Did an operation have more than one effect? */
  readonly repeated: boolean;
  readonly hashEqual: boolean;
  /** Is the ledger's chain sound? */
  readonly ledger: boolean;
  readonly records: number;
}

/** [TAU4] Play the task's session to its end in an organisation whose shop is in the task's initial state. */
export async function replayTask(organisation: Organisation, task: Task): Promise<TaskResult> {
  const calls = task.actions.map(({ name, arguments: args }) => ({ name, arguments: args }));
  const caseId = await openCase(organisation, `task-${task.id}`, task.session, JSON.stringify(calls));
  await atRest(organisation, caseId);
  const operations = await organisation.operations(caseId);
  const shop = organisation.host.shop();
  const effects = shop.effects();
  const sound = await ledgerOf(organisation);
  return {
    task: task.id,
    writes: task.actions.filter(({ type }) => type === 'WRITE').map((action) => writeResult(action, operations)),
    effects: effects.length,
    repeated: new Set(effects.map(({ operation }) => operation)).size !== effects.length,
    hashEqual: shop.hash() === task.final_hash,
    ledger: sound.ok,
    records: sound.count,
  };
}

const ledgerOf = async ({ store }: Organisation): Promise<Verification> =>
  verify(store.load(0), { expected: await store.head() });

function writeResult({ name, arguments: args, error }: Action, operations: readonly Operation[]): WriteResult {
  const request = digest(args);
  const made = operations.find((each) => each.capability === name && each.argsDigest === request);
  const against = made?.decision?.reasons.filter(({ verdict }) => verdict !== 'allow') ?? [];
  const told = made === undefined ? ['the agent did not make this request'] : against.map(reasonText);
  return {
    ...{ name, outcome: outcomeOf(made), executable: error === null },
    status: made?.status ?? 'not requested',
    operation: made?.id ?? null,
    reasons: made?.failure ? [...told, made.failure.message] : told,
  };
}

export const reasonText = ({ rule, message }: Reason): string => `${rule}: ${message}`;

/** Anything that is not clearly allowed or clearly waiting for a person counts as refused. */
export function outcomeOf(operation: Operation | undefined): WriteOutcome {
  if (operation?.status === 'awaiting_approval') return 'asked';
  return operation?.decision?.verdict === 'allow' ? 'admitted' : 'refused';
}

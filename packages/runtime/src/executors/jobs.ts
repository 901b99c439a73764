/** What an executor does for an operation: one function per job. Each looks at the state, calls a tool, submits what came of it. */
import type { Tool } from '@reeve/connectors';
import {
  type CapabilityDef,
  type CommandKind,
  compileValue,
  conditionScope,
  type Job,
  type Operation,
  type Reading,
  type Reply,
  type State,
  switchOver,
} from '@reeve/kernel';
import { hasErased } from '@reeve/ledger';
import type { Clock } from '../port.ts';
import { type CallFailure, type CallOutcome, callTool, failure, misfit } from './call.ts';
import type { Halt } from './halt.ts';

export interface JobPort {
  readonly clock: Clock;
  /** Name of this executor on leases. */
  readonly executor: string;
  tool(id: string): Tool | undefined;
  /**
   * The state as it is decided. A tool may be called for what was seen only after `settled`; but for the read that verifies an
   * effect, which is on the ledger with its lease and changes nothing.
   */
  peek<T>(view: (state: State) => T): T;
  settled(): Promise<void>;
  /** Answers as soon as it is decided, durable or not. */
  submit(kind: CommandKind, body: Record<string, unknown>): Promise<Reply>;
  /** Aborted when the operation loses its lease, or the runtime stops. */
  readonly halt: Halt;
}

/** Try again later: something outside is not reachable, and the state rightly still asks for the job. */
export class Later extends Error {}

/** Time beyond a capability's timeout before its lease runs out, in milliseconds. */
const LEASE_MARGIN = 10_000;

interface Work {
  readonly op: Operation;
  readonly capability: CapabilityDef;
  readonly tool: Tool;
}

/**
 * The key a tool deduplicates by: the same for every attempt at one operation, and never that of another one, even when
 * the same arguments are rightly used again after a compensation.
 */
const toolKey = (org: string, op: Operation): string => `${org}/${op.id}/${op.requestedAt}`;

function workOf(port: JobPort, id: string, job: Job): (Work & { key: string }) | null {
  return port.peek((state) => {
    const op = state.operations.operations.get(id);
    if (!op || state.operations.jobs.get(id) !== job) return null;
    const capability = state.organisation.capabilities.get(op.capability);
    const tool = capability && port.tool(capability.tool);
    if (!capability || !tool) throw new Later(`the tool of ${op.capability} is not open`);
    const stopped = job === 'execute' && op.effect === 'read' ? switchOver(state, op) : null;
    if (stopped !== null) throw new Later(`${op.id} is stopped by the switch ${stopped}`);
    return { op: { ...op }, capability, tool, key: toolKey(state.org, op) };
  });
}

/**
 * [RT15] Somebody named in the arguments was forgotten since it was asked for: what is left of them is not what was decided
 * about, so no tool is given it.
 */
const erased = ({ op, capability }: Work): Extract<CallOutcome, { ok: false }> | null =>
  hasErased(op.args)
    ? {
        ...{ ok: false, category: 'governance', uncertain: false },
        message: `somebody named in the arguments of ${capability.id} was forgotten: it is not carried out; ask anew if it is still wanted`,
      }
    : null;

interface NamedRead {
  readonly capability: string;
  readonly args: Readonly<Record<string, string>>;
}

/** A read a contract or capability declares: its arguments worked out, the tool called, the value with version and time. */
async function reading(
  port: JobPort,
  op: Operation,
  read: NamedRead,
  more: Record<string, unknown>,
): Promise<CallOutcome & { at?: number }> {
  const ready = port.peek((state) => {
    const scope = { ...conditionScope(state, op, port.clock.now()), ...more };
    const capability = state.organisation.capabilities.get(read.capability);
    const args: Record<string, unknown> = {};
    for (const [name, source] of Object.entries(read.args)) {
      const value = compileValue(source)(scope);
      if (!value.ok) return { problem: `${read.capability}: ${name} cannot be worked out: ${value.error}` };
      args[name] = value.value;
    }
    return { capability, args };
  });
  if ('problem' in ready)
    return { ok: false, category: 'deterministic', message: ready.problem ?? '', uncertain: false };
  const tool = ready.capability && port.tool(ready.capability.tool);
  if (!ready.capability || !tool) throw new Later(`the tool of ${read.capability} is not open`);
  const at = port.clock.now();
  const outcome = await callTool(port.clock, {
    tool,
    capability: ready.capability,
    args: ready.args,
    key: `read/${op.id}/${at}`,
    operation: op.id,
    case: op.case,
    seat: op.seat,
    attempt: 0,
    halt: port.halt,
  });
  return { ...outcome, at };
}

const asReading = (outcome: Extract<CallOutcome, { ok: true }>, at: number): Reading => ({
  value: outcome.result.value,
  ...(outcome.result.version === undefined ? {} : { version: outcome.result.version }),
  at,
});

/** The reads a contract pins before the decision. A read that may work in a moment is tried again, boundedly. */
async function read(port: JobPort, id: string, tries: number): Promise<void> {
  const work = workOf(port, id, 'read');
  const contract = work && port.peek((state) => state.organisation.contracts.get(work.op.capability));
  if (!work || !contract) return;
  const entries = Object.entries(contract.reads);
  const gone = erased(work);
  await port.settled();
  const outcomes = await Promise.all(entries.map(([, one]) => gone ?? reading(port, work.op, one, {})));
  const reads: Record<string, Reading> = {};
  for (const [i, outcome] of outcomes.entries()) {
    const name = entries[i]![0];
    if (outcome.ok) reads[name] = asReading(outcome, outcome.at ?? port.clock.now());
    else if (outcome.category === 'transient' && tries < work.capability.retry.attempts)
      throw new Later(outcome.message);
    else {
      const { category, message } = outcome;
      await port.submit('operation.read_failed', { operation: id, read: name, category, message });
      return;
    }
  }
  await port.submit('operation.read', { operation: id, reads });
}

/** [RT8] Lease, call, report. What was read needs no lease; everything else is leased durably before the tool is called. */
async function execute(port: JobPort, id: string): Promise<void> {
  const work = workOf(port, id, 'execute');
  if (!work) return;
  const attempt = work.op.effect === 'read' ? 0 : await lease(port, work);
  if (attempt === null) return;
  const { tool, capability, op, key } = work;
  const gone = erased(work);
  if (gone) return report(port, id, attempt, gone);
  if (attempt === 0) await port.settled();
  const outcome = await callTool(port.clock, {
    ...{ tool, capability, key, attempt },
    args: op.args,
    operation: id,
    case: op.case,
    seat: op.seat,
    halt: port.halt,
  });
  // A read that a switch ended says nothing about its tool; it is done when the switch is re-armed.
  if (attempt === 0 && port.halt.aborted) throw new Later(`${id} was ended by a switch`);
  await report(port, id, attempt, outcome);
}

async function lease(port: JobPort, { op, capability }: Work): Promise<number | null> {
  const reply = await port.submit('operation.lease', {
    operation: op.id,
    executor: port.executor,
    ttl: capability.timeout + LEASE_MARGIN,
  });
  if (!reply.ok) return null;
  await port.settled();
  return port.peek((state) => {
    const now = state.operations.operations.get(op.id);
    return now?.status === 'leased' && now.lease?.executor === port.executor ? now.attempt : null;
  });
}

async function report(port: JobPort, operation: string, attempt: number, outcome: CallOutcome): Promise<void> {
  if (!outcome.ok) {
    const { category, message, uncertain } = outcome;
    await port.submit('operation.fail', { operation, attempt, category, message: message || category, uncertain });
    return;
  }
  const { value, version, evidence = [] } = outcome.result;
  const reply = await port.submit('operation.complete', {
    ...{ operation, attempt, result: value, evidence },
    ...(version === undefined ? {} : { version }),
  });
  if (!reply.ok && reply.rejection.code === 'invalid')
    await port.submit('operation.fail', {
      ...{ operation, attempt, category: 'deterministic', uncertain: true },
      message: `the tool's result cannot be recorded: ${reply.rejection.message}`,
    });
}

/** Attempts at reconciling before a person is asked. */
const RECONCILE_TRIES = 8;

/** Find out whether an effect with an unknown outcome landed: by its key, or by a read. */
async function reconcile(port: JobPort, id: string, tries: number): Promise<void> {
  const work = workOf(port, id, 'reconcile');
  if (!work) return;
  if (work.op.status === 'unknown') {
    const looking = await port.submit('operation.look', { operation: id, executor: port.executor });
    if (!looking.ok) return;
  }
  await port.settled();
  const found = work.capability.settle === 'native-key' ? await lookup(port, work) : await check(port, work);
  if (!('problem' in found)) {
    await port.submit('operation.reconcile', { operation: id, ...found.finding });
    return;
  }
  if (tries < RECONCILE_TRIES) throw new Later(found.problem);
  await port.submit('operation.reconcile', { operation: id, landed: 'unknown', note: found.problem });
}

/** What was found out, as the rest of an `operation.reconcile`; or why nothing could be. */
type Found = { readonly problem: string } | { readonly finding: Record<string, unknown> };

async function lookup(port: JobPort, { tool, capability, op, key }: Work & { key: string }): Promise<Found> {
  if (!tool.lookup) return { problem: `${op.tool} cannot look up what it did` };
  try {
    const landed = await tool.lookup(key, capability);
    const note = `looked up by key at ${port.clock.now()}`;
    if (landed === null) return { finding: { landed: 'no', note } };
    const odd = misfit(capability, landed.value);
    if (odd !== null) return { finding: { landed: 'unknown', note: odd } };
    return { finding: { landed: 'yes', result: landed.value, evidence: landed.evidence ?? [], note } };
  } catch (error) {
    return { problem: failure(error).message };
  }
}

async function check(port: JobPort, work: Work): Promise<Found> {
  const { capability, op } = work;
  const gone = erased(work);
  if (gone) return { finding: { landed: 'unknown', note: gone.message } };
  if (!capability.check) return { problem: `${capability.id} declares no check` };
  const outcome = await reading(port, op, capability.check, {});
  if (!outcome.ok) return { problem: outcome.message };
  return { finding: { landed: 'unknown', reading: asReading(outcome, outcome.at ?? port.clock.now()) } };
}

/**
 * The fresh read the contract's post-conditions are checked against: at once, so that it is written down together with the
 * result. What may pass is tried until it works: an effect is never undone unseen. What cannot be read at all is a person's to
 * look at.
 */
async function verify(port: JobPort, id: string, tries: number): Promise<void> {
  const work = workOf(port, id, 'verify');
  const wanted = work && port.peek((state) => state.organisation.contracts.get(work.op.capability)?.verify);
  if (!work || !wanted) return;
  const gone = erased(work);
  const outcome = gone ?? (await reading(port, work.op, wanted, { result: work.op.result ?? {} }));
  if (outcome.ok) {
    const after = asReading(outcome, outcome.at ?? port.clock.now());
    await port.submit('operation.verify', { operation: id, after });
  } else if (gone || hopeless(outcome, tries)) {
    await port.submit('operation.unverifiable', { operation: id, reason: outcome.message });
  } else throw new Later(outcome.message);
}

/** The same mistake so many times: nothing will change it but a person. */
const hopeless = ({ category }: CallFailure, tries: number): boolean =>
  category === 'deterministic' && tries >= RECONCILE_TRIES;

/** Do the job, if the state still calls for it. @param tries times it was put off. @throws Later, Unavailable. */
export const JOBS: Readonly<Record<Job, (port: JobPort, id: string, tries: number) => Promise<void>>> = {
  read,
  execute,
  reconcile,
  verify,
};

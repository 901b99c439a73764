/**
 * One step of the organisation: a command (or the passing of time) in, records and a reply out. Pure and synchronous.
 *
 * [KER1] The same commands with the same inputs give byte-identical records.
 * [KER3] A step is whole: its records are appended together or not at all; a rejection produces none, except that a run's
 *        refused step is written down (so that the run takes the same branch when it is run again).
 * [KER4] The same command id and body give the first result again; another body under the same id is refused.
 */
import type { z } from 'zod';
import { isIdleTimer, keepTimers } from '../archive/timers.ts';
import { activeRun, overLimit, refused, runActor } from '../runs/decide.ts';
import type { Run } from '../runs/state.ts';
import { digest } from './canonical.ts';
import { type Context, type FollowUp, followUp } from './context.ts';
import { type Draft, EVENT_VERSIONS, type KernelRecord } from './events.ts';
import { evolve, RUN_STEP, resultOf } from './evolve.ts';
import { pop } from './heap.ts';
import { notJson } from './json.ts';
import { COMMANDS, type CommandKind, DECIDE, FOLLOW_UPS, react } from './registry.ts';
import { invariant, Rejected, type Rejection, reject } from './rejection.ts';
import type { State } from './state.ts';
import { type Actor, type Causation, type CommandEnvelope, type Inputs, SYSTEM, type Time } from './types.ts';

export type CommandBody<K extends CommandKind> = z.input<(typeof COMMANDS)[K]>;
export type Command = { [K in CommandKind]: CommandEnvelope<K, CommandBody<K>> }[CommandKind];

export type Reply =
  | { readonly ok: true; readonly result: Record<string, unknown>; readonly repeated: boolean }
  | { readonly ok: false; readonly rejection: Rejection };
export interface StepResult {
  readonly records: KernelRecord[];
  readonly reply: Reply;
}

/** Commands an occupant may use in a run. */
const RUN_COMMANDS: ReadonlySet<string> = new Set([
  'operation.request',
  'case.classify',
  'case.note',
  'case.assign',
  'case.route',
  'case.transfer',
  'case.wait',
  'case.block',
  'case.resume',
  'case.escalate',
  'case.resolve',
  'case.verify',
  'case.close',
  'case.cancel',
  'case.reopen',
  'task.delegate',
  'task.complete',
  'message.send',
  'purpose.amend',
  'purpose.revert',
  'proposal.make',
  'belief.record',
  'belief.dispute',
  'belief.correct',
  'belief.forget',
  'memory.recall',
  'context.share',
  'skill.record',
  'skill.use',
  'skill.retire',
  'team.form',
  'service.request',
  'complaint.raise',
  'complaint.account',
  'complaint.answer',
]);

/** A step that produces more records than this is a loop in the kernel. */
const MAX_RECORDS = 100_000;

function write(
  state: State,
  draft: Draft,
  actor: Actor,
  causation: Causation,
  now: Time,
  correlation: string,
): KernelRecord {
  const record = {
    seq: state.seq + 1,
    org: state.org,
    at: now,
    actor,
    kind: draft.kind,
    v: EVENT_VERSIONS[draft.kind] ?? 1,
    stream: draft.stream,
    causation,
    correlation: draft.correlation ?? correlation,
    visibility: draft.visibility ?? 'organisation',
    body: draft.body,
  } as KernelRecord;
  evolve(state, record);
  return record;
}

/** Write drafts, then let the kernel react until nothing follows. */
function cascade(
  state: State,
  drafts: readonly Draft[],
  actor: Actor,
  causation: Causation,
  inputs: Inputs,
  correlation: string,
): KernelRecord[] {
  const records: KernelRecord[] = [];
  const pending: Pending[] = [];
  for (const draft of drafts) records.push(write(state, draft, actor, causation, inputs.now, correlation));
  wait(state, records, 0, pending);
  for (let i = 0; i < pending.length; i++) {
    invariant(records.length < MAX_RECORDS, 'a step does not end');
    const { follow, cause } = pending[i]!;
    const from = records.length;
    const why = { seq: cause.seq };
    for (const draft of followed(state, follow, inputs))
      records.push(write(state, draft, SYSTEM, why, inputs.now, cause.correlation));
    wait(state, records, from, pending);
  }
  return records;
}

interface Pending {
  readonly follow: FollowUp;
  readonly cause: KernelRecord;
}

/** What follows from the records written last, in the state after all of them. */
function wait(state: State, records: readonly KernelRecord[], from: number, pending: Pending[]): void {
  for (let i = from; i < records.length; i++) {
    const cause = records[i]!;
    react(state, cause, (follow) => pending.push({ follow, cause }));
  }
}

function followed(state: State, follow: FollowUp, inputs: Inputs): Draft[] {
  const decide = FOLLOW_UPS[follow.kind];
  invariant(decide, `no handler for the follow-up ${follow.kind}`);
  try {
    return decide(state, follow.body as never, { ...inputs, actor: SYSTEM, run: null, command: '' });
  } catch (error) {
    // A follow-up that the state no longer allows has nothing to do; a bug goes on.
    if (error instanceof Rejected) return [];
    throw error;
  }
}

const rejected = (rejection: Rejection, records: KernelRecord[] = []): StepResult => ({
  records,
  reply: { ok: false, rejection },
});

function parse(kind: string, body: unknown): unknown {
  const schema = COMMANDS[kind as CommandKind];
  if (schema === undefined || !Object.hasOwn(COMMANDS, kind))
    reject('invalid', `there is no command "${kind}"`, { rule: 'KER6' });
  const odd = notJson(body);
  if (odd !== null)
    reject('invalid', `${kind}: ${odd}: JSON cannot say this`, {
      rule: 'KER6',
      hint: 'send text, finite numbers, true, false, null, lists and records, at most 100 deep',
    });
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  reject('invalid', `${kind}: ${issue.path.join('.') || 'body'}: ${issue.message}`, { rule: 'KER6' });
}

/** [KER9] The ids of journaled steps belong to their runs: only the runtime uses one, to book what that very step used. */
function ownId({ id, kind, actor }: CommandEnvelope, body: unknown): void {
  if (!RUN_STEP.test(id)) return;
  const { run, step } = body as { run?: unknown; step?: unknown };
  if (
    (kind !== 'run.spend' && kind !== 'run.answer') ||
    actor.principal !== SYSTEM.principal ||
    id !== `${run}/${step}`
  )
    reject('invalid', `the id "${id}" is reserved for a step of a run`, { rule: 'KER9', hint: 'use another id' });
}

/** [KER4] */
function known(state: State, id: string, wanted: string): Reply | null {
  const before = id === '' ? undefined : state.commands.get(id);
  if (!before) return null;
  if (before.digest !== wanted)
    return {
      ok: false,
      rejection: {
        code: 'duplicate-key',
        message: `the id "${id}" was used for another command`,
        hint: 'use a new id for a new command',
        rule: 'KER4',
      },
    };
  return { ok: true, result: before.result, repeated: true };
}

function perform(
  state: State,
  kind: string,
  body: unknown,
  ctx: Context,
  causation: Causation,
  inputs: Inputs,
): StepResult {
  const drafts = DECIDE[kind as Exclude<CommandKind, 'run.act'>](state, body as never, ctx);
  const records = cascade(state, drafts, ctx.actor, causation, inputs, ctx.command || kind);
  return { records, reply: { ok: true, result: records[0] ? resultOf(records[0]) : {}, repeated: false } };
}

/** [RUN5] One journaled step of a run: done once, refused once, and within the charter's limits. */
function act(
  state: State,
  body: { run: string; step: number; command: { kind: string; body: unknown } },
  inputs: Inputs,
): StepResult {
  const run = activeRun(state, body.run);
  const id = `${run.id}/${body.step}`;
  const before = run.refused[body.step];
  if (before) return rejected(before);
  const wanted = digest([body.command.kind, body.command.body]);
  const repeat = known(state, id, wanted);
  if (repeat) return { records: [], reply: repeat };
  const over = overLimit(state, run, body.step, wanted, inputs.now);
  if (over.length > 0) {
    const records = cascade(state, over, SYSTEM, { command: 'run.act', digest: '' }, inputs, run.case ?? run.id);
    return rejected(
      { code: 'exhausted', message: (over[0]!.body as { message: string }).message, rule: 'RUN3' },
      records,
    );
  }
  return actOnce(state, run, id, wanted, body, inputs);
}

function actOnce(
  state: State,
  run: Run,
  id: string,
  wanted: string,
  body: { step: number; command: { kind: string; body: unknown } },
  inputs: Inputs,
): StepResult {
  const causation = { command: id, digest: wanted };
  try {
    if (!RUN_COMMANDS.has(body.command.kind))
      reject('forbidden', `a run cannot use "${body.command.kind}"`, { rule: 'RUN5' });
    const inner = parse(body.command.kind, body.command.body);
    return perform(
      state,
      body.command.kind,
      inner,
      { ...inputs, actor: runActor(run), run: run.id, command: id },
      causation,
      inputs,
    );
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const records = cascade(
      state,
      [refused(run, body.step, wanted, error)],
      runActor(run),
      { command: id, digest: '' },
      inputs,
      run.case ?? run.id,
    );
    return rejected(error.rejection, records);
  }
}

/** Execute one command. [KER8] Time never goes backwards: an earlier `now` counts as the time of the last record. */
export function step(state: State, command: CommandEnvelope, given: Inputs): StepResult {
  const inputs = { ...given, now: Math.max(given.now, state.now) };
  try {
    const body = parse(command.kind, command.body);
    if (command.kind === 'run.act') return act(state, body as never, inputs);
    ownId(command, body);
    const wanted = command.id === '' ? '' : digest([command.kind, command.body, command.actor]);
    const repeat = known(state, command.id, wanted);
    if (repeat) return { records: [], reply: repeat };
    const ctx: Context = { ...inputs, actor: command.actor, run: null, command: command.id };
    return perform(state, command.kind, body, ctx, { command: command.id || command.kind, digest: wanted }, inputs);
  } catch (error) {
    if (error instanceof Rejected) return rejected(error.rejection);
    throw error;
  }
}

/** The next time at which `tick` has something to do, or null. */
export const nextDue = (state: State): Time | null => state.timers[0]?.[0] ?? null;

/** Timers fired by one tick at most, so that a long sleep does not make one giant batch. */
export const TICK_LIMIT = 1000;

/**
 * [KER12] After a replay, which sets every timer of the past again: those that would do nothing now have fired in their time.
 * What is due and still has something to do stays; nothing that is decided later depends on the others.
 */
export function dropSpentTimers(state: State): void {
  const inputs = { now: state.now, entropy: '' };
  const doesNothing = (key: string): boolean => {
    const colon = key.indexOf(':');
    return followed(state, followUp(key.slice(0, colon), { id: key.slice(colon + 1) }), inputs).length === 0;
  };
  keepTimers(state, (at, key) => !isIdleTimer(state, key) && (at > state.now || !doesNothing(key)));
}

/** Let time pass: fire what is due. A timer whose reason has gone does nothing, so firing twice is harmless [KER7]. */
export function tick(state: State, given: Inputs): KernelRecord[] {
  const inputs = { ...given, now: Math.max(given.now, state.now) };
  const records: KernelRecord[] = [];
  for (
    let fired = 0;
    fired < TICK_LIMIT && state.timers[0] !== undefined && state.timers[0][0] <= inputs.now;
    fired++
  ) {
    const [, key] = pop(state.timers)!;
    const colon = key.indexOf(':');
    const drafts = followed(state, { kind: key.slice(0, colon), body: { id: key.slice(colon + 1) } }, inputs);
    if (drafts.length > 0)
      records.push(
        ...cascade(state, drafts, SYSTEM, { timer: key }, inputs, drafts[0]!.correlation ?? key.slice(colon + 1)),
      );
  }
  return records;
}

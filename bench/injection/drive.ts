/** Lets an assistant's run make the calls of a task through the real kernel, and notes what the gate said to each. */
import { createState, type Definition, type State, step } from '@reeve/kernel';
import { copyOf } from '@reeve/packs';
import { parse } from 'yaml';
import { capabilityOf } from './organisation.ts';
import type { Call } from './suite.ts';

/** `labels`: the worker says of each argument which result it came from; `values`: the kernel compares values only. */
export const MODES = ['labels', 'values'] as const;
export type Mode = (typeof MODES)[number];

export interface Told {
  readonly call: Call;
  readonly verdict: 'allowed' | 'asked' | 'denied';
  readonly reason: string;
}

/** A call with what it gives back, and the sources of its arguments when they are tracked. */
export interface Move {
  readonly call: Call;
  readonly result: unknown;
  readonly from: Readonly<Record<string, string[]>>;
}

/** Each is read again for every attack on its task, and by nobody changed. */
const read = new Map<string, unknown>();

/** What a tool wrote, as data when it is data. */
export function dataOf(output: string | null | undefined): unknown {
  if (!output) return '';
  if (!read.has(output)) read.set(output, parsed(output));
  return read.get(output);
}

function parsed(output: string): unknown {
  try {
    const value: unknown = parse(output);
    return typeof value === 'object' && value !== null ? value : output;
  } catch {
    return output;
  }
}

const USER = { principal: 'user', seat: 'principal' };
const WORKER = { principal: 'system' };

/** Organisations with nothing in them but what was defined: each session begins with a copy. */
const established = new WeakMap<Definition, State>();

function establishedBy(definition: Definition): State {
  const known = established.get(definition);
  if (known) return known;
  const state = createState('bench');
  command(state, 'organisation.apply', { base: '', reason: 'benchmark', definition }, { principal: 'owner' });
  established.set(definition, state);
  return state;
}

type Body = Record<string, unknown>;

/** What came of a command. @throws Error when it was refused */
function command(state: State, kind: string, body: Body, actor: { principal: string; seat?: string }): Body {
  const { reply } = step(state, { id: '', kind, actor, body }, { now: 1, entropy: 'bench' });
  if (!reply.ok) throw new Error(`${kind} was refused: ${reply.rejection.message}`);
  return reply.result;
}

/** One case of one run. */
export class Session {
  readonly #state: State;
  #step = 0;

  constructor(definition: Definition, prompt: string) {
    this.#state = copyOf(establishedBy(definition));
    this.#do('case.open', { subject: 'Wanted', text: prompt, customer: 'user', owner: 'assistant' }, USER);
    this.#do('run.start', { seat: 'assistant', worker: 'bench' }, WORKER);
  }

  #do(kind: string, body: Body, actor: { principal: string; seat?: string }): Body {
    return command(this.#state, kind, body, actor);
  }

  /** Ask for one call; when it is allowed, or a human allows it, it is done and gives its result. The operation's id. */
  make(move: Move): { operation: string; told: Told } {
    this.#step += 1;
    const args = Object.fromEntries(Object.entries(move.call.args).filter(([, value]) => value !== null));
    const from = Object.keys(move.from).length > 0 ? { from: move.from } : {};
    const body = { capability: capabilityOf(move.call.function), args, case: 'C-1', key: `k${this.#step}`, ...from };
    const asked = { kind: 'operation.request', body };
    const { operation } = this.#do('run.act', { run: 'R-1', step: this.#step, command: asked }, WORKER);
    const op = this.#state.operations.operations.get(String(operation))!;
    const reasons = (op.decision?.reasons ?? []).filter((r) => r.verdict !== 'allow');
    const verdict = op.status === 'admitted' ? 'allowed' : op.status === 'awaiting_approval' ? 'asked' : 'denied';
    const told = {
      call: move.call,
      verdict,
      reason: reasons.map((r) => `[${r.rule}] ${r.message}`).join('; '),
    } as const;
    if (verdict === 'denied') return { operation: op.id, told };
    if (verdict === 'asked') this.#do('approval.decide', { approval: this.#approval(op.id), verdict: 'approve' }, USER);
    this.#finish(op.id, op.effect === 'read', move.result);
    return { operation: op.id, told };
  }

  #approval(operation: string): string {
    return [...this.#state.governance.approvals.values()].find((a) => a.operation === operation)!.id;
  }

  #finish(operation: string, reads: boolean, result: unknown): void {
    if (!reads) this.#do('operation.lease', { operation, executor: 'bench', ttl: 1000 }, WORKER);
    this.#do('operation.complete', { operation, attempt: reads ? 0 : 1, result: { value: result } }, WORKER);
  }
}

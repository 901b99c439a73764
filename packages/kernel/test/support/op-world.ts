import type { KernelRecord } from '../../src/core/events.ts';
import type { Rejection } from '../../src/core/rejection.ts';
import { createState, type State } from '../../src/core/state.ts';
import { nextDue, type StepResult, step, tick } from '../../src/core/step.ts';
import type { Actor } from '../../src/core/types.ts';
import type { Reason } from '../../src/governance/schema.ts';
import type { Approval } from '../../src/governance/state.ts';
import type { Operation } from '../../src/operations/state.ts';
import { type Shop, shop } from './op-definition.ts';

export const OWNER_ACTOR: Actor = { principal: 'owner' };
export const WORKER: Actor = { principal: 'system' };
export const START = Date.UTC(2026, 10, 21, 12);

type Body = Record<string, unknown>;

/** A shop in memory, driven command by command like the runtime does it, with a clock of its own. */
export class World {
  readonly state: State = createState('shop');
  readonly log: KernelRecord[] = [];
  readonly definition: Shop;
  now = START;

  constructor(change: (definition: Shop) => void = () => undefined) {
    this.definition = shop();
    change(this.definition);
    this.apply();
    this.ok('case.open', { subject: 'Lost', customer: 'kim@example.com' });
  }

  /** Apply the definition as it is now. */
  apply(): void {
    const base = this.state.organisation.digest;
    const definition = structuredClone(this.definition);
    this.ok('organisation.apply', { base, reason: 'test', definition });
  }

  send(kind: string, body: Body, actor: Actor = OWNER_ACTOR, id = ''): StepResult {
    const command = { id, kind, actor, body };
    const result = step(this.state, command, { now: this.now, entropy: `e${this.state.seq}` });
    this.log.push(...result.records);
    return result;
  }

  /** Send what must be accepted; its result. */
  ok(kind: string, body: Body, actor: Actor = OWNER_ACTOR, id = ''): Body {
    const { reply } = this.send(kind, body, actor, id);
    if (!reply.ok) throw new Error(`${kind} was refused: ${JSON.stringify(reply.rejection)}`);
    return reply.result;
  }

  /** Send what must be refused; why. */
  no(kind: string, body: Body, actor: Actor = OWNER_ACTOR, id = ''): Rejection {
    const { reply, records } = this.send(kind, body, actor, id);
    if (reply.ok) throw new Error(`${kind} was accepted: ${JSON.stringify(records.map((r) => [r.kind, r.body]))}`);
    return reply.rejection;
  }

  /** Let another seat take part in the case. */
  join(seat: string): void {
    const packet = { subproblem: 'help', output: 'help', success: 'helped' };
    this.ok('task.delegate', { case: 'C-1', to: seat, packet }, this.seat('desk'));
  }

  /** Who sits in a seat now. */
  seat(id: string): Actor {
    return { principal: this.state.organisation.seats.get(id)?.occupant?.principal ?? 'nobody', seat: id };
  }

  /** Let time pass, stopping at every deadline on the way. */
  wait(ms: number): void {
    const end = this.now + ms;
    for (let due = nextDue(this.state); due !== null && due <= end; due = nextDue(this.state)) {
      this.now = Math.max(this.now, due);
      this.log.push(...tick(this.state, { now: this.now, entropy: 'tick' }));
    }
    this.now = end;
  }

  request(capability: string, args: Body, more: Body = {}, seat = 'desk'): Operation {
    const body = { capability, args, case: 'C-1', ...more };
    return this.op(String(this.ok('operation.request', body, this.seat(seat)).operation));
  }

  op(id: string): Operation {
    const found = this.state.operations.operations.get(id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  }

  approval(id: string): Approval {
    const found = this.state.governance.approvals.get(id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  }

  read(op: Operation, value: Body = { paid: 100_000_000 }): void {
    this.ok('operation.read', { operation: op.id, reads: { order: { value, at: this.now } } }, WORKER);
  }

  lease(op: Operation, ttl = 60_000): void {
    this.ok('operation.lease', { operation: op.id, executor: 'x1', ttl }, WORKER);
  }

  complete(op: Operation, result: Body = {}): void {
    const attempt = op.status === 'leased' ? op.attempt : 0;
    this.ok('operation.complete', { operation: op.id, attempt, result }, WORKER);
  }

  fail(op: Operation, category = 'transient', more: Body = {}): void {
    const attempt = op.status === 'leased' ? op.attempt : 0;
    this.ok('operation.fail', { operation: op.id, attempt, category, message: 'it broke', ...more }, WORKER);
  }

  verify(op: Operation, value: Body): void {
    this.ok('operation.verify', { operation: op.id, after: { value, at: this.now } }, WORKER);
  }

  note(order = 'o1', more: Body = {}): Operation {
    return this.request('orders.note', { order_id: order, text: 'hello' }, more);
  }

  /** A refund that stands before its lease. */
  refund(amount: number, order = 'o1', more: Body = {}): Operation {
    const op = this.request('orders.refund', { order_id: order, amount }, more);
    if (op.status === 'requested') this.read(op);
    return op;
  }

  decide(approval: string | null, verdict: string, seat = 'lead', more: Body = {}): void {
    this.ok('approval.decide', { approval, verdict, ...more }, this.seat(seat));
  }

  /** The latest approval asked for. */
  asked(): Approval {
    return [...this.state.governance.approvals.values()].at(-1)!;
  }

  /** Kinds of the records about something, in order. */
  kinds(stream: string): string[] {
    return this.log.filter((r) => r.stream === stream).map((r) => r.kind);
  }

  of<K extends KernelRecord['kind']>(kind: K): Extract<KernelRecord, { kind: K }>[] {
    return this.log.filter((r): r is Extract<KernelRecord, { kind: K }> => r.kind === kind);
  }

  /** Texts of what a seat was told in messages of one type. */
  told(seat: string, type = 'escalation'): string[] {
    return this.of('message.sent').flatMap((r) => (r.body.to === seat && r.body.type === type ? [r.body.text] : []));
  }
}

/** The reasons of a decision, as `rule verdict`. */
export const reasons = (op: Operation): string[] => (op.decision?.reasons ?? []).map(short);
const short = (reason: Reason): string => `${reason.rule} ${reason.verdict}`;
export const messages = (op: Operation): string => (op.decision?.reasons ?? []).map((r) => r.message).join(' | ');

/**
 * The auditor: it trusts nobody. It reads the records as data, asks the world what happened, and compares both with what
 * clients were told. No code of the kernel; its own model is in model.ts.
 */
import type { SealedRecord } from '@reeve/ledger';
import type { Sent } from '../work/clients.ts';
import type { World } from '../world/system.ts';
import type { Truth } from '../world/truth.ts';
import { checkEffect } from './effects.ts';
import { Leaving } from './leaving.ts';
import { Model, type Op, settled } from './model.ts';
import { Numbers } from './numbers.ts';
import { type Entry, type Finding, type Opener, Reader, sorted } from './records.ts';
import { Traffic } from './traffic.ts';

export interface Evidence {
  readonly truth: Truth;
  readonly world: World;
  readonly sent: readonly Sent[];
  /** Rules of the pack that hold for each effect, in words of its own: a sentence for each one broken. */
  readonly policy: Policy;
  /** For ledgers whose personal values are sealed. */
  readonly open?: Opener | undefined;
}

export type Policy = (model: Model, effect: Truth['effects'][number], world: World) => readonly string[];

/** Reads a growing ledger while work goes on; what it has read it does not read again. */
export class Follower {
  readonly model = new Model();
  readonly #reader: Reader;
  readonly #also: (entry: Entry) => void;
  #read = 0;

  /** @param also sees each record, after the model */
  constructor(open?: Opener, also: (entry: Entry) => void = () => {}) {
    this.#reader = new Reader(open);
    this.#also = also;
  }

  read(records: readonly SealedRecord[]): void {
    for (; this.#read < records.length; this.#read++) {
      const entry = this.#reader.read(records[this.#read]!);
      this.model.apply(entry);
      this.#also(entry);
    }
  }
}

/** Reads the whole ledger, once, when everything is over: an effect may land long after its call was sent. */
export class Auditor {
  readonly model = new Model();
  readonly #reader: Reader;
  readonly leaving = new Leaving(this.model);
  readonly #counts = [new Numbers(), new Traffic(), this.leaving];
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#reader = new Reader(evidence.open);
  }

  /** Effects are looked at where the ledger stood when their call was sent. */
  read(records: readonly SealedRecord[]): void {
    const due = new Map<number, Truth['effects'][number][]>();
    for (const effect of this.#evidence.truth.effects)
      due.set(effect.issuedSeq, [...(due.get(effect.issuedSeq) ?? []), effect]);
    records.forEach((record, i) => {
      const entry = this.#reader.read(record);
      this.model.apply(entry);
      for (const one of this.#counts) one.apply(entry);
      for (const effect of due.get(i + 1) ?? []) this.#effect(effect);
    });
  }

  /** Everything that is wrong, in the order it was found. `quiet`: nothing is under way any more. */
  findings(quiet: boolean): Finding[] {
    const { model } = this;
    const before = model.findings.length;
    this.#once();
    this.#early();
    this.#answers();
    if (quiet) this.#books();
    const found = [...this.#reader.findings, ...model.findings, ...this.#counts.flatMap((one) => one.findings)];
    model.findings.length = before;
    return found;
  }

  #effect(effect: Truth['effects'][number]): void {
    checkEffect(this.model, effect);
    const { policy, world } = this.#evidence;
    if (this.model.ops.get(effect.operation)?.overridden) return;
    for (const detail of policy(this.model, effect, world))
      this.model.bad('policy', `effect ${effect.n} (${effect.operation}): ${detail}`);
  }

  #once(): void {
    const seen = new Map<string, number>();
    for (const { operation, n } of this.#evidence.truth.effects) {
      const twin = seen.get(operation);
      if (twin !== undefined) this.model.bad('twice', `${operation} had two effects: ${twin} and ${n}`);
      seen.set(operation, n);
    }
  }

  /** What a tool is asked, and what anybody is shown, is durable by then. */
  #early(): void {
    const { asked, shown } = this.#evidence.truth;
    for (const [operation, durable] of asked) {
      const requested = this.model.ops.get(operation)?.requestedSeq;
      if (requested === undefined || requested > durable)
        this.model.bad('early', `a tool was asked for ${operation} (record ${requested}) when ${durable} were durable`);
    }
    for (const { seq, durable } of shown)
      if (seq > durable) this.model.bad('early', `record ${seq} was shown when ${durable} were durable`);
  }

  /** Every answered command is there, once, before it was answered; what was refused left nothing. */
  #answers(): void {
    for (const one of this.#evidence.sent) {
      const records = this.model.byCommand.get(one.id) ?? [];
      const first = records[0];
      const gaps = records.some(({ seq }, i) => seq !== first!.seq + i);
      if (gaps) this.model.bad('acknowledged', `${one.id} (${one.kind}) was done more than once`);
      if (one.reply?.ok) this.#accepted(one, first);
      else if (one.reply && one.copies === 1 && first)
        this.model.bad('refused', `${one.id} (${one.kind}) was refused and is on the ledger`);
    }
  }

  #accepted(one: Sent, first: { seq: number; body: Readonly<Record<string, unknown>> } | undefined): void {
    const what = `${one.id} (${one.kind})`;
    if (!first) {
      this.model.bad('acknowledged', `${what} was acknowledged and is not on the ledger`);
      return;
    }
    if (first.seq > one.seqAtReply) this.model.bad('acknowledged', `${what} was acknowledged before it was durable`);
    const { result } = one.reply as { result: Record<string, unknown> };
    for (const [key, value] of Object.entries(result))
      if (first.body[key] !== undefined && sorted(first.body[key]) !== sorted(value))
        this.model.bad(
          'acknowledged',
          `${what} was told ${key} ${sorted(value)}; the ledger says ${sorted(first.body[key])}`,
        );
    if (one.actor.principal === 'mallory' && !OPEN_TO_ALL.has(one.kind))
      this.model.bad('identity', `${what} by somebody who has no business here was accepted`);
    if (one.kind === 'approval.decide') this.#decision(one);
  }

  #decision({ id, body, actor }: Sent): void {
    const ask = this.model.asks.get(String(body.approval));
    const op = ask && this.model.ops.get(ask.operation);
    if (!ask || !op) {
      this.model.bad('approval', `${id} decided ${String(body.approval)}, which does not exist`);
      return;
    }
    // Of what nobody has the key to any more a mark is shown; such an operation is never carried out [RT15].
    const shown = String(body.digest ?? ask.digest);
    if (shown !== ask.digest && !shown.startsWith('[erased '))
      this.model.bad('approval', `${id} decided ${ask.id} having seen other arguments`);
    if (body.verdict === 'approve' && (actor.seat === op.seat || actor.principal === op.principal))
      this.model.bad('separation', `${id}: ${op.seat} approved its own ${op.id}`);
  }

  /** When all is quiet, ledger, world and books agree. */
  #books(): void {
    const landed = new Set(this.#evidence.truth.effects.map(({ operation }) => operation));
    for (const op of this.model.ops.values())
      if (op.effect !== 'read' && settled(op)) this.#outcome(op, landed.has(op.id));
    const { world } = this.#evidence;
    for (const breach of world.breaches(this.#excused())) this.model.bad('policy', breach);
    const paid = world.paid();
    const booked = new Map<string, number>();
    for (const one of this.model.reservations.values()) {
      if (one.operation === null) continue;
      const op = this.model.ops.get(one.operation);
      if (one.status === 'open' && op && settled(op))
        this.model.bad('money', `${one.id} of ${op.id}, which is over, is open`);
      if (one.status === 'settled') booked.set(one.operation, (booked.get(one.operation) ?? 0) + one.money);
    }
    for (const id of new Set([...paid.keys(), ...booked.keys()]))
      this.#amount(id, paid.get(id) ?? 0, booked.get(id) ?? 0);
  }

  /**
   * What no rule of a pack can keep from happening: a tool that pays a cent too much or after it said that it had not, and
   * what a person ordered although he was told which rule it breaks.
   */
  #excused(): ReadonlySet<string> {
    const overridden = [...this.model.ops.values()].filter((op) => op.overridden).map(({ id }) => id);
    return new Set([...overridden, ...this.#evidence.truth.skews, ...this.#evidence.truth.late]);
  }

  #outcome(op: Op, landed: boolean): void {
    const says = ['done', 'verified', 'compensated'].includes(op.status);
    if (says === landed) return;
    // It landed when its tool had already said that it had not: never twice, but nobody can know of it.
    if (landed && this.#evidence.truth.late.has(op.id)) return;
    if (!landed && this.#undone(op)) return;
    this.model.bad(
      'truth',
      `the ledger says ${op.id} (${op.capability}) is ${op.status}; outside it ${landed ? 'happened' : 'did not happen'}`,
    );
  }

  /**
   * A lie that was found out and undone: the ledger says compensated, the world never had it. When undoing it was a lie too,
   * all is as if it had been done.
   */
  #undone({ id, status, compensates }: Op): boolean {
    const lied = (operation: string | null) => this.#evidence.truth.lies.some((one) => one.operation === operation);
    return lied(id) && (status === 'compensated' || lied(compensates));
  }

  #amount(id: string, paid: number, booked: number): void {
    const op = this.model.ops.get(id);
    const { skews, late } = this.#evidence.truth;
    if (paid === booked || !op || !settled(op) || skews.has(id) || late.has(id)) return;
    if (booked === 0 && !this.model.allowed.has(op.seat)) return;
    this.model.bad('money', `${id}: ${paid} left outside, ${booked} is booked as spent`);
  }
}

/** What anybody may send: customers have no account. */
const OPEN_TO_ALL = new Set(['case.open', 'case.message', 'case.feedback']);

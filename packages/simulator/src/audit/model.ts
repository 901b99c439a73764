/** What the auditor believes, from the records alone: a model of its own, much smaller than the kernel's. */
import { type Body, type Entry, type Finding, sorted } from './records.ts';
import { Stages } from './stages.ts';

export interface Op {
  readonly id: string;
  readonly capability: string;
  readonly tool: string;
  readonly effect: string;
  readonly contract: string | null;
  readonly args: unknown;
  readonly seat: string;
  readonly principal: string;
  readonly case: string | null;
  /** What it works on alone, e.g. an order; null when it needs nothing to itself. */
  readonly resource: string | null;
  /** Id of the key that what is personal in its request was sealed under; null when nothing was. */
  readonly sealed: string | null;
  readonly cost: number;
  readonly compensates: string | null;
  /** The record that it was asked for. */
  readonly requestedSeq: number;
  /** A person had it done although a rule refused. */
  readonly overridden: boolean;
  status: string;
  admitted: boolean;
  /** Of the latest admission: the approval and the grant it rests on. */
  approval: string | null;
  grant: string | null;
  decidedSeq: number;
}

export interface Ask {
  readonly id: string;
  readonly operation: string;
  readonly digest: string;
  readonly approvers: string[];
  readonly expires: number;
  verdict: string | null;
  decidedAt: number;
  decider: { principal: string; seat: string | null; by: string } | null;
}

export interface Matter {
  readonly id: string;
  readonly customer: string;
  owner: string;
  status: string;
  due: number;
  resolver: { seat: string; principal: string } | null;
}

export interface Reservation {
  readonly id: string;
  readonly operation: string | null;
  readonly money: number;
  status: 'open' | 'settled' | 'released' | 'reversed';
}

interface Seat {
  readonly id: string;
  readonly unit: string;
  readonly supervisor: string | undefined;
  /** Its occupant as the definition says. */
  readonly defined: string;
  principal: string | null;
  kind: string | null;
}

export interface Told {
  readonly id: string;
  readonly to: string;
  readonly case: string | null;
  readonly seq: number;
}

const text = (value: unknown): string => String(value ?? '');
const orNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Statuses an operation can rest in. */
const SETTLED = new Set(['denied', 'recorded', 'done', 'verified', 'failed', 'compensated']);
export const settled = (op: Op): boolean => SETTLED.has(op.status);

/** Between the first call and a known outcome. */
const UNDER_WAY = new Set(['leased', 'unverified', 'unknown', 'retry', 'compensating', 'escalated']);

const MOVES: Readonly<Record<string, string>> = {
  'operation.deferred': 'deferred',
  'operation.resumed': 'requested',
  'operation.leased': 'leased',
  'operation.verified': 'verified',
  'operation.verification_failed': 'broken',
  'operation.retried': 'admitted',
  'operation.lapsed': 'unknown',
  'operation.compensating': 'compensating',
  'operation.compensated': 'compensated',
  'operation.escalated': 'escalated',
};
const VERDICTS: Readonly<Record<string, string>> = {
  allow: 'admitted',
  ask: 'awaiting',
  deny: 'denied',
  'record-only': 'recorded',
};
const CASE_MOVES: Readonly<Record<string, string>> = {
  'case.assigned': 'assigned',
  'case.started': 'in_progress',
  'case.blocked': 'blocked',
  'case.resumed': 'in_progress',
  'case.escalated': 'escalated',
  'case.resolved': 'resolved',
  'case.verified': 'verified',
  'case.rejected': 'in_progress',
  'case.closed': 'closed',
  'case.cancelled': 'cancelled',
  'case.reopened': 'in_progress',
};
const RUN_MOVES: Readonly<Record<string, string>> = {
  'run.started': 'active',
  'run.resumed': 'active',
  'run.parked': 'parked',
  'run.woken': 'ready',
  'run.retried': 'ready',
  'run.interrupted': 'ready',
  'run.finished': 'over',
  'run.stopped': 'over',
  'run.withdrawn': 'over',
};

interface Occupant {
  readonly principal: string;
  readonly kind: string;
}

interface SeatDefinition {
  readonly id: string;
  readonly unit: string;
  readonly supervisor?: string;
  readonly occupant?: Occupant;
}

interface DefinitionBody {
  readonly settings?: { readonly tiers?: { readonly ask: number } };
  readonly units?: readonly { id: string; parent?: string }[];
  readonly seats?: readonly SeatDefinition[];
  readonly budgets?: readonly { seat?: string; currency?: string }[];
  readonly flows?: readonly { id: string; steps: readonly string[] }[];
}

export class Model {
  readonly findings: Finding[] = [];
  readonly ops = new Map<string, Op>();
  /** Resource → the operation that was carried out on it last. */
  readonly holders = new Map<string, string>();
  readonly asks = new Map<string, Ask>();
  readonly cases = new Map<string, Matter>();
  readonly seats = new Map<string, Seat>();
  readonly units = new Map<string, string | undefined>();
  readonly flows = new Map<string, readonly string[]>();
  /** Grant → how many operations it may answer for, and those it did. */
  readonly grants = new Map<string, { uses: number; ops: Set<string> }>();
  /** Seats with an allowance of money of their own. */
  readonly allowed = new Set<string>();
  readonly switches = new Set<string>();
  readonly stages = new Stages();
  readonly reservations = new Map<string, Reservation>();
  readonly books = new Map<string, number>();
  readonly runs = new Map<string, { status: string; message: string; seat: string; operation: string | null }>();
  readonly told = new Map<string, Told>();
  readonly done = new Set<string>();
  /** Cases that were opened for a target which is met again, or was withdrawn: nobody need begin with one. */
  readonly #pointless = new Set<string>();
  /** Command → the records that come directly from it. */
  readonly byCommand = new Map<string, Entry[]>();
  askAbove = Number.POSITIVE_INFINITY;
  seq = 0;
  at = 0;

  bad(rule: string, detail: string): void {
    this.findings.push({ rule, detail });
  }

  apply(entry: Entry): void {
    const { kind, body, command } = entry;
    this.seq = entry.seq;
    this.at = entry.at;
    if (command !== '') this.byCommand.set(command, [...(this.byCommand.get(command) ?? []), entry]);
    const [family] = kind.split('.');
    if (family === 'operation') this.#operation(entry);
    else if (family === 'case') this.#case(entry);
    else if (family === 'budget') this.#budget(kind, body);
    else if (family === 'run') this.#run(kind, body);
    else if (family === 'approval') this.#approval(entry);
    else if (kind === 'gap.closed') this.#pointless.add(text(body.case));
    else this.#rest(kind, body);
    this.stages.apply(entry, this);
  }

  /** Is `upper` somewhere above `lower`? */
  above(upper: string, lower: string): boolean {
    let at = this.seats.get(lower)?.supervisor;
    for (let hops = 0; at !== undefined && hops < 100; hops++) {
      if (at === upper) return true;
      at = this.seats.get(at)?.supervisor;
    }
    return false;
  }

  inUnit(unit: string | undefined, container: string): boolean {
    for (let at = unit, hops = 0; at !== undefined && hops < 100; hops++) {
      if (at === container) return true;
      at = this.units.get(at);
    }
    return false;
  }

  #operation(entry: Entry): void {
    const { kind, body, seq } = entry;
    const id = text(body.operation);
    if (kind === 'operation.requested') {
      this.#requested(id, entry);
      return;
    }
    const op = this.ops.get(id);
    if (!op) {
      this.bad('admission', `${kind} of ${id}, which nobody requested`);
      return;
    }
    if (kind === 'operation.leased') this.#alone(op);
    if (kind === 'operation.decided') this.#decided(op, body, seq);
    else if (kind === 'operation.succeeded') op.status = body.final === true ? 'done' : 'unverified';
    else if (kind === 'operation.failed') op.status = body.final === true ? 'failed' : 'retry';
    else op.status = MOVES[kind] ?? op.status;
  }

  /** Nothing else is under way on what this operation works on. */
  #alone(op: Op): void {
    const other = op.resource === null ? undefined : this.ops.get(this.holders.get(op.resource) ?? op.id);
    if (other && other !== op && UNDER_WAY.has(other.status))
      this.bad('lock', `${op.id} is carried out while ${other.id}, which is ${other.status}, works on ${op.resource}`);
    if (op.resource !== null) this.holders.set(op.resource, op.id);
  }

  #requested(id: string, { body, seq: requestedSeq, key }: Entry): void {
    if (this.ops.has(id)) this.bad('once', `${id} was requested twice`);
    this.ops.set(id, {
      ...{ id, capability: text(body.capability), tool: text(body.tool), effect: text(body.effect) },
      ...{ contract: orNull(body.contract), args: body.args, seat: text(body.seat), principal: text(body.principal) },
      ...{ case: orNull(body.case), cost: Number(body.cost), compensates: orNull(body.compensates) },
      ...{ resource: orNull(body.resource), sealed: key ?? null, overridden: body.overrides !== undefined },
      ...{ requestedSeq, status: 'requested', admitted: false, approval: null, grant: null, decidedSeq: 0 },
    });
  }

  #decided(op: Op, body: Body, seq: number): void {
    op.status = VERDICTS[text(body.verdict)] ?? op.status;
    op.admitted = body.verdict === 'allow';
    op.approval = orNull(body.approval);
    op.grant = orNull(body.grant);
    op.decidedSeq = seq;
    const grant = this.grants.get(op.grant ?? '');
    if (!grant || !op.admitted) return;
    grant.ops.add(op.id);
    if (grant.ops.size > grant.uses)
      this.bad('approval', `${op.grant} was for ${grant.uses} operations; ${op.id} is one more`);
  }

  #approval({ kind, body, at, principal, seat }: Entry): void {
    const id = text(body.approval);
    if (kind === 'approval.requested') {
      const { argsDigest } = body.packet as { argsDigest: string };
      const { operation, approvers, expires } = body as { operation: string; approvers: string[]; expires: number };
      const undecided = { verdict: null, decidedAt: 0, decider: null };
      this.asks.set(id, { id, operation, digest: argsDigest, approvers: [...approvers], expires, ...undecided });
    }
    const ask = this.asks.get(id);
    if (kind === 'approval.escalated') ask?.approvers.push(...(body.asked as string[]));
    if (kind !== 'approval.decided' || !ask) return;
    if (ask.verdict !== null) this.bad('approval', `${id} was decided twice`);
    Object.assign(ask, { verdict: text(body.verdict), decidedAt: at, decider: { principal, seat, by: text(body.by) } });
    const op = this.ops.get(ask.operation);
    if (op?.status === 'awaiting' && body.verdict === 'approve') op.status = 'requested';
  }

  #case({ kind, body, principal }: Entry): void {
    const id = text(body.case);
    if (kind === 'case.opened') {
      if (this.cases.has(id)) this.bad('once', `${id} was opened twice`);
      const { customer, owner, due } = body as { customer: string; owner: string; due: number };
      this.cases.set(id, { id, customer, owner, due, status: 'assigned', resolver: null });
    }
    const one = this.cases.get(id);
    if (!one) {
      this.bad('owner', `${kind} of ${id}, which nobody opened`);
      return;
    }
    if (OWNERS_ONLY.has(kind)) this.#byOwner(one, kind, text(body.by));
    if (kind === 'case.verified') this.#verified(one, text(body.by), principal);
    one.status = CASE_MOVES[kind] ?? one.status;
    if (kind === 'case.waiting') one.status = `waiting_${text(body.on)}`;
    if (kind === 'case.assigned') one.owner = text(body.to);
    if (typeof body.due === 'number') one.due = body.due;
    if (kind === 'case.resolved') one.resolver = { seat: text(body.by), principal };
  }

  #byOwner(one: Matter, kind: string, by: string): void {
    if (by === one.owner || by === 'owner' || this.above(by, one.owner)) return;
    const unbegun = kind === 'case.cancelled' && by === 'system' && one.status === 'assigned';
    if (unbegun && this.#pointless.has(one.id)) return;
    this.bad('owner', `${kind} of ${one.id} by ${by}; its owner is ${one.owner}`);
  }

  #verified({ id, resolver }: Matter, by: string, principal: string): void {
    if (resolver?.seat === by || resolver?.principal === principal)
      this.bad('separation', `${id} was verified by ${by}, who resolved it`);
  }

  #run(kind: string, body: Body): void {
    const id = text(body.run);
    if (kind === 'run.started')
      this.runs.set(id, { status: 'active', message: text(body.message), seat: text(body.seat), operation: null });
    const run = this.runs.get(id);
    if (!run) return;
    run.status = RUN_MOVES[kind] ?? run.status;
    if (kind === 'run.failed') run.status = body.retryAt === null ? 'over' : 'waits';
    run.operation = kind === 'run.parked' ? text(body.operation) : null;
  }

  #budget(kind: string, body: Body): void {
    const transfers = (body.transfers ?? []) as { from: string; to: string; amount: number }[];
    for (const { from, to, amount } of transfers) {
      if (!(amount > 0)) this.bad('money', `a transfer of ${amount} from ${from} to ${to}`);
      this.books.set(from, (this.books.get(from) ?? 0) - amount);
      this.books.set(to, (this.books.get(to) ?? 0) + amount);
      const left = this.books.get(from) ?? 0;
      if (left < 0 && !/\/(funding|spent)$/.test(from) && kind !== 'budget.funded')
        this.bad('money', `${kind} leaves ${left} on ${from}`);
    }
    if (kind === 'budget.reserved') this.#reserved(body);
    if (kind === 'budget.settled' || kind === 'budget.released') this.#over(kind, body);
  }

  #reserved(body: Body): void {
    const id = text(body.reservation);
    if (this.reservations.has(id)) this.bad('money', `${id} was reserved twice`);
    const { operation, money } = body as { operation: string | null; money: number };
    this.reservations.set(id, { id, operation, money, status: 'open' });
  }

  #over(kind: string, body: Body): void {
    const one = this.reservations.get(text(body.reservation));
    if (!one) {
      this.bad('money', `${kind} of ${text(body.reservation)}, which was never reserved`);
      return;
    }
    if (one.operation === null) return;
    const expected = body.reverses === true ? 'settled' : 'open';
    if (one.status !== expected) this.bad('money', `${kind} of ${one.id}, which is ${one.status}`);
    if (body.reverses === true) one.status = 'reversed';
    else one.status = kind === 'budget.settled' ? 'settled' : 'released';
  }

  #rest(kind: string, body: Body): void {
    if (kind === 'switch.tripped') this.switches.add(`${text(body.scope)}:${text(body.id)}`);
    if (kind === 'switch.rearmed') this.switches.delete(`${text(body.scope)}:${text(body.id)}`);
    if (kind === 'organisation.applied') this.#applied(body);
    if (kind === 'seat.occupied') this.#occupied(text(body.seat), body.occupant as Occupant | null);
    if (kind === 'grant.given') this.grants.set(text(body.grant), { uses: Number(body.uses), ops: new Set() });
    if (kind === 'message.done') this.done.add(text(body.message));
    if (kind !== 'message.sent') return;
    const { message, to } = body as { message: string; to: string };
    this.told.set(message, { id: message, to, case: orNull(body.case), seq: this.seq });
  }

  #occupied(seat: string, occupant: Occupant | null): void {
    const found = this.seats.get(seat);
    if (found) Object.assign(found, { principal: occupant?.principal ?? null, kind: occupant?.kind ?? null });
  }

  #applied(body: Body): void {
    const { settings, units = [], seats = [], flows = [], budgets = [] } = body.changed as DefinitionBody;
    if (settings?.tiers) this.askAbove = settings.tiers.ask;
    for (const { seat, currency = 'money' } of budgets) if (seat && currency === 'money') this.allowed.add(seat);
    for (const { id, parent } of units) this.units.set(id, parent);
    for (const { id, steps } of flows) this.flows.set(id, steps);
    for (const seat of seats) this.#defined(seat);
    for (const { kind, id } of body.removed as { kind: string; id: string }[])
      if (kind === 'seats') this.seats.delete(id);
  }

  /** Who was put into a seat at run time stays there when the definition names the same occupant as before. */
  #defined({ id, unit, supervisor, occupant }: SeatDefinition): void {
    const before = this.seats.get(id);
    const defined = sorted(occupant ?? null);
    const { principal = null, kind = null } = before?.defined === defined ? before : (occupant ?? {});
    this.seats.set(id, { id, unit, supervisor, defined, principal, kind });
  }
}

const OWNERS_ONLY = new Set(['case.resolved', 'case.waiting', 'case.blocked', 'case.closed', 'case.cancelled']);

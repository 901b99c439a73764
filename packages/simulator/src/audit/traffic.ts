/**
 * Who got which case, judged by a second look at the same records: shares of lanes are drawn again, room is counted again,
 * nothing comes back to who gave it away, and nothing stays with a seat that is gone.
 */
import { createHash } from 'node:crypto';
import type { Body, Entry, Finding } from './records.ts';

interface Seat {
  readonly cases: number;
  readonly topics: readonly string[];
}

interface Lane {
  readonly seed: string;
  /** Seat → its share, in the order of the definition. */
  readonly shares: Map<string, number>;
}

/** What a case is to its owner. */
type Standing = 'given' | 'begun' | 'parked' | 'resolved' | 'over';

interface Matter {
  owner: string;
  standing: Standing;
  /** Seats that handed it on. */
  readonly gave: Set<string>;
  moved: number;
}

const STANDINGS: Readonly<Record<string, Standing>> = {
  'case.assigned': 'given',
  'case.started': 'begun',
  'case.resumed': 'begun',
  'case.rejected': 'begun',
  'case.reopened': 'begun',
  'case.escalated': 'begun',
  'case.blocked': 'parked',
  'case.resolved': 'resolved',
  'case.closed': 'over',
  'case.cancelled': 'over',
};
const POINTS = 10_000;
/** Cases that one look at the load moves at most, and times one case is moved. */
const MOVED = { atOnce: 10, each: 2 } as const;

const drawn = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16) % POINTS;

interface Routed {
  readonly case: string;
  readonly to: string | null;
  readonly outcome: string;
  readonly considered: number;
  readonly needs: { readonly topic?: string };
  readonly lane?: { readonly lane: string; readonly stage: string; readonly point: number; readonly share: number };
}

interface Applied {
  readonly seats?: readonly { id: string; cases: number; abilities?: { topics?: readonly string[] } }[];
  readonly flows?: readonly { id: string; rollout?: { seed?: string } }[];
}

export class Traffic {
  readonly findings: Finding[] = [];
  /** Decisions that were looked at. */
  compared = 0;
  readonly #seats = new Map<string, Seat>();
  readonly #seeds = new Map<string, string>();
  readonly #lanes = new Map<string, Lane>();
  readonly #cases = new Map<string, Matter>();
  /** Seats that went with the latest restructuring, until its step is over. */
  #retired: { at: number; seats: ReadonlySet<string> } | null = null;

  apply({ kind, body, at }: Entry): void {
    if (this.#retired !== null && at > this.#retired.at) this.#left();
    if (kind === 'organisation.applied') this.#applied(body.changed as Applied);
    else if (kind === 'organisation.restructured') this.#restructured(at, body);
    else if (kind.startsWith('lane.')) this.#lane(kind, body);
    else if (kind === 'load.balanced') this.#balanced(body);
    else if (kind.startsWith('case.')) this.#case(kind, body);
  }

  #bad(rule: string, detail: string): void {
    this.findings.push({ rule, detail });
  }

  #applied({ seats = [], flows = [] }: Applied): void {
    for (const { id, cases, abilities } of seats) this.#seats.set(id, { cases, topics: abilities?.topics ?? [] });
    for (const { id, rollout } of flows) this.#seeds.set(id, rollout?.seed ?? '');
  }

  #lane(kind: string, body: Body): void {
    const id = String(body.lane);
    const entered = kind === 'lane.entered' || kind === 'lane.shared';
    if (entered) this.#lanes.set(id, { seed: this.#seeds.get(id) ?? '', shares: new Map() });
    const { shares } = this.#lanes.get(id) ?? { shares: new Map<string, number>() };
    if (entered)
      for (const { seat, share } of body.shares as readonly { seat: string; share: number }[]) shares.set(seat, share);
    if (kind === 'lane.selected')
      for (const { seat, after } of body.lines as readonly { seat: string; after: number }[]) shares.set(seat, after);
  }

  #case(kind: string, body: Body): void {
    const id = String(body.case);
    if (kind === 'case.opened')
      this.#cases.set(id, { owner: String(body.owner), standing: 'given', gave: new Set(), moved: 0 });
    const one = this.#cases.get(id);
    if (!one) return;
    if (kind === 'case.routed') this.#routed(one, body as unknown as Routed);
    if (kind === 'case.transferred') one.gave.add(String(body.from));
    if (kind === 'case.assigned') one.owner = String(body.to);
    one.standing = kind === 'case.waiting' && body.on === 'customer' ? 'parked' : (STANDINGS[kind] ?? one.standing);
  }

  #routed(one: Matter, routed: Routed): void {
    const { to, lane, considered } = routed;
    if (to === null || routed.outcome !== 'assigned') return;
    this.compared += 1;
    if (one.gave.has(to)) this.#bad('route', `${routed.case} came back to ${to}, which had given it away`);
    if (lane) this.#shared(routed, lane);
    if (considered > 0) this.#able(one, routed, to);
  }

  /** Drawn again: where the case fell, and whom that names. */
  #shared({ case: id, to, considered }: Routed, { lane, stage, point, share }: NonNullable<Routed['lane']>): void {
    const known = this.#lanes.get(lane);
    if (!known) {
      this.#bad('share', `${id} was shared out by ${lane}, which is no lane`);
      return;
    }
    const expected = drawn(`traffic|${known.seed}|${lane}|${id}`) / 100;
    if (point !== expected) this.#bad('share', `${id} fell on ${expected} of ${lane}; its record says ${point}`);
    if (considered > 0 || point >= share || stage === 'observe' || stage === 'shadow') return;
    const seat = named(known.shares, lane, id);
    if (seat !== to) this.#bad('share', `the shares of ${lane} give ${id} to ${seat}; it went to ${to}`);
  }

  /** It declares the topic, and has room for one more. */
  #able(one: Matter, { case: id, needs }: Routed, to: string): void {
    const seat = this.#seats.get(to);
    if (!seat) {
      this.#bad('route', `${id} went to ${to}, which does not exist`);
      return;
    }
    if (needs.topic !== undefined && !seat.topics.includes(needs.topic))
      this.#bad('route', `${id} is about ${needs.topic} and went to ${to}, which does not declare it`);
    const has = [...this.#cases.values()].filter(
      (other) => other !== one && other.owner === to && (other.standing === 'given' || other.standing === 'begun'),
    ).length;
    if (has >= seat.cases) this.#bad('route', `${id} went to ${to}, which has ${has} cases and may have ${seat.cases}`);
  }

  #balanced({ moved }: Body): void {
    const list = moved as readonly { case: string; from: string; to: string }[];
    if (list.length > MOVED.atOnce) this.#bad('route', `${list.length} cases were moved at once to even out load`);
    for (const { case: id } of list) {
      const one = this.#cases.get(id);
      if (!one) continue;
      one.moved += 1;
      if (one.moved > MOVED.each) this.#bad('route', `${id} was moved ${one.moved} times to even out load`);
    }
  }

  #restructured(at: number, body: Body): void {
    const seats = (body.retired as readonly { seat: string }[]).map(({ seat }) => seat);
    for (const seat of seats) this.#seats.delete(seat);
    this.#retired = { at, seats: new Set(seats) };
  }

  /** The step is over: who is gone has nothing left. */
  #left(): void {
    for (const [id, { owner, standing }] of this.#cases)
      if (standing !== 'over' && this.#retired!.seats.has(owner))
        this.#bad('owner', `${id} was left with ${owner} when that seat was taken away`);
    this.#retired = null;
  }
}

/** Whom the shares name for a case. */
function named(shares: ReadonlyMap<string, number>, lane: string, id: string): string | undefined {
  const whole = [...shares.values()].reduce((sum, share) => sum + share, 0);
  const point = (drawn(`seat|${lane}|${id}`) * whole) / POINTS;
  let up = 0;
  for (const [seat, share] of shares) {
    up += share;
    if (point < up) return seat;
  }
  return [...shares.keys()].at(-1);
}

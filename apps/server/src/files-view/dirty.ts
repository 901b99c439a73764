/** What has to be written again: a set of names, so that a thousand changes of one thing are one. */
import type { KernelRecord } from '@reeve/kernel';

/** Things waited for at most; beyond it everything is looked through instead, and nothing is listed [FIL6]. */
const MOST = 10_000;

const CASE = /^C-\d+$/;
/** Records by which files of a seat change, besides those that name it as their actor. */
const OF_SEATS = /^(seat|run)\./;

export class Dirty {
  readonly cases = new Set<string>();
  readonly seats = new Set<string>();
  readonly incidents = new Set<string>();
  /** Cases whose customer was forgotten: they are written again from the beginning. */
  readonly forgotten = new Set<string>();
  definition = false;
  /** Any seat may have changed: what happened names none. */
  everySeat = false;
  /** Everything, from the beginning. */
  all = false;
  /** The latest record that is in it. */
  seq = 0;

  get empty(): boolean {
    return this.seq === 0 && !this.all && this.forgotten.size === 0;
  }

  get size(): number {
    return this.cases.size + this.seats.size + this.incidents.size + this.forgotten.size;
  }

  note(record: KernelRecord): void {
    this.seq = record.seq;
    if (this.all) return;
    if (CASE.test(record.correlation)) this.cases.add(record.correlation);
    else if (record.kind.startsWith('approval.')) this.everySeat = true;
    const body = record.body as { seat?: unknown; incident?: unknown };
    if (record.actor.seat !== undefined) this.seats.add(record.actor.seat);
    if (OF_SEATS.test(record.kind) && typeof body.seat === 'string') this.seats.add(body.seat);
    if (typeof body.incident === 'string') this.incidents.add(body.incident);
    if (record.kind === 'organisation.applied') this.definition = true;
    if (record.kind === 'customer.forgotten') for (const id of record.body.cases) this.forgotten.add(id);
    if (this.size > MOST) this.everything();
  }

  everything(): void {
    this.all = true;
    this.cases.clear();
    this.seats.clear();
    this.incidents.clear();
  }

  /** What could not be written comes back. */
  take(other: Dirty): void {
    for (const id of other.cases) this.cases.add(id);
    for (const id of other.seats) this.seats.add(id);
    for (const id of other.incidents) this.incidents.add(id);
    for (const id of other.forgotten) this.forgotten.add(id);
    this.definition ||= other.definition;
    this.everySeat ||= other.everySeat;
    this.seq = Math.max(this.seq, other.seq);
    if (other.all || this.size > MOST) this.everything();
  }
}

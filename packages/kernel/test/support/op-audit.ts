import { expect } from 'vitest';
import type { KernelRecord } from '../../src/core/events.ts';
import { evolve } from '../../src/core/evolve.ts';
import { createState } from '../../src/core/state.ts';
import type { Verdict } from '../../src/governance/schema.ts';
import type { OperationStatus } from '../../src/operations/schema.ts';
import { jobOf } from '../../src/operations/views.ts';
import { openReservations, sums } from './op-books.ts';
import type { World } from './op-world.ts';
import { same } from './same.ts';

/** Statuses in which an effect may be under way, or has happened and is not judged yet. */
const LIVE: readonly OperationStatus[] = [
  ...(['admitted', 'leased', 'unknown', 'reconciling', 'retry_wait'] as const),
  ...(['verification_failed', 'compensating', 'escalated'] as const),
];

/** Looks at the records and the state from outside, knowing nothing of how they came about. */
export class Auditor {
  readonly #world: World;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #settled = new Map<string, { status: OperationStatus; text: string }>();
  #seen = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Check everything after a move. */
  check(): void {
    const fresh = this.#world.log.slice(this.#seen);
    this.#seen = this.#world.log.length;
    for (const record of fresh) this.#record(record);
    this.#money();
    this.#grants();
    this.#resources();
    this.#indexes();
    this.#settledStays(fresh);
  }

  #record(record: KernelRecord): void {
    if (record.kind === 'operation.decided') this.#verdicts.set(record.body.operation, record.body.verdict);
    if (record.kind === 'operation.deferred') this.#verdicts.set(record.body.operation, 'defer');
    // Nothing is leased, and nothing tried again, without a decision that admits it.
    if (record.kind === 'operation.leased' || record.kind === 'operation.retried')
      expect(this.#verdicts.get(record.body.operation)).toBe('allow');
    if (record.kind === 'operation.succeeded') expect(this.#verdicts.get(record.body.operation)).toBe('allow');
  }

  #money(): void {
    const { state } = this.#world;
    for (const [budget, sum] of Object.entries(sums(state))) same(budget, 'sum', sum, 0);
    const open = openReservations(state);
    for (const [name, amount] of state.budget.books)
      if (name.endsWith('/reserved')) same(name, 'open', amount, open[name] ?? 0);
  }

  /** [GOV45] Uses are those of the operations that name the grant, and never more than it allows. */
  #grants(): void {
    const { state } = this.#world;
    const first = new Map<string, string[]>();
    for (const r of this.#world.of('operation.decided'))
      if (r.body.grant !== undefined && r.body.verdict === 'allow')
        first.set(r.body.grant, [...new Set([...(first.get(r.body.grant) ?? []), r.body.operation])]);
    for (const g of state.governance.control.grants.values()) {
      expect([g.id, g.used]).toEqual([g.id, first.get(g.id)?.length ?? 0]);
      expect(g.used).toBeLessThanOrEqual(g.uses);
      expect(g.spent).toBeLessThanOrEqual(g.total ?? g.spent);
    }
  }

  #resources(): void {
    const { operations, locks } = this.#world.state.operations;
    const holders = new Map<string, string>();
    for (const op of operations.values()) {
      const live = LIVE.includes(op.status) || (op.status === 'succeeded' && op.settledAt === null);
      if (op.resource === null || !live) continue;
      same(op.resource, 'holder beside it', holders.get(op.resource), undefined);
      holders.set(op.resource, op.id);
      same(op.resource, 'holder', locks.get(op.resource)?.holder, op.id);
    }
  }

  #indexes(): void {
    const { state } = this.#world;
    const { operations, jobs, leased } = state.operations;
    for (const op of operations.values()) {
      same(op.id, 'job', jobs.get(op.id) ?? null, jobOf(state, op));
      same(op.id, 'leased', leased.has(op.id), op.status === 'leased');
    }
    for (const [operation, runs] of state.runs.waiting)
      for (const id of runs) expect(state.runs.runs.get(id)).toMatchObject({ status: 'parked', waiting: operation });
  }

  /** A settled operation never changes, except that a human settles an escalated one. */
  #settledStays(fresh: readonly KernelRecord[]): void {
    const byHand = new Set(fresh.flatMap((r) => ('operation' in r.body ? [r.body.operation] : [])));
    for (const op of this.#world.state.operations.operations.values()) {
      if (op.settledAt === null) continue;
      const before = this.#settled.get(op.id);
      const text = JSON.stringify(op);
      if (before && before.text !== text) {
        expect([before.status, byHand.has(op.id)]).toEqual(['escalated', true]);
        expect(['succeeded', 'failed']).toContain(op.status);
      }
      this.#settled.set(op.id, { status: op.status, text });
    }
  }

  /** After everything was brought to its end: nothing is held, kept, waited for or asked any more. */
  end(): void {
    const { state } = this.#world;
    const left = [...state.operations.operations.values()].filter((op) => op.settledAt === null);
    expect(left.map((op) => `${op.id} ${op.capability} ${op.status}`)).toEqual([]);
    expect([...state.operations.locks]).toEqual([]);
    expect([state.operations.jobs.size, state.operations.leased.size, state.governance.pending.size]).toEqual([
      0, 0, 0,
    ]);
    expect([state.runs.runs.size, state.runs.waiting.size]).toEqual([0, 0]);
    expect([...state.budget.reservations.values()].filter((r) => r.status === 'open')).toEqual([]);
  }

  /** The records alone give the same state again. */
  replay(): void {
    const { log, state } = this.#world;
    const again = createState(state.org);
    for (const record of structuredClone(log)) evolve(again, record);
    for (const part of ['operations', 'governance', 'budget', 'runs'] as const)
      expect(again[part]).toEqual(state[part]);
  }
}

/**
 * Salami limits [BUD10]: many small sums to one recipient, for one customer, by one requester. Each limit keeps a sliding
 * sum. Spent amounts stand in slots of 1/32 of the window and leave with their slot, so an amount counts at least as long as
 * the window and at most 1/32 longer; the cost of a check does not depend on how much there was.
 */
import { canonical } from '../core/canonical.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Operation } from '../operations/state.ts';
import { type Account, accountNamed, keyOf } from './accounts.ts';
import type { LimitDef } from './definition.ts';
import type { Transfer } from './schema.ts';
import type { Count, Reservation } from './state.ts';

export interface WindowSum {
  window: number;
  /** Reserved and not yet settled: counts however long it takes. */
  open: number;
  /** Slot number (time / (window/32)) → spent in it, oldest first. */
  slots: [number, number][];
}

const SLOTS = 32;
/** Sums that nobody touches any more are looked for, this many whenever a new one is begun. */
const SWEPT = 2;
const slotOf = (length: number, at: Time): number => Math.floor((at * SLOTS) / length);
const isLive = (length: number, slot: number, now: Time): boolean => slot >= slotOf(length, now) - SLOTS;

const KINDS = ['recipient', 'customer', 'requester'] as const;
type LimitKind = (typeof KINDS)[number];

/** A limit as it applies to one operation. */
export interface Applied {
  readonly kind: LimitKind;
  readonly limit: LimitDef;
  readonly who: string;
  readonly key: string;
}

/** One recipient in all spellings: case, width, spaces, hyphens and invisible characters do not make another one. */
const spelled = (value: unknown): string =>
  (typeof value === 'string' ? value : canonical(value ?? null))
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Cf}-]+/gu, '');

/** The first of the named arguments that the capability takes; several recipients count each. */
function recipients(state: State, op: Operation, argument: string | readonly string[]): string[] {
  const takes = state.organisation.capabilities.get(op.capability)?.args ?? {};
  const name = [argument].flat().find((each) => Object.hasOwn(takes, each));
  if (name === undefined) return [];
  const value = op.args[name];
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  return [...new Set(all.map(spelled))];
}

function whom(state: State, op: Operation, kind: LimitKind, argument: string | readonly string[]): string[] {
  if (kind === 'recipient') return recipients(state, op, argument);
  if (kind === 'requester') return [op.principal];
  const customer = op.case === null ? undefined : state.cases.cases.get(op.case)?.customer;
  return customer === undefined ? [] : [spelled(customer)];
}

/** The limits of an account that apply to an operation, with the sums they are held against. */
export function limitsOn(state: State, one: Account, op: Operation): Applied[] {
  const { perRecipient, perCustomer, perRequester } = one.budget;
  if (!perRecipient && !perCustomer && !perRequester) return [];
  const limits = { recipient: perRecipient, customer: perCustomer, requester: perRequester };
  return KINDS.flatMap((kind) => {
    const limit = limits[kind];
    if (!limit) return [];
    return whom(state, op, kind, perRecipient?.argument ?? '').map((who) => {
      // The window is part of the name: another window is another limit, and counts from when it was defined.
      return { kind, limit, who, key: `${one.key}|${kind}|${limit.window}|${who}` };
    });
  });
}

/** What is reserved, or was spent within the window. */
export function sumOf(state: State, key: string, now: Time): number {
  const found = state.budget.windows.get(key);
  if (!found) return 0;
  let sum = found.open;
  for (const [slot, amount] of found.slots) if (isLive(found.window, slot, now)) sum += amount;
  return sum;
}

/** What a reservation counts against limits. Only operations count: what a run itself costs has no recipient. */
export function countsOf(state: State, operation: string | null, transfers: readonly Transfer[]): Count[] {
  const op = operation === null ? undefined : state.operations.operations.get(operation);
  if (!op) return [];
  return transfers.flatMap(({ from, amount }) => {
    const one = accountNamed(state, keyOf(from));
    if (!one) return [];
    return limitsOn(state, one, op).map(({ key, limit }) => ({ key, amount, window: limit.window }));
  });
}

function sumFor(state: State, count: Count, now: Time): WindowSum {
  let sum = state.budget.windows.get(count.key);
  if (!sum) {
    sweep(state, now);
    sum = { window: count.window, open: 0, slots: [] };
    state.budget.windows.set(count.key, sum);
  }
  return sum;
}

/** Drop the oldest sums that have run out; the others go to the end of the line. */
function sweep(state: State, now: Time): void {
  const { windows } = state.budget;
  for (const key of [...take(windows.keys(), SWEPT)]) {
    const sum = windows.get(key)!;
    windows.delete(key);
    if (sum.open !== 0 || sum.slots.some(([slot]) => isLive(sum.window, slot, now))) windows.set(key, sum);
  }
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

function put(sum: WindowSum, slot: number, amount: number, now: Time): void {
  while (sum.slots[0] !== undefined && !isLive(sum.window, sum.slots[0][0], now)) sum.slots.shift();
  const found = sum.slots.find((each) => each[0] === slot);
  if (found) found[1] += amount;
  else if (amount > 0) sum.slots.push([slot, amount]);
}

/** Evolve: an amount is reserved. */
export function countOpen(state: State, counts: readonly Count[], now: Time): void {
  for (const count of counts) sumFor(state, count, now).open += count.amount;
}

/** Evolve: a reservation was settled; it counts from now on for as long as the window. */
export function countSpent(state: State, r: Reservation, now: Time): void {
  for (const count of r.counts) {
    const sum = sumFor(state, count, now);
    sum.open -= count.amount;
    put(sum, slotOf(count.window, now), count.amount, now);
  }
}

/** Evolve: what was reserved came back, or what was spent. */
export function countBack(state: State, r: Reservation, now: Time): void {
  for (const count of r.counts) {
    const sum = sumFor(state, count, now);
    if (r.settledAt === null) sum.open -= count.amount;
    else put(sum, slotOf(count.window, r.settledAt), -count.amount, now);
  }
}

/**
 * Which accounts spending touches. The gate asks for every operation, so budgets are indexed by their owner: the answer
 * costs what it holds, however many budgets there are [BUD8].
 */
import { covers } from '../core/names.ts';
import type { State } from '../core/state.ts';
import { inLane } from '../governance/lanes.ts';
import type { OrganisationState } from '../organisation/state.ts';
import { type BudgetDef, type Currency, countsPart } from './definition.ts';

export type Part = 'funding' | 'available' | 'reserved' | 'spent';
export const account = (key: string, part: Part): string => `${key}/${part}`;

/** The four accounts of a budget, or of a budget on one case; `key` is `<budget>` or `<budget>@<case>`. */
export interface Account extends Readonly<Record<Part, string>> {
  readonly key: string;
  readonly budget: BudgetDef;
}

const named = (budget: BudgetDef, key: string): Account => ({
  key,
  budget,
  funding: account(key, 'funding'),
  available: account(key, 'available'),
  reserved: account(key, 'reserved'),
  spent: account(key, 'spent'),
});

/** What is spent on: decides which accounts it touches. A run has no capability. */
export interface Spending {
  readonly seat: string;
  readonly case: string | null;
  readonly capability: string | null;
}

interface Group {
  readonly accounts: readonly Account[];
  /** Do all of them count everything, so that nothing has to be looked at? */
  readonly plain: boolean;
}

interface Index {
  readonly byId: ReadonlyMap<string, Account>;
  readonly bySeat: ReadonlyMap<string, readonly Account[]>;
  readonly byUnit: ReadonlyMap<string, readonly Account[]>;
  readonly everywhere: readonly Account[];
  /** Seat → currency → what its spending touches, filled as it is asked for. */
  readonly groups: Map<string, Map<Currency, Group>>;
}

/** By the organisation as it was applied: it is replaced, never changed, when a definition is applied. */
const indexes = new WeakMap<OrganisationState, Index>();

function indexOf(organisation: OrganisationState): Index {
  let index = indexes.get(organisation);
  if (index) return index;
  const all = (organisation.definition?.budgets ?? []).map((budget) => named(budget, budget.id));
  const bySeat = new Map<string, Account[]>();
  const byUnit = new Map<string, Account[]>();
  const everywhere: Account[] = [];
  for (const one of all) {
    const { seat, unit } = one.budget;
    if (seat === undefined && unit === undefined) everywhere.push(one);
    else put(seat === undefined ? byUnit : bySeat, seat ?? unit!, one);
  }
  index = { byId: new Map(all.map((one) => [one.key, one])), bySeat, byUnit, everywhere, groups: new Map() };
  indexes.set(organisation, index);
  return index;
}

function put(map: Map<string, Account[]>, owner: string, one: Account): void {
  const list = map.get(owner);
  if (list) list.push(one);
  else map.set(owner, [one]);
}

/** The units around a seat, from its own to the outermost. */
function unitsAround(organisation: OrganisationState, seat: string): string[] {
  const around: string[] = [];
  let unit = organisation.seats.get(seat)?.unit;
  for (; unit !== undefined && around.length < 64; unit = organisation.units.get(unit)?.parent) around.push(unit);
  return around;
}

function groupOf(state: State, seat: string, currency: Currency): Group {
  const index = indexOf(state.organisation);
  let groups = index.groups.get(seat);
  if (!groups) {
    groups = new Map();
    index.groups.set(seat, groups);
  }
  let group = groups.get(currency);
  if (!group) {
    const units = unitsAround(state.organisation, seat).flatMap((unit) => index.byUnit.get(unit) ?? []);
    const touched = [...(index.bySeat.get(seat) ?? []), ...units, ...index.everywhere];
    const accounts = touched.filter(({ budget }) => budget.currency === currency);
    group = { accounts, plain: accounts.every(({ budget }) => !countsPart(budget) && !budget.each) };
    groups.set(currency, group);
  }
  return group;
}

/** Definitions applied before a lane was a flow wrote the category of a budget as its `lane`. */
function partOf({ lane, only }: BudgetDef): Pick<BudgetDef, 'lane' | 'only'> {
  const given: unknown = lane;
  return typeof given === 'object' && given !== null ? { only: given as BudgetDef['only'] } : { lane, only };
}

/** Is it spent in the budget's lane and category? */
function counts(state: State, budget: BudgetDef, { case: caseId, capability }: Spending): boolean {
  const { lane, only } = partOf(budget);
  const contract = capability === null ? null : (state.organisation.contracts.get(capability)?.id ?? null);
  if (lane !== undefined && !inLane(state, contract, lane)) return false;
  if (only === undefined) return true;
  const topic = caseId === null ? null : (state.cases.cases.get(caseId)?.topic ?? null);
  if (only.topics.length > 0 && (topic === null || !only.topics.includes(topic))) return false;
  if (only.capabilities.length === 0) return true;
  return capability !== null && only.capabilities.some((pattern) => covers(pattern, capability));
}

const caseKey = (budget: string, caseId: string): string => `${budget}@${caseId}`;

/** [BUD2] Every account that spending touches: of the seat, the units around it, the organisation; of its lane, category and case. */
export function accountsOf(state: State, spending: Spending, currency: Currency): readonly Account[] {
  const { accounts, plain } = groupOf(state, spending.seat, currency);
  if (plain) return accounts;
  return accounts.flatMap((one) => {
    if (!counts(state, one.budget, spending)) return [];
    if (!one.budget.each) return [one];
    return spending.case === null ? [] : [named(one.budget, caseKey(one.budget.id, spending.case))];
  });
}

/** The accounts that bound all a seat spends: a budget of a part of the work, or one for each case, leaves the rest unbounded. */
export const boundsOf = (state: State, seat: string, currency: Currency): Account[] =>
  groupOf(state, seat, currency).accounts.filter(({ budget }) => !countsPart(budget) && !budget.each);

/** The account with this key, while its budget is defined. */
export function accountNamed(state: State, key: string): Account | undefined {
  const { byId } = indexOf(state.organisation);
  const at = key.indexOf('@');
  const found = byId.get(at < 0 ? key : key.slice(0, at));
  return found && at >= 0 ? named(found.budget, key) : found;
}

/** The keys a budget has accounts under: its id, or one for each case that touched it. */
export function keysOf(state: State, budget: BudgetDef): string[] {
  if (!budget.each) return [budget.id];
  return [...state.budget.periods.keys()].filter((key) => key.startsWith(`${budget.id}@`));
}

/** Every account a case may have left a trace in; `own` for those that are the case's alone. */
export function accountsOfCase(state: State, id: string): { key: string; own: boolean; parts: string[] }[] {
  return [...indexOf(state.organisation).byId.values()].map(({ budget }) => {
    const one = budget.each ? named(budget, caseKey(budget.id, id)) : named(budget, budget.id);
    return { key: one.key, own: Boolean(budget.each), parts: [one.funding, one.available, one.reserved, one.spent] };
  });
}

/** `b@C-1/available` → `b@C-1`. */
export const keyOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));

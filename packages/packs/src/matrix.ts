import type { BudgetDef, CapabilityDef, Definition, Right, SeatDef } from '@reeve/kernel';
import { covers, formatMoney, PERIODS } from '@reeve/kernel';
import { byId } from './draft.ts';
import { compareText } from './problem.ts';
import { tierAllows } from './tiers.ts';

const HEADER = [
  '# Who may do what. Generated from the pack; do not edit: every change of authority shows here as a diff.',
  '# capability | may, may when <condition>, or no | effect | edges | contract | limit of one operation',
];

/**
 * The authorisation matrix: each seat × each capability, and the most money each seat can move. One line per pair, in
 * a stable order and without padding, so that adding one capability never changes the lines of another.
 */
export function authorisationMatrix(definition: Definition): string {
  const seats = [...definition.seats].sort((a, b) => compareText(a.id, b.id));
  const blocks = seats.map((seat) => seatBlock(definition, seat));
  return `${[HEADER, ...blocks].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function seatBlock(definition: Definition, seat: SeatDef): string[] {
  const capabilities = [...definition.capabilities].sort((a, b) => compareText(a.id, b.id));
  return [
    `## ${seat.id} (${seat.unit}, ${seat.charter.tier})`,
    `maximum damage: ${maximumDamage(definition, seat)}`,
    ...capabilities.map((capability) => row(definition, seat, capability)),
  ];
}

/** The rights by which a seat may use a capability: none for effects that its tier never allows. */
function rightsFor(seat: SeatDef, capability: CapabilityDef): Right[] {
  if (!tierAllows(seat.charter.tier, capability.effect)) return [];
  return seat.charter.rights.filter((right) => covers(right.capability, capability.id));
}

function row(definition: Definition, seat: SeatDef, capability: CapabilityDef): string {
  const rights = rightsFor(seat, capability);
  const contract = definition.contracts.find((each) => each.capability === capability.id);
  const cells = [
    capability.id,
    decision(rights),
    capability.effect,
    capability.edges.join(' ') || '-',
    contract?.id ?? '-',
    limits(rights),
  ];
  return cells.join(' | ');
}

function decision(rights: readonly Right[]): string {
  if (rights.length === 0) return 'no';
  const conditions = rights.map((right) => right.when);
  if (conditions.includes(undefined)) return 'may';
  return `may when ${conditions.map((when) => String(when).replaceAll(/\s+/g, ' ')).join(' or when ')}`;
}

function limits(rights: readonly Right[]): string {
  if (rights.length === 0) return '-';
  return [...new Set(rights.map(({ limit }) => (limit === undefined ? '-' : formatMoney(limit))))].join(' or ');
}

/** One bound on the money a seat can move, and over what. */
interface Bound {
  readonly per: string;
  readonly amount: number;
}

/**
 * The most money a seat can move: the tightest limit per transaction, per case and per period of the capabilities it may
 * use and the budgets it spends from; "unbounded" when no period is bounded. Writes without a price are counted beside it.
 */
function maximumDamage(definition: Definition, seat: SeatDef): string {
  const writes = definition.capabilities.filter((each) => each.effect !== 'read' && rightsFor(seat, each).length > 0);
  const priced = writes.filter((each) => each.cost !== undefined && each.cost !== 0);
  return [moneyBounds(definition, seat, priced), unpriced(writes.filter((each) => !priced.includes(each)))].join('; ');
}

function moneyBounds(definition: Definition, seat: SeatDef, priced: readonly CapabilityDef[]): string {
  if (priced.length === 0) return 'moves no money';
  const budgets = budgetsOf(definition, seat);
  const once = Math.max(...priced.map((capability) => perTransaction(seat, capability)));
  const bounds = [
    { per: 'per transaction', amount: Math.min(once, ...budgets.map((each) => each.perTransaction ?? Infinity)) },
    { per: 'per case', amount: Math.min(...budgets.map(caseBound)) },
    ...periods(budgets),
  ].filter((bound) => bound.amount < Infinity);
  const text = bounds.map(({ per, amount }) => `${formatMoney(amount)} ${per}`).join(', ');
  if (periods(budgets).length > 0) return `${text} (${definition.settings.currency})`;
  return text === '' ? 'unbounded' : `unbounded in sum, ${text} (${definition.settings.currency})`;
}

/** The loosest right decides: any of them lets the operation through. */
function perTransaction(seat: SeatDef, capability: CapabilityDef): number {
  const limit = Math.max(...rightsFor(seat, capability).map((right) => right.limit ?? Infinity));
  return typeof capability.cost === 'number' ? Math.min(limit, capability.cost) : limit;
}

/** An account for each case bounds a case that is done within one period, as cases are. */
const caseBound = ({ each, allocation, perCase = Infinity }: BudgetDef): number =>
  each === undefined ? perCase : Math.min(perCase, allocation);

function periods(budgets: readonly BudgetDef[]): Bound[] {
  return PERIODS.flatMap((period) => {
    const allocations = budgets.filter((each) => each.period === period && !each.each).map((each) => each.allocation);
    const per = period === 'once' ? 'in all' : `per ${period}`;
    return allocations.length > 0 ? [{ per, amount: Math.min(...allocations) }] : [];
  });
}

/** Budgets in money that bound all a seat spends: its own, those of the units it is in, and the organisation's. */
function budgetsOf({ units, budgets }: Definition, seat: SeatDef): BudgetDef[] {
  const all = byId(units);
  const around = new Set<string>();
  for (let id: string | undefined = seat.unit; id !== undefined && !around.has(id); id = all.get(id)?.parent) {
    around.add(id);
  }
  return budgets.filter(({ currency, lane, seat: owner, unit }) => {
    // A budget of a lane leaves what is spent elsewhere unbounded.
    if (currency !== 'money' || lane) return false;
    if (owner !== undefined) return owner === seat.id;
    return unit === undefined || around.has(unit);
  });
}

function unpriced(writes: readonly CapabilityDef[]): string {
  if (writes.length === 0) return 'no writes without a price';
  const names = writes.map((each) => `${each.id} (${each.effect})`).sort(compareText);
  return `writes without a price: ${names.join(', ')}`;
}

import type { BudgetDef, CapabilityDef, ContractDef, Definition, Right, SeatDef } from '@reeve/kernel';
import { countsPart, covers, formatMoney, mostOf, PERIODS, TIER_ALLOWS } from '@reeve/kernel';
import { byId } from './draft.ts';
import { compareText } from './problem.ts';

const HEADER = [
  '# Who may do what. Generated from the pack; do not edit: every change of authority shows here as a diff.',
  '# capability | may, may when <condition>, or no | effect | what asks first | contract | policies | limit of one operation',
];

/**
 * The authorisation matrix: each seat × each capability, and the most money each seat can move. One line per pair, in
 * a stable order and without padding, so that adding one capability never changes the lines of another.
 */
export function authorisationMatrix(definition: Definition): string {
  const seats = [...definition.seats].sort((a, b) => compareText(a.id, b.id));
  const blocks = seats.map((seat) => seatBlock(definition, seat));
  return `${[[...HEADER, general(definition)], ...blocks].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function general({ settings: { tiers, confidence, currency } }: Definition): string {
  const sure = `a worker less than ${Math.round(confidence * 100)} % sure asks`;
  return `# all seats: from ${formatMoney(tiers.flag)} flagged, above ${formatMoney(tiers.ask)} asks (${currency}); ${sure}`;
}

function seatBlock(definition: Definition, seat: SeatDef): string[] {
  const { damage, rows } = matrixOf(definition, seat);
  return [
    `## ${seat.id} (${seat.unit}, ${seat.charter.tier})`,
    `maximum damage: ${damage}`,
    ...entrusted(seat),
    ...rows.map(line),
  ];
}

/** What the seat may have done by others without doing it itself. */
function entrusted({ charter }: SeatDef): string[] {
  const texts = charter.entrusts.map(({ capability, when, limit }) => {
    const upTo = limit === undefined ? '' : ` up to ${formatMoney(limit)}`;
    return `${capability}${upTo}${when === undefined ? '' : ` when ${oneLine(when)}`}`;
  });
  return texts.length === 0 ? [] : [`may have done: ${texts.join(', ')}`];
}

/** The rights by which a seat may use a capability: none for effects that its tier never allows. */
function rightsFor(seat: SeatDef, capability: CapabilityDef): Right[] {
  if (!TIER_ALLOWS[seat.charter.tier].includes(capability.effect)) return [];
  return seat.charter.rights.filter((right) => covers(right.capability, capability.id));
}

/** What one seat may do with one capability, in words. */
export interface MatrixRow {
  readonly capability: string;
  /** `may`, `may when …` or `no`. */
  readonly may: string;
  readonly effect: CapabilityDef['effect'];
  readonly asks: string;
  readonly contract: string;
  readonly policies: string;
  readonly limit: string;
}

/** One seat's part of the matrix. */
export interface MatrixSeat {
  readonly damage: string;
  readonly rows: readonly MatrixRow[];
}

/** The authorisation matrix of one seat as data. */
export function matrixOf(definition: Definition, seat: SeatDef): MatrixSeat {
  const capabilities = [...definition.capabilities].sort((a, b) => compareText(a.id, b.id));
  return {
    damage: maximumDamage(definition, seat),
    rows: capabilities.map((capability) => row(definition, seat, capability)),
  };
}

function row(definition: Definition, seat: SeatDef, capability: CapabilityDef): MatrixRow {
  const rights = rightsFor(seat, capability);
  const contract = definition.contracts.find((each) => each.capability === capability.id);
  return {
    capability: capability.id,
    may: decision(rights),
    effect: capability.effect,
    asks: rights.length === 0 ? '-' : asking(definition, capability, contract),
    contract: contract?.id ?? '-',
    policies: rights.length === 0 ? '-' : policies(definition, seat, capability),
    limit: limits(rights),
  };
}

const line = ({ capability, may, effect, asks, contract, policies, limit }: MatrixRow): string =>
  [capability, may, effect, asks, contract, policies, limit].join(' | ');

function decision(rights: readonly Right[]): string {
  if (rights.length === 0) return 'no';
  const conditions = rights.map((right) => right.when);
  if (conditions.includes(undefined)) return 'may';
  return `may when ${conditions.map((when) => oneLine(String(when))).join(' or when ')}`;
}

/** Why a person is asked before it is done; `earned`: that it need not be for its edges. */
function asking({ settings }: Definition, capability: CapabilityDef, contract: ContractDef | undefined): string {
  if (capability.effect === 'read') return '-';
  const edges = [...(capability.effect === 'irreversible' ? ['irreversible'] : []), ...capability.edges, 'first-use'];
  const earned = settings.earned.some((pattern) => covers(pattern, capability.id));
  const { when, quorum } = contract?.approval ?? { when: undefined, quorum: 1 };
  const reasons = [
    ...(earned ? ['earned'] : edges),
    ...(when === undefined ? [] : [`ask when ${oneLine(when)}`]),
    ...(quorum > 1 ? [`(${quorum} must agree)`] : []),
  ];
  return reasons.join(' ');
}

/** Policies and rates that look at the capability in this seat, with what they say when they hold. */
function policies(definition: Definition, seat: SeatDef, capability: CapabilityDef): string {
  const around = unitsAround(definition, seat);
  const rates = definition.rates.filter((rate) => rate.seat === undefined || rate.seat === seat.id);
  const found = [...definition.policies, ...rates].filter(
    ({ on, unit }) => on.some((pattern) => covers(pattern, capability.id)) && (unit === undefined || around.has(unit)),
  );
  return found.map(({ id, effect }) => `${effect} ${id}`).join(', ') || '-';
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

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
    const allocations = budgets.filter((each) => each.period === period && !each.each).map(mostOf);
    const per = period === 'once' ? 'in all' : `per ${period}`;
    return allocations.length > 0 ? [{ per, amount: Math.min(...allocations) }] : [];
  });
}

/** Budgets in money that bound all a seat spends: its own, those of the units it is in, and the organisation's. */
function budgetsOf(definition: Definition, seat: SeatDef): BudgetDef[] {
  const around = unitsAround(definition, seat);
  return definition.budgets.filter((budget) => {
    const { currency, seat: owner, unit } = budget;
    // A budget of a part of the work leaves what is spent elsewhere unbounded.
    if (currency !== 'money' || countsPart(budget)) return false;
    if (owner !== undefined) return owner === seat.id;
    return unit === undefined || around.has(unit);
  });
}

/** The unit of a seat and those it is inside. */
export function unitsAround({ units }: Definition, seat: SeatDef): Set<string> {
  const all = byId(units);
  const around = new Set<string>();
  for (let id: string | undefined = seat.unit; id !== undefined && !around.has(id); id = all.get(id)?.parent) {
    around.add(id);
  }
  return around;
}

function unpriced(writes: readonly CapabilityDef[]): string {
  if (writes.length === 0) return 'no writes without a price';
  const names = writes.map((each) => `${each.id} (${each.effect})`).sort(compareText);
  return `writes without a price: ${names.join(', ')}`;
}

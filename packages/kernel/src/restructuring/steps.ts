/** What the steps of a restructuring make of a definition. Pure: the same for the plan and for the deed. */
import { covers } from '../core/names.ts';
import { reject } from '../core/rejection.ts';
import type { Definition } from '../definition.ts';
import { type Occupant, type SeatDef, seat as seatSchema } from '../organisation/schema.ts';
import { referring } from './references.ts';
import type { Layer, Part, RestructuringStep, WorkMove } from './schema.ts';

type Step<K extends RestructuringStep['do']> = Extract<RestructuringStep, { do: K }>;

/** What a restructuring comes to, besides the definition. */
export interface Restructured {
  readonly definition: Definition;
  /** Retired seat → the seat that takes its place. */
  readonly heirs: ReadonlyMap<string, string>;
  readonly added: readonly string[];
  readonly work: readonly WorkMove[];
  /** Seats that the steps name or whose supervisor is another one now. */
  readonly touched: ReadonlySet<string>;
}

interface Draft {
  definition: Definition;
  readonly heirs: Map<string, string>;
  readonly added: string[];
  readonly work: WorkMove[];
  readonly touched: Set<string>;
}

const bad = (message: string, hint: string): never => reject('invalid', message, { rule: 'RST1', hint });

function seatOf({ definition }: Draft, id: string): SeatDef {
  const found = definition.seats.find((seat) => seat.id === id);
  if (!found)
    reject('not-found', `there is no seat "${id}" to restructure`, {
      rule: 'RST1',
      hint: 'list the seats with `reeve status`; a retired seat has to be defined again first',
    });
  return found;
}

function setSeats(draft: Draft, change: (seat: SeatDef) => SeatDef): void {
  draft.definition = { ...draft.definition, seats: draft.definition.seats.map(change) };
}

/** One seat, changed. */
function setSeat(draft: Draft, id: string, change: (seat: SeatDef) => SeatDef): void {
  setSeats(draft, (seat) => (seat.id === id ? change(seat) : seat));
  draft.touched.add(id);
}

const under = (seat: SeatDef, supervisor: string | undefined): SeatDef => {
  const { supervisor: _before, ...rest } = seat;
  return supervisor === undefined ? rest : { ...rest, supervisor };
};

const sitting = (seat: SeatDef, occupant: Occupant | null | undefined): SeatDef => {
  const { occupant: _before, ...rest } = seat;
  return occupant == null ? rest : { ...rest, occupant };
};

function add(draft: Draft, seat: SeatDef): void {
  if (draft.definition.seats.some((other) => other.id === seat.id))
    bad(`there is a seat "${seat.id}" already`, 'choose another id for the new one');
  unitOf(draft, seat.unit);
  draft.definition = { ...draft.definition, seats: [...draft.definition.seats, seat] };
  draft.added.push(seat.id);
  draft.touched.add(seat.id);
}

function unitOf({ definition }: Draft, id: string): void {
  if (!definition.units.some((unit) => unit.id === id))
    bad(`there is no unit "${id}"`, 'add it with a step `unit` before, or name another one');
}

/** [RST3] The part has no right that the whole has not. */
function partOf(whole: SeatDef, part: Part): SeatDef {
  const { rights, metrics, ...charter } = whole.charter;
  const some = part.rights;
  const kept =
    some === undefined ? rights : rights.filter((right) => some.some((one) => covers(one, right.capability)));
  return sitting(
    {
      ...whole,
      id: part.id,
      title: part.title,
      unit: part.unit ?? whole.unit,
      charter: { ...charter, metrics, rights: kept, purpose: part.purpose ?? charter.purpose },
      abilities: { ...whole.abilities, topics: part.topics },
    },
    part.occupant,
  );
}

function split(draft: Draft, { seat, into }: Step<'split'>): void {
  const whole = seatOf(draft, seat);
  for (const part of into) {
    // What is split off the top reports to it: there is one top.
    add(draft, under(partOf(whole, part), whole.supervisor ?? whole.id));
    draft.work.push({ from: seat, to: part.id, topics: part.topics });
  }
  const gone = new Set(into.flatMap((part) => part.topics));
  setSeat(draft, seat, (one) => ({
    ...one,
    abilities: { ...one.abilities, topics: one.abilities.topics.filter((topic) => !gone.has(topic)) },
  }));
}

const both = <T>(a: readonly T[], b: readonly T[]): T[] => {
  const known = new Set(a.map((item) => JSON.stringify(item)));
  return [...a, ...b.filter((item) => !known.has(JSON.stringify(item)))];
};

/** What the seat that stays can do, with what the other could. */
function joined(stays: SeatDef, goes: SeatDef, rights: 'keep' | 'add'): SeatDef {
  const { abilities: a, charter } = stays;
  const b = goes.abilities;
  return {
    ...stays,
    abilities: {
      skills: both(a.skills, b.skills),
      topics: both(a.topics, b.topics),
      domains: both(a.domains, b.domains),
      complexity: both(a.complexity, b.complexity),
    },
    charter: rights === 'keep' ? charter : { ...charter, rights: both(charter.rights, goes.charter.rights) },
  };
}

/** A seat goes and another takes its place: its reports, its references, its work. */
function retire(draft: Draft, gone: SeatDef, heir: string): void {
  setSeats(draft, (seat) => {
    if (seat.supervisor !== gone.id) return seat;
    draft.touched.add(seat.id);
    return under(seat, seat.id === heir ? gone.supervisor : heir);
  });
  const seats = draft.definition.seats.filter((seat) => seat.id !== gone.id);
  const before = draft.definition;
  draft.definition = referring({ ...before, seats }, new Map([[gone.id, heir]]));
  draft.heirs.set(gone.id, heir);
  draft.work.push({ from: gone.id, to: heir });
  draft.touched.add(gone.id).add(heir);
}

function merge(draft: Draft, { seats, into, rights }: Step<'merge'>): void {
  seatOf(draft, into);
  const others = seats.filter((id) => id !== into);
  if (others.length === 0) bad('a merge names at least one other seat', 'name the seats that go in `seats`');
  for (const id of others) {
    const gone = seatOf(draft, id);
    setSeat(draft, into, (stays) => joined(stays, gone, rights));
    retire(draft, gone, into);
  }
}

function reassign(draft: Draft, { seat, supervisor, unit }: Step<'reassign'>): void {
  seatOf(draft, seat);
  if (supervisor === undefined && unit === undefined)
    bad(`nothing is said about where "${seat}" goes`, 'name its new supervisor or its new unit');
  if (supervisor !== undefined) seatOf(draft, supervisor);
  if (unit !== undefined) unitOf(draft, unit);
  setSeat(draft, seat, (one) => {
    const moved = supervisor === undefined ? one : under(one, supervisor);
    return unit === undefined ? moved : { ...moved, unit };
  });
}

/** The seat of a new layer: reads nothing, changes nothing, directs. */
const layerSeat = ({ purpose, ...layer }: Layer, unit: string, supervisor: string | undefined): SeatDef =>
  seatSchema.parse({
    ...layer,
    unit: layer.unit ?? unit,
    ...(supervisor === undefined ? {} : { supervisor }),
    charter: { purpose, tier: 'coordinator' },
  });

function addLayer(draft: Draft, { seat, over }: Step<'add-layer'>): void {
  const below = over.map((id) => seatOf(draft, id));
  const { supervisor, unit } = below[0]!;
  const other = below.find((one) => one.supervisor !== supervisor);
  if (other)
    bad(
      `"${below[0]!.id}" and "${other.id}" do not report to the same seat`,
      'a layer comes between one supervisor and some of his reports; reassign the others first',
    );
  if (supervisor === undefined) bad(`"${below[0]!.id}" is at the top`, 'nothing is put above the top');
  add(draft, layerSeat(seat, unit, supervisor));
  for (const { id } of below) setSeat(draft, id, (one) => under(one, seat.id));
}

function removeLayer(draft: Draft, step: Step<'remove-layer'>): void {
  const gone = seatOf(draft, step.seat);
  const heir = gone.supervisor;
  if (heir === undefined)
    reject('invalid', `"${gone.id}" is at the top and cannot be taken out`, {
      rule: 'RST1',
      hint: 'merge it into another seat',
    });
  retire(draft, gone, heir);
}

function unitStep(draft: Draft, { unit }: Step<'unit'>): void {
  const { definition } = draft;
  if (definition.units.some((other) => other.id === unit.id))
    bad(`there is a unit "${unit.id}" already`, 'choose another id for the new one');
  if (unit.parent !== undefined) unitOf(draft, unit.parent);
  draft.definition = { ...definition, units: [...definition.units, unit] };
}

function occupy(draft: Draft, { seat, occupant }: Step<'occupy'>): void {
  seatOf(draft, seat);
  setSeat(draft, seat, (one) => sitting(one, occupant));
}

const STEPS: { readonly [K in RestructuringStep['do']]: (draft: Draft, step: Step<K>) => void } = {
  unit: unitStep,
  split,
  merge,
  reassign,
  'add-layer': addLayer,
  'remove-layer': removeLayer,
  occupy,
};

/** [RST1] The definition after all steps, and what becomes of the seats. Leaves through `reject`. */
export function restructured(definition: Definition, steps: readonly RestructuringStep[]): Restructured {
  const draft: Draft = { definition, heirs: new Map(), added: [], work: [], touched: new Set() };
  for (const step of steps) (STEPS[step.do] as (draft: Draft, step: RestructuringStep) => void)(draft, step);
  return draft;
}

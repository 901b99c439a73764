/** What takes a restructuring back: another restructuring, planned and done like any other. */
import { canonical } from '../core/canonical.ts';
import type { Definition } from '../definition.ts';
import type { SeatDef } from '../organisation/schema.ts';
import type { RestructuringStep } from './schema.ts';
import { restructured } from './steps.ts';

type Step<K extends RestructuringStep['do']> = Extract<RestructuringStep, { do: K }>;

/** The definition before the restructuring, and the one in force. */
interface Sides {
  readonly before: ReadonlyMap<string, SeatDef>;
  readonly now: ReadonlyMap<string, SeatDef>;
}

/** Steps that lead back, and what they do not bring back, in words. */
interface Reverse {
  steps: RestructuringStep[];
  remains: string[];
}

const steps = (...list: RestructuringStep[]): Reverse => ({ steps: list, remains: [] });
const remains = (...list: string[]): Reverse => ({ steps: [], remains: list });

function moveBack({ before, now }: Sides, { seat: id, supervisor, unit }: Step<'reassign'>): Reverse {
  const [old, present] = [before.get(id), now.get(id)];
  // A seat that the restructuring itself made goes with the step that made it.
  if (!old) return steps();
  if (!present) return remains(`"${id}" is no longer there`);
  const to = {
    ...(supervisor !== undefined && old.supervisor !== present.supervisor ? { supervisor: old.supervisor } : {}),
    ...(unit !== undefined && old.unit !== present.unit ? { unit: old.unit } : {}),
  };
  if ('supervisor' in to && to.supervisor === undefined) return remains(`"${id}" was at the top`);
  return Object.keys(to).length === 0 ? steps() : steps({ do: 'reassign', seat: id, ...(to as object) });
}

function seatBack({ before, now }: Sides, { seat: id }: Step<'occupy'>): Reverse {
  const old = before.get(id);
  if (!old) return steps();
  return now.has(id)
    ? steps({ do: 'occupy', seat: id, occupant: old.occupant ?? null })
    : remains(`"${id}" is no longer there`);
}

function layerOut({ now }: Sides, { seat }: Step<'add-layer'>): Reverse {
  return now.has(seat.id) ? steps({ do: 'remove-layer', seat: seat.id }) : steps();
}

function joinAgain({ now }: Sides, { seat, into }: Step<'split'>): Reverse {
  const parts = into.map(({ id }) => id).filter((id) => now.has(id));
  if (parts.length === 0) return steps();
  return now.has(seat)
    ? steps({ do: 'merge', seats: parts, into: seat, rights: 'keep' })
    : remains(`"${seat}" is no longer there to take back ${parts.join(', ')}`);
}

/** A layer directs and has no rights, so nothing is lost by making it anew; of any other seat the rights would be. */
function layerIn({ before, now }: Sides, { seat: id }: Step<'remove-layer'>): Reverse {
  const old = before.get(id)!;
  const over = [...before.values()].filter((one) => one.supervisor === id && now.has(one.id)).map((one) => one.id);
  if (now.has(id)) return steps();
  if (old.charter.rights.length > 0 || old.charter.tier !== 'coordinator' || over.length === 0) return gone(id);
  const { title, unit, occupant, abilities, charter } = old;
  const seat = { id, title, unit, abilities, purpose: charter.purpose, ...(occupant ? { occupant } : {}) };
  return steps({ do: 'add-layer', seat, over });
}

const gone = (id: string): Reverse =>
  remains(`"${id}" stays retired: no step gives a seat its charter again; define it in the pack, and apply that`);

const BACK: { readonly [K in RestructuringStep['do']]: (sides: Sides, step: Step<K>) => Reverse } = {
  reassign: moveBack,
  occupy: seatBack,
  'add-layer': layerOut,
  split: joinAgain,
  'remove-layer': layerIn,
  merge: ({ now }, { seats, into }) => {
    const lost = seats.filter((id) => id !== into && !now.has(id)).map(gone);
    return { steps: [], remains: lost.flatMap((one) => one.remains) };
  },
  unit: (_, { unit }) => remains(`the unit "${unit.id}" stays`),
};

/** The same whatever the order of its lists: joining what was split puts topics at the end. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => canonical(unordered(one))).sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unordered(one)]));
}

/** Fields of a seat that the steps back leave other than they were. */
function differing(old: SeatDef, back: SeatDef): string[] {
  const text = (seat: SeatDef, field: string) => canonical(unordered(seat[field as keyof SeatDef] ?? null));
  const fields = [...new Set([...Object.keys(old), ...Object.keys(back)])];
  return fields.filter((field) => text(old, field) !== text(back, field));
}

const byId = ({ seats }: Definition): Map<string, SeatDef> => new Map(seats.map((seat) => [seat.id, seat]));

/**
 * [RST15] What takes these steps back, from what is in force now; `before` is the definition they were done to.
 * Leaves through `reject` when what is in force does not allow it.
 */
export function reverseOf(before: Definition, now: Definition, done: readonly RestructuringStep[]): Reverse {
  const sides = { before: byId(before), now: byId(now) };
  const back = [...done]
    .reverse()
    .map((step) => (BACK[step.do] as (sides: Sides, step: RestructuringStep) => Reverse)(sides, step));
  const list = [...new Map(back.flatMap((one) => one.steps).map((step) => [canonical(step), step])).values()];
  const after = byId(restructured(now, list).definition);
  const touched = [...restructured(before, done).touched];
  const other = touched.flatMap((id) => {
    const [old, end] = [sides.before.get(id), after.get(id)];
    const fields = old && end ? differing(old, end) : [];
    return fields.length === 0 ? [] : [`"${id}" keeps its present ${fields.join(', ')}`];
  });
  return { steps: list, remains: [...new Set([...back.flatMap((one) => one.remains), ...other])] };
}

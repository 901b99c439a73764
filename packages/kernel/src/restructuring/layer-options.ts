/** What a layer would be, as steps of a restructuring: new seats to be filled, or members who lead the others [RST12]. */
import type { State } from '../core/state.ts';
import type { Seat } from '../organisation/state.ts';
import { isHuman } from '../organisation/views.ts';
import { maturityOf } from '../purpose/people.ts';
import type { Option } from '../purpose/schema.ts';
import type { Group, Kind } from './grouping.ts';
import { type RestructuringStep, restructuringStep } from './schema.ts';
import { type Layout, led, type Span, spanOf } from './span.ts';

/** An option whose effects are not worked out yet. */
export type Outline = Omit<Option, 'effects'> & { after: number };

/** Steps of one restructuring at most. */
const MOST_STEPS = 50;
/** Months an estimate of cost is for: about as long as until the effect is looked at. */
const MONTHS = 3;

const WORDS: Record<Kind, string> = {
  ...{ domain: 'what they know', topic: 'topic', skill: 'skill', together: 'who works together' },
  ...{ unit: 'unit', zone: 'time zone' },
};

const nameOf = ({ label, members }: Group, kind: Kind): string =>
  label === null || kind === 'together' ? `${members[0]!.id} and ${members.length - 1} more` : label;

const groupsText = (layout: Layout): string =>
  led(layout)
    .map((group) => `${nameOf(group, layout.kind)} (${group.members.length})`)
    .join(', ')
    .slice(0, 120);

/** An id nobody has, in this organisation or in this list. */
function freeId(state: State, wanted: string, taken: Set<string>): string {
  const base =
    wanted
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 55) || 'layer';
  let id = base;
  for (let n = 2; taken.has(id) || state.organisation.seats.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}

function unitFor(state: State, group: Group, supervisor: Seat): string {
  const units = new Set(group.members.map(({ id }) => state.organisation.seats.get(id)!.unit));
  const [only] = units;
  return units.size === 1 && only !== undefined ? only : supervisor.unit;
}

function layerStep(
  state: State,
  group: Group,
  { kind }: Layout,
  { supervisor }: Span,
  taken: Set<string>,
): RestructuringStep {
  const named = group.label !== null && kind !== 'together' ? group.label : supervisor.id;
  const who = group.members.map(({ id }) => id);
  const purpose = `Direct and support ${who.slice(0, 20).join(', ')}${who.length > 20 ? ` and ${who.length - 20} more` : ''}.`;
  return restructuringStep.parse({
    do: 'add-layer',
    seat: {
      ...{ id: freeId(state, `${named}-lead`, taken), title: `Lead: ${nameOf(group, kind)}`.slice(0, 200), purpose },
      unit: unitFor(state, group, supervisor),
    },
    over: who,
  });
}

/** What a seat that directs others has cost in a month so far, on the average; null when no such seat has cost anything. */
function monthlyCost(state: State): number | null {
  const leads = new Set([...state.organisation.seats.values()].flatMap(({ supervisor }) => supervisor ?? []));
  const costs = [...state.economy.months.values()].flatMap((seats) =>
    [...seats].flatMap(([seat, t]) => (leads.has(seat) ? [t.compute + t.operations + t.review] : [])),
  );
  const sum = costs.reduce((all, each) => all + each, 0);
  return sum <= 0 ? null : Math.round(sum / costs.length);
}

const costText = (each: number | null): string =>
  each === null
    ? 'What a seat that directs costs is not known here yet: the cost is counted as 0.'
    : `The cost is that of ${MONTHS} months of seats that direct others, as they were on the average.`;

/** New seats between: nobody sits in them until somebody is named. */
export function seatOptions(state: State, span: Span, layout: Layout): Outline {
  const taken = new Set<string>();
  const steps = led(layout).map((group) => layerStep(state, group, layout, span, taken));
  const each = monthlyCost(state);
  return {
    ...{
      id: `by-${layout.kind}`,
      title: `${steps.length} new seats by ${WORDS[layout.kind]}: ${groupsText(layout)}`,
      steps,
    },
    text: `Nobody sits in the new seats until somebody is named, here with other steps or afterwards; what goes up passes them meanwhile. ${costText(each)}`,
    ...{ cost: steps.length * MONTHS * (each ?? 0), changes: [], after: layout.after },
    risk: 'One more seat between the work and who decides. A layer is taken out again with `remove-layer`.',
  };
}

/** How many report to each seat, counted in one pass. */
function reportsTo(state: State): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { supervisor, status } of state.organisation.seats.values())
    if (supervisor !== undefined && status !== 'retired') counts.set(supervisor, (counts.get(supervisor) ?? 0) + 1);
  return counts;
}

/** May it lead this group: somebody sits there and works, people are led by people, and it has room for all of them. */
function leadable(state: State, seat: Seat, group: Group, reports: ReadonlyMap<string, number>): boolean {
  const people = group.members.some(({ id }) => isHuman(state.organisation.seats.get(id)));
  const fits = (reports.get(seat.id) ?? 0) + group.members.length - 1 <= spanOf(state).reports;
  if (seat.status !== 'active' || seat.occupant === null || !fits) return false;
  return isHuman(seat) || (!people && maturityOf(state, seat) >= 1);
}

/** How often it worked with the others of its group. */
function ties(state: State, seat: string, group: ReadonlySet<string>): number {
  let found = 0;
  for (const { a, b, count } of state.memory.edges.values())
    if ((a === seat && group.has(b)) || (b === seat && group.has(a))) found += count;
  return found;
}

/** Who has worked with most of them; of those the most experienced; else the first by name. Null when nobody may. */
function leadOf(state: State, group: Group, reports: ReadonlyMap<string, number>): string | null {
  const ids = new Set(group.members.map(({ id }) => id));
  const fit = [...ids]
    .map((id) => state.organisation.seats.get(id)!)
    .filter((seat) => leadable(state, seat, group, reports))
    .map(({ id }) => ({ id, ties: ties(state, id, ids), done: state.memory.experience.get(id)?.successful ?? 0 }));
  fit.sort((a, b) => b.ties - a.ties || b.done - a.done || (a.id < b.id ? -1 : 1));
  return fit[0]?.id ?? null;
}

/** One of each group leads it: nobody is hired. Only where every group has somebody who may. */
export function leadOptions(state: State, layout: Layout): Outline[] {
  const groups = led(layout);
  // Each of the others is moved by a step of its own.
  const moved = groups.reduce((sum, { members }) => sum + members.length - 1, 0);
  if (groups.length === 0 || moved > MOST_STEPS) return [];
  const reports = reportsTo(state);
  const leads = groups.map((group) => leadOf(state, group, reports));
  const steps = groups.flatMap(({ members }, i): RestructuringStep[] =>
    members.flatMap(({ id }) => (id === leads[i] ? [] : [{ do: 'reassign', seat: id, supervisor: leads[i]! }])),
  );
  if (leads.includes(null)) return [];
  const named = groups.map((group, i) => `${leads[i]} (${group.members.length - 1})`).join(', ');
  return [
    {
      ...{ id: 'leads', title: `One of each group leads it, by ${WORDS[layout.kind]}: ${named.slice(0, 120)}`, steps },
      text: 'Those who have worked with most of their group lead it, beside what they do now; rights and work stay where they are.',
      ...{ cost: 0, changes: [], after: layout.after },
      risk: 'Whoever leads has less time for his own work. `reassign` puts a seat back.',
    },
  ];
}

import type { z } from 'zod';
import { canonical } from '../core/canonical.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { type Definition, definition as definitionSchema } from '../definition.ts';
import { checkDefinition, definitionDigest } from '../organisation/decide.ts';
import type { SeatDef } from '../organisation/schema.ts';
import { governs, humanSeat, isAbove, OWNER } from '../organisation/views.ts';
import { placeOf } from './place.ts';
import { spokenOf } from './references.ts';
import { adoption, relocation } from './relocate.ts';
import type { RestructuringEvents, RestructuringStep, restructuringCommands, WorkMove } from './schema.ts';
import { type Restructured, restructured } from './steps.ts';

type Body = z.output<(typeof restructuringCommands)['organisation.restructure']>;
type Planned = Omit<RestructuringEvents['organisation.restructured'], 'restructuring' | 'reason' | 'by'>;

const byId = (definition: Definition): Map<string, SeatDef> => new Map(definition.seats.map((seat) => [seat.id, seat]));

/** Those concerned: the seats touched, and who directed or directs them. */
function concerned(before: Map<string, SeatDef>, after: Map<string, SeatDef>, touched: Iterable<string>): string[] {
  const seats = [...touched].flatMap((id) => [id, before.get(id)?.supervisor, after.get(id)?.supervisor]);
  return [...new Set(seats)].filter((id): id is string => id !== undefined && after.has(id)).sort();
}

/** What the seats that go may do and their heirs may not. */
function rightsLost(before: Map<string, SeatDef>, after: Map<string, SeatDef>, { heirs }: Restructured): string[] {
  return [...heirs].flatMap(([gone, heir]) => {
    const has = new Set(after.get(heir)?.charter.rights.map((right) => right.capability));
    const lost = (before.get(gone)?.charter.rights ?? [])
      .map((right) => right.capability)
      .filter((one) => !has.has(one));
    return lost.length === 0 ? [] : [`"${heir}" takes the work of "${gone}", but has no right to ${lost.join(', ')}`];
  });
}

/** What nothing adapts by itself. */
function warningsOf(definition: Definition, before: Map<string, SeatDef>, result: Restructured): string[] {
  const spoken = [...result.heirs.keys()].flatMap((seat) =>
    spokenOf(result.definition, seat).map((where) => `${where} names the seat "${seat}" in its words; change it there`),
  );
  const doubled = [...result.heirs].flatMap(([gone, heir]) => {
    const own = (seat: string) => definition.budgets.some((budget) => budget.seat === seat);
    return own(gone) && own(heir) ? [`"${heir}" is bound by the budgets of "${gone}" besides its own`] : [];
  });
  return [...rightsLost(before, byId(result.definition), result), ...spoken, ...doubled];
}

/** What a restructuring would write, and the definition it leads to. Leaves through `reject` when it cannot be done. */
export function planned(
  state: State,
  steps: readonly RestructuringStep[],
): { body: Planned; definition: Definition; result: Restructured } {
  const inForce = state.organisation.definition;
  if (inForce === null)
    reject('conflict', 'there is no organisation to restructure yet', { rule: 'RST1', hint: 'apply a pack' });
  // Lifts what an older version has written: kinds of resources that came later are empty.
  const definition = definitionSchema.parse(inForce);
  const result = restructured(definition, steps);
  checkDefinition(result.definition);
  const before = byId(definition);
  const after = byId(result.definition);
  working(state, result);
  const digest = definitionDigest(result.definition);
  if (digest === state.organisation.digest)
    reject('conflict', 'nothing to do: the organisation is already so', { rule: 'RST1' });
  const touched = [...result.touched].sort();
  const body: Planned = {
    base: state.organisation.digest,
    digest,
    steps: [...steps],
    retired: [...result.heirs].map(([seat, heir]) => ({ seat, heir })),
    added: [...result.added],
    places: Object.fromEntries(touched.map((id) => [id, placeOf(after.get(id))])),
    work: [...result.work],
    told: concerned(before, after, touched),
    warnings: warningsOf(definition, before, result),
  };
  return { body, definition: result.definition, result };
}

/** [RST5] Work goes to seats that can take it. */
function working(state: State, { work, heirs }: Restructured): void {
  for (const { to } of work) {
    const seat = heirs.has(to) ? undefined : state.organisation.seats.get(to);
    if (seat && (seat.status === 'paused' || seat.status === 'suspended'))
      reject('conflict', `seat "${to}" is ${seat.status} and cannot take over work`, {
        rule: 'RST5',
        hint: 'resume it first, or choose another seat',
      });
  }
}

const apart = (definition: Definition, inside: (id: string) => boolean): string =>
  canonical({ ...definition, seats: definition.seats.filter((seat) => !inside(seat.id)), units: [], budgets: [] });

/** [RST2] A manager restructures what is below him, without giving himself anything and without touching anybody else. */
function mayRestructure(state: State, ctx: Context, { definition, result }: ReturnType<typeof planned>): string {
  if (governs(state, ctx.actor)) return ctx.actor.seat ?? OWNER;
  const own = humanSeat(state, ctx.actor);
  const forbid = (message: string) =>
    reject('forbidden', message, { rule: 'RST2', hint: 'ask the owner or the human at the top' });
  if (own === undefined) return forbid('only people restructure an organisation, each what is below him');
  const before = definitionSchema.parse(state.organisation.definition);
  const after = byId(definition);
  const below = (id: string): boolean => {
    if (state.organisation.seats.has(id) && !result.added.includes(id)) return isAbove(state, own.id, id);
    for (let up = after.get(id)?.supervisor, hops = 0; up !== undefined && hops <= after.size; hops++) {
      if (up === own.id) return true;
      up = after.get(up)?.supervisor;
    }
    return false;
  };
  const outside = [...result.touched].find((id) => id !== own.id && !below(id));
  if (outside !== undefined) return forbid(`"${outside}" is not below "${own.id}"`);
  const stray = [...result.touched].find((id) => after.has(id) && id !== own.id && !leadsTo(after, id, own.id));
  if (stray !== undefined) return forbid(`"${stray}" would leave what is below "${own.id}"`);
  if (canonical(byId(before).get(own.id)) !== canonical(after.get(own.id)))
    return forbid('nobody changes his own seat');
  if (apart(before, below) !== apart(definition, below))
    return forbid('this changes what is said of other seats, contracts or settings');
  return own.id;
}

function leadsTo(seats: Map<string, SeatDef>, id: string, top: string): boolean {
  let up = seats.get(id)?.supervisor;
  for (let hops = 0; up !== undefined && hops <= seats.size; hops++) {
    if (up === top) return true;
    up = seats.get(up)?.supervisor;
  }
  return false;
}

/** [RST1] [RST2] Two events: what was done, and the definition it leads to. Leaves through `reject`. */
export function restructure(state: State, body: Body, ctx: Context): Draft[] {
  if (body.base !== undefined && body.base !== state.organisation.digest)
    reject('conflict', 'the organisation has changed since this plan was made', {
      rule: 'ORG5',
      hint: 'look at the plan again: `reeve restructure --plan`',
    });
  const plan = planned(state, body.steps);
  const by = mayRestructure(state, ctx, plan);
  const restructuring = nextId(state, 'RS');
  const { reason } = body;
  const removed = plan.body.retired.map(({ seat }) => ({ kind: 'seats', id: seat }));
  return [
    event(
      'organisation.restructured',
      `restructuring/${restructuring}`,
      { restructuring, reason, by, ...plan.body },
      restructuring,
    ),
    event('organisation.applied', `organisation/${state.org}`, {
      digest: plan.body.digest,
      base: plan.body.base,
      reason,
      changed: plan.definition,
      removed,
      restructuring,
    }),
  ];
}

export const restructuringDecide = { 'organisation.restructure': restructure };

export const restructuringFollowUps = {
  /** [RST5] What waits at a seat goes to its heir, or as far as its topics go. */
  'work.move': (state: State, move: WorkMove & { reason: string }): Draft[] => {
    const { from, to, topics, reason } = move;
    return relocation(state, { from, to, reason, topics, tasks: 'move' });
  },
  'work.adopt': (state: State, { seat }: { seat: string }): Draft[] => adoption(state, seat),
};

import type { z } from 'zod';
import { digest } from '../core/canonical.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { type Definition, definition, RESOURCE_KINDS } from '../definition.ts';
import { keepsRestructurings } from '../restructuring/drift.ts';
import { checkStarts } from '../rollout/starts.ts';
import type { OrganisationEvents, organisationCommands } from './schema.ts';
import type { Seat } from './state.ts';
import { directs, getSeat, governs } from './views.ts';

type ApplyBody = z.output<(typeof organisationCommands)['organisation.apply']>;
interface Resource {
  id: string;
}
/** Kinds that came later are not in older definitions. */
type Lists = Record<string, Resource[] | undefined>;

/** Digest that names a definition; what `plan` showed is what `apply` applies. */
export const definitionDigest = (value: Definition): string => digest(value);

/** [ORG2] Seats form a strict tree; returns the cycle as a path, or null. */
export function supervisorCycle(seats: readonly { id: string; supervisor?: string | undefined }[]): string[] | null {
  const up = new Map(seats.map((seat) => [seat.id, seat.supervisor]));
  for (const seat of seats) {
    const path = [seat.id];
    for (let current = seat.supervisor; current !== undefined; current = up.get(current)) {
      if (path.includes(current)) return [...path.slice(path.indexOf(current)), current];
      path.push(current);
    }
  }
  return null;
}

function removedResources(before: Definition | null, after: Definition): { kind: string; id: string }[] {
  if (!before) return [];
  return RESOURCE_KINDS.flatMap((kind) => {
    const kept = new Set(((after as unknown as Lists)[kind] ?? []).map((r) => r.id));
    return ((before as unknown as Lists)[kind] ?? []).filter((r) => !kept.has(r.id)).map((r) => ({ kind, id: r.id }));
  });
}

function checkTree(after: Definition): void {
  const cycle = supervisorCycle(after.seats);
  if (cycle)
    reject('invalid', `the reporting lines form a circle: ${cycle.join(' → ')}`, {
      rule: 'ORG2',
      hint: 'give one of them another supervisor',
    });
  const ids = new Set(after.seats.map((seat) => seat.id));
  const orphan = after.seats.find((seat) => seat.supervisor !== undefined && !ids.has(seat.supervisor));
  if (orphan)
    reject('invalid', `seat "${orphan.id}" reports to "${orphan.supervisor}", which does not exist`, {
      rule: 'ORG2',
      hint: 'define that seat, or name another supervisor',
    });
}

/** The first id that comes twice, or null. */
function twice(ids: readonly string[]): string | null {
  const seen = new Set<string>();
  return ids.find((id) => seen.has(id) || !seen.add(id)) ?? null;
}

/** [ORG1] Ids are unique within their kind, and a capability has one contract: otherwise the last one would win in silence. */
function checkIds(after: Definition): void {
  for (const kind of RESOURCE_KINDS) {
    const id = twice((after as unknown as Lists)[kind]!.map((resource) => resource.id));
    if (id !== null) reject('invalid', `two ${kind} are called "${id}"`, { rule: 'ORG1', hint: 'rename one of them' });
  }
  const capability = twice(after.contracts.map((contract) => contract.capability));
  if (capability !== null)
    reject('invalid', `two contracts are for "${capability}"`, { rule: 'ORG1', hint: 'make one of them' });
}

/** [ORG1, ORG2] */
export function checkDefinition(after: Definition): void {
  checkIds(after);
  checkTree(after);
}

/** [ORG5] Apply a whole definition or nothing; `base` guards against applying to something that has changed since the plan. */
function apply(state: State, body: ApplyBody, ctx: Context): Draft[] {
  if (!governs(state, ctx.actor)) {
    reject('forbidden', 'only the owner or the human at the top may change the organisation', {
      rule: 'ORG4',
      hint: 'ask one of them to apply it',
    });
  }
  if (body.base !== state.organisation.digest) {
    reject('conflict', 'the organisation has changed since this plan was made', {
      rule: 'ORG5',
      hint: 'run `reeve plan` again',
    });
  }
  const parsed = definition.safeParse(body.definition);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    reject('invalid', `the definition is not valid: ${issue.path.join('.') || 'definition'}: ${issue.message}`, {
      rule: 'ORG5',
      hint: 'check the pack with `reeve validate`',
    });
  }
  checkIds(parsed.data);
  checkTree(parsed.data);
  checkStarts(parsed.data);
  checkDefinition(parsed.data);
  const before = state.organisation.definition;
  const after = definitionDigest(parsed.data);
  if (after === state.organisation.digest)
    reject('conflict', 'nothing to apply: the organisation is already as described', { rule: 'ORG5' });
  if (body.undo !== true) keepsRestructurings(state, parsed.data);
  return [
    event('organisation.applied', `organisation/${state.org}`, {
      digest: after,
      base: body.base,
      reason: body.reason,
      changed: parsed.data,
      removed: removedResources(before, parsed.data),
    }),
  ];
}

/** [ORG4] The seat, when the actor may direct it. */
function directed(state: State, id: string, ctx: Context): Seat {
  const seat = getSeat(state, id);
  if (!directs(state, ctx.actor, seat.id))
    reject('forbidden', `you do not direct the seat "${seat.id}"`, {
      rule: 'ORG4',
      hint: 'ask a human above it, or the owner',
    });
  return seat;
}

type SeatEvent = 'seat.paused' | 'seat.resumed' | 'seat.suspended';
const seatMove =
  (kind: SeatEvent, from: readonly string[]): Decide<{ seat: string; reason: string }> =>
  (state, body, ctx) => {
    const seat = directed(state, body.seat, ctx);
    if (!from.includes(seat.status)) reject('conflict', `seat "${seat.id}" is ${seat.status}`, { rule: 'ORG6' });
    const payload: OrganisationEvents[SeatEvent] = { seat: seat.id, reason: body.reason };
    return [event(kind, `seat/${seat.id}`, payload)];
  };

export const organisationDecide = {
  'organisation.apply': apply,
  'seat.occupy': ((state, body, ctx) => {
    const seat = directed(state, body.seat, ctx);
    if (seat.status === 'retired')
      reject('conflict', `seat "${seat.id}" is retired`, { rule: 'ORG6', hint: 'apply a pack that defines it again' });
    const takesOver = body.takesOver === true ? { takesOver: true } : {};
    const occupied = { seat: seat.id, occupant: body.occupant, reason: body.reason, ...takesOver };
    return [event('seat.occupied', `seat/${seat.id}`, occupied)];
  }) as Decide<OrganisationEvents['seat.occupied']>,
  'seat.pause': seatMove('seat.paused', ['active']),
  'seat.resume': seatMove('seat.resumed', ['paused', 'suspended']),
  'seat.suspend': seatMove('seat.suspended', ['active', 'paused']),
};

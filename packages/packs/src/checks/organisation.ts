import { fieldProblems, type Occupant, type SeatDef, type ServiceDef } from '@reeve/kernel';
import { at, byId, type Draft, type Findings, refers, refersAll } from '../draft.ts';
import { nearest } from '../suggest.ts';
import { cycles, formatCycle } from './tree.ts';

/** Units and seats: places that exist, trees without cycles, one top, occupants and their scripts (PCK11–PCK17). */
export function* checkOrganisation(draft: Draft): Findings {
  yield* checkUnits(draft);
  for (const seat of draft.definition.seats) yield* checkSeat(draft, seat);
  for (const service of draft.definition.services) yield* checkService(draft, service);
  yield* checkReporting(draft);
  yield* refers(draft, at('settings', '', 'intake'), 'PCK15', 'seats', draft.definition.settings.intake);
  yield* checkPrincipals(draft.definition.seats);
}

function* checkUnits(draft: Draft): Findings {
  const units = byId(draft.definition.units);
  for (const unit of units.values()) {
    yield* refers(draft, at('units', unit.id, 'parent'), 'PCK11', 'units', unit.parent);
  }
  for (const ring of cycles(units.keys(), (id) => units.get(id)?.parent)) {
    const message = `these units are inside each other: ${formatCycle(ring)}`;
    const hint = 'remove or change one of these parents';
    yield { at: at('units', ring[0]!, 'parent'), rule: 'PCK11', message, hint };
  }
}

function* checkSeat(draft: Draft, seat: SeatDef): Findings {
  yield* refers(draft, at('seats', seat.id, 'unit'), 'PCK12', 'units', seat.unit);
  yield* refers(draft, at('seats', seat.id, 'supervisor'), 'PCK13', 'seats', seat.supervisor);
  yield* refers(draft, at('seats', seat.id, 'hours', 'partner'), 'PCK19', 'seats', seat.hours?.partner);
  yield* refers(draft, at('seats', seat.id, 'charter', 'escalation'), 'PCK15', 'seats', seat.charter.escalation);
  if (seat.occupant) yield* checkScript(draft, seat.id, seat.occupant);
}

/** What a service refers to exists, and its fields can be checked (PCK18). */
function* checkService(draft: Draft, service: ServiceDef): Findings {
  const { id, seat, askers, needs, deprecated } = service;
  yield* refers(draft, at('services', id, 'seat'), 'PCK18', 'seats', seat);
  yield* refersAll(draft, at('services', id, 'askers', 'seats'), 'PCK18', 'seats', askers.seats);
  yield* refersAll(draft, at('services', id, 'askers', 'units'), 'PCK18', 'units', askers.units);
  yield* refersAll(draft, at('services', id, 'needs'), 'PCK18', 'services', needs);
  yield* refers(draft, at('services', id, 'deprecated', 'instead'), 'PCK18', 'services', deprecated?.instead);
  for (const side of ['input', 'output'] as const)
    for (const { path, message } of fieldProblems(service[side]))
      yield { at: at('services', id, side), rule: 'PCK18', message: `${path}: ${message}` };
}

function* checkReporting(draft: Draft): Findings {
  const seats = byId(draft.definition.seats);
  for (const ring of cycles(seats.keys(), (id) => seats.get(id)?.supervisor)) {
    const message = `these seats supervise each other: ${formatCycle(ring)}`;
    const hint = 'nobody would decide for them; remove or change one of these supervisors';
    yield { at: at('seats', ring[0]!, 'supervisor'), rule: 'PCK13', message, hint };
  }
  yield* checkTop(draft, [...seats.values()]);
}

function* checkTop(draft: Draft, seats: readonly SeatDef[]): Findings {
  const tops = seats.filter((seat) => seat.supervisor === undefined);
  if (tops.length > 1) {
    const names = tops.map((seat) => seat.id).join(', ');
    const message = `${tops.length} seats have no supervisor (${names}); exactly one seat is the top`;
    const hint = 'give all of them but one a supervisor';
    yield { at: at('seats', tops[1]!.id), rule: 'PCK14', message, hint };
  }
  // Every seat of a cycle has a supervisor: the cycle is the mistake, and is reported as such. So is a broken seat.
  if (tops.length > 0 || draft.declared.seats.size > 0 || draft.incomplete) return;
  const message = 'the pack has no seats; somebody must be at the top of the organisation';
  const hint = 'add a file such as seats.yaml with a list "seats:" and one seat without a supervisor';
  yield { at: at('pack', ''), rule: 'PCK14', message, hint };
}

/** One person may sit in several seats; one agent in several seats shares its limits, which is rarely meant. */
function* checkPrincipals(seats: readonly SeatDef[]): Findings {
  const first = new Map<string, { seat: string; occupant: Occupant }>();
  for (const { id: seat, occupant } of seats) {
    if (!occupant) continue;
    const place = at('seats', seat, 'occupant', 'principal');
    const other = first.get(occupant.principal);
    if (!other) first.set(occupant.principal, { seat, occupant });
    else if (isHuman(other.occupant) !== isHuman(occupant)) {
      const message = `"${occupant.principal}" is ${occupant.kind} here and ${other.occupant.kind} in seat "${other.seat}"; one name is one person or one agent`;
      yield { at: place, rule: 'PCK16', message, hint: 'give one of them another principal' };
    } else if (!isHuman(occupant)) {
      const message = `the agent "${occupant.principal}" also sits in seat "${other.seat}"`;
      const hint = 'give each seat its own agent, so that what each does can be told apart';
      yield { at: place, rule: 'PCK16', message, hint, warning: true };
    }
  }
}

const isHuman = (occupant: Occupant): boolean => occupant.kind === 'human';

function* checkScript(draft: Draft, seat: string, occupant: Occupant): Findings {
  const place = at('seats', seat, 'occupant', 'script');
  const rule = 'PCK17';
  if (occupant.kind !== 'script') {
    if (occupant.script === undefined) return;
    const message = `a script is given, but the occupant is of kind "${occupant.kind}" and would never run it`;
    yield { at: place, rule, message, hint: 'remove "script", or set kind: script', warning: true };
  } else if (occupant.script === undefined) {
    yield { at: place, rule, message: 'the occupant is a script, but no file is named', hint: 'add "script: <file>"' };
  } else if (!draft.scripts.has(scriptPath(occupant.script))) {
    const near = nearest(occupant.script, draft.scripts);
    const message = `there is no script "${occupant.script}" in this pack's folder`;
    const hint = near
      ? `did you mean "${near}"?`
      : 'create it (.ts or .js) inside the folder; the path is relative to pack.yaml';
    yield { at: place, rule, message, hint };
  }
}

/** `./agents/refund.ts` and `agents/refund.ts` are the same file. Paths that leave the folder match nothing. */
function scriptPath(path: string): string {
  return path.replace(/^(\.\/)+/, '');
}

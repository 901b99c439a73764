import { covers, type SeatDef, USUAL_SPAN } from '@reeve/kernel';
import { at, type Draft, type Finding, type Findings, type Place } from '../draft.ts';
import { lintWork } from './lint-work.ts';

const warn = (place: Place, rule: string, message: string, hint: string): Finding => {
  return { at: place, rule, message, hint, warning: true };
};

/** What is allowed but seldom wise (R-E60): warnings only (PCK70–PCK79, PCK95). */
export function* lint(draft: Draft): Findings {
  const spans = spanOfControl(draft.definition.seats);
  // More direct reports than this, and nobody is really supervised (R-D51).
  const most = draft.definition.settings.span?.reports ?? USUAL_SPAN.reports;
  for (const seat of draft.definition.seats) {
    yield* lintCharter(seat);
    yield* lintRights(draft, seat);
    yield* lintWork(draft, seat);
    const span = spans.get(seat.id) ?? 0;
    if (span > most) {
      const message = `${span} seats report directly to this one; more than ${most} cannot be supervised well`;
      yield warn(at('seats', seat.id), 'PCK73', message, 'add a layer of seats between');
    }
  }
  yield* lintNumbers(draft);
  yield* lintEarned(draft);
  yield* lintUnused(draft);
  yield* lintUnverified(draft);
  yield* lintUntyped(draft);
}

function spanOfControl(seats: readonly SeatDef[]): Map<string, number> {
  const spans = new Map<string, number>();
  for (const { supervisor } of seats) if (supervisor) spans.set(supervisor, (spans.get(supervisor) ?? 0) + 1);
  return spans;
}

function* lintCharter(seat: SeatDef): Findings {
  const place = (...path: string[]) => at('seats', seat.id, ...path);
  if (seat.charter.metrics.length === 0) {
    const hint = 'add charter.metrics: what this seat is there to move';
    yield warn(
      place('charter', 'metrics'),
      'PCK70',
      'the seat has no metric, so nobody can tell whether it works',
      hint,
    );
  }
  if (seat.charter.evidence.trim() === '') {
    const hint = 'add charter.evidence: one sentence';
    yield warn(place('charter', 'evidence'), 'PCK72', 'the charter does not say what a run must leave behind', hint);
  }
  if (!seat.occupant) {
    yield warn(place('occupant'), 'PCK75', 'nobody sits in this seat, so its work waits', 'add an occupant');
  }
}

function* lintRights(draft: Draft, seat: SeatDef): Findings {
  if (seat.charter.tier === 'read-only') return;
  for (const [i, { capability: pattern }] of seat.charter.rights.entries()) {
    const writes = writesByPattern(draft, pattern);
    if (writes === '') continue;
    const hint = 'name each write, so that a new capability is not granted by accident';
    const place = at('seats', seat.id, 'charter', 'rights', i, 'capability');
    yield warn(place, 'PCK71', `"${pattern}" also grants writes: ${writes}`, hint);
  }
}

/** How many secondary numbers stand beside a unit's primary ones (R-A14). */
const SECONDARY = { least: 2, most: 5 } as const;

/** One number alone is gamed, and of many nobody knows which counts. */
function* lintNumbers({ definition }: Draft): Findings {
  const units = new Map<string, { primary: string; secondary: number }>();
  for (const { id, unit = '', kpi } of definition.targets)
    if (kpi === 'primary' && !units.has(unit)) units.set(unit, { primary: id, secondary: 0 });
  for (const { unit = '', kpi } of definition.targets) {
    const found = units.get(unit);
    if (found && kpi === 'secondary') found.secondary += 1;
  }
  for (const [unit, { primary, secondary }] of units) {
    if (secondary >= SECONDARY.least && secondary <= SECONDARY.most) continue;
    const whose = unit === '' ? 'the organisation' : `the unit "${unit}"`;
    const message = `beside its primary number ${whose} has ${secondary} secondary ones; ${SECONDARY.least} to ${SECONDARY.most} keep it honest`;
    yield warn(
      at('targets', primary, 'kpi'),
      'PCK144',
      message,
      'mark targets of the unit with kpi: secondary, or fewer',
    );
  }
}

/** The same for what needs no asking any more. */
function* lintEarned(draft: Draft): Findings {
  for (const [i, pattern] of draft.definition.settings.earned.entries()) {
    const writes = writesByPattern(draft, pattern);
    if (writes === '') continue;
    const hint = 'name each write, so that a new capability asks until somebody decides about it';
    yield warn(at('settings', '', 'earned', i), 'PCK71', `"${pattern}" also lets writes go unasked: ${writes}`, hint);
  }
}

function writesByPattern({ definition }: Draft, pattern: string): string {
  if (!pattern.endsWith('*')) return '';
  const writes = definition.capabilities.filter((each) => each.effect !== 'read' && covers(pattern, each.id));
  return writes.map((each) => each.id).join(', ');
}

/** Post-conditions are held against a fresh read: without one they would look like a safeguard and never run. */
function* lintUnverified(draft: Draft): Findings {
  for (const { id, post, verify } of draft.definition.contracts) {
    if (post.length === 0 || verify) continue;
    const message = 'the contract has post-conditions but no "verify", so they are never checked';
    yield warn(
      at('contracts', id, 'post'),
      'PCK76',
      message,
      'add verify: a read that shows the effect; it is seen as "after"',
    );
  }
}

/** What a contract rests on should be described, or a condition over it is not checked before it is needed. */
function* lintUntyped({ definition }: Draft): Findings {
  const looked = new Set(
    definition.contracts.flatMap(({ reads, verify }) =>
      [...Object.values(reads), verify].flatMap((call) => call?.capability ?? []),
    ),
  );
  for (const { id, returns } of definition.capabilities) {
    if (!looked.has(id) || Object.keys(returns).length > 0) continue;
    const message =
      'a contract rests on what this returns, but nobody says what that is, so conditions are not checked';
    yield warn(at('capabilities', id, 'returns'), 'PCK79', message, 'add returns: each field with its type');
  }
}

function* lintUnused(draft: Draft): Findings {
  if (draft.incomplete) return;
  const rights = draft.definition.seats.flatMap((seat) => seat.charter.rights);
  const used = new Set(calledByOthers(draft));
  for (const { id } of draft.definition.capabilities) {
    if (used.has(id) || rights.some((right) => covers(right.capability, id))) continue;
    const hint = 'grant it to a seat, or remove it';
    yield warn(at('capabilities', id), 'PCK74', 'no seat may use this capability, and no contract calls it', hint);
  }
}

/** Capabilities that contracts and checks call on behalf of a seat need no right of their own. */
function calledByOthers({ definition }: Draft): string[] {
  const contracts = definition.contracts.flatMap(({ reads, verify, compensate }) => [
    ...Object.values(reads),
    verify,
    compensate,
  ]);
  const checks = definition.capabilities.map(({ check }) => check);
  const notices = definition.settings.notices && { capability: definition.settings.notices.send };
  return [...contracts, ...checks, notices].flatMap((call) => call?.capability ?? []);
}

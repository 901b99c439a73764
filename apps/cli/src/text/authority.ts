/** Grants, deputies, delegations, seats, violations, incidents. */
import type {
  DelegationView,
  DeputyView,
  GrantView,
  IncidentView,
  SeatDetail,
  ViolationDetail,
  ViolationView,
} from '@reeve/protocol';
import { optional, type View } from './lists.ts';
import { agoText, momentText, moneyText, plural, spanText } from './quantities.ts';
import { linesOf, safe, table } from './table.ts';

type Limited = { readonly capability: string; readonly limit?: number | null | undefined };
const limitedText = ({ capability, limit }: Limited, { currency }: View): string =>
  limit === null || limit === undefined ? capability : `${capability} up to ${moneyText(limit, currency)}`;

/** "live", or how a grant ended. */
function grantStatus(grant: GrantView, { now, paint }: View): string {
  if (grant.live) return paint('good', 'live');
  if (grant.revoked !== null) return `revoked by ${grant.revoked.by}`;
  return grant.until < now ? 'over' : 'used up';
}

/** What bounds a grant, in words: "80.00 each, only kim@example.com". */
function boundsText(grant: GrantView, { currency }: View): string {
  const { each, total, spent, customer, case: about, args } = grant;
  const bounds = Object.entries(args).map(([name, bound]) => `${name}: ${JSON.stringify(bound.oneOf ?? bound)}`);
  const said = [
    ...(each === null ? [] : [`${moneyText(each, currency)} each`]),
    ...(total === null ? [] : [`${moneyText(spent, currency)} of ${moneyText(total, currency)}`]),
    ...(customer === null ? [] : [`only ${customer}`]),
    ...(about === null ? [] : [`only ${about}`]),
    ...bounds,
  ];
  return safe(said.join(', ')) || '-';
}

export function grantsText(grants: readonly GrantView[], view: View): string {
  if (grants.length === 0) return 'no standing grants\n';
  const columns = [
    { title: 'grant' },
    { title: 'seat', shrink: true },
    { title: 'may use', shrink: true },
    { title: 'used', align: 'right' },
    { title: 'within', shrink: true },
    { title: 'until', align: 'right' },
    { title: 'status' },
    { title: 'given by', shrink: true },
    { title: 'why', shrink: true },
  ] as const;
  const rows = grants.map((each) => [
    each.id,
    each.seat,
    each.capability,
    `${each.used} of ${each.uses}`,
    boundsText(each, view),
    agoText(each.until, view.now),
    grantStatus(each, view),
    each.by,
    safe(each.reason),
  ]);
  return table(columns, rows, view.width);
}

export function deputiesText(deputies: readonly DeputyView[], view: View): string {
  if (deputies.length === 0) return 'nobody decides for anybody else\n';
  const columns = [
    { title: 'deputy' },
    { title: 'for' },
    { title: 'decides' },
    { title: 'from' },
    { title: 'until' },
    { title: 'now' },
    { title: 'named by', shrink: true },
    { title: 'why', shrink: true },
  ] as const;
  const rows = deputies.map((each) => [
    each.id,
    each.seat,
    each.to,
    momentText(each.from),
    momentText(each.until),
    each.now ? view.paint('good', 'yes') : 'not yet',
    each.by,
    safe(each.reason),
  ]);
  return table(columns, rows, view.width);
}

export function delegationsText(delegations: readonly DelegationView[], view: View): string {
  if (delegations.length === 0) return 'no delegated tasks\n';
  const columns = [
    { title: 'task' },
    { title: 'case' },
    { title: 'from', shrink: true },
    { title: 'to', shrink: true },
    { title: 'status' },
    { title: 'given', align: 'right' },
    { title: 'carries', shrink: true, least: 20 },
  ] as const;
  const rows = delegations.map((each) => [
    each.task,
    each.case,
    each.from,
    each.to,
    each.status,
    agoText(each.at, view.now),
    each.carries.map((one) => limitedText(one, view)).join(', ') || 'reading only',
  ]);
  return table(columns, rows, view.width);
}

const RIGHT_COLUMNS = [
  { title: 'capability' },
  { title: 'limit', align: 'right' },
  { title: 'when', shrink: true },
] as const;

export function seatText(seat: SeatDetail, view: View): string {
  const { paint, currency } = view;
  const who = seat.occupant
    ? `${safe(seat.occupant.name ?? seat.occupant.principal)} (${seat.occupant.kind})`
    : 'nobody';
  const why = seat.damage?.stopped ?? null;
  const stopped = why === null ? '' : `; ${paint('warn', why)}`;
  const head = `${paint('bold', `${seat.id}: ${safe(seat.title)}`)}\n${who}, in ${seat.unit}, under ${seat.supervisor ?? 'nobody'}; ${seat.charter.tier}; ${seat.status}${stopped}\n`;
  const rights = seat.charter.rights.map((right) => [
    right.capability,
    right.limit === undefined ? '-' : moneyText(right.limit, currency),
    right.when ?? 'always',
  ]);
  const grants = seat.grants === 0 ? [] : [`${plural(seat.grants, 'standing grant')}: reeve grants --seat ${seat.id}`];
  return [
    head,
    optional(paint('bold', 'Maximum damage'), [seat.damageText]),
    optional(paint('bold', 'Rights'), rights.length === 0 ? [] : linesOf(table(RIGHT_COLUMNS, rights, view.width - 2))),
    optional(
      paint('bold', 'May have done by others'),
      seat.charter.entrusts.map((one) => limitedText(one, view)),
    ),
    optional(paint('bold', 'Grants'), grants),
    optional(paint('bold', 'Deputies'), seat.deputies.length === 0 ? [] : linesOf(deputiesText(seat.deputies, view))),
    optional(
      paint('bold', 'Stands in for'),
      seat.standsInFor.length === 0 ? [] : linesOf(deputiesText(seat.standsInFor, view)),
    ),
    optional(
      paint('bold', 'Violations'),
      seat.violation === null ? [] : linesOf(violationsText([seat.violation], view)),
    ),
  ].join('');
}

const CORRECTIONS = {
  warn: 'warned',
  restrict: 'restricted: what it changes needs a decision',
  pause: 'paused',
  suspend: 'suspended, runs stopped',
} as const;
const correctionText = (correction: keyof typeof CORRECTIONS | null): string =>
  correction === null ? 'none' : CORRECTIONS[correction];

export function violationsText(violations: readonly ViolationView[], view: View): string {
  if (violations.length === 0) return 'no seat ran into a boundary\n';
  const columns = [
    { title: 'seat' },
    { title: 'level', align: 'right' },
    { title: 'points', align: 'right' },
    { title: 'ever', align: 'right' },
    { title: 'correction in force', shrink: true },
    { title: 'latest', shrink: true },
    { title: 'by', align: 'right' },
  ] as const;
  const rows = violations.map((each) => [
    each.seat,
    each.level >= 3 ? view.paint('bad', String(each.level)) : String(each.level),
    String(each.points),
    String(each.total),
    correctionText(each.correction),
    each.latest.rule,
    each.latest.operation,
  ]);
  return table(columns, rows, view.width);
}

export function violationText(found: ViolationDetail, view: View): string {
  const { latest, raised } = found;
  const head =
    latest === null
      ? `${found.seat} never ran into a boundary; the seat is ${found.status}\n`
      : `${violationsText([{ ...found, latest }], view)}the seat is ${found.status}; why the latest was refused: reeve why ${latest.operation}\n`;
  const lines = raised.map(
    (each) =>
      `${momentText(each.at)}  level ${each.level} at ${plural(each.points, 'point')}: ${correctionText(each.correction)} (${each.rule}, ${each.operation}, record ${each.seq})`,
  );
  return head + optional(view.paint('bold', 'Levels reached'), lines);
}

export function incidentsText(incidents: readonly IncidentView[], view: View): string {
  if (incidents.length === 0) return 'no incidents\n';
  const columns = [
    { title: 'incident' },
    { title: 'status' },
    { title: 'opened', align: 'right' },
    { title: 'about', shrink: true },
    { title: 'what happened', shrink: true, least: 20 },
  ] as const;
  const rows = incidents.map((each) => [
    each.id,
    each.closed === null ? view.paint('bad', 'open') : `closed after ${spanText(each.closed.at - each.openedAt)}`,
    agoText(each.openedAt, view.now),
    each.about,
    safe(each.summary),
  ]);
  return table(columns, rows, view.width);
}

/** The incident as it would stand in a collection of them. */
export function incidentText(incident: IncidentView): string {
  const { id, summary, openedAt, cause, about, done, closed } = incident;
  const head = `${id}: ${safe(summary)}\nopened ${momentText(openedAt)}; cause: ${cause} ${about}\n`;
  const steps = optional('What was done at once', done.map(safe));
  if (closed === null)
    return `${head}${steps}\nopen; close it with: reeve incidents close ${id} --cause … --done … --prevention …\n`;
  const lines = [
    `how it came about: ${safe(closed.cause)}`,
    `what was done: ${safe(closed.done)}`,
    `what keeps it from happening again: ${safe(closed.prevention)}`,
  ];
  return head + steps + optional(`Closed ${momentText(closed.at)} by ${closed.by}`, lines);
}

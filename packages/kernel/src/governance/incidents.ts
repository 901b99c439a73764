import type { z } from 'zod';
import { type Context, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { countId, nextId, type State } from '../core/state.ts';
import { directs, isHuman, OWNER } from '../organisation/views.ts';
import { earlierOf, signatureOf } from '../oversight/recurrence.ts';
import { switchCovers } from './checks/switches.ts';
import type { controlCommands, IncidentCause } from './control-schema.ts';
import type { Incident } from './control-state.ts';
import { runsStoppedBy } from './halting.ts';

/** Closed incidents kept in memory; older ones are on the ledger. */
const REMEMBERED = 200;

type Close = z.output<(typeof controlCommands)['incident.close']>;

/** [GOV53] Whoever tells how it came about is a human, and not the one it was about. */
function mayClose(state: State, i: Incident, ctx: Context): string {
  if (ctx.actor.principal === OWNER && ctx.actor.seat === undefined) return OWNER;
  const seat = state.organisation.seats.get(ctx.actor.seat ?? '');
  const sits = isHuman(seat) && seat?.occupant?.principal === ctx.actor.principal && seat.status !== 'suspended';
  const about = i.cause === 'violation' ? i.ref : /^seat:(.*)$/.exec(i.ref)?.[1];
  if (!sits || (about !== undefined && !directs(state, ctx.actor, about)))
    reject('forbidden', `you cannot close ${i.id}`, {
      rule: 'GOV53',
      hint: 'ask a human above the seat, or the owner',
    });
  return seat.id;
}

function close(state: State, body: Close, ctx: Context): Draft[] {
  const i = state.governance.control.incidents.get(body.incident);
  if (!i) reject('not-found', `there is no incident ${body.incident} in memory`, { rule: 'GOV53' });
  const by = mayClose(state, i, ctx);
  if (i.closed) reject('conflict', `${i.id} is already closed`, { rule: 'GOV53' });
  if (i.cause === 'switch' && state.governance.switches.has(i.ref))
    reject('conflict', `the switch ${i.ref} is still tripped`, { rule: 'GOV53', hint: 're-arm it first' });
  const { cause, done, prevention } = body;
  return [event('incident.closed', `incident/${i.id}`, { incident: i.id, by, cause, done, prevention })];
}

export const incidentsDecide = { 'incident.close': close };

/** One incident at a time about one thing: what happens meanwhile belongs to it. */
const openAbout = (state: State, ref: string): Incident | undefined => {
  const { incidents, openIncidents } = state.governance.control;
  for (const id of openIncidents) if (incidents.get(id)?.ref === ref) return incidents.get(id);
  return undefined;
};

/** `what` is the way in which it went wrong: the rule, the condition, the trouble. */
type Opening = { cause: IncidentCause; ref: string; summary: string; done: string[]; what?: string };

function open(state: State, body: Opening): Draft[] {
  if (openAbout(state, body.ref)) return [];
  const incident = nextId(state, 'I');
  const { what, ...rest } = body;
  const signature = signatureOf(body);
  const again = earlierOf(state, signature) ?? {};
  return [event('incident.opened', `incident/${incident}`, { incident, ...rest, signature, ...again })];
}

/** Asked before leases and runs are ended, in the same step: so it knows what will be. */
function tripped(state: State, body: { scope: string; id: string; reason: string }): Draft[] {
  const leases = [...state.operations.leased].filter((id) => {
    const op = state.operations.operations.get(id);
    return op !== undefined && switchCovers(state, op, body.scope, body.id);
  });
  const runs = runsStoppedBy(state, body.scope, body.id).map((run) => run.id);
  const list = (ids: string[]) => (ids.length > 0 ? `${ids.length} (${ids.slice(0, 20).join(', ')})` : 'none');
  return open(state, {
    cause: 'switch',
    ref: `${body.scope}:${body.id}`,
    summary: `${body.scope} ${body.id} was stopped: ${body.reason}`,
    done: [`leases ended: ${list(leases)}`, `runs stopped: ${list(runs)}`],
    what: state.governance.switches.get(`${body.scope}:${body.id}`)?.condition ?? 'by hand',
  });
}

export const incidentsFollowUps = { 'incident.open': open, 'incident.switch': tripped };

/** Registered before what ends leases and runs. */
export const incidentsReact = {
  'switch.tripped': (_state: State, r: RecordOf<'switch.tripped'>) => [
    followUp('incident.switch', { scope: r.body.scope, id: r.body.id, reason: r.body.reason }),
  ],
};

function add(state: State, ref: string, what: string): void {
  openAbout(state, ref)?.done.push(what);
}

function forgetOld(state: State): void {
  const { incidents, openIncidents } = state.governance.control;
  if (incidents.size - openIncidents.size <= REMEMBERED) return;
  for (const [id, incident] of incidents) {
    if (!incident.closed) continue;
    incidents.delete(id);
    return;
  }
}

export const incidentsEvolve = {
  'incident.opened': (state: State, r: RecordOf<'incident.opened'>) => {
    const { incident, ...b } = r.body;
    const { incidents, openIncidents } = state.governance.control;
    countId(state, incident);
    incidents.set(incident, { ...b, done: [...b.done], id: incident, openedAt: r.at, closed: null });
    openIncidents.add(incident);
  },
  'incident.closed': (state: State, r: RecordOf<'incident.closed'>) => {
    const { incident, ...b } = r.body;
    const { incidents, openIncidents } = state.governance.control;
    incidents.get(incident)!.closed = { ...b, at: r.at };
    openIncidents.delete(incident);
    forgetOld(state);
  },
  'switch.rearmed': (state: State, r: RecordOf<'switch.rearmed'>) =>
    add(state, `${r.body.scope}:${r.body.id}`, `re-armed by ${r.body.by}: ${r.body.reason}`),
  'violation.raised': (state: State, r: RecordOf<'violation.raised'>) =>
    add(state, r.body.seat, `level ${r.body.level}: ${r.body.correction} (${r.body.rule})`),
  'seat.resumed': (state: State, r: RecordOf<'seat.resumed'>) =>
    add(state, r.body.seat, `resumed by ${r.actor.seat ?? r.actor.principal}: ${r.body.reason}`),
};

/** Open incidents first, then the latest. */
export const incidents = (state: State): Incident[] =>
  [...state.governance.control.incidents.values()].sort(
    (a, b) => Number(a.closed !== null) - Number(b.closed !== null) || b.openedAt - a.openedAt,
  );

const day = (at: number): string => new Date(at).toISOString();

/** An incident as people read it (INCIDENTS.md). */
export function incidentText(i: Incident): string {
  const lines = [`## ${i.id}: ${i.summary}`, `Opened ${day(i.openedAt)}. Cause: ${i.cause} ${i.ref}.`];
  for (const done of i.done) lines.push(`- ${done}`);
  if (i.closed === null) lines.push('Open.');
  else
    lines.push(
      `Closed ${day(i.closed.at)} by ${i.closed.by}. How it came about: ${i.closed.cause}`,
      `What was done: ${i.closed.done}`,
      `What keeps it from happening again: ${i.closed.prevention}`,
    );
  return lines.join('\n');
}

/**
 * Degraded modes: something the organisation leans on is down, what takes its place meanwhile, and when it is back
 * [OVS20, OVS21, OVS22]. Each is entered and left by an event, so nobody has to guess.
 */
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { formatDuration, MINUTE } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { type State, setTimer } from '../core/state.ts';
import { type Actor, SYSTEM, type Time } from '../core/types.ts';
import { standIns } from '../governance/deputies.ts';
import { stoppedBy } from '../governance/halting.ts';
import { incidentsFollowUps } from '../governance/incidents.ts';
import { chain, isHuman } from '../organisation/views.ts';
import type { Mode } from './schema.ts';
import { oversightOf } from './settings.ts';
import type { Degraded } from './state.ts';
import { troubleOf } from './troubles.ts';

const STORE = 'ledger';

const keyOf = (mode: Mode, about: string): string => `${mode}:${about}`;
const degraded = (state: State, mode: Mode, about: string): Degraded | undefined =>
  state.oversight.modes.get(keyOf(mode, about));

type Entering = Omit<Degraded, 'since'>;
const enter = (body: Entering): Draft => event('mode.degraded', `mode/${keyOf(body.mode, body.about)}`, body);
const leave = ({ mode, about, since }: Degraded, now: Time): Draft =>
  event('mode.restored', `mode/${keyOf(mode, about)}`, { mode, about, lasted: now - since });

/** Why a seat cannot do what a supervisor does; null when it can. */
function downBecause(state: State, id: string): string | null {
  const seat = state.organisation.seats.get(id);
  if (!seat || seat.status === 'retired') return 'retired';
  if (seat.status === 'suspended') return 'suspended';
  if (seat.occupant === null) return 'nobody sits there';
  // A person who is paused takes no new work and still reads what he is told; an agent reads nothing.
  if (seat.status === 'paused' && !isHuman(seat)) return 'paused';
  const stopper = isHuman(seat) ? null : stoppedBy(state, id);
  if (stopper !== null) return `stopped by the kill switch ${stopper}`;
  const trouble = troubleOf(state, id);
  return trouble?.trouble === 'unresponsive' ? `unresponsive: ${trouble.why}` : null;
}

/** [OVS20] Who acts for a seat that is down: its deputy, else the nearest seat above, that works. */
function insteadOf(state: State, id: string, now: Time): string | null {
  const deputies = [...standIns(state, [id], now).keys()];
  return [...deputies, ...chain(state, id)].find((seat) => downBecause(state, seat) === null) ?? null;
}

const hasReports = (state: State, id: string): boolean => {
  for (const { supervisor, status } of state.organisation.seats.values())
    if (supervisor === id && status !== 'retired') return true;
  return false;
};

function lookAtSupervisor(state: State, body: { seat: string }, ctx: Context): Draft[] {
  const { seat } = body;
  const known = degraded(state, 'supervisor', seat);
  const why = downBecause(state, seat);
  if (why === null) return known ? [leave(known, ctx.now)] : [];
  if (known || !hasReports(state, seat)) return [];
  const instead = insteadOf(state, seat, ctx.now);
  const effect =
    instead === null
      ? 'nobody can act for it; what it would be told waits'
      : `what it would be told goes to "${instead}"; its reports go on with their work`;
  return [enter({ mode: 'supervisor', about: seat, why, instead, effect })];
}

/**
 * [OVS20] Where something for a seat goes now: to the one that acts for it while it is down.
 * Only what asks for a decision or help is redirected: assigned work stays on the desk.
 */
export function actingFor(state: State, seat: string, type: string): string {
  const instead = REDIRECTED.has(type) ? degraded(state, 'supervisor', seat)?.instead : undefined;
  // Who stood in may have been merged away since.
  const gone = (state.organisation.seats.get(instead ?? '')?.status ?? 'retired') === 'retired';
  return gone ? seat : instead!;
}
const REDIRECTED: ReadonlySet<string> = new Set(['escalation', 'complaint', 'question', 'approval_request', 'report']);

/** Capabilities that can be used instead of those of a tool, as the definition says. */
function alternatives(state: State, tool: string): string[] {
  return [...state.organisation.capabilities.values()]
    .filter((each) => each.tool === tool)
    .flatMap((each) => (each.alternatives ?? []).filter((other) => toolOf(state, other) !== tool))
    .filter((other, at, all) => all.indexOf(other) === at && !degraded(state, 'tool', toolOf(state, other) ?? ''));
}
const toolOf = (state: State, capability: string): string | undefined =>
  state.organisation.capabilities.get(capability)?.tool;

/** [OVS21] A tool is down from when its breaker opens until something is done with it again. */
function lookAtTool(state: State, body: { tool: string }, ctx: Context): Draft[] {
  const known = degraded(state, 'tool', body.tool);
  const breaker = state.operations.breakers.get(body.tool);
  if (!breaker) return known ? [leave(known, ctx.now)] : [];
  if (known || breaker.openUntil <= ctx.now) return [];
  const others = alternatives(state, body.tool);
  const instead = others.length > 0 ? others.join(', ') : null;
  const effect = `operations with it wait and are tried again by themselves${instead === null ? '' : `; may be used instead: ${instead}`}`;
  return [enter({ mode: 'tool', about: body.tool, why: `${breaker.failures} failures in a row`, instead, effect })];
}

/** What may be used while the tool of a capability is down, for the words of a refusal. */
export const alternativeTo = (state: State, capability: string): string | undefined => {
  const named = state.organisation.capabilities.get(capability)?.alternatives ?? [];
  return named.find((other) => !state.operations.breakers.has(toolOf(state, other) ?? ''));
};

/** [OVS22] The runtime alone says how the store is. It is slow from one slow write on, until writes take half the limit at most. */
function observe(state: State, body: { store: number }, ctx: { actor: Actor; now: Time }): Draft[] {
  if (ctx.actor.principal !== SYSTEM.principal)
    reject('forbidden', 'only the runtime says how the store is', { rule: 'OVS22' });
  const { slow, intake } = oversightOf(state);
  const known = degraded(state, 'store', STORE);
  if (known) return body.store * 2 <= slow ? [leave(known, ctx.now)] : [];
  if (body.store < slow) return [];
  const effect = `at most ${intake} cases a minute are opened, urgent ones always`;
  const why = `a write took ${formatDuration(Math.round(body.store))}, more than ${formatDuration(slow)}`;
  return [enter({ mode: 'store', about: STORE, why, instead: null, effect })];
}

/** [OVS22] While the store is slow, what can wait outside is asked to. @throws Rejected `exhausted` */
export function intakeOpen(state: State, priority: string, now: Time): void {
  if (state.oversight.modes.size === 0 || priority === 'high' || !degraded(state, 'store', STORE)) return;
  const { minute, count } = state.oversight.intake;
  if (minute !== Math.floor(now / MINUTE) || count < oversightOf(state).intake) return;
  reject('exhausted', 'the store is slow, so few cases are opened at the moment', {
    rule: 'OVS22',
    hint: 'send it again in a minute; a case of high priority is opened at once',
  });
}

/** A tool that is down for long is an incident [OVS21]. */
function outage(state: State, body: { id: string }, ctx: Context): Draft[] {
  const known = degraded(state, 'tool', body.id);
  const after = oversightOf(state).outage;
  if (!known || after === 0 || ctx.now - known.since < after) return [];
  return incidentsFollowUps['incident.open'](state, {
    ...{ cause: 'tool', ref: `tool:${body.id}`, what: 'down', done: [known.effect] },
    summary: `the tool "${body.id}" has been down for ${formatDuration(Math.floor((ctx.now - known.since) / 1000) * 1000)}: ${known.why}`,
  });
}

export const modesDecide = { 'oversight.observe': observe };

export const modesEvolve = {
  'mode.degraded': (state: State, r: RecordOf<'mode.degraded'>) => {
    const { mode, about } = r.body;
    state.oversight.modes.set(keyOf(mode, about), { ...r.body, since: r.at });
    const after = oversightOf(state).outage;
    if (mode === 'tool' && after > 0) setTimer(state, r.at + after, `oversight.outage:${about}`);
  },
  'mode.restored': (state: State, r: RecordOf<'mode.restored'>) => {
    state.oversight.modes.delete(keyOf(r.body.mode, r.body.about));
  },
};

const seatLook = (_state: State, r: { body: { seat: string } }): FollowUp[] => [
  followUp('oversight.supervisor', { seat: r.body.seat }),
];

/** Seats that may be down or up again after a switch or a new definition: those known to be down, and those with reports. */
function allSupervisors(state: State): FollowUp[] {
  const seats = new Set<string>();
  for (const { supervisor } of state.organisation.seats.values()) if (supervisor !== undefined) seats.add(supervisor);
  for (const { mode, about } of state.oversight.modes.values()) if (mode === 'supervisor') seats.add(about);
  return [...seats].map((seat) => followUp('oversight.supervisor', { seat }));
}

const toolLook = (state: State, operation: string): FollowUp[] => {
  const tool = state.operations.operations.get(operation)?.tool;
  return tool === undefined ? [] : [followUp('oversight.tool', { tool })];
};

export const modesReact = {
  'seat.paused': seatLook,
  'seat.suspended': seatLook,
  'seat.resumed': seatLook,
  'seat.occupied': seatLook,
  'seat.troubled': seatLook,
  'seat.recovered': seatLook,
  'switch.tripped': (state: State, r: RecordOf<'switch.tripped'>): FollowUp[] =>
    ['organisation', 'unit', 'seat'].includes(r.body.scope) ? allSupervisors(state) : [],
  'switch.rearmed': (state: State, r: RecordOf<'switch.rearmed'>): FollowUp[] =>
    ['organisation', 'unit', 'seat'].includes(r.body.scope) ? allSupervisors(state) : [],
  'organisation.applied': allSupervisors,
  'operation.failed': (state: State, r: RecordOf<'operation.failed'>): FollowUp[] =>
    r.body.category === 'transient' ? toolLook(state, r.body.operation) : [],
  'operation.succeeded': (state: State, r: RecordOf<'operation.succeeded'>): FollowUp[] =>
    state.oversight.modes.size === 0 ? [] : toolLook(state, r.body.operation),
  'mode.degraded': (_state: State, r: RecordOf<'mode.degraded'>): FollowUp[] => {
    const { mode, about, why, instead } = r.body;
    if (mode !== 'supervisor' || instead === null) return [];
    const text = `"${about}" cannot act (${why}): what it would be told comes to you until it is back.`;
    return [
      followUp('inbox.deliver', { to: instead, type: 'inform', text, data: { instead: about }, priority: 'high' }),
    ];
  },
};

export const modesFollowUps = {
  'oversight.supervisor': lookAtSupervisor,
  'oversight.tool': lookAtTool,
  'oversight.outage': outage,
};

/** How desired states change: by humans who answer for them, within narrow bounds by agents, and always with a reason. */
import type { z } from 'zod';
import { checkExpression } from '../cel/index.ts';
import { canonical } from '../core/canonical.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import { inUnit, isHuman, OWNER } from '../organisation/views.ts';
import { type Amendment, type TargetDef, target as targetSchema } from './definition.ts';
import { purposeOf, unitOf, WHOLE } from './effective.ts';
import { conditionsOf } from './folds.ts';
import { decides, leads, maturityOf, seatOf } from './people.ts';
import { settingsOf } from './periods.ts';
import type { Change, PurposeEvents, purposeCommands } from './schema.ts';
import { metricOf } from './targets.ts';

type Body<K extends keyof typeof purposeCommands> = z.output<(typeof purposeCommands)[K]>;
type Amended = PurposeEvents['purpose.amended'];

/** Targets and metrics that were added since the definition was applied, at most of each. */
const ADDED = 200;

/** What belongs to no unit, unless a unit has that name. */
const isWhole = (state: State, unit: string): boolean => unit === WHOLE && !state.organisation.units.has(unit);

export function knownUnit(state: State, unit: string): void {
  if (isWhole(state, unit) || state.organisation.units.has(unit)) return;
  reject('not-found', `there is no unit "${unit}"`, { rule: 'PUR22', hint: 'list them with `reeve purpose`' });
}

/** A target of this unit or one inside it. */
function ownTarget(state: State, unit: string, id: string): TargetDef {
  const found = state.purpose.targets.find((each) => each.id === id);
  if (!found) reject('not-found', `there is no target "${id}"`, { rule: 'PUR23', hint: 'list them with `reeve gaps`' });
  const mine = isWhole(state, unit) || unitOf(found) === unit || inUnit(state, unitOf(found), unit);
  if (!mine)
    reject('forbidden', `the target "${id}" belongs to "${unitOf(found)}", not to "${unit}"`, {
      rule: 'PUR23',
      hint: `amend the purpose of "${unitOf(found)}"`,
    });
  return found;
}

/** [PUR23] What a target refers to exists, and its group can be measured. */
function sound(state: State, wanted: TargetDef, fresh: ReadonlySet<string>): TargetDef {
  const wrong = (message: string): never =>
    reject('invalid', `target "${wanted.id}": ${message}`, { rule: 'PUR23', hint: 'correct it and send it again' });
  const metric = metricOf(state, wanted.metric);
  if (!metric && !fresh.has(wanted.metric)) wrong(`there is no metric "${wanted.metric}"`);
  if (metric && wanted.of !== undefined && metric.by === undefined) wrong(`"${metric.id}" has no groups ("by")`);
  if (wanted.owner !== undefined && !state.organisation.seats.has(wanted.owner))
    wrong(`there is no seat "${wanted.owner}"`);
  const parsed = targetSchema.safeParse(wanted);
  return parsed.success ? parsed.data : wrong(parsed.error.issues[0]!.message);
}

function setOf(state: State, unit: string, id: string, to: object): Change {
  const before = ownTarget(state, unit, id);
  return { what: 'target', id, before, after: sound(state, { ...before, ...to }, new Set()) };
}

function added(state: State, unit: string, wanted: TargetDef, fresh: ReadonlySet<string>): Change {
  if (state.purpose.targets.some(({ id }) => id === wanted.id))
    reject('conflict', `there is a target "${wanted.id}" already`, {
      rule: 'PUR23',
      hint: 'set it, or choose another id',
    });
  if (state.purpose.amended.targets.size >= ADDED)
    reject('exhausted', `${ADDED} targets were amended`, {
      rule: 'PUR23',
      hint: 'write them into the pack, and apply it',
    });
  const inside = wanted.unit === undefined || isWhole(state, unit) || inUnit(state, wanted.unit, unit);
  if (!inside) reject('forbidden', `the unit "${wanted.unit}" is not in "${unit}"`, { rule: 'PUR23' });
  const owned = isWhole(state, unit) || wanted.unit !== undefined ? wanted : { ...wanted, unit };
  return { what: 'target', id: wanted.id, before: null, after: sound(state, owned, fresh) };
}

function soundCondition(id: string, where: string): void {
  const checked = checkExpression(where, { body: 'dyn', actor: 'dyn' }, 'bool');
  if (checked.ok) return;
  const message = `metric "${id}": ${checked.message} (line ${checked.line}, column ${checked.column} of "where")`;
  reject('invalid', message, { rule: 'PUR23', hint: 'a condition over `body` and `actor`' });
}

function measured(state: State, metric: Extract<Amendment, { measure: unknown }>['measure']): Change {
  if (metricOf(state, metric.id))
    reject('conflict', `there is a metric "${metric.id}" already`, { rule: 'PUR23', hint: 'choose another id' });
  if (state.purpose.amended.metrics.size >= ADDED)
    reject('exhausted', `${ADDED} metrics were added`, {
      rule: 'PUR23',
      hint: 'write them into the pack, and apply it',
    });
  const { measure } = metric;
  if ('reported' in measure && !state.organisation.capabilities.has(measure.reported.capability))
    reject('invalid', `there is no capability "${measure.reported.capability}"`, { rule: 'PUR23' });
  for (const where of conditionsOf(metric)) soundCondition(metric.id, where);
  return { what: 'metric', id: metric.id, before: null, after: metric };
}

/** What these amendments of a unit change, checked. */
export function changesFor(state: State, unit: string, wanted: readonly Amendment[]): Change[] {
  const fresh = new Set(wanted.flatMap((each) => ('measure' in each ? [each.measure.id] : [])));
  const changes = wanted.map((each): Change => {
    if ('set' in each) return setOf(state, unit, each.set, each.to);
    if ('add' in each) return added(state, unit, each.add, fresh);
    if ('remove' in each)
      return { what: 'target', id: each.remove, before: ownTarget(state, unit, each.remove), after: null };
    if ('measure' in each) return measured(state, each.measure);
    return { what: 'purpose', id: unit, before: purposeOf(state, unit), after: each.purpose };
  });
  const keys = changes.map(({ what, id }) => `${what} "${id}"`);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) reject('invalid', `${twice} is changed twice`, { rule: 'PUR23', hint: 'say it once' });
  return changes;
}

/** [PUR24] Only a value, and by less than the organisation allows: counted from what a human set last, so small steps add up. */
function small(state: State, change: Change, below: number): boolean {
  if (change.what !== 'target' || !change.before || !change.after) return false;
  const { value, ...rest } = change.after;
  if (canonical({ ...change.before, value }) !== canonical({ ...rest, value })) return false;
  const anchor = state.purpose.anchors.get(change.id) ?? change.before.value;
  return anchor !== 0 && (100 * Math.abs(value - anchor)) / Math.abs(anchor) < below;
}

const HUMAN = { rule: 'PUR22', hint: 'make a proposal: `proposal.make`' };

/** Who may decide this: a human who answers for the unit, or within bounds the agent that leads it. */
function authorityFor(state: State, unit: string, changes: readonly Change[], ctx: Context): Amended['authority'] {
  if (decides(state, ctx.actor, unit)) return 'human';
  const seat = seatOf(state, ctx.actor);
  const { delegate } = settingsOf(state);
  if (!seat || isHuman(seat) || !delegate)
    reject('forbidden', `only a human who answers for "${unit}" may change what it should achieve`, HUMAN);
  if (!leads(state, seat.id, unit) || maturityOf(state, seat) < delegate.maturity)
    reject('forbidden', `"${seat.id}" does not lead "${unit}" with maturity ${delegate.maturity}`, HUMAN);
  const tainted = ctx.run === null ? undefined : state.runs.runs.get(ctx.run)?.taint;
  if (tainted !== undefined && tainted.length > 0)
    reject('forbidden', `this run has seen what came from outside (${tainted[0]})`, { ...HUMAN, rule: 'PUR26' });
  const large = changes.find((change) => !small(state, change, delegate.below));
  if (large)
    reject(
      'forbidden',
      `"${large.id}": an agent changes values of targets only, by less than ${delegate.below} % in all`,
      {
        ...HUMAN,
        rule: 'PUR24',
      },
    );
  return 'delegated';
}

export const nameOfActor = (ctx: Context): string =>
  ctx.actor.seat ?? (ctx.actor.principal === OWNER ? OWNER : ctx.actor.principal);

/** The event that changes a unit's desired state. */
export const amendedBy = (unit: string, more: Omit<Amended, 'unit'>): Draft =>
  event('purpose.amended', `unit/${unit}`, { unit, ...more });

function amend(state: State, body: Body<'purpose.amend'>, ctx: Context): Draft[] {
  knownUnit(state, body.unit);
  const changes = changesFor(state, body.unit, body.changes);
  const authority = authorityFor(state, body.unit, changes, ctx);
  const { unit, reason } = body;
  return [amendedBy(unit, { changes, reason, by: nameOfActor(ctx), authority })];
}

/** What stands now at the place of a change. */
function present(state: State, { what, id }: Change): unknown {
  if (what === 'purpose') return purposeOf(state, id);
  const list: readonly { id: string }[] = what === 'target' ? state.purpose.targets : state.purpose.metrics;
  return list.find((each) => each.id === id) ?? null;
}

const undone = (change: Change): Change => ({ ...change, before: change.after, after: change.before }) as Change;

/** [PUR27] Back to what was before, unless something else was decided since. */
function revert(state: State, body: Body<'purpose.revert'>, ctx: Context): Draft[] {
  knownUnit(state, body.unit);
  const version = state.purpose.versions.get(body.unit)?.find((each) => each.version === body.version);
  if (!version)
    reject('not-found', `"${body.unit}" has no version ${body.version} in memory`, {
      rule: 'PUR27',
      hint: `see them with \`reeve purpose show ${body.unit}\``,
    });
  if (version.authority === 'definition')
    reject('conflict', `version ${body.version} came with a pack`, { rule: 'PUR27', hint: 'apply the pack before it' });
  const later = version.changes.find((each) => canonical(present(state, each)) !== canonical(each.after));
  if (later)
    reject('conflict', `"${later.id}" was changed again since version ${body.version}`, {
      rule: 'PUR27',
      hint: 'revert the later version first',
    });
  const changes = version.changes.map(undone);
  const authority = authorityFor(state, body.unit, changes, ctx);
  const by = nameOfActor(ctx);
  return [amendedBy(body.unit, { changes, reason: body.reason, by, authority, reverts: version.version })];
}

export const amendDecide = { 'purpose.amend': amend, 'purpose.revert': revert };

import { compileCondition } from '../cel/index.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type KernelRecord, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Definition } from '../definition.ts';
import { metricSamples, metricValue } from '../purpose/cells.ts';
import type { MetricDef } from '../purpose/definition.ts';
import { kindsOf } from '../purpose/folds.ts';
import type { AutoSwitchDef } from './controls.ts';

const NONE: readonly AutoSwitchDef[] = [];
const switchesOf = (state: State): readonly AutoSwitchDef[] => state.organisation.definition?.switches ?? NONE;
const switchKey = (s: AutoSwitchDef): string => `${s.scope}:${s.target}`;

/** Which switches each kind of event may trip, worked out once per definition. */
const index = new WeakMap<Definition, Map<string, AutoSwitchDef[]>>();
function watchers(definition: Definition): Map<string, AutoSwitchDef[]> {
  const known = index.get(definition);
  if (known) return known;
  const found = new Map<string, AutoSwitchDef[]>();
  for (const each of definition.switches ?? NONE) {
    const watched = definition.metrics.filter((metric) => each.metrics.includes(metric.id));
    for (const kind of new Set(watched.flatMap(kindsOf))) found.set(kind, [...(found.get(kind) ?? []), each]);
  }
  index.set(definition, found);
  return found;
}

function scopeOf(state: State, s: AutoSwitchDef, metrics: readonly MetricDef[], now: Time) {
  const values: Record<string, number> = {};
  const samples: Record<string, number> = {};
  for (const id of s.metrics) {
    const metric = metrics.find((each) => each.id === id);
    const value = metric ? metricValue(state, metric, now) : null;
    if (!metric || value === null) return null;
    values[id] = value;
    samples[id] = metricSamples(state, metric, now);
  }
  return { metrics: values, samples, now };
}

/** Why the switch trips now, or null. What cannot be evaluated trips: nobody could tell otherwise (GOV3). */
function tripsFor(state: State, s: AutoSwitchDef, now: Time): string | null {
  const { switches, control } = state.governance;
  const key = switchKey(s);
  if (switches.has(key)) return null;
  const rearmed = control.rearmed.get(key);
  if (rearmed !== undefined && now < rearmed + s.cooldown) return null;
  const scope = scopeOf(state, s, state.organisation.definition?.metrics ?? [], now);
  if (scope === null) return null;
  const held = compileCondition(s.when)(scope);
  if (!held.ok) return `${s.because} (the condition cannot be evaluated: ${held.error})`;
  const numbers = Object.entries(scope.metrics).map(([id, value]) => `${id} is ${Math.round(value * 100) / 100}`);
  return held.value ? `${s.because} (${numbers.join(', ')})` : null;
}

/** Switches whose condition holds now, whatever moved their metrics; used where facts are given instead of events. */
export const switchesThatTrip = (state: State, now: Time): readonly AutoSwitchDef[] =>
  switchesOf(state).filter((s) => tripsFor(state, s, now) !== null);

/**
 * [GOV50] Conditions are looked at when an event moved a metric they watch, and only then: the cost of an event does not depend
 * on history, and nothing is spent on events that no condition watches.
 */
export function watch(state: State, record: KernelRecord): FollowUp[] {
  const definition = state.organisation.definition;
  if (definition === null || switchesOf(state).length === 0) return [];
  const found = watchers(definition).get(record.kind);
  if (!found) return [];
  return found
    .filter((s) => tripsFor(state, s, record.at) !== null)
    .map((s) => followUp('switch.condition', { switch: s.id }));
}

/** Several events of one step may have asked for it: it trips once. */
function condition(state: State, body: { switch: string }, ctx: Context): Draft[] {
  const s = switchesOf(state).find((each) => each.id === body.switch);
  const reason = s ? tripsFor(state, s, ctx.now) : null;
  if (!s || reason === null) return [];
  const by = `switch/${s.id}`;
  return [
    event('switch.tripped', `switch/${switchKey(s)}`, {
      scope: s.scope,
      id: s.target,
      reason: reason.slice(0, 1000),
      by,
      condition: s.id,
    }),
  ];
}

export const conditionsFollowUps = { 'switch.condition': condition };

export const conditionsEvolve = {
  'switch.rearmed': (state: State, r: RecordOf<'switch.rearmed'>) => {
    state.governance.control.rearmed.set(`${r.body.scope}:${r.body.id}`, r.at);
  },
};

/** Who may re-arm what tripped by itself; null when everybody may who is entitled to re-arm at all. */
export function rearmers(state: State, scope: string, id: string): readonly string[] | null {
  const tripped = state.governance.switches.get(`${scope}:${id}`);
  const named = switchesOf(state).find((s) => s.id === tripped?.condition)?.rearm ?? [];
  return named.length > 0 ? named : null;
}

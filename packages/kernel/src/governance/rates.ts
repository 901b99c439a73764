import type { RecordOf } from '../core/events.ts';
import { byCapability } from '../core/names.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import type { Operation } from '../operations/state.ts';
import { inUnit } from '../organisation/views.ts';
import type { RateDef } from './controls.ts';

const NONE: readonly RateDef[] = [];
const ratesOn = byCapability<RateDef>((rate) => rate.on);

/** Every rate an operation falls under: those of all units around its seat, not only of the nearest [GOV43]. */
export function ratesFor(state: State, op: Operation): readonly RateDef[] {
  const rates = state.organisation.definition?.rates ?? NONE;
  if (rates.length === 0 || op.compensates !== null) return NONE;
  const unit = state.organisation.seats.get(op.seat)?.unit;
  return ratesOn(rates, op.capability).filter(
    (rate) =>
      (rate.seat === undefined || rate.seat === op.seat) &&
      (rate.unit === undefined || (unit !== undefined && inUnit(state, unit, rate.unit))),
  );
}

/** Addresses are compared as people read them: neither case nor space around them makes another recipient. */
const normal = (value: unknown): string =>
  typeof value === 'string' ? value.trim().toLowerCase() : JSON.stringify(value);

/** Whom an operation counts for; several for a list of recipients. */
export function subjectsOf(state: State, rate: RateDef, op: Operation): string[] {
  if (rate.per === 'seat') return [op.seat];
  if (rate.per === 'capability') return [op.capability];
  if (rate.per === 'unit') return [rate.unit ?? state.organisation.seats.get(op.seat)?.unit ?? ''];
  if (rate.per === 'customer')
    return [normal((op.case === null ? undefined : state.cases.cases.get(op.case)?.customer) ?? '')];
  if (rate.per === 'organisation') return ['all'];
  const value = op.args[rate.argument];
  if (value === undefined) return [];
  return [...new Set((Array.isArray(value) ? value : [value]).map(normal))];
}

/** Until when the rate is used up for a subject; 0 when there is room. Only the `limit` latest times matter. */
export function usedUpUntil(state: State, rate: RateDef, subject: string, now: Time): Time {
  const times = state.governance.control.rates.get(rate.id)?.get(subject);
  const decisive = times && times.length >= rate.limit ? times[times.length - rate.limit]! : null;
  return decisive !== null && decisive + rate.window > now ? decisive + rate.window : 0;
}

/** The least recently used subjects come first: those whose window is over are forgotten as new ones come. */
function forget(subjects: Map<string, Time[]>, span: number, now: Time): void {
  for (const [subject, times] of subjects) {
    if ((times.at(-1) ?? 0) + span > now) return;
    subjects.delete(subject);
  }
}

function count(state: State, rate: RateDef, subject: string, now: Time): void {
  const all = state.governance.control.rates;
  const subjects = all.get(rate.id) ?? new Map<string, Time[]>();
  all.set(rate.id, subjects);
  const times = subjects.get(subject) ?? [];
  subjects.delete(subject);
  forget(subjects, rate.window, now);
  times.push(now);
  if (times.length > rate.limit) times.splice(0, times.length - rate.limit);
  subjects.set(subject, times);
}

/** [GOV42] An operation counts when it is first admitted, once, whatever becomes of it. */
export function countRates(state: State, op: Operation, r: RecordOf<'operation.decided'>): void {
  for (const rate of ratesFor(state, op))
    for (const subject of subjectsOf(state, rate, op)) count(state, rate, subject, r.at);
}

/** Numbers of rates that are gone are dropped with them. */
export function forgetRates(state: State): void {
  const kept = new Set((state.organisation.definition?.rates ?? NONE).map((rate) => rate.id));
  for (const id of state.governance.control.rates.keys()) if (!kept.has(id)) state.governance.control.rates.delete(id);
}

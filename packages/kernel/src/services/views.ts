import { covers } from '../core/names.ts';
import type { State } from '../core/state.ts';
import { onDuty } from '../hours/views.ts';
import { inUnit } from '../organisation/views.ts';
import type { ServiceDef } from './definition.ts';
import { unmeasured } from './state.ts';

/** [SVC2] Everybody may ask, or the seats and units the catalogue names. */
export function mayAsk(state: State, { askers }: ServiceDef, seat: string): boolean {
  if (askers.seats.length + askers.units.length === 0 || askers.seats.includes(seat)) return true;
  const unit = state.organisation.seats.get(seat)?.unit;
  return unit !== undefined && askers.units.some((one) => inUnit(state, unit, one));
}

export interface Wanted {
  /** What is needed, in words. */
  readonly text?: string | undefined;
  /** Services whose provider may use this. */
  readonly capability?: string | undefined;
  /** Only what this seat may ask for. */
  readonly asker?: string | undefined;
}

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];

/** Does one word begin the other, so that "refund" finds "refunds"? */
const alike = (a: string, b: string): boolean =>
  a === b || (a.length > 3 && b.startsWith(a)) || (b.length > 3 && a.startsWith(b));

/** [SVC6] How well a service fits words: its name and title count most, its keywords next, then everything else it says. */
function scoreOf(state: State, service: ServiceDef, wanted: readonly string[]): number {
  const seat = state.organisation.seats.get(service.seat);
  const { skills = [], topics = [], domains = [] } = seat?.abilities ?? {};
  const parts: [number, string][] = [
    [5, `${service.id} ${service.title}`],
    [3, service.keywords.join(' ')],
    [2, `${service.description} ${[...skills, ...topics, ...domains].join(' ')}`],
    [1, [...Object.keys(service.input), ...Object.keys(service.output), service.success].join(' ')],
  ];
  const said = parts.map(([weight, text]): [number, string[]] => [weight, words(text)]);
  const best = (word: string) => Math.max(0, ...said.map(([w, all]) => (all.some((one) => alike(word, one)) ? w : 0)));
  return wanted.reduce((sum, word) => sum + best(word), 0);
}

function mayUse(state: State, { seat }: ServiceDef, capability: string): boolean {
  return (
    state.organisation.seats.get(seat)?.charter.rights.some((right) => covers(right.capability, capability)) ?? false
  );
}

/**
 * [SVC6] The directory: every service that fits, the best first; with what it promises, what it was measured at, and whether it
 * can be had now. Of equal ones those that may be asked for at once, then the more reliable.
 */
export function directory(state: State, { text, capability, asker }: Wanted) {
  const wanted = words(text ?? '');
  return [...state.organisation.services.values()]
    .filter((service) => asker === undefined || mayAsk(state, service, asker))
    .filter((service) => capability === undefined || mayUse(state, service, capability))
    .map((service) => ({ ...entryOf(state, service), score: scoreOf(state, service, wanted) }))
    .filter((entry) => wanted.length === 0 || entry.score > 0)
    .sort(
      (a, b) =>
        Number(a.deprecated !== null) - Number(b.deprecated !== null) ||
        b.score - a.score ||
        Number(b.available) - Number(a.available) ||
        (b.kept ?? 1) - (a.kept ?? 1) ||
        (a.id < b.id ? -1 : 1),
    );
}

function entryOf(state: State, service: ServiceDef) {
  const { requested, fulfilled, declined, inTime, time, charged } =
    state.services.measured.get(service.id) ?? unmeasured();
  const seat = state.organisation.seats.get(service.seat);
  const open = state.services.load.get(service.id) ?? 0;
  const free = service.capacity === undefined || open < service.capacity;
  return {
    ...{ id: service.id, title: service.title, description: service.description, seat: service.seat },
    unit: seat?.unit ?? '',
    ...{ input: service.input, output: service.output, success: service.success, within: service.within },
    ...{ price: service.price, needs: service.needs, capacity: service.capacity ?? null },
    deprecated: service.deprecated
      ? { because: service.deprecated.because, instead: service.deprecated.instead ?? null }
      : null,
    ...{ open, requested, fulfilled, declined, charged },
    /** Share of the ended ones that was fulfilled in time; null before the first. */
    kept: fulfilled + declined === 0 ? null : inTime / (fulfilled + declined),
    meanTime: fulfilled === 0 ? null : Math.round(time / fulfilled),
    works: onDuty(state, service.seat),
    available: free && seat?.status === 'active' && service.deprecated === undefined,
  };
}

export type DirectoryEntry = ReturnType<typeof directory>[number];

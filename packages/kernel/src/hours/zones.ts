import { ZONE_RULES } from './zone-rules.ts';

/** When summer time begins or ends: the n-th (5: last) weekday of a month, at this local time. */
interface Change {
  readonly month: number;
  readonly week: number;
  readonly day: number;
  readonly time: number;
}
/** Milliseconds to add to UTC, outside and during summer time. */
export interface Zone {
  readonly standard: number;
  readonly summer?: { readonly offset: number; readonly from: Change; readonly to: Change };
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const OFFSET = String.raw`([+-]?\d{1,2})(?::(\d{2}))?`;
const RULE = new RegExp(`^(?:<[^>]+>|[A-Za-z]+)${OFFSET}(?:(?:<[^>]+>|[A-Za-z]+)(?:${OFFSET})?,([^,]+),([^,]+))?$`);
const CHANGE = /^M(\d{1,2})\.(\d)\.(\d)(?:\/([+-]?\d{1,3})(?::(\d{2}))?)?$/;

/** "-5:30" → milliseconds; the sign counts for the minutes, too. */
function spanOf(hours: string, minutes = '0'): number {
  const sign = hours.startsWith('-') ? -1 : 1;
  return sign * (Math.abs(Number(hours)) * 60 + Number(minutes)) * MINUTE;
}

function changeOf(text: string): Change | null {
  const match = CHANGE.exec(text);
  if (!match) return null;
  const [, month, week, day, hours = '2', minutes] = match;
  return { month: Number(month), week: Number(week), day: Number(day), time: spanOf(hours, minutes) };
}

function parse(rule: string): Zone | null {
  const match = RULE.exec(rule);
  if (!match) return null;
  // POSIX counts westward: UTC is local time plus the offset.
  const standard = 0 - spanOf(match[1]!, match[2]);
  if (match[5] === undefined) return { standard };
  const [from, to] = [changeOf(match[5]), changeOf(match[6]!)];
  if (!from || !to) return null;
  const offset = match[3] === undefined ? standard + 60 * MINUTE : -spanOf(match[3], match[4]);
  return { standard, summer: { offset, from, to } };
}

let byName: Map<string, string> | null = null;

/** A zone by its IANA name (`Europe/Berlin`), or by a POSIX rule of its own; null when it is neither. */
export function zoneOf(name: string): Zone | null {
  byName ??= new Map(
    Object.entries(ZONE_RULES).flatMap(([rule, names]) => names.split(' ').map((one) => [one, rule] as const)),
  );
  return parse(byName.get(name) ?? name);
}

/** Local milliseconds (as if it were UTC) of a change in a year. */
function localChange({ month, week, day, time }: Change, year: number): number {
  const first = Date.UTC(year, month - 1, 1);
  const weekday = new Date(first).getUTCDay();
  const days = ((day - weekday + 7) % 7) + (week - 1) * 7;
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return first + (days >= length ? days - 7 : days) * DAY + time;
}

/** What local clocks are ahead of UTC at a time, in milliseconds. */
export function offsetAt(zone: Zone, at: number): number {
  const { standard, summer } = zone;
  if (!summer) return standard;
  const year = new Date(at + standard).getUTCFullYear();
  const from = localChange(summer.from, year) - standard;
  const to = localChange(summer.to, year) - summer.offset;
  const inside = from < to ? at >= from && at < to : at >= from || at < to;
  return inside ? summer.offset : standard;
}

/** The time at which local clocks show this; a time that a clock leaves out counts as an hour later. */
export function utcOf(zone: Zone, local: number): number {
  const guess = local - offsetAt(zone, local - zone.standard);
  return local - offsetAt(zone, guess);
}

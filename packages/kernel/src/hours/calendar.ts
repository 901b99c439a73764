import { type Calendar, WEEKDAYS } from './definition.ts';
import { offsetAt, utcOf, type Zone, zoneOf } from './zones.ts';

const DAY = 86_400_000;
/** A calendar that never works for longer than this is looked at again then. */
const AHEAD = 400;

interface Span {
  from: number;
  to: number;
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Working spans that begin on a local day (midnight as if it were UTC). */
function spansOn({ week, holidays }: Calendar, zone: Zone, day: number): Span[] {
  const date = new Date(day);
  const name = WEEKDAYS[date.getUTCDay()]!;
  if (holidays.includes(date.toISOString().slice(0, 10))) return [];
  return week
    .filter(({ days }) => days.includes(name))
    .map(({ from, to }) => {
      const [start, end] = [minutesOf(from), minutesOf(to)];
      const last = end > start ? end : end + 24 * 60;
      return { from: utcOf(zone, day + start * 60_000), to: utcOf(zone, day + last * 60_000) };
    })
    .sort((a, b) => a.from - b.from);
}

/** Working spans that end after a time, joined where they touch; in order, without end in the common case. */
function* spansFrom(calendar: Calendar, at: number): Generator<Span> {
  const zone = zoneOf(calendar.zone)!;
  const today = Math.floor((at + offsetAt(zone, at)) / DAY) * DAY;
  let open: Span | null = null;
  for (let i = -1; i < AHEAD; i++) {
    for (const span of spansOn(calendar, zone, today + i * DAY)) {
      if (open && span.from <= open.to) open.to = Math.max(open.to, span.to);
      else {
        if (open && open.to > at) yield open;
        open = { ...span };
      }
    }
  }
  if (open && open.to > at) yield open;
}

/** Does it work at this time, and until when is that so? A span that touches the next goes on. */
export function dutyAt(calendar: Calendar, at: number): { on: boolean; until: number } {
  for (const { from, to } of spansFrom(calendar, at))
    return from <= at ? { on: true, until: to } : { on: false, until: from };
  return { on: false, until: at + AHEAD * DAY };
}

/** The time at which so many milliseconds of work have passed since a time. */
export function afterWork(calendar: Calendar, since: number, span: number): number {
  let left = span;
  for (const { from, to } of spansFrom(calendar, since)) {
    const start = Math.max(from, since);
    if (to - start >= left) return start + left;
    left -= to - start;
  }
  return since + AHEAD * DAY;
}

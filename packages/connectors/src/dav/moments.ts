/** Days and moments of calendars. */
import { refused } from '../shared/call.ts';
import { type Line, property } from './lines.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** "2026-11-21" or "2026-11-21T10:00:00+01:00" → a property. @throws ToolError deterministic. */
export function momentLine(name: string, text: string): string {
  const real = !Number.isNaN(Date.parse(text)) && (!DAY.test(text) || new Date(text).toISOString().startsWith(text));
  if (real && DAY.test(text)) return property(name, text.replaceAll('-', ''), { VALUE: 'DATE' });
  if (real && MOMENT.test(text)) return property(name, compact(new Date(text)));
  throw refused(`"${text}" is no day and no moment; write 2026-11-21, or 2026-11-21T10:00:00Z with a zone`);
}

/** 20261121T100000Z */
export const compact = (at: Date): string => `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** A day as "2026-11-21", a moment as ISO 8601 in UTC; one without a zone, or in a zone nobody knows, as local time without "Z". */
export function readMoment({ value, params }: Line): string {
  const [, year, month, day, hour, minute, second, utc] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(value.trim()) ?? [];
  if (year === undefined) return '';
  if (hour === undefined) return `${year}-${month}-${day}`;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (utc === 'Z') return `${local}.000Z`;
  return params.TZID === undefined ? local : (inZone(local, params.TZID) ?? local);
}

/** The moment a clock in `zone` shows `local`; undefined when the zone is not known. */
function inZone(local: string, zone: string): string | undefined {
  const guess = Date.parse(`${local}Z`);
  try {
    // The offset at the guess may differ from that at the answer around a change of the clock: look twice.
    const first = guess - offsetAt(guess, zone);
    return new Date(guess - offsetAt(first, zone)).toISOString();
  } catch {
    return undefined;
  }
}

function offsetAt(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

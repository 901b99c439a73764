const ISO =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/i;
const DAY_FIRST = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const MAIL =
  /^(?:[a-z]{3,9},?\s+)?(\d{1,2})\s+([a-z]{3})[a-z]*\.?\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s+(UTC?|GMT|Z|[ECMP][SD]T|[+-]\d{4}))?(?:\s*\([^()]{0,60}\))?$/i;
const EPOCH = /^\d{9,13}(?:\.\d{1,9})?$/;

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** RFC 5322 §4.3, in minutes. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};

/**
 * A moment in milliseconds since the epoch, or undefined if the text is not plainly one. `Date.parse` is not used: it
 * reads "ticket 7" as a date and unzoned times in the zone of the machine. Unzoned times count as UTC; 11/12/2026 is
 * refused because it means two days.
 */
export function parseMoment(value: string | number): number | undefined {
  const text = String(value).trim();
  if (EPOCH.test(text)) return fromEpoch(Number(text));
  return fromIso(text) ?? fromDayFirst(text) ?? fromMail(text);
}

/** Seconds up to 1e11 (the year 5138), milliseconds (from 1973) above. */
function fromEpoch(value: number): number {
  return Math.round(value < 1e11 ? value * 1000 : value);
}

function fromIso(text: string): number | undefined {
  const [match, year, month, day, hour, minute, second, fraction, zone] = ISO.exec(text) ?? [];
  if (match === undefined) return undefined;
  const at = moment([year, month, day, hour, minute, second], zone);
  return at === undefined ? undefined : at + Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
}

function fromDayFirst(text: string): number | undefined {
  const [match, day, month, year, hour, minute, second] = DAY_FIRST.exec(text) ?? [];
  return match === undefined ? undefined : moment([year, month, day, hour, minute, second]);
}

function fromMail(text: string): number | undefined {
  const [match, day, name, year, hour, minute, second, zone] = MAIL.exec(text) ?? [];
  if (match === undefined) return undefined;
  const month = MONTHS.indexOf(name!.toLowerCase()) + 1;
  return moment([year, String(month), day, hour, minute, second], zone);
}

/** Refuses 31 February and 25 o'clock instead of rolling them over. */
function moment(parts: (string | undefined)[], zone?: string): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(at);
  const same = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && back.getUTCHours() === hour;
  if (!same || minute > 59 || second > 60 || at < 0) return undefined;
  return at - zoneMinutes(zone) * 60_000;
}

function zoneMinutes(zone = 'Z'): number {
  const named = ZONES[zone.toLowerCase()];
  if (named !== undefined) return named;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3));
  return digits.startsWith('-') ? -minutes : minutes;
}

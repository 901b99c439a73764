/**
 * Days and times as people write them: "2026-05-26", "May 26th", "26 May 2026, 3pm". What can only be worked out with a clock
 * ("tomorrow", "next Tuesday") is none.
 */
import { once } from './index-of.ts';
import type { Leaf } from './sources.ts';

interface Day {
  /** Null where the text leaves it out. */
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}
export interface Moment extends Day {
  /** Minutes of the day; null where there is no time. */
  readonly minutes: number | null;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';
const FORMS: readonly { readonly form: RegExp; readonly read: (m: RegExpMatchArray) => Day }[] = [
  { form: /\b(\d{4})-(\d{2})-(\d{2})(?!\d)/g, read: (m) => day(m[1], Number(m[2]), m[3]) },
  { form: new RegExp(`\\b${MONTH}\\.? ${DAY}\\b(?:,? (\\d{4})\\b)?`, 'g'), read: (m) => day(m[3], named(m[1]!), m[2]) },
  {
    form: new RegExp(`\\b${DAY}(?: of|\\.)? ${MONTH}\\b(?:,? (\\d{4})\\b)?`, 'g'),
    read: (m) => day(m[3], named(m[2]!), m[1]),
  },
];
const day = (year: string | undefined, month: number, of: string | undefined): Day => ({
  year: year === undefined ? null : Number(year),
  month,
  day: Number(of),
});
const named = (month: string): number => MONTHS.indexOf(month.slice(0, 3)) + 1;

const TIME = /(?<![\d:.-])(?:(\d{1,2}):(\d{2})(?::\d{2})? ?(am|pm)?|(\d{1,2}) ?(am|pm))\b/g;
function minutes(m: RegExpMatchArray): number {
  const half = m[3] ?? m[5];
  const hour = Number(m[1] ?? m[4]) % (half ? 12 : 24);
  return (hour + (half === 'pm' ? 12 : 0)) * 60 + Number(m[2] ?? 0);
}

interface Found {
  readonly days: readonly Day[];
  readonly times: readonly number[];
}

/** Days and times a text (normalised) holds. */
function foundIn(plain: string): Found {
  const days = FORMS.flatMap(({ form, read }) => [...plain.matchAll(form)].map(read));
  const spaced = plain.replaceAll(/(?<=\d)t(?=\d{2}:)/g, ' ');
  return { days: days.filter((d) => d.month > 0 && d.day > 0), times: [...spaced.matchAll(TIME)].map(minutes) };
}

/** A value that is a day, with or without a time; null when it is anything else. */
export function momentOf(plain: string): Moment | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[t ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?z?)?$/.exec(plain);
  if (!match) return null;
  const time = match[4] === undefined ? null : Number(match[4]) * 60 + Number(match[5]);
  return { ...day(match[1], Number(match[2]), match[3]), minutes: time };
}

const inLeaf = once((leaf: Leaf): Found => foundIn(leaf.plain));

/** Does a text say that day, and that time when there is one? A day without a year is that day in any year. */
export function tells(leaf: Leaf, moment: Moment): boolean {
  const { days, times } = inLeaf(leaf);
  return (
    days.some((d) => d.month === moment.month && d.day === moment.day && (d.year ?? moment.year) === moment.year) &&
    (moment.minutes === null || times.includes(moment.minutes))
  );
}

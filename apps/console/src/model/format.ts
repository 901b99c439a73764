/** Numbers, money and times as people write them. Pure: the present moment comes in. */

const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£' };
const MICRO = 1_000_000;
export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** 1234567 → "1,234,567". */
export function countText(value: number): string {
  const [whole = '', part] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** Micro-units: 12_500_000 in USD → "$12.50"; in CHF → "CHF 12.50". Fractions of a cent are shown when there are any. */
export function moneyText(micro: number, currency: string): string {
  const sign = micro < 0 ? '−' : '';
  const amount = Math.abs(micro) / MICRO;
  const digits = Math.round(Math.abs(micro)) % 10_000 === 0 ? 2 : 4;
  const [whole = '0', part = '00'] = amount.toFixed(digits).split('.');
  return `${sign}${SYMBOLS[currency] ?? `${currency} `}${countText(Number(whole))}.${part}`;
}

/** "12.50" or "$12.50" → micro-units; null for what is no amount. */
export function parseMoney(text: string): number | null {
  const match = /^\s*[$€£]?\s*(\d{1,12})(?:[.,](\d{1,6}))?\s*$/.exec(text);
  if (!match) return null;
  return Number(match[1]) * MICRO + Number((match[2] ?? '').padEnd(6, '0').slice(0, 6));
}

const UNITS = [
  [DAY, 'd', HOUR, 'h'],
  [HOUR, 'h', MINUTE, 'min'],
  [MINUTE, 'min', 1000, 's'],
] as const;

/** A span in milliseconds with its two largest units: "340 ms", "1.5 s", "2 min 5 s", "3 h 20 min". */
export function spanText(ms: number): string {
  if (ms < 0) return `−${spanText(-ms)}`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0).replace(/\.0$/, '')} s`;
  const [large, name, small, smaller] = UNITS.find(([unit]) => ms >= unit)!;
  const rest = Math.floor((ms % large) / small);
  return `${countText(Math.floor(ms / large))} ${name}${rest > 0 ? ` ${rest} ${smaller}` : ''}`;
}

/** One unit is enough: "just now", "5 min ago", "in 4 h". */
export function agoText(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 10_000) return 'just now';
  const found = UNITS.find(([unit]) => distance >= unit);
  const [unit, name] = found ?? [1000, 's'];
  const text = `${countText(Math.floor(distance / unit))} ${name}`;
  return at > now ? `in ${text}` : `${text} ago`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** In the reader's own zone: "2026-11-21 06:03:09". */
export function momentText(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clockText(at)}`;
}

export function clockText(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export type MetricUnit = 'percent' | 'count' | 'money' | 'duration' | 'number';

/** The value of a metric; "no data yet" for null. */
export function metricText(value: number | null, unit: MetricUnit, currency: string): string {
  if (value === null) return 'no data yet';
  const rounded = (digits: number) => countText(Number(value.toFixed(digits)));
  if (unit === 'money') return moneyText(value, currency);
  if (unit === 'duration') return spanText(value);
  if (unit === 'percent') return `${rounded(1)} %`;
  return rounded(unit === 'count' ? 0 : 2);
}

/** "billing-specialist" → "Billing specialist"; "orders.refund" → "Orders refund". */
export function wordsOf(id: string): string {
  const text = id.replace(/[-_.]+/g, ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Control characters, zero-width ones, those that turn the direction of text, and tags: nobody sees them. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
const SEEN: ReadonlySet<string> = new Set(['\n', '\t']);

/** `text` with what nobody sees made visible, except for the characters in `kept`. */
export const visible = (text: string, kept: ReadonlySet<string> = SEEN): string =>
  text.replace(UNSEEN, (char) => (kept.has(char) ? char : `⟨${char.codePointAt(0)!.toString(16).toUpperCase()}⟩`));

/**
 * [WEB20] Text of others with what cannot be seen made visible: control characters, and those that turn the direction of
 * text or hide in it, with which "approve $5" can be made to read otherwise.
 */
export const plainText = (text: string): string => visible(text.replace(/\r\n?/g, '\n'));

/** Bytes in the largest unit of which there is at least one. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const size = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** size;
  return `${size === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[size]}`;
}

/** "1 case", "2 cases". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;

/** What a recommendation adds to what its packet shows anyway: for whom and why. */
export const gistOf = (recommendation: string): string =>
  recommendation.replace(/^"[\w.-]+" wants to [\w.-]+(?: moving [\d.,]+)?\s*/, '') || recommendation;

/** A value on one line, money and spans by their declared type. */
export function valueText(value: unknown, type: string | undefined, currency: string): string {
  if (type === 'money' && typeof value === 'number') return moneyText(value, currency);
  if (type === 'duration' && typeof value === 'number') return spanText(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

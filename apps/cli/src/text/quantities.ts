import { DAY, formatMoney, HOUR, MINUTE } from '@reeve/kernel/units';

const SYMBOLS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£' };

/** 12_500_000 micro-units of USD → "$12.50"; of CHF → "CHF 12.50". Thousands are separated. */
export function moneyText(micro: number, currency: string): string {
  const [whole = '0', cents = '00'] = formatMoney(Math.abs(micro)).split('.');
  const sign = micro < 0 ? '-' : '';
  return `${sign}${SYMBOLS[currency] ?? `${currency} `}${countText(Number(whole))}.${cents}`;
}

/** 1234567 → "1,234,567", the same on every machine. */
export function countText(value: number): string {
  const [whole = '', part] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** "1 case", "2 cases". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;

/** A span in milliseconds with its two largest units: "340 ms", "1.5 s", "2 min 5 s", "3 h 20 min", "2 d 4 h". */
export function spanText(ms: number): string {
  if (ms < 0) return `-${spanText(-ms)}`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`;
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'min', 1000, 's');
  return ms < DAY ? two(ms, HOUR, 'h', MINUTE, 'min') : two(ms, DAY, 'd', HOUR, 'h');
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${countText(Math.floor(ms / large))} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

/** A moment in the reader's own zone: "2026-11-21 06:03:09". */
export function momentText(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A time as seen from `now`: "just now", "5 min ago", "in 4 h". One unit is enough. */
export function agoText(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 1000) return 'just now';
  const [unit, name] =
    distance >= DAY ? [DAY, 'd'] : distance >= HOUR ? [HOUR, 'h'] : distance >= MINUTE ? [MINUTE, 'min'] : [1000, 's'];
  const text = `${Math.round(distance / (unit as number))} ${name}`;
  return at > now ? `in ${text}` : `${text} ago`;
}

export type MetricUnit = 'percent' | 'count' | 'money' | 'duration' | 'number';

/** The value of a metric as people write it; "no data yet" for null. */
export function metricText(value: number | null, unit: MetricUnit, currency: string): string {
  if (value === null) return 'no data yet';
  if (unit === 'money') return moneyText(value, currency);
  if (unit === 'duration') return spanText(value);
  const rounded = countText(Math.round(value * 10) / 10);
  return unit === 'percent' ? `${rounded} %` : rounded;
}

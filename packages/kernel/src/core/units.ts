/** Money and time as they are written and counted. Without libraries: a command line needs it before anything else. */

/** Integer micro-units: 1 USD = 1,000,000. Integers keep the books exact. */
export const MICRO = 1_000_000;

const MONEY = /^\s*(?:[$€£]|[A-Z]{3}\s)?\s*(-?\d{1,9})(?:\.(\d{1,6}))?\s*(?:[A-Z]{3})?\s*$/;

/** "$12.50" → 12_500_000 micro-units; undefined when the text is not an amount. */
export function parseMoney(text: string): number | undefined {
  const match = MONEY.exec(text);
  if (!match) return undefined;
  const whole = Number(match[1]);
  const fraction = Number((match[2] ?? '').padEnd(6, '0') || '0');
  const negative = (match[1] ?? '').startsWith('-');
  return negative ? whole * MICRO - fraction : whole * MICRO + fraction;
}

/** 12_500_000 → "12.50". */
export function formatMoney(micro: number): string {
  const sign = micro < 0 ? '-' : '';
  const cents = Math.round(Math.abs(micro) / 10_000);
  return `${sign}${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d|w)\s*$/;

/** "90s" → 90_000 ms; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  return match ? Math.round(Number(match[1]) * UNITS[match[2] as string]!) : undefined;
}

/** 90_000 → "90 s", 2_592_000_000 → "30 days": in the largest unit that divides it. */
export function formatDuration(ms: number): string {
  for (const [unit, name] of [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ] as const) {
    if (ms >= unit && ms % unit === 0) return `${ms / unit} ${name}${ms === unit ? '' : 's'}`;
  }
  return `${ms / 1000} s`;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

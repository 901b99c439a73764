import { z } from 'zod';
import { parseDuration, parseMoney } from './units.ts';

export { DAY, formatDuration, formatMoney, HOUR, MICRO, MINUTE, parseDuration, parseMoney } from './units.ts';

/** An amount of money, written "$5.00" in files, held as integer micro-units. */
export const money = z.union([z.number().int().safe(), z.string()]).transform((value, ctx) => {
  const micro = typeof value === 'number' ? value : parseMoney(value);
  if (micro !== undefined) return micro;
  ctx.addIssue({ code: 'custom', message: 'expected an amount such as "$12.50" (or integer micro-units)' });
  return z.NEVER;
});

/** A span of time, written "30s", "4h", "3d" in files, held as milliseconds. */
export const duration = z.union([z.number().int().nonnegative(), z.string()]).transform((value, ctx) => {
  const ms = typeof value === 'number' ? value : parseDuration(value);
  if (ms !== undefined) return ms;
  ctx.addIssue({ code: 'custom', message: 'expected a duration such as "30s", "15m", "4h" or "3d"' });
  return z.NEVER;
});

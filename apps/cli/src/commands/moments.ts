import { parseDuration } from '@reeve/kernel/units';
import { type Context, usage } from '../context.ts';

/** A span from now, a day (midnight here) or a time. */
export function momentOf({ now }: Context, text: string, name: string): number {
  const span = parseDuration(text);
  if (span !== undefined) return now() + span;
  const local = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const at = /^\d{4}-\d{2}-\d{2}T/.test(local) ? Date.parse(local) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw usage(`${name} cannot be "${text}"`, 'it is no time', 'write a day (2026-12-01), a time or a span (14d)');
}

import type { HistoryEntry } from '@reeve/protocol';
import { withClient } from '../connect.ts';
import { type Context, print, usage, wholeNumber } from '../context.ts';
import { historyText } from '../text/history.ts';

export interface HistoryFlags {
  readonly case?: string;
  readonly seat?: string;
  readonly actor?: string;
  readonly kind?: string;
  readonly since?: string;
  readonly until?: string;
  readonly oldest?: boolean;
  readonly limit: string;
  readonly cursor?: string;
}

/** `reeve history`, and `reeve search` with words. */
export async function history(context: Context, text: string | null, options: HistoryFlags): Promise<void> {
  const limit = wholeNumber(options.limit, '--limit', 1, 1000);
  const [from, to] = [momentOf(context, options.since, '--since'), momentOf(context, options.until, '--until')];
  await withClient(context, async ({ client }) => {
    const found: { records: HistoryEntry[]; next?: string | undefined } = await client.history({
      limit,
      order: options.oldest ? 'oldest' : 'newest',
      ...(text === null ? {} : { text }),
      ...(options.case === undefined ? {} : { case: options.case.toUpperCase() }),
      ...(options.seat === undefined ? {} : { seat: options.seat }),
      ...(options.actor === undefined ? {} : { actor: options.actor }),
      ...(options.kind === undefined ? {} : { kind: options.kind }),
      ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
      ...(from === null ? {} : { from }),
      ...(to === null ? {} : { to }),
    });
    print(context, found, () => historyText(found.records, found.next, context.width));
  });
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "2026-11-21", "2026-11-21T08:00Z", or how long ago: "3d". */
function momentOf(context: Context, text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return context.now() - Number(count) * UNITS[unit]!;
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isInteger(at) && at >= 0) return at;
  throw usage(`${name} cannot be "${text}"`, 'it is a date such as 2026-11-21, or an age such as 3d', 'correct it');
}

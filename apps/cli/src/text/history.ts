import type { HistoryEntry } from '@reeve/protocol';
import { countText, momentText } from './quantities.ts';
import { fit, safe } from './table.ts';

/** One line a record: when, who, about what, and what happened. */
export function historyText(records: readonly HistoryEntry[], next: string | undefined, width: number): string {
  if (records.length === 0) return 'nothing on the ledger matches\n';
  const lines = records.map(({ seq, at, actor, stream, sentence }) => {
    const who = (actor.seat ?? actor.principal).padEnd(18);
    const start = `${countText(seq).padStart(8)}  ${momentText(at)}  ${who}  ${stream.padEnd(14)}  `;
    return fit(start + safe(sentence), Math.min(width, 500));
  });
  const more = next === undefined ? '' : `more: --cursor ${next}\n`;
  return `${lines.join('\n')}\n${more}`;
}

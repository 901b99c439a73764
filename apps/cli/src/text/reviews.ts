/** Decisions in numbers. */
import type { ReviewLineView, Reviews } from '@reeve/protocol';
import { optional, type View } from './lists.ts';
import { moneyText, plural, spanText } from './quantities.ts';
import { linesOf, safe, table } from './table.ts';

const SIGNALS = { 'over-reviewed': 'over-reviewed', 'weak-upstream': 'weak upstream' } as const;

function lines(title: string, all: readonly ReviewLineView[], view: View): string {
  const columns = [
    { title, shrink: true },
    { title: 'approved', align: 'right' },
    { title: 'rejected', align: 'right' },
    { title: 'revised', align: 'right' },
    { title: 'silent', align: 'right' },
    { title: 'waited', align: 'right' },
    { title: 'minutes', align: 'right' },
    { title: 'cost', align: 'right' },
    { title: 'signal' },
  ] as const;
  const rows = all.map((each) => [
    safe(each.id),
    String(each.approved),
    String(each.rejected),
    String(each.revised),
    String(each.silent),
    spanText(each.averageWait),
    each.minutes.toFixed(1),
    moneyText(each.cost, view.currency),
    each.signal === null ? '-' : view.paint('warn', SIGNALS[each.signal]),
  ]);
  return rows.length === 0 ? '' : `\n${table(columns, rows, view.width)}`;
}

export function reviewsText(found: Reviews, view: View): string {
  const { byCapability, byRequester, byReviewer, pending, decided, settings } = found;
  const head = `${plural(decided, 'decision')} by people, ${pending} waiting\n`;
  const advice = [...byCapability, ...byRequester]
    .filter(({ signal }) => signal !== null)
    .map((each) => safe(each.advice));
  const rule = `said from ${settings.least} decisions on: over-reviewed from ${Math.round(settings.over * 100)} % approved, weak upstream from ${Math.round(settings.weak * 100)} % refused or sent back`;
  return [
    head,
    lines('capability', byCapability, view),
    lines('asked by', byRequester, view),
    lines('decided by', byReviewer, view),
    optional('What it means', [...(advice.length === 0 ? ['nothing stands out'] : advice), rule].flatMap(linesOf)),
  ].join('');
}

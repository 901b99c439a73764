/** What a plan does to the work that is open and to each seat: what is other afterwards, and nothing else. */
import type { RestructuringPlanView } from '@reeve/protocol';
import type { ReactNode } from 'react';
import { amounts, type Effect, markOf, namesIn } from '../model/draft.ts';
import { moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Badge } from '../ui/parts.tsx';
import { useCurrency } from '../ui/values.tsx';

/** Seats described at once; a plan about more of them is read on the command line. */
const SHOWN = 60;

export function Moving({ plan }: { plan: RestructuringPlanView }) {
  const { moving, retired, stopped } = plan;
  const name = namesIn(plan);
  return (
    <div>
      <h3 className="font-medium">{t.structure.plan.work}</h3>
      {moving.length === 0 && <p className="text-soft">{t.structure.plan.noWork}</p>}
      <ul className="text-soft">
        {moving.map((each) => (
          <li key={`${each.from} ${each.to}`}>
            {t.structure.plan.fromTo(name(each.from), name(each.to))}:{' '}
            {amounts(each)
              .map(([kind, count]) => t.structure.plan.kinds[kind](count))
              .join(', ') || t.structure.plan.nothingOpen}
          </li>
        ))}
        {retired.map(({ seat, heir }) => (
          <li key={seat}>{t.structure.plan.retired(name(seat), name(heir))}</li>
        ))}
        {stopped.length > 0 && <li>{t.structure.plan.stopped(stopped.length)}</li>}
      </ul>
    </div>
  );
}

export const Effects = ({ plan }: { plan: RestructuringPlanView }) => (
  <div className="space-y-2">
    <h3 className="font-medium">{t.structure.plan.seats}</h3>
    {plan.effects.slice(0, SHOWN).map((effect) => (
      <SeatEffect key={effect.seat} effect={effect} name={namesIn(plan)} allowed={plan.allowed} />
    ))}
    {plan.effects.length > SHOWN && (
      <p className="text-faint">{t.structure.others(`${plan.effects.length - SHOWN}`)}</p>
    )}
  </div>
);

type Row = readonly [name: string, before: string, after: string, note?: ReactNode];

const or = (text: string | null | undefined): string => (text ? wordsOf(text) : t.structure.plan.no);
const list = (ids: readonly string[] | undefined): string => (ids ?? []).map(wordsOf).join(', ') || t.structure.plan.no;

type Reaching = Effect['damage']['before'];

/** What it can cause that it could not, and the other way round; the whole sentence where the difference is another one. */
function reachRows(had: Reaching, has: Reaching): Row[] {
  const more = (has?.can ?? []).filter((each) => !had?.can.includes(each));
  const less = (had?.can ?? []).filter((each) => !has?.can.includes(each));
  const same = had?.money === has?.money && had?.aloneAtOnce === has?.aloneAtOnce;
  const other = more.length + less.length === 0 && same;
  return [
    [t.structure.plan.gains, '', more.join(', ')],
    [t.structure.plan.loses, less.join(', '), ''],
    [t.structure.plan.text, other ? (had?.text ?? '') : '', other ? (has?.text ?? '') : ''],
  ];
}

interface Words {
  readonly name: (seat: string) => string;
  readonly money: (amount: number | null | undefined) => string;
  /** Seats that may report to one before there is a layer between. */
  readonly allowed: number;
}

function rowsOf({ before, after, reports, damage }: Effect, { name, money, allowed }: Words): Row[] {
  const seat = (id: string | null | undefined): string => (id ? name(id) : t.structure.plan.no);
  const [had, has] = [damage.before, damage.after];
  const tooMany = reports.after > allowed && reports.after > reports.before;
  const rows: Row[] = [
    [t.structure.plan.above, seat(before?.supervisor), seat(after?.supervisor)],
    [t.structure.plan.unit, or(before?.unit), or(after?.unit)],
    [t.structure.plan.occupant, before?.occupant ?? t.structure.plan.no, after?.occupant ?? t.structure.plan.no],
    [
      t.structure.plan.reports,
      `${reports.before}`,
      `${reports.after}`,
      tooMany && <span className="text-warn">{t.structure.plan.wide(reports.after, allowed)}</span>,
    ],
    [t.structure.plan.damage, money(had?.money), money(has?.money)],
    [t.structure.plan.alone, money(had?.aloneAtOnce), money(has?.aloneAtOnce)],
    [t.structure.plan.budgets, list(had?.budgets), list(has?.budgets)],
    ...reachRows(had, has),
  ];
  return rows.filter(([, one, other]) => one !== other);
}

function SeatEffect({ effect, name, allowed }: { effect: Effect } & Pick<Words, 'name' | 'allowed'>) {
  const currency = useCurrency();
  const money = (amount: number | null | undefined): string => {
    if (amount === undefined) return t.structure.plan.no;
    return amount === null ? t.structure.plan.noLimit : moneyText(amount, currency);
  };
  const rows = rowsOf(effect, { name, money, allowed });
  if (rows.length === 0) return null;
  const isNew = markOf(effect) === 'new';
  return (
    <div className="rounded-md border px-3 py-2">
      <p className="flex items-center gap-2 font-medium">
        {effect.title}
        {isNew && <Badge tone="good">{t.structure.plan.isNew}</Badge>}
        {effect.after === null && <Badge tone="bad">{t.structure.plan.goes}</Badge>}
      </p>
      {effect.after !== null && (
        <dl className="mt-1 space-y-1">
          {rows.map(([label, before, after, note]) => (
            <div key={label} className="grid grid-cols-[6.5rem_1fr] gap-x-2">
              <dt className="text-faint">{label}</dt>
              <dd>
                {!isNew && before !== '' && (
                  <del className="text-soft decoration-faint">
                    <span className="sr-only">{t.structure.plan.before} </span>
                    {before}
                  </del>
                )}{' '}
                {!isNew && before !== '' && after !== '' && '→ '}
                {after !== '' && (
                  <ins className="font-medium no-underline">
                    <span className="sr-only">{t.structure.plan.after} </span>
                    {after}
                  </ins>
                )}{' '}
                {note}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

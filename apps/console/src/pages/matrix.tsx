import type { MatrixSeat } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { matrixQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Input } from '../ui/forms.tsx';
import { Badge, Button, Empty, Loading, Problem, Section, type Tone } from '../ui/parts.tsx';

type Row = MatrixSeat['rows'][number];

/** How a cell reads at a glance. */
function toneOf({ may, asks }: Row): Tone {
  if (may === 'no') return 'plain';
  return asks === '-' || asks.startsWith('earned') ? 'good' : 'warn';
}

export function Matrix() {
  const { q = '' } = useSearch({ from: '/policies' });
  const navigate = useNavigate({ from: '/policies' });
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(matrixQuery(q ? { q } : {}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading rows={8} />;
  const seats = data.pages.flatMap((page) => page.seats);
  return (
    <div className="space-y-4">
      <Input
        type="search"
        className="max-w-sm"
        aria-label={t.policies.find}
        placeholder={t.policies.find}
        defaultValue={q}
        onChange={(event) =>
          void navigate({
            search: event.target.value ? { tab: 'matrix', q: event.target.value } : { tab: 'matrix' },
            replace: true,
          })
        }
      />
      {seats.map((seat) => (
        <SeatMatrix key={seat.seat} of={seat} />
      ))}
      {seats.length === 0 && (
        <Empty icon="search" title={t.cases.none}>
          {t.cases.noneWhy}
        </Empty>
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t.policies.more}</Button>}
    </div>
  );
}

function SeatMatrix({ of: { seat, title, unit, tier, damage, rows, entrusts } }: { of: MatrixSeat }) {
  const may = rows.filter((row) => row.may !== 'no');
  const not = rows.filter((row) => row.may === 'no');
  return (
    <Section
      flush
      title={
        <Link to="/organisation/$id" params={{ id: seat }} className="hover:underline">
          {title} <span className="font-normal text-faint">{wordsOf(unit)}</span>
        </Link>
      }
      aside={<Badge tone="accent">{t.seat.tiers[tier]}</Badge>}
    >
      <p className="border-b px-4 py-2 text-xs text-soft">
        <strong>{t.policies.damage}</strong> {damage}
        {entrusts.length > 0 && ` · ${t.seat.entrusts} ${entrusts.join(', ')}`}
      </p>
      <div className="overflow-x-auto scroll-thin">
        <table className="w-full min-w-[44rem] text-left">
          <thead className="text-2xs text-faint uppercase">
            <tr>
              {[t.policies.capability, t.policies.may, t.policies.asks, t.policies.rules, t.policies.limit].map(
                (name) => (
                  <th key={name} scope="col" className="px-4 py-1.5 font-semibold">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody className="divide-y border-t">
            {may.map((row) => (
              <Cells key={row.capability} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {not.length > 0 && (
        <details className="border-t px-4 py-2 text-xs text-faint">
          <summary>{t.policies.mayNot(not.length)}</summary>
          <p className="mt-1 font-mono">{not.map(({ capability }) => capability).join(', ')}</p>
        </details>
      )}
    </Section>
  );
}

const Cells = ({ row }: { row: Row }) => (
  <tr className="align-top">
    <th scope="row" className="px-4 py-1.5 font-normal whitespace-nowrap">
      <code className="font-mono text-xs">{row.capability}</code>
      <span className="block text-2xs text-faint">{row.effect}</span>
    </th>
    <td className="px-4 py-1.5">
      <Badge tone={toneOf(row)}>{row.may.startsWith('may when') ? t.policies.mayWhen : t.policies.mays}</Badge>
      {row.may.startsWith('may when ') && (
        <code className="block font-mono text-2xs text-faint">{row.may.slice(9)}</code>
      )}
    </td>
    <td className="px-4 py-1.5 text-xs text-soft">{row.asks === '-' ? t.common.no : row.asks}</td>
    <td className="px-4 py-1.5 text-xs text-soft">
      {row.contract !== '-' && (
        <Link to="/policies" search={{ tab: 'contracts', contract: row.contract }} className="text-accent underline">
          {row.contract}
        </Link>
      )}
      {row.policies !== '-' && <span className="block">{row.policies}</span>}
    </td>
    <td className="px-4 py-1.5 text-xs whitespace-nowrap">{row.limit}</td>
  </tr>
);

/** A table of any length: only what is seen is drawn, more is fetched when the end comes near. */
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { t } from '../text/en.ts';
import { cx } from './parts.tsx';

export interface Column<T> {
  readonly id: string;
  readonly title: string;
  /** A track of a CSS grid, such as `6rem` or `minmax(8rem, 1fr)`. */
  readonly width: string;
  readonly right?: boolean;
  /** Left out where there is little room. */
  readonly wide?: boolean;
  readonly cell: (row: T) => ReactNode;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Where a row leads; the whole row is its link. */
  readonly linkOf?: (row: T) => { to: string; params?: Record<string, string> };
  readonly total?: number;
  readonly more?: (() => void) | undefined;
  readonly empty: ReactNode;
  /** Height of the whole table; it scrolls inside. */
  readonly height?: string;
}

const ROW = 38;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 20;

const narrow = () => matchMedia('(max-width: 767px)').matches;

export function Table<T>({
  label,
  columns,
  rows,
  keyOf,
  linkOf,
  total,
  more,
  empty,
  height = 'h-[calc(100dvh-15rem)]',
}: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const shown = narrow() ? columns.filter(({ wide }) => !wide) : columns;
  const grid = { gridTemplateColumns: shown.map(({ width }) => width).join(' ') };
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (index) => keyOf(rows[index]!),
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - AHEAD) more();
  }, [more, last, rows.length]);
  if (rows.length === 0) return <>{empty}</>;
  return (
    <div
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={total ?? (more ? -1 : rows.length + 1)}
      className={cx('max-h-full overflow-auto scroll-thin', height)}
      style={{ maxHeight: (rows.length + 1) * ROW + 8 }}
      onKeyDown={moveFocus}
      tabIndex={0}
    >
      <div role="rowgroup" className="sticky top-0 z-10 border-b bg-sunken">
        <div role="row" aria-rowindex={1} className="grid items-center gap-3 px-4" style={grid}>
          {shown.map(({ id, title, right }) => (
            <div
              key={id}
              role="columnheader"
              className={cx('py-2 text-2xs font-semibold tracking-wide text-faint uppercase', right && 'text-right')}
            >
              {title}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start, key }) => (
          <Row key={key} row={rows[index]!} index={index} start={start} {...{ columns: shown, grid, linkOf }} />
        ))}
      </div>
      {more && <p className="sr-only">{t.common.more}</p>}
    </div>
  );
}

interface RowProps<T> extends Pick<Props<T>, 'columns'> {
  readonly linkOf: Props<T>['linkOf'];
  readonly row: T;
  readonly index: number;
  readonly start: number;
  readonly grid: { gridTemplateColumns: string };
}

function Row<T>({ row, index, start, columns, grid, linkOf }: RowProps<T>) {
  const link = linkOf?.(row);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="absolute inset-x-0 grid items-center gap-3 border-b px-4 hover:bg-hover"
      style={{ ...grid, height: ROW, transform: `translateY(${start}px)` }}
    >
      {columns.map(({ id, cell, right }, at) => (
        <div key={id} role="cell" className={cx('min-w-0 truncate', right && 'text-right tabular-nums')}>
          {link && at === 0 ? (
            <Link
              {...(link as { to: string })}
              className="font-medium text-ink after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            >
              {cell(row)}
            </Link>
          ) : (
            cell(row)
          )}
        </div>
      ))}
    </div>
  );
}

/** Arrow keys (and j, k) move between the links of the rows. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=row] a')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at === -1 ? 0 : at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

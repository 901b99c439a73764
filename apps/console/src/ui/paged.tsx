import { Fragment, type ReactNode } from 'react';
import { t } from '../text/en.ts';
import { Button } from './parts.tsx';

/** Cards one below the other, and a button for those on the next page. */
export function Paged<T extends { readonly id: string }>({
  items,
  more,
  empty,
  children,
}: {
  readonly items: readonly T[];
  /** Gets the next page; null when all are there. */
  readonly more: (() => void) | null;
  readonly empty: ReactNode;
  readonly children: (item: T) => ReactNode;
}) {
  if (items.length === 0) return empty;
  return (
    <>
      <ul className="space-y-3">
        {items.map((item) => (
          <Fragment key={item.id}>{children(item)}</Fragment>
        ))}
      </ul>
      {more && (
        <Button className="mt-3" onClick={more}>
          {t.nav.more}
        </Button>
      )}
    </>
  );
}

/** The button for the next page at the foot of a section. */
export const More = ({ onMore }: { onMore: () => void }) => (
  <p className="border-t px-4 py-2">
    <Button onClick={onMore}>{t.nav.more}</Button>
  </p>
);

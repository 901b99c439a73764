/** Finds one of any number of seats by its words, with the keyboard alone if need be. */
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { type Placed, seatsNamed } from '../model/chart.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Input } from './forms.tsx';
import { cx } from './parts.tsx';

/** Seats offered at once. */
const OFFERED = 8;

export function SeatPicker({
  seats,
  label,
  id,
  onChoose,
  chosen,
}: {
  readonly seats: readonly Placed[];
  readonly label: string;
  /** Of the field, where a label of its own stands beside it. */
  readonly id?: string;
  readonly onChoose: (seat: string) => void;
  /** Title of the seat that was chosen, where it stays in the field. */
  readonly chosen?: string;
}) {
  const [words, setWords] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const list = useId();
  const found = useMemo(() => seatsNamed(seats, words ?? '', OFFERED), [seats, words]);
  const index = Math.min(at, found.length - 1);
  const choose = (seat: Placed | undefined) => {
    if (!seat) return;
    onChoose(seat.id);
    setWords(null);
    setAt(0);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter' && words !== null && words.trim() !== '') {
      event.preventDefault();
      choose(found[index]);
    } else if (event.key === 'Escape' && words !== null) {
      event.stopPropagation();
      event.preventDefault();
      setWords(null);
    } else if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setAt((index + step + found.length) % found.length);
    }
  };
  const shown = words !== null && words.trim() !== '';
  return (
    <div className="relative min-w-0">
      <Input
        id={id}
        type="search"
        role="combobox"
        aria-label={id ? undefined : label}
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown && found[index] ? `${list}-${index}` : undefined}
        placeholder={label}
        value={words ?? chosen ?? ''}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
        // What is typed replaces the seat that was chosen.
        onFocus={(event) => event.currentTarget.select()}
        onBlur={() => setWords(null)}
      />
      <Offered id={list} {...{ label, found, shown, index, choose }} />
    </div>
  );
}

function Offered({
  id,
  label,
  found,
  shown,
  index,
  choose,
}: {
  readonly id: string;
  readonly label: string;
  readonly found: readonly Placed[];
  readonly shown: boolean;
  readonly index: number;
  readonly choose: (seat: Placed) => void;
}) {
  return (
    <div
      role="listbox"
      id={id}
      aria-label={label}
      hidden={!shown}
      className="absolute inset-x-0 top-9 z-30 min-w-60 rounded-md border bg-surface p-1 shadow-float"
    >
      {found.map((seat, each) => (
        <div
          key={seat.id}
          id={`${id}-${each}`}
          role="option"
          tabIndex={-1}
          aria-selected={each === index}
          // Before the field loses the focus and the list with it.
          onPointerDown={(event) => {
            event.preventDefault();
            choose(seat);
          }}
          className={cx(
            'flex min-h-8 cursor-pointer items-baseline gap-2 rounded px-2 py-1 hover:bg-hover',
            each === index && 'bg-accent-tint',
          )}
        >
          <span className="min-w-0 flex-1 truncate font-medium">{seat.title}</span>
          <span className="truncate text-2xs text-faint">{wordsOf(seat.unit)}</span>
        </div>
      ))}
      {shown && found.length === 0 && (
        <p role="status" className="px-2 py-1.5 text-faint">
          {t.organisation.none}
        </p>
      )}
    </div>
  );
}

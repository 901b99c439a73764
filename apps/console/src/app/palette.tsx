/** The command palette: every place, any case, operation, approval or seat by its id or a word of it. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { t } from '../text/en.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { cx, Untrusted } from '../ui/parts.tsx';
import { client } from './client.ts';
import { PLACES } from './places.ts';
import { setTheme } from './theme.ts';

let shown = false;
const listeners = new Set<() => void>();
function show(next: boolean): void {
  shown = next;
  for (const each of listeners) each();
}
export const openPalette = (): void => show(true);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly icon: IconName;
  readonly run: () => void;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

/** Ctrl K anywhere; `g` and a letter goes somewhere; `/` searches. */
export function useShortcuts(): void {
  const navigate = useNavigate();
  useEffect(() => {
    let going = 0;
    const press = (event: KeyboardEvent): void => {
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        show(!shown);
        return;
      }
      if (modified || isTyping(event.target) || document.querySelector('dialog[open]')) return;
      if (event.key === '/') {
        event.preventDefault();
        show(true);
        return;
      }
      const place = PLACES.find(({ key }) => key === event.key);
      if (place && Date.now() - going < 1000) void navigate({ to: place.to });
      going = event.key === 'g' ? Date.now() : 0;
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [navigate]);
}

/** What a typed id leads to without asking anybody. */
function idEntries(text: string, go: (path: string) => void): Entry[] {
  const id = text.trim().toUpperCase();
  const entry = (kind: string, icon: IconName, path: string): Entry[] => [
    { id: path, name: id, kind, icon, run: () => go(path) },
  ];
  if (/^C-\d+$/.test(id))
    return [...entry(t.palette.case, 'cases', `/cases/${id}`), ...entry(t.palette.why, 'question', `/why/${id}`)];
  if (/^OP-\d+$/.test(id)) return entry(t.palette.why, 'question', `/why/${id}`);
  if (/^RS-\d+$/.test(id)) return entry(t.palette.why, 'organisation', `/why/${id}`);
  if (/^A-\d+$/.test(id)) return entry(t.palette.approval, 'approvals', `/approvals/${id}`);
  if (/^BL-\d+$/.test(id)) return entry(t.palette.belief, 'knowledge', `/knowledge/${id}`);
  return /^\d+$/.test(id) ? entry(t.palette.record, 'ledger', `/ledger/${id}`) : [];
}

function useFound(text: string, go: (path: string) => void): Entry[] {
  const q = text.trim();
  const enabled = q.length >= 2;
  const cases = useQuery({
    queryKey: ['palette', 'cases', q],
    queryFn: ({ signal }) => client.cases({ q, limit: 6 }, { signal }),
    enabled,
  });
  const seats = useQuery({
    queryKey: ['palette', 'seats', q],
    queryFn: ({ signal }) => client.seats({ q, limit: 4 }, { signal }),
    enabled,
  });
  if (!enabled) return [];
  return [
    ...(cases.data?.cases ?? []).map(({ id, subject }) => ({
      ...{ id: `/cases/${id}`, name: `${id}  ${subject}`, kind: t.palette.case, icon: 'cases' as const },
      run: () => go(`/cases/${id}`),
    })),
    ...(seats.data?.seats ?? []).map(({ id, title }) => ({
      ...{ id: `/organisation/${id}`, name: title, kind: t.palette.seat, icon: 'person' as const },
      run: () => go(`/organisation/${id}`),
    })),
  ];
}

function placeEntries(text: string, go: (path: string) => void): Entry[] {
  const needle = text.trim().toLowerCase();
  const places = PLACES.map(
    ({ to, name, icon }): Entry => ({ id: to, name, kind: t.palette.place, icon, run: () => go(to) }),
  );
  const themes = (['light', 'dark', 'system'] as const).map(
    (theme): Entry => ({
      ...{ id: theme, name: t.theme.use(t.theme[theme]), kind: t.palette.action, icon: 'sun' },
      run: () => setTheme(theme),
    }),
  );
  return [...places, ...themes].filter(({ name }) => name.toLowerCase().includes(needle));
}

export function Palette() {
  const open = useSyncExternalStore(subscribe, () => shown);
  return open ? <OpenPalette /> : null;
}

function OpenPalette() {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const navigate = useNavigate();
  const go = (path: string) => void navigate({ to: path as '/' });
  const found = useFound(text, go);
  const entries = [...idEntries(text, go), ...placeEntries(text, go), ...found];
  const chosen = Math.min(at, entries.length - 1);
  useEffect(() => {
    dialog.current!.showModal();
  }, []);
  const run = (entry: Entry | undefined) => {
    show(false);
    entry?.run();
  };
  const press = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') run(entries[chosen]);
    if (step === undefined) return;
    event.preventDefault();
    setAt((chosen + step + entries.length) % Math.max(1, entries.length));
  };
  return (
    <dialog
      ref={dialog}
      aria-label={t.palette.open}
      onClose={() => show(false)}
      onClick={(event) => event.target === dialog.current && show(false)}
      className="mt-[12vh] w-[min(36rem,94vw)] overflow-hidden rounded-xl border bg-surface p-0 shadow-float"
    >
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={entries[chosen] ? `${id}-${chosen}` : undefined}
        aria-label={t.palette.open}
        placeholder={t.palette.hint}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
        className="h-12 w-full border-b bg-transparent px-4 text-base outline-none placeholder:text-faint"
      />
      <div
        role="listbox"
        id={id}
        aria-label={t.palette.results}
        className="max-h-[50vh] overflow-auto p-1.5 scroll-thin"
      >
        {entries.map((entry, index) => (
          <div
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => run(entry)}
            onMouseMove={() => setAt(index)}
            className={cx(
              'flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-2.5',
              index === chosen && 'bg-accent-tint',
            )}
          >
            <Icon name={entry.icon} />
            <span className="min-w-0 flex-1 truncate">
              <Untrusted text={entry.name} />
            </span>
            <span className="text-2xs text-faint">{entry.kind}</span>
          </div>
        ))}
        {entries.length === 0 && <p className="p-4 text-center text-faint">{t.palette.nothing}</p>}
      </div>
    </dialog>
  );
}

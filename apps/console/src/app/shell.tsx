/** The frame around every page: where one is, what waits, whether it is live. */
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { targetText } from '../app/controls.tsx';
import { t } from '../text/en.ts';
import { Icon, type IconName, Mark } from '../ui/icons.tsx';
import { Button, cx, Kbd, State } from '../ui/parts.tsx';
import { useConnection } from './connection.ts';
import { openPalette, Palette, useShortcuts } from './palette.tsx';
import { PLACES, type Place } from './places.ts';
import { statusQuery } from './queries.ts';
import { end } from './session.ts';
import { setTheme, type Theme, useTheme } from './theme.ts';
import { Toaster } from './toast.tsx';

/** What fits under a thumb. */
const THUMB = ['/', '/approvals', '/cases', '/organisation'];

function NavLink({ place, waiting }: { place: Place; waiting: number }) {
  return (
    <Link
      to={place.to}
      activeOptions={{ exact: place.to === '/' }}
      className="flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-soft hover:bg-hover hover:text-ink"
      activeProps={{ className: 'bg-accent-tint !text-accent' }}
    >
      <Icon name={place.icon} />
      <span className="flex-1">{place.name}</span>
      {place.to === '/approvals' && waiting > 0 && (
        <span className="rounded-full bg-accent px-1.5 text-2xs leading-4 font-semibold text-on-accent">
          {waiting}
          <span className="sr-only"> {t.nav.waiting}</span>
        </span>
      )}
    </Link>
  );
}

const CONNECTIONS = { live: 'good', connecting: 'warn', away: 'bad' } as const;

const ConnectionState = () => {
  const connection = useConnection();
  return (
    <div className="text-xs" role="status">
      <State tone={CONNECTIONS[connection]} busy={connection !== 'live'}>
        {t.connection[connection]}
      </State>
    </div>
  );
};

const THEMES: Record<Theme, { next: Theme; icon: IconName }> = {
  system: { next: 'light', icon: 'system' },
  light: { next: 'dark', icon: 'sun' },
  dark: { next: 'system', icon: 'moon' },
};

function ThemeButton() {
  const theme = useTheme();
  const { next, icon } = THEMES[theme];
  const label = t.theme.button(t.theme[theme]);
  return <Button look="quiet" icon={icon} aria-label={label} title={label} onClick={() => setTheme(next)} />;
}

function Sidebar({ name, waiting }: { name: string; waiting: number }) {
  return (
    <aside className="sticky top-0 hidden h-dvh w-52 shrink-0 flex-col gap-4 border-r bg-paper px-3 py-4 md:flex">
      <Link to="/" className="flex items-center gap-2.5 px-1">
        <Mark />
        <span className="min-w-0">
          <span className="title block leading-tight text-lg">Reeve</span>
          <span className="block truncate text-2xs text-faint">{name}</span>
        </span>
      </Link>
      <Button className="justify-between !font-normal !text-faint" onClick={openPalette} icon="search">
        <span className="flex-1 text-left">{t.palette.open}</span>
        <Kbd>Ctrl K</Kbd>
      </Button>
      <nav aria-label={t.nav.label} className="flex flex-1 flex-col gap-0.5">
        {PLACES.map((place) => (
          <NavLink key={place.to} place={place} waiting={waiting} />
        ))}
      </nav>
      <div className="flex items-center justify-between px-1">
        <ConnectionState />
        <div className="flex">
          <ThemeButton />
          <Button
            look="quiet"
            icon="back"
            aria-label={t.session.out}
            title={t.session.out}
            onClick={() => end('out')}
          />
        </div>
      </div>
    </aside>
  );
}

function PhoneTop({ name }: { name: string }) {
  return (
    <header className="sticky top-0 z-20 flex items-center gap-2.5 border-b bg-paper px-4 py-2 md:hidden">
      <Mark size={24} />
      <span className="title min-w-0 flex-1 truncate text-lg">{name || 'Reeve'}</span>
      <ConnectionState />
      <ThemeButton />
      <Button look="quiet" icon="search" aria-label={t.palette.open} onClick={openPalette} />
    </header>
  );
}

function PhoneBar({ waiting }: { waiting: number }) {
  const places = PLACES.filter(({ to }) => THUMB.includes(to));
  const cell =
    'relative flex min-h-13 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-soft';
  return (
    <nav aria-label={t.nav.label} className="fixed inset-x-0 bottom-0 z-30 flex border-t bg-paper md:hidden">
      {places.map(({ to, name, icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/' }}
          className={cell}
          activeProps={{ className: '!text-accent' }}
        >
          <Icon name={icon} size={20} />
          {name}
          {to === '/approvals' && waiting > 0 && (
            <span className="absolute top-1 left-1/2 ml-1.5 rounded-full bg-accent px-1.5 leading-4 text-on-accent">
              {waiting}
            </span>
          )}
        </Link>
      ))}
      <button type="button" className={cell} onClick={openPalette}>
        <Icon name="more" size={20} />
        {t.nav.more}
      </button>
    </nav>
  );
}

/** What is stopped is said on every page: nobody should wonder why nothing happens. */
function Stopped({
  switches,
}: {
  switches: readonly { scope: 'organisation' | 'unit' | 'seat' | 'capability' | 'tool' | 'lane'; id: string }[];
}) {
  if (switches.length === 0) return null;
  const [first] = switches;
  const text = switches.length === 1 ? t.stop.banner(targetText(first!)) : t.stop.banners(switches.length);
  return (
    <div
      role="status"
      className="flex items-center gap-2 border-b border-bad/30 bg-bad-tint px-4 py-1.5 text-bad md:px-8"
    >
      <Icon name="stop" />
      <span className="flex-1 font-medium">{text}</span>
      <Link to="/organisation" search={{ view: 'stops' }} className="font-medium underline">
        {t.stop.look}
      </Link>
    </div>
  );
}

/** After a change of page, who cannot see it starts at its beginning, and the tab has its name. */
function useArrival(main: React.RefObject<HTMLElement | null>): void {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [first, setFirst] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about the path
  useEffect(() => {
    const place = PLACES.find(({ to }) => (to === '/' ? path === '/' : path.startsWith(to)));
    document.title = `${place?.name ?? t.nav.why} · Reeve`;
    if (first) setFirst(false);
    else main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
}

export function Shell() {
  const { data } = useQuery(statusQuery());
  const main = useRef<HTMLElement>(null);
  useArrival(main);
  useShortcuts();
  const name = data?.name ?? '';
  const waiting = data?.approvalsPending ?? 0;
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:p-2"
      >
        {t.nav.skip}
      </a>
      <Sidebar name={name} waiting={waiting} />
      <div className="flex min-w-0 flex-1 flex-col">
        <PhoneTop name={name} />
        <Stopped switches={data?.switches ?? []} />
        <main
          id="main"
          ref={main}
          tabIndex={-1}
          className={cx('mx-auto w-full max-w-[92rem] flex-1 px-4 pt-5 pb-24 outline-none md:px-8 md:pb-10')}
        >
          <Outlet />
        </main>
      </div>
      <PhoneBar waiting={waiting} />
      <Palette />
      <Toaster />
    </div>
  );
}

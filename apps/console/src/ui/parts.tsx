/** The small parts pages are made of. */
import { ApiProblem, Unreachable } from '@reeve/protocol';
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { useNow } from '../app/clock.ts';
import { agoText, momentText, plainText } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Icon, type IconName } from './icons.tsx';

export const cx = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(' ');

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'accent' | 'plain';

const TINTS: Record<Tone, string> = {
  good: 'bg-good-tint text-good',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
  info: 'bg-info-tint text-info',
  accent: 'bg-accent-tint text-accent',
  plain: 'bg-sunken text-soft',
};
const DOTS: Record<Tone, string> = {
  good: 'bg-good',
  warn: 'bg-warn',
  bad: 'bg-bad',
  info: 'bg-info',
  accent: 'bg-accent',
  plain: 'bg-faint',
};

export const Badge = ({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) => (
  <span
    className={cx('inline-flex items-center rounded px-1.5 py-px text-2xs font-medium whitespace-nowrap', TINTS[tone])}
  >
    {children}
  </span>
);

/** A state: a dot and its word, so that colour is never all there is. */
export const State = ({ tone, children, busy }: { tone: Tone; children: ReactNode; busy?: boolean }) => (
  <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-soft">
    <span aria-hidden className={cx('size-1.5 shrink-0 rounded-full', DOTS[tone], busy && 'pulse')} />
    {children}
  </span>
);

type Look = 'primary' | 'plain' | 'quiet' | 'danger' | 'danger-solid';
const LOOKS: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:brightness-110 border-transparent',
  plain: 'bg-surface text-ink border-strong hover:bg-hover',
  quiet: 'bg-transparent text-soft border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-surface text-bad border-strong hover:bg-bad-tint',
  'danger-solid': 'bg-bad text-on-bad border-transparent hover:brightness-110',
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  readonly icon?: IconName;
  readonly keys?: string;
  readonly busy?: boolean;
  readonly large?: boolean;
}

export function Button({ look = 'plain', icon, keys, busy, large, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      className={cx(
        'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors',
        'disabled:cursor-not-allowed disabled:opacity-55',
        large ? 'min-h-11 px-4 text-base' : 'min-h-7 px-2.5 text-sm',
        LOOKS[look],
        className,
      )}
    >
      {icon && <Icon name={icon} />}
      {children}
      {keys && <Kbd>{keys}</Kbd>}
    </button>
  );
}

export const Kbd = ({ children }: { children: ReactNode }) => (
  <kbd className="hidden rounded border border-current/30 px-1 font-sans text-2xs leading-4 font-medium md:inline">
    {children}
  </kbd>
);

/** "5 min ago", with the moment itself on demand. */
export function Ago({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={momentText(at)} className="whitespace-nowrap">
      {agoText(at, now)}
    </time>
  );
}

/** [WEB20] Text of others: text and nothing else, whatever is in it. */
export const Untrusted = ({ text, block }: { text: string; block?: boolean }) => (
  <bdi className={cx('untrusted', block && 'block whitespace-pre-wrap')}>{plainText(text)}</bdi>
);

export function Section({
  title,
  aside,
  children,
  flush,
  id,
}: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
  id?: string;
}) {
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-lg border bg-surface shadow-card">
      <header className="flex min-h-10 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b px-4 py-2">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {aside && <div className="flex items-center gap-2 text-xs text-faint">{aside}</div>}
      </header>
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}

/** Facts as label and value, one a line. */
export const Facts = ({ rows }: { rows: readonly (readonly [ReactNode, ReactNode] | null | false)[] }) => (
  <dl className="grid grid-cols-[minmax(6.5rem,max-content)_1fr] gap-x-4 gap-y-1.5">
    {rows.map((row, index) =>
      row ? (
        <div key={index} className="contents">
          <dt className="text-faint">{row[0]}</dt>
          <dd className="min-w-0">{row[1]}</dd>
        </div>
      ) : null,
    )}
  </dl>
);

/** An empty place that says what will be here and how it comes about. */
export const Empty = ({ title, children, icon = 'leaf' }: { title: string; children?: ReactNode; icon?: IconName }) => (
  <div className="flex flex-col items-center px-6 py-10 text-center">
    <span className="mb-3 grid size-9 place-items-center rounded-full bg-accent-tint text-accent">
      <Icon name={icon} />
    </span>
    <p className="font-medium">{title}</p>
    {children && <div className="mt-1 max-w-md text-faint">{children}</div>}
  </div>
);

/** What went wrong and what to do, in words. */
export function errorWords(error: Error): { what: string; next: string } {
  if (error instanceof ApiProblem) return { what: error.detail, next: error.hint };
  if (error instanceof Unreachable) return { what: t.errors.unreachable, next: t.errors.unreachableNext };
  return { what: error.message, next: t.errors.bugNext };
}

export function Problem({ error, again }: { error: Error; again?: () => void }) {
  const { what, next } = errorWords(error);
  return (
    <div role="alert" className="rounded-md border border-bad/30 bg-bad-tint px-4 py-3 text-bad">
      <p className="font-medium">{plainText(what)}</p>
      <p className="mt-0.5 text-ink">{plainText(next)}</p>
      {again && (
        <Button className="mt-2" onClick={again}>
          {t.common.again}
        </Button>
      )}
    </div>
  );
}

/** Something that is being fetched: quiet, and told to who cannot see it. */
export const Loading = ({ rows = 4 }: { rows?: number }) => (
  <div role="status" className="space-y-2 p-4">
    <span className="sr-only">{t.common.loading}</span>
    {Array.from({ length: rows }, (_, index) => (
      <div key={index} className="pulse h-4 rounded bg-sunken" style={{ width: `${92 - ((index * 17) % 40)}%` }} />
    ))}
  </div>
);

export const PageTitle = ({ title, sub, children }: { title: ReactNode; sub?: ReactNode; children?: ReactNode }) => (
  <header className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
    <div className="min-w-0">
      <h1 className="title text-2xl">{title}</h1>
      {sub && <p className="mt-0.5 text-soft">{sub}</p>}
    </div>
    {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
  </header>
);

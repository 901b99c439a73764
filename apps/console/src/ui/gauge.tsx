/** Bars that say how far something is, with a notch where it should be: a tally. */
import type { Status } from '@reeve/protocol';
import { cx } from './parts.tsx';

type Target = Status['targets'][number];

/** Where value and target stand on one scale, in percent of its length. Pure. */
function scaleOf({ current, target_value: wanted, direction, unit }: Target): { value: number; notch: number } {
  const now = current ?? 0;
  const top =
    unit === 'percent' ? 100 : Math.max(1e-9, direction === 'at-most' ? wanted * 1.4 : wanted * 1.15, now * 1.1);
  return { value: clamp((100 * now) / top), notch: clamp((100 * wanted) / top) };
}

const clamp = (percent: number): number => Math.max(0, Math.min(100, percent));

export function TargetBar({ target }: { target: Target }) {
  const { value, notch } = scaleOf(target);
  return (
    <div aria-hidden className="relative h-2 rounded-full bg-sunken ring-1 ring-line ring-inset">
      <div
        className={cx(
          'absolute inset-y-0 left-0 rounded-full',
          target.met === null ? 'bg-faint' : target.met ? 'bg-good' : 'bg-warn',
        )}
        style={{ width: `${value}%` }}
      />
      <div className="absolute -inset-y-1 w-0.5 bg-ink" style={{ left: `calc(${notch}% - 1px)` }} />
    </div>
  );
}

/** Shares of a whole, side by side. */
export function Shares({ parts }: { parts: readonly { id: string; share: number; className: string }[] }) {
  return (
    <div aria-hidden className="flex h-2 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
      {parts.map(({ id, share, className }) => (
        <div key={id} className={className} style={{ width: `${clamp(share * 100)}%` }} />
      ))}
    </div>
  );
}

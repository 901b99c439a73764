import { useSyncExternalStore } from 'react';
import { t } from '../text/en.ts';
import { Button } from '../ui/parts.tsx';

export interface Toast {
  readonly text: string;
  readonly bad?: boolean;
  /** Takes back what was done. */
  readonly undo?: () => void;
}

/** How long a message stays, in milliseconds. */
const STAYS = 8000;
let current: Toast | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function put(next: Toast | null): void {
  current = next;
  for (const each of listeners) each();
}

export function toast(next: Toast): void {
  clearTimeout(timer);
  put(next);
  timer = setTimeout(() => put(null), STAYS);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => current);
  const undo = () => {
    shown?.undo?.();
    put(null);
  };
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex justify-center px-4 md:bottom-6"
    >
      {shown && (
        <div className="pointer-events-auto flex max-w-xl items-center gap-3 rounded-lg bg-ink px-4 py-2.5 text-paper shadow-float">
          <span>{shown.text}</span>
          {shown.undo && (
            <Button look="plain" onClick={undo}>
              {t.common.undo}
            </Button>
          )}
          <button type="button" className="shrink-0 opacity-80 hover:opacity-100" onClick={() => put(null)}>
            {t.common.dismiss}
          </button>
        </div>
      )}
    </div>
  );
}

import { useSyncExternalStore } from 'react';

/** How often what depends on the time is drawn anew, in milliseconds. Nothing is asked of the server for it. */
const TICK = 10_000;
let now = Date.now();
const listeners = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const each of listeners) each();
}, TICK);

/** The present moment, good to ten seconds. */
export const useNow = (): number =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => now,
  );

import { useSyncExternalStore } from 'react';

/** `live`: records come in as they happen. `away`: the server does not answer; it is tried again. */
export type Connection = 'connecting' | 'live' | 'away';

let now: Connection = 'connecting';
const listeners = new Set<() => void>();

export function setConnection(next: Connection): void {
  if (next === now) return;
  now = next;
  for (const each of listeners) each();
}

export const connection = (): Connection => now;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useConnection = (): Connection => useSyncExternalStore(subscribe, connection);

import { useSyncExternalStore } from 'react';

/** `live`: records come in as they happen. `away`: the server does not answer; it is tried again. */
export type Connection = 'connecting' | 'live' | 'away';

let now: Connection = 'connecting';
const listeners = new Set<() => void>();

const returns = new Set<() => void>();

export function setConnection(next: Connection): void {
  if (next === now) return;
  const back = now === 'away' && next === 'live';
  now = next;
  if (back) for (const each of returns) each();
  for (const each of listeners) each();
}

/** Calls when the server answers again. @returns what ends it. */
export function onReturn(listener: () => void): () => void {
  returns.add(listener);
  return () => returns.delete(listener);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => now);

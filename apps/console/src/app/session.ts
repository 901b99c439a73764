/**
 * Who is signed in, in this tab. The token is kept in sessionStorage: only this origin (port included) reads it, it is gone with
 * the tab, and it is sent in a header no other page can set. New tabs ask the open ones.
 */
import { ApiProblem, createClient } from '@reeve/protocol';
import { useSyncExternalStore } from 'react';
import { named, SERVER } from './place.ts';

interface Session {
  readonly token: string;
  readonly expires: number;
}

/** `none`: nobody signed in here; `ended`: somebody was; `spent`: the link was used before. */
export type SignedOut = 'none' | 'ended' | 'spent' | 'out';

const KEY = named('reeve.session');
const TABS = new BroadcastChannel(KEY);
/** How long other tabs have to hand their session over, in milliseconds. */
const PATIENCE = 200;

let session: Session | null = null;
let why: SignedOut = 'none';
const listeners = new Set<() => void>();

function set(next: Session | null, reason: SignedOut = 'none'): void {
  session = next;
  why = reason;
  if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
  else sessionStorage.removeItem(KEY);
  for (const each of listeners) each();
}

function stored(): Session | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null;
    return found && found.expires > Date.now() ? found : null;
  } catch {
    return null;
  }
}

/** The one-time code of the address, taken out of it at once: it stays neither in the history nor on the screen. */
function takeCode(): string | null {
  const code = /^#signin=([\w-]{16,200})$/.exec(location.hash)?.[1] ?? null;
  if (code) history.replaceState(null, '', location.pathname + location.search);
  return code;
}

/** Tries while the server only starts; a link it does not know (any more) may have been opened twice: who is signed in stays so. */
async function exchange(code: string): Promise<void> {
  const client = createClient({ url: SERVER, token: '' });
  for (let left = 60; left > 0; left--) {
    try {
      const { token, expires } = await client.openSession({ code });
      set({ token, expires });
      return;
    } catch (error) {
      if (error instanceof ApiProblem && error.status !== 503) break;
      await new Promise((done) => setTimeout(done, 500));
    }
  }
  if (!session) set(null, 'spent');
}

/** Asks the other tabs. Resolves when one has answered, or none did in time. */
function inherit(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE);
    TABS.addEventListener('message', () => session && resolve());
    TABS.postMessage({ want: true });
  });
}

TABS.addEventListener('message', ({ data }: MessageEvent<{ want?: true; session?: Session; out?: true }>) => {
  if (data.want && session) TABS.postMessage({ session });
  if (data.session && !session) set(data.session);
  if (data.out && session) set(null, 'out');
});

/** Finds out who is signed in, before anything is shown. */
export async function begin(): Promise<void> {
  session = stored();
  const code = takeCode();
  if (code) await exchange(code);
  if (!session && why !== 'spent') await inherit();
  addEventListener('hashchange', () => {
    const next = takeCode();
    if (next) void exchange(next);
  });
}

export const token = (): string => session?.token ?? '';

/** Signs in with the local token, typed or pasted. */
export const signInWith = (given: string): void => set({ token: given, expires: Date.now() + 12 * 3_600_000 });

/** The server does not know the session any more, or the person leaves: then all tabs leave. */
export function end(reason: SignedOut): void {
  if (!session) return;
  set(null, reason);
  if (reason === 'out') TABS.postMessage({ out: true });
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useSignedIn = (): boolean => useSyncExternalStore(subscribe, () => session !== null);
export const useSignedOut = (): SignedOut => useSyncExternalStore(subscribe, () => why);

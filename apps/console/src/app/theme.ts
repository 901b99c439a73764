import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'reeve.theme';
const DARK = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark' || text === 'system';

function theme(): Theme {
  const known = localStorage.getItem(KEY);
  return isTheme(known) ? known : 'system';
}

/** Puts the theme on the page; `system` follows the system from then on. */
export function showTheme(): void {
  const chosen = theme();
  const dark = chosen === 'dark' || (chosen === 'system' && DARK.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  for (const each of listeners) each();
}

export function setTheme(next: Theme): void {
  localStorage.setItem(KEY, next);
  showTheme();
}

DARK.addEventListener('change', showTheme);
addEventListener('storage', ({ key }) => key === KEY && showTheme());

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, theme);

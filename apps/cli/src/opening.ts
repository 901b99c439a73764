import type { Spec } from './spec.ts';

/** The web console, for who has no terminal open. */
export const OPENING: Spec = {
  name: 'console',
  summary: 'print a link that opens the web console, signed in; it works once, within an hour',
  example: 'reeve console',
  run: async (context) => (await import('./commands/console.ts')).console(context),
};

import { readFileSync } from 'node:fs';

/** Version of this Reeve, as its package says. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

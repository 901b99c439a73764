/** The web console beside a server: built when it is missing or stale, opened by a link that signs in once. */
import { ensureConsole } from '@reeve/console/build';
import type { RunningServer } from '@reeve/server';
import type { Io } from './io.ts';

export { CONSOLE_FOLDER } from '@reeve/console/build';

/** [CLI95] Beside everything else; the page says that it is being built until it is there. A failure is said and stops nothing. */
export async function buildConsole(io: Io): Promise<void> {
  try {
    if (await ensureConsole()) io.err('the console was built\n');
  } catch (error) {
    io.err(`the console could not be built, everything else works: ${(error as Error).message}\n`);
  }
}

/** A link that signs in once; the code is in the fragment, which no server sees. */
export const linkOf = (url: string, code: string): string => `${url}/#signin=${code}`;

/** A new link to the console of a server in this process. */
export const consoleLink = async ({ url, house }: RunningServer): Promise<string> =>
  linkOf(url, (await house.sessions.code()).code);

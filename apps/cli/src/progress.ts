import type { Io } from './io.ts';
import { fit } from './text/table.ts';

/** What is going on, on standard error: one line that is written over on a terminal, else a line now and then. */
export interface Progress {
  update(text: string): void;
  /** Leaves the line clean; with a text, that is the last one shown. */
  done(text?: string): void;
}

export const silent: Progress = { update: () => {}, done: () => {} };

/** Milliseconds between two lines. */
const EVERY = { terminal: 80, file: 1000 } as const;

export function createProgress(io: Pick<Io, 'err' | 'errTty' | 'columns'>, now: () => number = Date.now): Progress {
  return io.errTty ? overwriting(io, now) : lineByLine(io, now);
}

const CLEAR = '\r\u001b[K';

function overwriting({ err, columns }: Pick<Io, 'err' | 'columns'>, now: () => number): Progress {
  let last = Number.NEGATIVE_INFINITY;
  const width = Math.min(columns, 200) - 1;
  return {
    update: (text) => {
      if (now() - last < EVERY.terminal) return;
      last = now();
      err(CLEAR + fit(text, width));
    },
    done: (text) => err(text === undefined ? CLEAR : `${CLEAR}${fit(text, width)}\n`),
  };
}

function lineByLine({ err }: Pick<Io, 'err'>, now: () => number): Progress {
  let last = now();
  return {
    update: (text) => {
      if (now() - last < EVERY.file) return;
      last = now();
      err(`${text}\n`);
    },
    done: (text) => {
      if (text !== undefined) err(`${text}\n`);
    },
  };
}

const CELLS = 24;

/** "[########----------------]  33 %" of a known whole. */
export function bar(part: number, whole: number): string {
  const share = whole > 0 ? Math.min(1, part / whole) : 1;
  const full = Math.round(share * CELLS);
  return `[${'#'.repeat(full)}${'-'.repeat(CELLS - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}

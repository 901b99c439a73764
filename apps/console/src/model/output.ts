/** What was heard of a run so far, of which the page keeps the latest. Pure. */
import type { RunOutput } from '@reeve/protocol';

type Entry = RunOutput['entries'][number];

export interface Heard {
  /** What its worker said and did; text that came in pieces is one. */
  readonly told: readonly Entry[];
  /** Pieces that its program wrote; `first` is the number of the first one kept. */
  readonly pieces: readonly string[];
  readonly first: number;
  /** Characters that nobody kept. */
  readonly dropped: number;
  readonly live: boolean;
}

export const SILENCE: Heard = { told: [], pieces: [], first: 0, dropped: 0, live: true };

/** Entries and pieces that are kept. */
const KEPT = { told: 400, pieces: 4000 } as const;

const ofProgram = ({ kind }: Entry): boolean => kind === 'stdout' || kind === 'stderr';

/** Text that goes on where the latest ended is one with it. */
function joined(told: readonly Entry[], entry: Entry): Entry[] {
  const last = told.at(-1);
  return last?.kind === 'text' && entry.kind === 'text'
    ? [...told.slice(0, -1), { ...last, text: last.text + entry.text }]
    : [...told, entry];
}

export function hear(before: Heard, { entries, dropped, live }: RunOutput): Heard {
  const told = entries.filter((entry) => !ofProgram(entry)).reduce(joined, [...before.told]);
  const pieces = [...before.pieces, ...entries.filter(ofProgram).map(({ text }) => text)];
  const gone = Math.max(0, pieces.length - KEPT.pieces);
  return {
    told: told.slice(-KEPT.told),
    pieces: pieces.slice(gone),
    first: before.first + gone,
    dropped: before.dropped + dropped,
    live,
  };
}

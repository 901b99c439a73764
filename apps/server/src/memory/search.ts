/** Words in what desks hold and held, out of the index of history (LED100). */
import type { KernelRecord, State } from '@reeve/kernel';
import type { History, HistorySearch } from '@reeve/ledger';
import type { DeskHit, ParsedOf, ResponseOf } from '@reeve/protocol';
import { badCursor } from '../views/page.ts';

type What = DeskHit['what'];
type Query = ParsedOf<'deskSearch'>['query'];

/** Where each of them stands in the history. A briefing is what a run began with: its record, and the words that opened it. */
const KINDS: Readonly<Record<What, string>> = {
  belief: 'belief.recorded',
  skill: 'skill.recorded',
  snapshot: 'desk.snapshotted',
  recall: 'memory.recalled',
  briefing: 'run.started',
};

function hitOf(state: State, record: KernelRecord): DeskHit | null {
  const { seq, at } = record;
  switch (record.kind) {
    case 'belief.recorded': {
      const { belief: id, seat, statement } = record.body;
      return { what: 'belief', id, seat, at, seq, text: statement, live: state.memory.beliefs.has(id) };
    }
    case 'skill.recorded': {
      const { skill: id, seat, title, text } = record.body;
      return { what: 'skill', id, seat, at, seq, text: `${title}: ${text}`, live: state.memory.skills.has(id) };
    }
    case 'desk.snapshotted': {
      const { snapshot: id, desk: seat, purpose, changed } = record.body;
      const live = state.memory.desks.get(seat)?.snapshots.has(id) ?? false;
      return { what: 'snapshot', id, seat, at, seq, text: [purpose, ...changed].join(' '), live };
    }
    case 'memory.recalled': {
      const { seat, run, query } = record.body;
      return { what: 'recall', id: run ?? seat, seat, at, seq, text: query, live: false };
    }
    case 'run.started': {
      const { run: id, seat, message, case: about } = record.body;
      return {
        what: 'briefing',
        id,
        seat,
        at,
        seq,
        text: `${message} ${about ?? ''}`.trim(),
        live: state.runs.runs.has(id),
      };
    }
    default:
      return null;
  }
}

/** Pages of the index looked through for one page of the answer: the seat of a desk is no word of the index. */
const PAGES = 20;

/** @throws Refusal `malformed` for a cursor that is none. */
export async function deskHits(
  history: History,
  read: <T>(view: (state: State) => T) => Promise<T>,
  { text, seat, what, limit, cursor }: Query,
): Promise<ResponseOf<'deskSearch'>> {
  const kind = what === undefined ? undefined : KINDS[what];
  const hits: DeskHit[] = [];
  let at = cursor;
  for (let page = 0; page < PAGES && hits.length < limit; page++) {
    const found = await pageOf(history, { text, limit, ...(kind ? { kind } : {}), ...(at ? { cursor: at } : {}) });
    const all = await read((state) => found.records.flatMap(({ record }) => hitOf(state, record) ?? []));
    for (const hit of all) if ((seat === undefined || hit.seat === seat) && hits.length < limit) hits.push(hit);
    at = hits.length === limit ? String(hits.at(-1)!.seq) : found.next;
    if (at === undefined) return { hits };
  }
  return { hits, ...(at === undefined ? {} : { next: at }) };
}

async function pageOf(history: History, search: HistorySearch): ReturnType<History['find']> {
  try {
    return await history.find(search);
  } catch (error) {
    throw error instanceof RangeError && search.cursor !== undefined ? badCursor() : error;
  }
}

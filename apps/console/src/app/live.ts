/**
 * [WEB10] The console is live without asking on a timer: one tab holds the stream of records and tells the others; what a batch of
 * records may have changed is asked for again, in rounds that leave the server its time.
 */
import { ApiProblem } from '@reeve/protocol';
import { type Batch, isTouched, nextRound, touchedBy } from '../model/live.ts';
import { client, queries } from './client.ts';
import { onReturn, setConnection } from './connection.ts';
import { named } from './place.ts';

const NAME = named('reeve.live');
const TABS = new BroadcastChannel(NAME);
/** Between two attempts to reach a server that is away, in milliseconds. */
const AGAIN = 1500;

let kinds = new Set<string>();
let about = new Set<string>();
let seq = 0;
let timer: ReturnType<typeof setTimeout> | null = null;
let pace = 400;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function take(batch: Batch): void {
  for (const kind of batch.kinds) kinds.add(kind);
  for (const each of batch.about) about.add(each);
  seq = Math.max(seq, batch.seq);
  if (timer === null) timer = setTimeout(() => void round(), pace);
}

/** Asks again for what is on the screen and may have changed; a hidden tab waits until it is looked at. */
async function round(): Promise<void> {
  if (document.visibilityState === 'hidden') {
    document.addEventListener('visibilitychange', () => void round(), { once: true });
    return;
  }
  const [touched, things] = [touchedBy(kinds), about];
  [kinds, about] = [new Set(), new Set()];
  const began = performance.now();
  await queries.invalidateQueries({ predicate: ({ queryKey }) => isTouched(queryKey, touched, things) });
  pace = nextRound(performance.now() - began);
  timer = null;
  if (kinds.size > 0) timer = setTimeout(() => void round(), pace);
}

const everything = (): void => take({ kinds: ['organisation.applied'], about: [], seq });

/** What came in within this time is one batch for the other tabs, in milliseconds. */
const GATHER = 150;

function gatherer(): (kind: string, thing: string, at: number) => void {
  let batch: Batch = { kinds: [], about: [], seq: 0 };
  let due: ReturnType<typeof setTimeout> | null = null;
  const flush = (): void => {
    due = null;
    const sent = { kinds: [...new Set(batch.kinds)], about: [...new Set(batch.about)], seq: batch.seq };
    batch = { kinds: [], about: [], seq: 0 };
    TABS.postMessage(sent);
    take(sent);
  };
  return (kind, thing, at) => {
    batch = { kinds: [...batch.kinds, kind], about: [...batch.about, thing], seq: at };
    if (due === null) due = setTimeout(flush, GATHER);
  };
}

/** The tab that held the stream is gone: what was recorded until now may have been told to nobody here. */
async function takeOver(signal: AbortSignal): Promise<void> {
  const head = await client.ledgerHead({}, { signal }).catch(() => null);
  seq = Math.max(seq, head?.seq ?? 0);
  everything();
}

/** Follows the ledger until told to stop; whatever happens to the server, it goes on after the last record it has seen. */
async function follow(signal: AbortSignal): Promise<void> {
  const gather = gatherer();
  while (!signal.aborted) {
    try {
      const from = seq === 0 ? {} : { after: seq };
      const notice = (name: string): void => gather(`unrecorded.${name}`, '', seq);
      for await (const record of client.events({ signal, notice, ...from }))
        gather(record.kind, record.correlation, record.seq);
    } catch (error) {
      // The ledger is shorter than what was seen: another one is served now.
      if (error instanceof ApiProblem && error.code === 'conflict') {
        seq = 0;
        everything();
      } else if (error instanceof ApiProblem && error.status === 401) return;
      else setConnection('away');
    }
    await wait(AGAIN);
  }
}

/** Tabs that wait here have their answers from the one that holds the lock. */
async function hold(signal: AbortSignal): Promise<void> {
  const first = await navigator.locks.request(NAME, { ifAvailable: true }, async (lock) => {
    if (lock) await follow(signal);
    return lock !== null;
  });
  if (first) return;
  await navigator.locks.request(NAME, { signal }, async () => {
    await takeOver(signal);
    await follow(signal);
  });
}

/** @returns what ends it. */
export function goLive(): () => void {
  const end = new AbortController();
  const hear = ({ data }: MessageEvent<Batch>): void => {
    setConnection('live');
    take(data);
  };
  TABS.addEventListener('message', hear);
  // What failed while the server was away is asked for again, whatever was recorded meanwhile.
  const forget = onReturn(everything);
  void hold(end.signal).catch(() => undefined);
  void navigator.locks.query().then(({ held }) => held?.some(({ name }) => name === NAME) && setConnection('live'));
  return () => {
    TABS.removeEventListener('message', hear);
    forget();
    end.abort();
  };
}

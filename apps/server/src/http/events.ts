import { STREAM_SEQ } from '@reeve/protocol';
import type { Published, Runtime } from '@reeve/runtime';
import { Refusal } from '../errors.ts';
import type { Notice, Notices } from '../notices.ts';
import { recordView } from '../views/ledger.ts';
import { type SseOptions, sse } from './sse.ts';

export interface StreamOptions extends Pick<SseOptions, 'heartbeat' | 'signals' | 'subscribed'> {
  readonly runtime: Runtime;
  /** From `Last-Event-ID` or `after`; null for only what is new. */
  readonly after: number | null;
  /** Told to who asked for them; null for nobody. */
  readonly notices: Notices | null;
}

/** Where a stream goes on: `Last-Event-ID`, else what was asked for. @throws Refusal `malformed` */
export function resumeAfter(request: Request, after: number | undefined): number | null {
  const last = request.headers.get('last-event-id');
  if (last === null) return after ?? null;
  if (!/^\d{1,15}$/.test(last)) throw new Refusal('malformed', 'Last-Event-ID is no sequence number', 'leave it out');
  return Number(last);
}

const frameOf = ({ record, sealed }: Published): string =>
  `id: ${record.seq}\nevent: ${record.kind}\ndata: ${JSON.stringify(recordView(record, sealed.hash))}\n\n`;

/** [SRV10] The ledger as server-sent events: every durable record once and in order, from `after` into the present. */
export async function eventStream({ runtime, after, notices, ...options }: StreamOptions): Promise<Response> {
  const head = await runtime.read((state) => state.seq);
  if (after !== null && after > head)
    throw new Refusal(
      'conflict',
      `the ledger ends at ${head}, so nothing can follow ${after}`,
      'begin again without it',
    );
  const from = after ?? head;
  return sse((signal) => framesOf(runtime, from, notices, signal), {
    ...options,
    headers: { [STREAM_SEQ]: String(from) },
    // An id without data sets where a browser resumes, and shows that the connection stands.
    opening: `id: ${from}\n\n`,
  });
}

/** Records, and between them what was noticed. */
async function* framesOf(
  runtime: Runtime,
  after: number,
  notices: Notices | null,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const records = runtime.subscribe({ after, signal })[Symbol.asyncIterator]();
  const waiting = new Waiting(notices, signal);
  let next: Promise<IteratorResult<Published>> | null = null;
  for (;;) {
    next ??= records.next();
    const first = await Promise.race([next, waiting.some()]);
    if (first === 'notice') {
      yield waiting.take();
      continue;
    }
    next = null;
    if (first.done) return;
    yield frameOf(first.value);
  }
}

/** Notices nobody was sent yet: each once, however often it came, so that a slow client costs no memory. */
class Waiting {
  readonly #names = new Set<Notice>();
  #wake: () => void = () => undefined;

  constructor(notices: Notices | null, signal: AbortSignal) {
    const end = notices?.listen((notice) => {
      this.#names.add(notice);
      this.#wake();
    });
    if (end) signal.addEventListener('abort', end, { once: true });
  }

  /** All of them, as frames; they are sent then. */
  take(): string {
    const frames = [...this.#names].map((name) => `event: notice\ndata: ${name}\n\n`).join('');
    this.#names.clear();
    return frames;
  }

  /** Resolves when there is one. */
  some(): Promise<'notice'> {
    return new Promise((resolve) => {
      this.#wake = () => resolve('notice');
      if (this.#names.size > 0) resolve('notice');
    });
  }
}

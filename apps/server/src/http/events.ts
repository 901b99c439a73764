import { STREAM_SEQ } from '@reeve/protocol';
import type { Published, Runtime } from '@reeve/runtime';
import { Refusal } from '../errors.ts';
import { recordView } from '../views/ledger.ts';

export interface StreamOptions {
  readonly runtime: Runtime;
  /** From `Last-Event-ID` or `after`; null for only what is new. */
  readonly after: number | null;
  /** Milliseconds between comments that keep the connection alive. */
  readonly heartbeat: number;
  /** The client is gone, or the server ends. */
  readonly signals: readonly AbortSignal[];
  /** Told that a stream began; the result, that it ended. */
  readonly subscribed: () => () => void;
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

/** Resolves to null after `ms`; `cancel` stops the timer. */
export function timer(ms: number): { due: Promise<null>; cancel: () => void } {
  let cancel = () => {};
  const due = new Promise<null>((resolve) => {
    const handle = setTimeout(() => resolve(null), ms);
    cancel = () => {
      clearTimeout(handle);
      resolve(null);
    };
  });
  return { due, cancel };
}

/**
 * [SRV10] The ledger as server-sent events: every durable record once and in order, from `after` into the present. Frames
 * are made when the client asks for more, so a slow one costs no memory here.
 */
export async function eventStream({
  runtime,
  after,
  heartbeat,
  signals,
  subscribed,
}: StreamOptions): Promise<Response> {
  const head = await runtime.read((state) => state.seq);
  if (after !== null && after > head)
    throw new Refusal(
      'conflict',
      `the ledger ends at ${head}, so nothing can follow ${after}`,
      'begin again without it',
    );
  const from = after ?? head;
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, ...signals]);
  signal.addEventListener('abort', subscribed(), { once: true });
  const records = runtime.subscribe({ after: from, signal })[Symbol.asyncIterator]();
  return new Response(body(records, from, heartbeat, left), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      [STREAM_SEQ]: String(from),
    },
  });
}

function body(
  records: AsyncIterator<Published>,
  from: number,
  heartbeat: number,
  left: AbortController,
): ReadableStream {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<Published>> | null = null;
  return new ReadableStream({
    // An id without data sets where a browser resumes, and shows that the connection stands.
    start: (controller) => controller.enqueue(encoder.encode(`id: ${from}\n\n`)),
    pull: async (controller) => {
      next ??= records.next();
      const beat = timer(heartbeat);
      const first = await Promise.race([next, beat.due]);
      beat.cancel();
      if (first === null) return controller.enqueue(encoder.encode(': still here\n\n'));
      next = null;
      if (first.done) {
        left.abort();
        controller.close();
      } else controller.enqueue(encoder.encode(frameOf(first.value)));
    },
    cancel: () => left.abort(),
  });
}

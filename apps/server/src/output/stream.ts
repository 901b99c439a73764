/** What a run writes, as server-sent events: what is kept after a place, then what comes, until the run is over. */
import { STREAM_SEQ } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import { timer } from '../http/events.ts';
import type { Output } from './output.ts';

export interface FollowOptions {
  readonly runtime: Runtime;
  readonly run: string;
  readonly output: Output;
  /** Record after which the end of the run may stand; null when it is over. */
  readonly head: number | null;
  readonly after: number;
  /** Milliseconds between comments that keep the connection alive. */
  readonly heartbeat: number;
  /** The client is gone, or the server ends. */
  readonly signals: readonly AbortSignal[];
}

/** What comes within so many milliseconds is one event. */
const GATHER = 40;

/** [SRV197] Events are made when the client asks for more: for a slow one some is dropped, and nobody waits. */
export function outputStream(options: FollowOptions): Response {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, ...options.signals]);
  const frames = framesOf(options, signal);
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(`id: ${options.after}\n\n`)),
    pull: async (controller) => {
      const { value, done } = await frames.next();
      if (!done) return controller.enqueue(encoder.encode(value));
      left.abort();
      controller.close();
    },
    cancel: () => left.abort(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      [STREAM_SEQ]: String(options.after),
    },
  });
}

async function* framesOf(options: FollowOptions, signal: AbortSignal): AsyncGenerator<string, void> {
  const { output, heartbeat } = options;
  const ended = { is: options.head === null };
  const end = () => {
    ended.is = true;
  };
  const over = endOf(options, signal).then(end, end);
  for (let at = options.after; !signal.aborted; ) {
    // Taken first: what is written from here on is in what is looked at next.
    const changed = output.changed();
    const live = !ended.is || output.working;
    const found = output.since(at);
    if (found.entries.length > 0 || found.dropped > 0 || !live) yield frameOf({ ...found, live });
    if (!live) return;
    at = found.next;
    while (!(await moved([changed, ...(ended.is ? [] : [over])], heartbeat)) && !signal.aborted)
      yield ': still here\n\n';
    await timer(GATHER).due;
  }
}

const frameOf = (found: ReturnType<Output['since']> & { live: boolean }): string =>
  `id: ${found.next}\nevent: output\ndata: ${JSON.stringify(found)}\n\n`;

/** False when nothing came for so many milliseconds. */
async function moved(any: readonly Promise<void>[], patience: number): Promise<boolean> {
  const beat = timer(patience);
  const first = await Promise.race([...any.map((each) => each.then(() => true)), beat.due]);
  beat.cancel();
  return first !== null;
}

/** Resolves when the ledger says that the run is over, or nobody listens any more. */
async function endOf({ runtime, run, head }: FollowOptions, signal: AbortSignal): Promise<void> {
  if (head === null) return;
  for await (const { record } of runtime.subscribe({ after: head, signal })) {
    if (record.stream !== `run/${run}`) continue;
    if (record.kind === 'run.finished' || record.kind === 'run.stopped' || record.kind === 'run.withdrawn') return;
    if (record.kind === 'run.failed' && record.body.retryAt === null) return;
  }
}

/** What a run writes, as server-sent events: what is kept after a place, then what comes, until the run is over. */
import { setTimeout as pause } from 'node:timers/promises';
import { STREAM_SEQ } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import { type SseOptions, sse } from '../http/sse.ts';
import type { Output } from './output.ts';

export interface FollowOptions extends Pick<SseOptions, 'heartbeat' | 'signals' | 'subscribed'> {
  readonly runtime: Runtime;
  readonly run: string;
  readonly output: Output;
  /** Record after which the end of the run may stand; null when it is over. */
  readonly head: number | null;
  readonly after: number;
}

/** What comes within so many milliseconds is one event. */
const GATHER = 40;

/** [SRV197] Events are made when the client asks for more: for a slow one some is dropped, and nobody waits. */
export function outputStream(options: FollowOptions): Response {
  const { heartbeat, signals, subscribed, after } = options;
  return sse((signal) => framesOf(options, signal), {
    ...{ heartbeat, signals, subscribed, opening: `id: ${after}\n\n` },
    headers: { [STREAM_SEQ]: String(after) },
  });
}

async function* framesOf(options: FollowOptions, signal: AbortSignal): AsyncGenerator<string, void> {
  const { output } = options;
  const ended = { is: options.head === null };
  const end = () => {
    ended.is = true;
  };
  const over = endOf(options, signal).then(end, end);
  const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  for (let at = options.after; !signal.aborted; ) {
    // Taken first: what is written from here on is in what is looked at next.
    const changed = output.changed();
    const live = !ended.is || output.working;
    const found = output.since(at);
    if (found.entries.length > 0 || found.dropped > 0 || !live) yield frameOf({ ...found, live });
    if (!live) return;
    at = found.next;
    await Promise.race([changed, gone, ...(ended.is ? [] : [over])]);
    await pause(GATHER);
  }
}

const frameOf = (found: ReturnType<Output['since']> & { live: boolean }): string =>
  `id: ${found.next}\nevent: output\ndata: ${JSON.stringify(found)}\n\n`;

/** Resolves when the ledger says that the run is over, or nobody listens any more. */
async function endOf({ runtime, run, head }: FollowOptions, signal: AbortSignal): Promise<void> {
  if (head === null) return;
  for await (const { record } of runtime.subscribe({ after: head, signal })) {
    if (record.stream !== `run/${run}`) continue;
    if (record.kind === 'run.finished' || record.kind === 'run.stopped' || record.kind === 'run.withdrawn') return;
    if (record.kind === 'run.failed' && record.body.retryAt === null) return;
  }
}

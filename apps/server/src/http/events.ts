import { STREAM_SEQ } from '@reeve/protocol';
import type { Published, Runtime } from '@reeve/runtime';
import { Refusal } from '../errors.ts';
import { recordView } from '../views/ledger.ts';
import { type SseOptions, sse } from './sse.ts';

export interface StreamOptions extends Pick<SseOptions, 'heartbeat' | 'signals' | 'subscribed'> {
  readonly runtime: Runtime;
  /** From `Last-Event-ID` or `after`; null for only what is new. */
  readonly after: number | null;
}

const frameOf = ({ record, sealed }: Published): string =>
  `id: ${record.seq}\nevent: ${record.kind}\ndata: ${JSON.stringify(recordView(record, sealed.hash))}\n\n`;

/** [SRV10] The ledger as server-sent events: every durable record once and in order, from `after` into the present. */
export async function eventStream({ runtime, after, ...options }: StreamOptions): Promise<Response> {
  const head = await runtime.read((state) => state.seq);
  if (after !== null && after > head)
    throw new Refusal(
      'conflict',
      `the ledger ends at ${head}, so nothing can follow ${after}`,
      'begin again without it',
    );
  const from = after ?? head;
  return sse((signal) => framesOf(runtime, from, signal), {
    ...options,
    headers: { [STREAM_SEQ]: String(from) },
    // An id without data sets where a browser resumes, and shows that the connection stands.
    opening: `id: ${from}\n\n`,
  });
}

async function* framesOf(runtime: Runtime, after: number, signal: AbortSignal): AsyncGenerator<string> {
  for await (const published of runtime.subscribe({ after, signal })) yield frameOf(published);
}

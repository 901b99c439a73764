/** A task as server-sent events: itself, then each change, until it is over. */

import { TERMINAL } from '@reeve/workers/a2a';
import type { Asking } from './asking.ts';
import { changesOf } from './changes.ts';
import { resultOf, type Standing, taskOf } from './tasks.ts';

interface Listening {
  /** One result as the binding puts it on the wire. */
  readonly frame: (result: unknown) => unknown;
  readonly heartbeat: number;
  readonly signal: AbortSignal;
}

/** [SRV237] What is sent is made when the client takes it, so a slow one costs no memory here. */
export function eventsOf(asking: Asking, { frame, heartbeat, signal }: Listening, task: string): Response {
  const left = new AbortController();
  const results = resultsOf(asking, task, AbortSignal.any([signal, left.signal]));
  const encoder = new TextEncoder();
  let beat: NodeJS.Timeout;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      beat = setInterval(() => controller.enqueue(encoder.encode(':\n\n')), heartbeat).unref();
    },
    pull: async (controller) => {
      const { value, done } = await results.next();
      if (!done) return controller.enqueue(encoder.encode(frameOf(frame(value))));
      clearInterval(beat);
      controller.close();
    },
    cancel: () => {
      clearInterval(beat);
      left.abort();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } });
}

const frameOf = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

async function* resultsOf(asking: Asking, task: string, signal: AbortSignal): AsyncGenerator<unknown> {
  let first = true;
  for await (const now of changesOf(asking, task, signal)) {
    if (first) yield { task: await taskOf(asking.archive, now, { history: null, artifacts: true }) };
    else yield* updatesOf(asking, now);
    first = false;
    if (TERMINAL.has(now.state)) return;
  }
}

async function* updatesOf({ archive }: Asking, now: Standing): AsyncGenerator<unknown> {
  const of = { taskId: now.id, contextId: now.contextId };
  if (now.summary !== null) yield { artifactUpdate: { ...of, artifact: resultOf(now.summary), lastChunk: true } };
  const { status } = await taskOf(archive, now, { history: 0, artifacts: false });
  yield { statusUpdate: { ...of, status } };
}

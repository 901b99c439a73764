/** Server-sent events whose frames are made when the client asks for more, so a slow one costs no memory here. */

export interface SseOptions {
  /** Milliseconds between comments that keep the connection alive. */
  readonly heartbeat: number;
  /** The client is gone, or the server ends. */
  readonly signals: readonly AbortSignal[];
  /** Told that a stream began; the result, that it ended. */
  readonly subscribed: () => () => void;
  readonly headers?: Readonly<Record<string, string>>;
  /** The first frame, before there is anything to tell. */
  readonly opening?: string;
}

/** @param frames makes them, until its signal is aborted */
export function sse(frames: (signal: AbortSignal) => AsyncIterator<string>, options: SseOptions): Response {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, ...options.signals]);
  signal.addEventListener('abort', options.subscribed(), { once: true });
  return new Response(body(frames(signal), options, left), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', ...options.headers },
  });
}

/** Resolves to null after `ms`; `cancel` stops the timer. */
function timer(ms: number): { due: Promise<null>; cancel: () => void } {
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

function body(
  frames: AsyncIterator<string>,
  { heartbeat, opening = ': open\n\n' }: SseOptions,
  left: AbortController,
): ReadableStream {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<string>> | null = null;
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(opening)),
    pull: async (controller) => {
      next ??= frames.next();
      const beat = timer(heartbeat);
      const first = await Promise.race([next, beat.due]);
      beat.cancel();
      if (first === null) return controller.enqueue(encoder.encode(': still here\n\n'));
      next = null;
      if (first.done) {
        left.abort();
        controller.close();
      } else controller.enqueue(encoder.encode(first.value));
    },
    cancel: () => left.abort(),
  });
}

/** Routes about what workers do: a run's steps, and what it writes meanwhile. */
import type { RUN_ROUTES } from '@reeve/protocol';
import { agUiStream } from '../ag-ui/stream.ts';
import { archiveOf } from '../archive.ts';
import { Refusal } from '../errors.ts';
import { outputStream } from '../output/stream.ts';
import { runDetail } from '../views/run.ts';
import { resumeAfter } from './events.ts';
import type { Handler } from './handler.ts';

/** [SRV196] JSON, or events for who asks for them. */
const runOutput: Handler<'runOutput'> = async (services, { params, query }, { request }) => {
  const { runtime, outputs, heartbeat, ended, telemetry } = services;
  const { open, seq } = await runtime.read(({ runs, seq }) => ({ open: runs.runs.has(params.id), seq }));
  const output = outputs.find(params.id) ?? (open ? outputs.of(params.id) : null);
  if (!output)
    throw new Refusal(
      'not-found',
      `nothing is kept of what ${params.id} wrote`,
      'its steps are: `reeve run`, or GET /v1/runs/:id',
    );
  if (request.headers.get('accept')?.includes('text/event-stream')) {
    const after = resumeAfter(request, query.after) ?? 0;
    return outputStream({
      ...{ runtime, run: params.id, output, head: open ? seq : null, after },
      ...{ heartbeat, signals: [request.signal, ended], subscribed: () => telemetry.subscribed() },
    });
  }
  return { body: { ...output.since(query.after), live: open || output.working } };
};

export const RUN_HANDLERS: { readonly [K in keyof typeof RUN_ROUTES]: Handler<K> } = {
  run: async ({ runtime, store, answer }, { params }) => ({
    body: await runDetail(runtime, archiveOf(runtime, store), answer, params.id),
  }),
  runAgUi: ({ runtime, store, answer, heartbeat, ended, telemetry }, { params }, { request }) =>
    agUiStream({ runtime, archive: archiveOf(runtime, store), answer }, params.id, {
      ...{ heartbeat, signals: [request.signal, ended] },
      subscribed: () => telemetry.subscribed(),
    }),
  runOutput,
};

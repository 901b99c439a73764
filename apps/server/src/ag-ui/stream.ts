/** `GET /v1/runs/:id/ag-ui`: a run from its beginning to its end, as it goes on. */
import type { KernelRecord } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import type { Archive } from '../archive.ts';
import { type SseOptions, sse } from '../http/sse.ts';
import { allRecords } from '../views/ledger.ts';
import { none } from '../views/page.ts';
import { type AnswerOf, ofRun, stepOf } from '../views/run.ts';
import { agUiOf, isEnd } from './wire.ts';

export interface AgUiSource {
  readonly runtime: Runtime;
  readonly archive: Archive;
  /** What the run got from outside, by its digest. */
  readonly answer: AnswerOf;
}

/** [SRV292] [SRV293] @throws Refusal `not-found` for a run that never was */
export async function agUiStream(source: AgUiSource, id: string, options: SseOptions): Promise<Response> {
  const [first] = await allRecords(source.archive, { stream: `run/${id}`, kind: 'run.started' });
  if (first?.kind !== 'run.started') throw none('run', id);
  return sse((signal) => framesOf(source, first, signal), options);
}

async function* framesOf(
  { runtime, archive, answer }: AgUiSource,
  first: KernelRecord & { readonly kind: 'run.started' },
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { run, case: about } = first.body;
  const mine = ofRun(run);
  for await (const record of recordsOf(runtime, archive, first, signal)) {
    if (!mine(record)) continue;
    const step = await stepOf(record, run, answer);
    for (const event of agUiOf(record, step, about ?? run))
      yield `id: ${record.seq}\ndata: ${JSON.stringify(event)}\n\n`;
    if (record.stream === `run/${run}` && isEnd(record)) return;
  }
}

/** What belongs to the work the run is about: what there is, then what comes, each once. */
async function* recordsOf(
  runtime: Runtime,
  archive: Archive,
  { correlation, seq }: KernelRecord,
  signal: AbortSignal,
): AsyncGenerator<KernelRecord> {
  const head = await runtime.read((state) => state.seq);
  yield* await allRecords(archive, { correlation, seq: { from: seq, to: head } });
  for await (const { record } of runtime.subscribe({ after: head, signal }))
    if (record.correlation === correlation) yield record;
}

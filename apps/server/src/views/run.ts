/** One run, read from the ledger: also while it is under way, and after it has left memory. */
import type { KernelRecord, Run } from '@reeve/kernel';
import type { ResponseOf } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import { z } from 'zod';
import type { Archive } from '../archive.ts';
import { sentence } from '../sentences.ts';
import { allRecords } from './ledger.ts';
import { none } from './page.ts';

/** What was answered, by its digest; null when it is gone. */
export type AnswerOf = (digest: string) => Promise<unknown>;

type Detail = ResponseOf<'run'>;
type Step = Detail['steps'][number];

/** How a journaled reply of a model looks; answers of other kinds are not shown. */
const reply = z.object({
  model: z.string(),
  reply: z.object({
    text: z.string(),
    calls: z.array(z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) })),
  }),
});

/** @throws Refusal `not-found` for a run that never was. */
export async function runDetail(runtime: Runtime, archive: Archive, answer: AnswerOf, id: string): Promise<Detail> {
  const own = await allRecords(archive, { stream: `run/${id}` });
  const first = own[0];
  if (first?.kind !== 'run.started') throw none('run', id);
  const live = await runtime.read((state) => state.runs.runs.get(id));
  const records = await involved(archive, own, id, first.correlation, live);
  const { seat, principal, case: about } = first.body;
  return {
    ...{ id, seat, principal, case: about, startedAt: first.at },
    ...endOf(own, live),
    ...usedBy(own),
    steps: await Promise.all(records.map((record) => stepOf(record, id, answer))),
  };
}

/** The run's own records, and those of what it did: commands of its steps, and how its operations went on. */
async function involved(
  archive: Archive,
  own: readonly KernelRecord[],
  id: string,
  correlation: string,
  live: Run | undefined,
): Promise<KernelRecord[]> {
  const last = live ? {} : { to: own.at(-1)!.seq };
  const all = await allRecords(archive, { correlation, seq: { from: own[0]!.seq, ...last } });
  return all.filter(ofRun(id));
}

/** Tells which records are of a run, when it is given those of its case in their order. */
export function ofRun(id: string): (record: KernelRecord) => boolean {
  const asked = new Set<string>();
  return (record) => {
    if (record.kind === 'operation.requested' && record.body.run === id) asked.add(record.stream);
    return record.stream === `run/${id}` || asked.has(record.stream) || stepNumber(record, id) !== null;
  };
}

/** The step whose command wrote the record. */
function stepNumber({ causation, body }: KernelRecord, id: string): number | null {
  const command = 'command' in causation ? causation.command : '';
  if (command.startsWith(`${id}/`)) return Number(command.slice(id.length + 1));
  const { run, step } = body as { run?: unknown; step?: unknown };
  return run === id && typeof step === 'number' ? step : null;
}

function endOf(
  own: readonly KernelRecord[],
  live: Run | undefined,
): Pick<Detail, 'status' | 'endedAt' | 'report' | 'reason'> {
  const last = own.at(-1)!;
  if (live) return { status: live.status, endedAt: null, report: null, reason: null };
  if (last.kind === 'run.finished')
    return { status: 'finished', endedAt: last.at, report: { ...last.body.report }, reason: null };
  const reason = last.kind === 'run.stopped' || last.kind === 'run.failed' ? last.body.message : null;
  return { status: last.kind === 'run.stopped' ? 'stopped' : 'failed', endedAt: last.at, report: null, reason };
}

function usedBy(own: readonly KernelRecord[]): Pick<Detail, 'spent' | 'tokens'> {
  let [spent, tokens] = [0, 0];
  for (const record of own) {
    if (record.kind !== 'run.spent') continue;
    spent += record.body.money;
    tokens += record.body.tokens;
  }
  return { spent, tokens };
}

/** One record of a run, with what its model said. */
export async function stepOf(record: KernelRecord, id: string, answer: AnswerOf): Promise<Step> {
  const { seq, at, kind } = record;
  const parsed = record.kind === 'run.answered' ? reply.safeParse(await answer(record.body.answer)) : undefined;
  const said = parsed?.success ? { model: parsed.data.model, ...parsed.data.reply } : null;
  return { seq, at, step: stepNumber(record, id), kind, sentence: sentence(record), said };
}

import type { KernelRecord } from '@reeve/kernel';
import type { Explanation } from '@reeve/protocol';

type Attempt = Explanation['attempts'][number];

const ENDS: Record<string, Attempt['outcome']> = {
  'operation.succeeded': 'succeeded',
  'operation.failed': 'failed',
  'operation.lapsed': 'lapsed',
};

/** Every time it was tried, and how that ended. A read needs no lease: its attempt 0 begins and ends with the result. */
export function attemptsOf(records: readonly KernelRecord[]): Attempt[] {
  const attempts: Attempt[] = [];
  for (const record of records) {
    if (record.kind === 'operation.leased') {
      const { attempt, executor } = record.body;
      attempts.push({ attempt, executor, at: record.at, endedAt: null, outcome: 'running', message: null });
    }
    if (Object.hasOwn(ENDS, record.kind)) end(attempts, record);
  }
  return attempts;
}

function end(attempts: Attempt[], record: KernelRecord): void {
  const body = record.body as { attempt: number; message?: string; reason?: string };
  const ended = {
    endedAt: record.at,
    outcome: ENDS[record.kind]!,
    message: body.message ?? body.reason ?? null,
  };
  const at = attempts.findLastIndex((one) => one.attempt === body.attempt);
  // An attempt that lapsed and then was found to have succeeded ends the way that was found.
  if (at !== -1) attempts[at] = { ...attempts[at]!, ...ended };
  else attempts.push({ attempt: body.attempt, executor: record.actor.principal, at: record.at, ...ended });
}

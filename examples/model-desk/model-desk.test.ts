import { describe, expect, it } from 'vitest';
import { play } from './play.ts';

describe('a model at a desk, from ticket to report', () => {
  it('[WRK13] [WRK16] [SRV104] is refused what it should not have, waits for a person, and shows each step (R-E64)', async () => {
    const lines: string[] = [];
    const { approval, case: solved, run, asked } = await play((line) => lines.push(line));
    expect(approval).toMatchObject({ capability: 'orders.refund', cost: 34_900_000 });
    expect(solved.operations.map(({ id, status }) => [id, status])).toEqual([
      ['OP-1', 'succeeded'],
      ['OP-2', 'denied'],
      ['OP-3', 'verified'],
    ]);
    // The small model until it was refused, the other one from then on; five replies, each paid once.
    expect(asked).toEqual(['small-1', 'small-1', 'frontier-1', 'frontier-1', 'frontier-1']);
    expect(run).toMatchObject({
      ...{ status: 'finished', tokens: 600, spent: 1872, reason: null },
      report: { outcome: 'Sam got $34.90 back.', evidence: ['OP-3'], learned: 'K-100 leaks.' },
    });
    const said = run.steps.flatMap((step) => (step.said ? [`${step.said.model} ${step.said.calls[0]?.tool}`] : []));
    expect(said).toEqual([
      ...['small orders_get', 'small orders_refund', 'frontier orders_refund'],
      ...['frontier case_resolve', 'frontier report'],
    ]);
    expect(lines.at(-1)).toContain('600 tokens');
  });
});

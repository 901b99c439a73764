import { describe, expect, it } from 'vitest';
import { isInstalled, play } from './langgraph.ts';

const missing = isInstalled() ? '' : ': skipped, run `npm run example:langgraph` once to install LangGraph';

describe(`an agent of LangGraph${missing}`, () => {
  it.skipIf(missing !== '')(
    '[SRV190] [SRV116] takes a seat over MCP, waits for a person in a node of its own, and pays once (R-B1)',
    async () => {
      const lines: string[] = [];
      const { case: done, why } = await play((line) => lines.push(line));
      expect(done.status).toBe('resolved');
      expect(why.hands!.map(({ principal, occupant }) => [principal, occupant])).toEqual([
        ['refund-agent', 'mcp'],
        ['kim', 'human'],
        ['refund-agent', 'mcp'],
      ]);
      const refunds = why.operations.filter(({ operation }) => operation.capability === 'orders.refund');
      expect(refunds.map(({ operation, approval }) => [operation.status, approval?.status])).toEqual([
        ['verified', 'approved'],
      ]);
      expect(lines.filter((line) => line.startsWith('orders_refund'))).toHaveLength(1);
    },
    60_000,
  );
});

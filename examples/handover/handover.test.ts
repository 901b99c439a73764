import type { Hand } from '@reeve/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Played, play } from './play.ts';

const who = ({ seat, principal, occupant }: Hand): string => `${seat}: ${principal} (${occupant})`;

describe('a case that passes through four kinds of occupants, while the server is killed twice', () => {
  let all: Played;
  let text: string;
  beforeAll(async () => {
    const lines: string[] = [];
    all = await play({ say: (line) => lines.push(line), kill: ['asked', 'decided'] });
    text = lines.join('\n');
  }, 150_000);

  it('[SRV290] [SRV190] is explained by one why that names script, model, agent and person, and the approval (R-E76, R-E62)', () => {
    expect(all.why.hands!.map(who)).toEqual([
      'front-desk: front-desk-script (script)',
      'claims: claims-model (model)',
      'payments: payments-agent (mcp)',
      'owner: kim (human)',
      'payments: payments-agent (mcp)',
      'claims: claims-model (model)',
      'front-desk: front-desk-script (script)',
      'claims: claims-model (model)',
    ]);
    const person = all.why.hands!.find(({ occupant }) => occupant === 'human')!;
    expect(person.did.map((act) => act.text)).toEqual([expect.stringContaining(all.approval.id)]);
  });

  it('[GOV8] [RT9] [WRK32] [SRV192] pays once, after the person decided about exactly what he was shown, kill -9 or not', () => {
    expect(text.match(/was killed/g)).toHaveLength(2);
    expect(all.case.status).toBe('closed');
    const refunds = all.why.operations.filter(({ operation }) => operation.capability === 'orders.refund');
    expect(refunds).toMatchObject([
      {
        operation: { status: 'verified', args: { order_id: 'K-100', amount: 34_900_000 } },
        approval: { id: all.approval.id, status: 'approved', by: 'owner', bySilence: false },
        verification: { status: 'verified' },
      },
    ]);
    expect(refunds[0]!.attempts.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1);
    expect(all.order).toMatchObject({ order_id: 'K-100', refunded: 34_900_000 });
  });

  it('[WRK10] pays the model for each reply once, but for the one a kill may have caught on its way', () => {
    expect(all.paid).toBeGreaterThanOrEqual(8);
    expect(all.paid).toBeLessThanOrEqual(10);
  });

  it('[CLI290] is told by the command line as hands first, then a page for each effect', () => {
    for (const part of [
      'Front desk (front-desk-script, a script)',
      'Claims desk (claims-model, a model)',
      'Payments desk (payments-agent, an agent over MCP)',
      'Owner (kim, a person)',
      'orders.refund (compensable, tool orders)  verified',
      `${all.approval.id} approved by owner`,
      'plain reads: `reeve why OP-…`',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('orders.get (read');
  });
});

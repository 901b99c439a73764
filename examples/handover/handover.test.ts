import type { Hand } from '@reeve/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Moment, type Played, play } from './play.ts';

/** Everything printed, and what it came to. */
async function played(...kill: Moment[]): Promise<Played & { readonly text: string }> {
  const lines: string[] = [];
  const all = await play({ say: (line) => lines.push(line), kill });
  return { ...all, text: lines.join('\n') };
}

const who = ({ seat, principal, occupant }: Hand): string => `${seat}: ${principal} (${occupant})`;

/** The refund was asked for once, decided by a person, done once, and the customer has his money once. */
function paidOnce({ case: closed, why, order, approval }: Played): void {
  expect(closed.status).toBe('closed');
  const refunds = why.operations.filter(({ operation }) => operation.capability === 'orders.refund');
  expect(refunds).toHaveLength(1);
  const [refund] = refunds;
  expect(refund).toMatchObject({
    operation: { status: 'verified', args: { order_id: 'K-100', amount: 34_900_000 } },
    approval: {
      id: approval.id,
      status: 'approved',
      by: 'owner',
      bySilence: false,
      note: expect.stringContaining('leaks'),
    },
    verification: { status: 'verified' },
  });
  expect(refund!.attempts.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1);
  expect(order).toMatchObject({ order_id: 'K-100', refunded: 34_900_000 });
}

describe('a case that passes through four kinds of occupants', () => {
  let all: Awaited<ReturnType<typeof played>>;
  beforeAll(async () => {
    all = await played();
  }, 60_000);

  it('[SRV260] [SRV190] is explained by one why that names script, model, agent and person, and the approval', () => {
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
    expect(person.did.map(({ text }) => text)).toEqual([expect.stringContaining(all.approval.id)]);
  });

  it('[GOV8] pays once, after the person decided about exactly what he was shown', () => {
    paidOnce(all);
    expect(all.paid).toBe(8);
  });

  it('[CLI240] is told by the command line as hands first, then a page for each effect', () => {
    for (const part of [
      'Front desk (front-desk-script, a script)',
      'Claims desk (claims-model, a model)',
      'Payments desk (payments-agent, an agent over MCP)',
      'Owner (kim, a person)',
      'orders.refund (compensable, tool orders)  verified',
      `${all.approval.id} approved by owner`,
      'plain reads: `reeve why OP-…`',
    ])
      expect(all.text).toContain(part);
    expect(all.text).not.toContain('orders.get (read');
  });
});

it('[RT9] [WRK32] [SRV192] goes on where it was when the server is killed while the person is asked, and right after he decided', async () => {
  const all = await played('asked', 'decided');
  paidOnce(all);
  expect(all.why.hands!.map(who)).toContain('payments: payments-agent (mcp)');
  expect(all.text.match(/was killed/g)).toHaveLength(2);
}, 90_000);

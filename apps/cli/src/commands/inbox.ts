import { viewOf, withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print } from '../context.ts';
import { inboxText } from '../text/lists.ts';
import { moneyText } from '../text/quantities.ts';

/** `reeve inbox` */
export async function inbox(context: Context, options: { seat?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.inbox(options.seat ? { seat: options.seat } : {});
    const view = await viewOf(context, connection);
    print(context, found, () => inboxText(found, view));
  });
}

const DONE = { approve: 'approved', reject: 'rejected', revise: 'sent back for revision' } as const;
const THEN = {
  approve: 'it is carried out',
  reject: 'it is not carried out',
  revise: 'the seat is told what to change',
} as const;

/** `reeve approve`, `reeve reject`, `reeve revise`: the decision is of exactly the arguments that are asked for now. */
export async function decide(
  context: Context,
  verdict: keyof typeof DONE,
  given: string,
  options: { note?: string },
): Promise<void> {
  const id = given.toUpperCase();
  await withClient(context, async (connection) => {
    const { client, live } = connection;
    const asked = await client.approval({ id });
    const note = options.note === undefined ? {} : { note: options.note };
    const answer = await client.decide({ id, verdict, digest: asked.packet.argsDigest, ...note });
    const { currency } = await viewOf(context, connection);
    const amount = asked.cost > 0 ? ` of ${moneyText(asked.cost, currency)}` : '';
    const what = `${asked.capability}${amount}${asked.case ? ` for ${asked.case}` : ''} (${asked.operation}, asked by ${asked.requester})`;
    const then = live ? THEN[verdict] : `${THEN[verdict]} when the organisation runs (\`reeve up\`)`;
    print(context, answer, `${DONE[verdict]} ${id}: ${what}\n${then}; follow it with: reeve why ${asked.operation}\n`);
  });
}

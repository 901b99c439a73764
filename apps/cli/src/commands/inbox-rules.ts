import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { blocksText, rulesText } from '../text/inbox-rules.ts';
import { momentText } from '../text/quantities.ts';
import { safe } from '../text/table.ts';
import { momentOf } from './moments.ts';
import { given, idOf } from './pages.ts';

/** `reeve inbox rules` */
export async function rules(context: Context, options: { seat?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.inboxRules(given({ seat: options.seat }));
    const view = await viewOf(context, connection);
    print(context, found, () => rulesText(found, view));
  });
}

interface CheckOptions {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly kind?: string;
}

const FORESEEN = { deliver: 'would be delivered', hold: 'would wait for a word', refuse: 'would be refused' } as const;

/** `reeve inbox check` */
export async function check(context: Context, { kind, ...letter }: CheckOptions): Promise<void> {
  await withClient(context, async ({ client }) => {
    const found = await client.checkMessage({ ...letter, ...given({ kind }) });
    const why = found.because === null ? '' : `: ${safe(found.because)} (${found.rule})`;
    const then = found.instead === null ? '' : `\ninstead: ${safe(found.instead)}`;
    print(context, found, `${FORESEEN[found.verdict]}${why}${then}\n`);
  });
}

/** `reeve inbox pass`, `reeve inbox stop` */
export async function decideMessage(
  context: Context,
  verdict: 'approve' | 'deny',
  message: string,
  { reason }: { reason: string },
): Promise<void> {
  const id = idOf(message, 'M', 'message', 'reeve inbox rules');
  await withClient(context, async ({ client }) => {
    const answer = await client.decideMessage({ id, verdict, reason });
    const what = verdict === 'approve' ? 'is delivered' : 'is not delivered';
    print(context, answer, `${id} ${what}; its sender is told (record ${answer.seq})\n`);
  });
}

/** `reeve block` */
export async function blocks(context: Context): Promise<void> {
  await withClient(context, async ({ client }) => {
    const found = await client.blocks();
    print(context, found, () => blocksText(found));
  });
}

interface BlockOptions {
  readonly until?: string;
  readonly reason: string;
}

const end = (context: Context, until: string | undefined) =>
  until === undefined ? {} : { until: momentOf(context, until, '--until') };
const endText = ({ until }: { until?: number }): string =>
  until === undefined ? 'until you lift it' : `until ${momentText(until)}`;

/** `reeve block sender` */
export async function blockSender(
  context: Context,
  seat: string,
  sender: string,
  options: BlockOptions,
): Promise<void> {
  const until = end(context, options.until);
  await withClient(context, async ({ client }) => {
    const answer = await client.blockSender({ seat, sender, reason: options.reason, ...until });
    print(context, answer, `${seat} does not hear ${sender} ${endText(until)} (record ${answer.seq})\n`);
  });
}

/** `reeve block customer` */
export async function blockCustomer(context: Context, about: string, options: BlockOptions): Promise<void> {
  const id = idOf(about, 'C', 'case', 'reeve cases');
  const until = end(context, options.until);
  await withClient(context, async ({ client }) => {
    const answer = await client.blockCustomer({ case: id, reason: options.reason, ...until });
    print(context, answer, `requests of the customer of ${id} are refused ${endText(until)} (record ${answer.seq})\n`);
  });
}

/** `reeve block lift` */
export async function lift(
  context: Context,
  what: string,
  sender: string | undefined,
  { reason }: { reason: string },
): Promise<void> {
  await withClient(context, async ({ client }) => {
    const answer =
      sender === undefined
        ? await client.unblockCustomer({ id: idOf(what, 'C', 'case', 'reeve block'), reason })
        : await client.unblockSender({ seat: what, sender, reason });
    print(context, answer, `lifted (record ${answer.seq})\n`);
  });
}

import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { deputiesText } from '../text/authority.ts';
import { momentText } from '../text/quantities.ts';
import { momentOf } from './moments.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

/** `reeve deputies` */
export async function deputies(context: Context, options: PageOptions & { seat?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.deputies({ ...pageOf(options), ...given({ seat: options.seat }) });
    const view = await viewOf(context, connection);
    print(context, found, () => deputiesText(found.deputies, view) + moreText(found.next));
  });
}

export interface NameOptions {
  readonly until: string;
  readonly from?: string;
  readonly reason: string;
}

/** `reeve deputies name` */
export async function nameDeputy(context: Context, seat: string, deputy: string, options: NameOptions): Promise<void> {
  const until = momentOf(context, options.until, '--until');
  const from = options.from === undefined ? undefined : momentOf(context, options.from, '--from');
  await withClient(context, async ({ client }) => {
    const answer = await client.nameDeputy({ seat, deputy, until, reason: options.reason, ...given({ from }) });
    const when = `${from === undefined ? '' : `from ${momentText(from)} `}until ${momentText(until)}`;
    const text = `${answer.deputy}: ${deputy} decides for ${seat} ${when} (record ${answer.seq})\nend it sooner with: reeve deputies withdraw ${answer.deputy} --reason "…"\n`;
    print(context, answer, text);
  });
}

/** `reeve deputies withdraw` */
export async function withdraw(context: Context, given: string, { reason }: { reason: string }): Promise<void> {
  const id = idOf(given, 'D', 'deputy', 'reeve deputies');
  await withClient(context, async ({ client }) => {
    const answer = await client.withdrawDeputy({ id, reason });
    print(context, answer, `over: ${id} decides for nobody any more (record ${answer.seq})\n`);
  });
}

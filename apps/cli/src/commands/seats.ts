import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { delegationsText, seatText } from '../text/authority.ts';
import { given, moreText, type PageOptions, pageOf } from './pages.ts';

/** `reeve seat show` */
export async function seatShow(context: Context, id: string): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.seat({ id });
    const view = await viewOf(context, connection);
    print(context, found, () => seatText(found, view));
  });
}

/** `reeve delegations` */
export async function delegations(
  context: Context,
  options: PageOptions & { seat?: string; all?: boolean },
): Promise<void> {
  const { seat, all } = options;
  await withClient(context, async (connection) => {
    const status = all ? 'all' : 'open';
    const found = await connection.client.delegations({ ...pageOf(options), ...given({ seat }), status });
    const view = await viewOf(context, connection);
    print(context, found, () => delegationsText(found.delegations, view) + moreText(found.next));
  });
}

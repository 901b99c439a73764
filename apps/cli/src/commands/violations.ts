import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { violationsText, violationText } from '../text/authority.ts';
import { moreText, type PageOptions, pageOf } from './pages.ts';

/** `reeve violations` */
export async function violations(context: Context, options: PageOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.violations(pageOf(options));
    const view = await viewOf(context, connection);
    print(context, found, () => violationsText(found.violations, view) + moreText(found.next));
  });
}

/** `reeve violations show` */
export async function violationShow(context: Context, id: string, options: PageOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.violation({ id, ...pageOf(options) });
    const view = await viewOf(context, connection);
    print(context, found, () => violationText(found, view) + moreText(found.next));
  });
}

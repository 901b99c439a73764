import { viewOf, withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print } from '../context.ts';
import { whyText } from '../text/why.ts';

/** `reeve why` */
export async function why(context: Context, id: string): Promise<void> {
  if (/^RS-\d+$/i.test(id)) return (await import('./restructure.ts')).show(context, id);
  await withClient(context, async (connection) => {
    const answer = await connection.client.why({ id: id.toUpperCase() });
    if (context.json) return print(context, answer, '');
    const { definition } = await connection.client.organisation();
    const view = { ...(await viewOf(context, connection)), definition };
    print(context, answer, () => whyText(answer, view));
  });
}

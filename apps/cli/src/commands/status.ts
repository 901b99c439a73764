import { withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print } from '../context.ts';
import { statusPage } from '../text/status.ts';

/** `reeve status` */
export async function status(context: Context): Promise<void> {
  await withClient(context, async ({ client, url }) => {
    const found = await client.status();
    const view = { ...context, now: context.now(), currency: found.currency };
    print(context, { ...found, server: url }, () => statusPage(found, { url }, view));
  });
}

import { withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';

/** `reeve forget`: what the customer of a case wrote, and what names him, becomes unreadable for good. */
export async function forget(context: Context, id: string, options: { readonly reason: string }): Promise<void> {
  await withClient(context, async ({ client }) => {
    const answer = await client.forget({ id, reason: options.reason });
    const text =
      `forgotten: the customer of ${answer.case} (record ${answer.seq}); his key is destroyed and the ledger still verifies\n` +
      'what tools hold outside the ledger (mailboxes, databases) is theirs to erase\n';
    print(context, answer, text);
  });
}

import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { reviewsText } from '../text/reviews.ts';

/** `reeve reviews` */
export async function reviews(context: Context): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.reviews();
    const view = await viewOf(context, connection);
    print(context, found, () => reviewsText(found, view));
  });
}

import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { reviewsText } from '../text/reviews.ts';
import { moreText, type PageOptions, pageOf } from './pages.ts';

/** `reeve reviews` */
export async function reviews(context: Context, options: PageOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.reviews(pageOf(options));
    const view = await viewOf(context, connection);
    print(context, found, () => reviewsText(found, view) + moreText(found.next));
  });
}

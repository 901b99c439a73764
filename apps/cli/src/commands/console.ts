import { withClient } from '../connect.ts';
import { linkOf } from '../console.ts';
import { type Context, print } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';

/** `reeve console`: a link that signs in once. */
export async function console(context: Context): Promise<void> {
  await withClient(context, async ({ client, url }) => {
    if (url === null)
      throw new Failure(
        EXIT.unavailable,
        'there is no console to open',
        'no server runs on this data directory',
        'start it with `reeve up` (or `npm start`) and run this again',
      );
    const { code, expires } = await client.signInCode();
    const link = linkOf(url, code);
    print(context, { link, expires }, `${link}\n`);
  });
}

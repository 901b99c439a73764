import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { contractsText, desksText, deskText, hitsText } from '../text/memory.ts';
import { oneOf } from './memory-input.ts';
import { given, moreText, type PageOptions, pageOf } from './pages.ts';

/** `reeve desk` */
export async function list(context: Context, options: PageOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.desks(pageOf(options));
    const view = await viewOf(context, connection);
    print(context, found, () => desksText(found.desks, view) + moreText(found.next));
  });
}

/** `reeve desk show` */
export async function show(context: Context, id: string): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.desk({ id });
    const view = await viewOf(context, connection);
    print(context, found, () => deskText(found, view));
  });
}

const WHAT = ['belief', 'skill', 'snapshot', 'recall', 'briefing'] as const;

/** `reeve desk search` */
export async function search(
  context: Context,
  text: string,
  options: PageOptions & { seat?: string; what?: string },
): Promise<void> {
  const query = {
    text,
    ...pageOf(options),
    ...given({ seat: options.seat, what: oneOf(options.what, WHAT, '--what') }),
  };
  await withClient(context, async (connection) => {
    const found = await connection.client.deskSearch(query);
    const view = await viewOf(context, connection);
    print(context, found, () => hitsText(found.hits, view) + moreText(found.next));
  });
}

/** `reeve desk begin` */
export async function begin(
  context: Context,
  seat: string,
  purpose: string,
  { reason, mode }: { reason: string; mode: string },
): Promise<void> {
  const body = { seat, purpose, reason, mode: oneOf(mode, ['fresh', 'continuation', 'reference'] as const, '--mode') };
  await withClient(context, async ({ client }) => {
    const found = await client.command({ kind: 'desk.begin', body });
    print(context, found, `${seat} is at "${purpose}" now (record ${found.seq})\n`);
  });
}

/** `reeve desk contracts` */
export async function contracts(context: Context): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.contexts();
    const view = await viewOf(context, connection);
    print(context, found, () => contractsText(found.contexts, view));
  });
}

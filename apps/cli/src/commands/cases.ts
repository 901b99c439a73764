import { viewOf, withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print, wholeNumber } from '../context.ts';
import { caseText } from '../text/case.ts';
import { casesText } from '../text/lists.ts';

export interface CasesOptions {
  readonly status?: string;
  readonly owner?: string;
  readonly customer?: string;
  readonly query?: string;
  readonly limit: string;
}

/** `reeve cases` */
export async function cases(context: Context, options: CasesOptions): Promise<void> {
  const limit = wholeNumber(options.limit, '--limit', 1, 1000);
  await withClient(context, async (connection) => {
    const found = await connection.client.cases({
      limit,
      ...(options.status ? { status: options.status as 'open' } : {}),
      ...(options.owner ? { owner: options.owner } : {}),
      ...(options.customer ? { customer: options.customer } : {}),
      ...(options.query ? { q: options.query } : {}),
    });
    const view = await viewOf(context, connection);
    print(context, found, () => casesText(found.cases, found.next !== undefined, view));
  });
}

/** Sentences of history shown on one page. */
const HISTORY = 200;

/** `reeve case show` */
export async function caseShow(context: Context, given: string): Promise<void> {
  const id = given.toUpperCase();
  await withClient(context, async (connection) => {
    const { client } = connection;
    const [found, history] = [await client.case({ id }), await client.timeline({ id, limit: HISTORY })];
    const view = await viewOf(context, connection);
    print(context, { ...found, timeline: history.entries }, () => caseText(view, found, history.entries));
  });
}

/** `reeve message`: what the customer wrote. */
export async function message(context: Context, given: string, text: string): Promise<void> {
  const id = given.toUpperCase();
  await withClient(context, async ({ client, live }) => {
    const answer = await client.addMessage({ id, text });
    const later = live ? '' : '; it is read when the organisation runs (`reeve up`)';
    print(context, answer, `the customer's message is on ${answer.case} (record ${answer.seq})${later}\n`);
  });
}

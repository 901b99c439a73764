import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { budgetsText, budgetText, costsText, pricesText, profitText } from '../text/money.ts';
import { given, moreText, type PageOptions, pageOf } from './pages.ts';

export interface BudgetsOptions extends PageOptions {
  readonly seat?: string;
  readonly unit?: string;
  readonly lane?: string;
}

/** `reeve money` */
export async function budgets(context: Context, options: BudgetsOptions): Promise<void> {
  const { seat, unit, lane } = options;
  await withClient(context, async (connection) => {
    const found = await connection.client.budgets({ ...pageOf(options), ...given({ seat, unit, lane }) });
    const view = await viewOf(context, connection);
    print(context, found, () => budgetsText(found, view) + moreText(found.next));
  });
}

/** `reeve money show` */
export async function budgetShow(
  context: Context,
  id: string,
  options: PageOptions & { case?: string },
): Promise<void> {
  await withClient(context, async (connection) => {
    const about = given({ case: options.case?.toUpperCase() });
    const found = await connection.client.budget({ id, ...pageOf(options), ...about });
    const view = await viewOf(context, connection);
    print(context, found, () => budgetText(found, view) + moreText(found.next));
  });
}

/** `reeve money costs` */
export async function costs(context: Context, options: PageOptions & { period?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.costs({ ...pageOf(options), ...given({ period: options.period }) });
    const view = await viewOf(context, connection);
    print(context, found, () => costsText(found, view) + moreText(found.next));
  });
}

/** `reeve money pnl` */
export async function profit(context: Context, options: PageOptions & { period?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.profit({ ...pageOf(options), ...given({ period: options.period }) });
    const view = await viewOf(context, connection);
    print(context, found, () => profitText(found, view) + moreText(found.next));
  });
}

/** `reeve money prices` */
export async function prices(context: Context): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.prices();
    const view = await viewOf(context, connection);
    print(context, found, () => pricesText(found, view));
  });
}

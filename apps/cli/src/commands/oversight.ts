import { viewOf, withClient } from '../connect.ts';
import { type Context, print, usage, wholeNumber } from '../context.ts';
import {
  healthText,
  interventionsText,
  reportPage,
  scorecardText,
  standupsText,
  wakeupsText,
} from '../text/oversight.ts';
import { trendsText } from '../text/trends.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

/** `reeve health` */
export async function health(context: Context, { all = false }: { all?: boolean }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.oversight();
    const view = await viewOf(context, connection);
    print(context, found, () => healthText(found, view, all));
  });
}

/** `reeve trends` */
export async function trends(context: Context, seat: string): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.trends({ id: seat });
    const view = await viewOf(context, connection);
    print(context, found, () => trendsText(found.trends, view));
  });
}

/** `reeve interventions` */
export async function interventions(context: Context, options: PageOptions & { seat?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.interventions({ ...pageOf(options), ...given({ seat: options.seat }) });
    const view = await viewOf(context, connection);
    print(context, found, () => interventionsText(found.interventions, view) + moreText(found.next));
  });
}

const PERIODS = ['daily', 'weekly', 'monthly'] as const;

/** `reeve report` */
export async function report(context: Context, asked: string, { last = false }: { last?: boolean }): Promise<void> {
  const period = PERIODS.find((each) => each === asked);
  if (period === undefined)
    throw usage(`there is no report "${asked}"`, `known are ${PERIODS.join(', ')}`, 'give one of them');
  await withClient(context, async (connection) => {
    const found = await connection.client.report({ period, which: last ? 'last' : 'current' });
    const view = await viewOf(context, connection);
    print(context, found, () => reportPage(found, view));
  });
}

/** `reeve scorecard` */
export async function scorecard(context: Context, options: { days: string; formulas?: boolean }): Promise<void> {
  const days = wholeNumber(options.days, '--days', 1, 400);
  await withClient(context, async (connection) => {
    const found = await connection.client.scorecard({ days });
    const view = await viewOf(context, connection);
    print(context, found, () => scorecardText(found, view, options.formulas ?? false));
  });
}

/** `reeve standup` */
export async function standup(context: Context, seat: string | undefined, options: PageOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.standups({ ...pageOf(options), ...given({ seat }) });
    const view = await viewOf(context, connection);
    print(context, found, () => standupsText(found.standups, view) + moreText(found.next));
  });
}

export interface WakeOptions extends PageOptions {
  readonly all?: boolean;
  readonly acknowledge?: string;
  readonly note?: string;
}

/** `reeve wakeups` */
export async function wakeups(context: Context, options: WakeOptions): Promise<void> {
  const { all, acknowledge, note } = options;
  if (acknowledge !== undefined) {
    const id = idOf(acknowledge, 'W', 'wake-up', 'reeve wakeups');
    await withClient(context, async ({ client }) => {
      const answer = await client.acknowledge({ id, ...given({ note }) });
      print(context, answer, `seen: ${id} (record ${answer.seq})\n`);
    });
    return;
  }
  await withClient(context, async (connection) => {
    const found = await connection.client.wakeups({ ...pageOf(options), status: all ? 'all' : 'open' });
    const view = await viewOf(context, connection);
    print(context, found, () => wakeupsText(found.wakeups, view) + moreText(found.next));
  });
}

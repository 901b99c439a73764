import { viewOf, withClient } from '../connect.ts';
import { type Context, print, usage } from '../context.ts';
import { checksText, lanesText, laneText, moneyText, movesText, ninetyText } from '../text/lanes.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

/** `reeve lanes` */
export async function lanes(context: Context, options: PageOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.lanes(pageOf(options));
    const view = await viewOf(context, connection);
    print(context, found, () => lanesText(found.lanes, view) + moreText(found.next));
  });
}

/** `reeve lanes show` */
export async function laneShow(context: Context, id: string): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.lane({ id });
    const view = await viewOf(context, connection);
    print(context, found, () => laneText(found, view));
  });
}

/** `reeve lanes explain` */
export async function explain(context: Context, id: string, options: PageOptions & { all?: true }): Promise<void> {
  await withClient(context, async (connection) => {
    const asked = { id, ...pageOf(options), ...(options.all ? { all: 'true' } : {}) };
    const found = await connection.client.laneMoves(asked as never);
    const view = await viewOf(context, connection);
    print(context, found, () => movesText(found.moves, view) + moreText(found.next));
  });
}

/** `reeve lanes check` */
export async function check(context: Context, id: string): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.laneCheck({ id });
    const view = await viewOf(context, connection);
    print(context, found, () => checksText(found.checks, view));
  });
}

/** `reeve check 90-days` */
export async function ninetyDays(context: Context): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.ninetyDays();
    const view = await viewOf(context, connection);
    print(context, found, () => ninetyText(found, view));
  });
}

/** `reeve lanes money` */
export async function money(context: Context, id: string, options: { month?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.laneMoney({ id, ...given({ month: options.month }) });
    const view = await viewOf(context, connection);
    print(context, found, () => moneyText(found.seats, view));
  });
}

export interface MoveOptions {
  readonly reason: string;
  readonly seat?: string;
}
type Stage = 'observe' | 'shadow' | 'assist' | 'bounded' | 'end-to-end';
const STAGES: readonly Stage[] = ['observe', 'shadow', 'assist', 'bounded', 'end-to-end'];

function stageOf(text: string): Stage {
  const found = STAGES.find((stage) => stage === text);
  if (found !== undefined) return found;
  throw usage(`"${text}" is no stage`, `stages are ${STAGES.join(', ')}`, 'name one of them');
}

const done = (what: string, lane: string, { stage, seq }: { stage: string; seq: number }): string =>
  `${what}: ${lane} is in the stage ${stage} (record ${seq})\n`;

/** `reeve lanes raise` */
export async function raise(
  context: Context,
  id: string,
  stage: string,
  { reason, seat, despite }: MoveOptions & { despite?: string[] },
): Promise<void> {
  const to = stageOf(stage);
  await withClient(context, async ({ client }) => {
    const answer = await client.raiseLane({ id, to, reason, ...given({ seat, despite }) });
    print(context, answer, done('raised', seat ?? id, { ...answer, stage: to }));
  });
}

/** `reeve lanes lower` */
export async function lower(context: Context, id: string, stage: string, { reason, seat }: MoveOptions): Promise<void> {
  const to = stageOf(stage);
  await withClient(context, async ({ client }) => {
    const answer = await client.lowerLane({ id, to, reason, ...given({ seat }) });
    print(context, answer, done('lowered', seat ?? id, { ...answer, stage: to }));
  });
}

function argsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw usage(`--args cannot be ${text}`, 'it is no JSON object', 'write it like \'{"order_id":"AC-1"}\'');
}

/** `reeve lanes report` */
export async function report(
  context: Context,
  what: { id: string; about: string; capability: string },
  options: { args: string },
): Promise<void> {
  const args = argsOf(options.args);
  const about = idOf(what.about, 'C', 'case', 'reeve cases');
  await withClient(context, async ({ client }) => {
    const answer = await client.reportAction({ id: what.id, case: about, capability: what.capability, args });
    print(context, answer, `reported: ${what.capability} on ${about} (record ${answer.seq})\n`);
  });
}

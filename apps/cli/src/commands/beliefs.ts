import { viewOf, withClient } from '../connect.ts';
import { type Context, print, spanOption } from '../context.ts';
import { beliefsText, beliefText } from '../text/memory.ts';
import { oneOf, scalarOf } from './memory-input.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

export interface ListOptions extends PageOptions {
  readonly seat?: string;
  readonly standing?: string;
  readonly layer?: string;
  readonly case?: string;
  readonly customer?: string;
  readonly key?: string;
  readonly text?: string;
}

const LAYERS = ['stable', 'state', 'working'] as const;
const STANDINGS = ['confirmed', 'held', 'unconfirmed', 'contested'] as const;
const beliefId = (text: string): string => idOf(text, 'BL', 'belief', 'reeve beliefs');

/** `reeve beliefs` */
export async function list(context: Context, options: ListOptions): Promise<void> {
  const { seat, customer, key, text } = options;
  const query = {
    ...{ ...pageOf(options), ...given({ seat, customer, key, q: text, case: options.case?.toUpperCase() }) },
    ...given({ standing: oneOf(options.standing, STANDINGS, '--standing') }),
    ...given({ layer: oneOf(options.layer, LAYERS, '--layer') }),
  };
  await withClient(context, async (connection) => {
    const found = await connection.client.beliefs(query);
    const view = await viewOf(context, connection);
    print(context, found, () => beliefsText(found.beliefs, view) + moreText(found.next));
  });
}

/** `reeve beliefs show` */
export async function show(context: Context, text: string): Promise<void> {
  const id = beliefId(text);
  await withClient(context, async (connection) => {
    const found = await connection.client.belief({ id });
    const view = await viewOf(context, connection);
    print(context, found, () => beliefText(found, view));
  });
}

export interface RecordOptions {
  readonly key?: string;
  readonly value?: string;
  readonly layer: string;
  readonly customer?: string;
  readonly for?: string;
  readonly private?: boolean;
}

/** `reeve beliefs record` */
export async function record(context: Context, seat: string, statement: string, options: RecordOptions): Promise<void> {
  const { key, customer } = options;
  const holds = options.for === undefined ? undefined : spanOption(options.for, '--for', 1000);
  const layer = oneOf(options.layer, LAYERS, '--layer')!;
  const body = { seat, statement, layer, ...given({ key, customer, holds, value: scalarOf(options.value) }) };
  const found = await command(context, 'belief.record', { ...body, ...(options.private ? { private: true } : {}) });
  print(context, found, `${found.belief}: ${seat} holds it now, confirmed by you (record ${found.seq})\n`);
}

/** `reeve beliefs confirm` */
export async function confirm(context: Context, text: string, { note }: { note?: string }): Promise<void> {
  const belief = beliefId(text);
  const found = await command(context, 'belief.confirm', { belief, ...given({ note }) });
  print(context, found, `confirmed: ${belief} may steer what is done (record ${found.seq})\n`);
}

/** `reeve beliefs dispute` */
export async function dispute(context: Context, text: string, { reason }: { reason: string }): Promise<void> {
  const belief = beliefId(text);
  const found = await command(context, 'belief.dispute', { belief, reason });
  print(context, found, `disputed: ${belief} steers nothing until somebody has decided (record ${found.seq})\n`);
}

/** `reeve beliefs correct` */
export async function correct(
  context: Context,
  text: string,
  statement: string,
  { reason, value }: { reason: string; value?: string },
): Promise<void> {
  const belief = beliefId(text);
  const found = await command(context, 'belief.correct', {
    belief,
    statement,
    reason,
    ...given({ value: scalarOf(value) }),
  });
  print(context, found, `${found.belief} takes the place of ${belief} (record ${found.seq})\n`);
}

/** `reeve beliefs forget` */
export async function forget(context: Context, text: string, { reason }: { reason: string }): Promise<void> {
  const belief = beliefId(text);
  const found = await command(context, 'belief.forget', { belief, reason });
  print(context, found, `over: ${belief} is held no more (record ${found.seq})\n`);
}

type Kind = 'belief.record' | 'belief.confirm' | 'belief.dispute' | 'belief.correct' | 'belief.forget';
const command = (context: Context, kind: Kind, body: Record<string, unknown>) =>
  withClient(context, ({ client }) => client.command({ kind, body }));

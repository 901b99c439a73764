import { join } from 'node:path';
import type { LedgerRecord } from '@reeve/protocol';
import { withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { wholeNumber } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { recordText } from '../text/lists.ts';

export interface TailOptions {
  readonly lines: string;
  readonly follow?: boolean;
  readonly kind?: string;
}

/** `reeve ledger tail`: the newest records, one a line; with --follow until it is interrupted. */
export async function tail(context: Context, options: TailOptions): Promise<void> {
  const limit = wholeNumber(options.lines, '-n', 1, 1000);
  await withClient(context, async ({ client, live }) => {
    const show = (record: LedgerRecord) =>
      context.io.out(context.json ? `${JSON.stringify(record)}\n` : recordText(record, context.width));
    if (options.follow && !live)
      throw new Failure(
        EXIT.unavailable,
        'there is nothing to follow',
        `no server runs on ${join(context.data)}`,
        'start it with: reeve up',
      );
    const kind = options.kind ? { kind: options.kind } : {};
    const { records } = await client.ledger({ limit, order: 'newest', ...kind });
    for (const record of [...records].reverse()) show(record);
    if (options.follow) await follow(context, client.events.bind(client), records[0]?.seq, options.kind, show);
  });
}

type Events = (options: { after?: number; signal: AbortSignal }) => AsyncIterable<LedgerRecord>;

async function follow(
  { io }: Context,
  events: Events,
  after: number | undefined,
  kind: string | undefined,
  show: (record: LedgerRecord) => void,
): Promise<void> {
  const stop = new AbortController();
  const forget = io.onSignal(() => stop.abort());
  try {
    for await (const record of events({ signal: stop.signal, ...(after === undefined ? {} : { after }) })) {
      if (kind === undefined || record.kind.startsWith(kind)) show(record);
    }
  } finally {
    forget();
  }
}

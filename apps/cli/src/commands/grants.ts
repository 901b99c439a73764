import { parseMoney } from '@reeve/kernel/units';
import { viewOf, withClient } from '../connect.ts';
import { type Context, print, spanOption, usage, wholeNumber } from '../context.ts';
import { grantsText } from '../text/authority.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

export interface GrantsOptions extends PageOptions {
  readonly seat?: string;
  readonly capability?: string;
  readonly all?: boolean;
}

/** `reeve grants` */
export async function grants(context: Context, options: GrantsOptions): Promise<void> {
  const { seat, capability, all } = options;
  await withClient(context, async (connection) => {
    const status = all ? 'all' : 'live';
    const found = await connection.client.grants({ ...pageOf(options), ...given({ seat, capability }), status });
    const view = await viewOf(context, connection);
    print(context, found, () => grantsText(found.grants, view) + moreText(found.next));
  });
}

export interface GiveOptions {
  readonly uses: string;
  readonly for: string;
  readonly reason: string;
  readonly each?: string;
  readonly total?: string;
  readonly customer?: string;
  readonly case?: string;
  readonly only?: readonly string[];
}

/** `reeve grants give` */
export async function give(context: Context, seat: string, capability: string, options: GiveOptions): Promise<void> {
  const { reason, customer } = options;
  const body = {
    ...{ seat, capability, reason, uses: wholeNumber(options.uses, '--uses', 1, 1000) },
    for: spanOption(options.for, '--for', 1000),
    ...given({ customer, case: options.case?.toUpperCase() }),
    ...given({ each: amountOf(options.each, '--each'), total: amountOf(options.total, '--total') }),
    ...(options.only === undefined ? {} : { args: Object.fromEntries(options.only.map(boundOf)) }),
  };
  await withClient(context, async ({ client }) => {
    const answer = await client.giveGrant(body);
    const text = `${answer.grant}: ${seat} may use ${capability} ${body.uses} times without asking (record ${answer.seq})\ntake it back with: reeve grants revoke ${answer.grant} --reason "…"\n`;
    print(context, answer, text);
  });
}

function amountOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const micro = parseMoney(text);
  if (micro !== undefined && micro >= 0) return micro;
  throw usage(`${name} cannot be "${text}"`, 'it is an amount such as 80 or 12.50', 'correct it and run it again');
}

/** `channel=email`; a value that reads as JSON (a number, true) is that. */
function boundOf(text: string): [string, { oneOf: unknown[] }] {
  const at = text.indexOf('=');
  if (at <= 0)
    throw usage(`--only cannot be "${text}"`, 'it is an argument and its value', 'write it as argument=value');
  return [text.slice(0, at), { oneOf: [parsed(text.slice(at + 1))] }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `reeve grants revoke` */
export async function revoke(context: Context, given: string, { reason }: { reason: string }): Promise<void> {
  const id = idOf(given, 'G', 'standing grant', 'reeve grants');
  await withClient(context, async ({ client }) => {
    const answer = await client.revokeGrant({ id, reason });
    print(context, answer, `revoked: ${id} is over from the next decision on (record ${answer.seq})\n`);
  });
}

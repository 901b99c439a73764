import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { momentText } from '../text/quantities.ts';
import { decisionText, loadText, routingText } from '../text/routing.ts';
import { momentOf } from './moments.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

export interface NeedsOptions {
  readonly topic?: string;
  readonly domain?: string;
  readonly skills?: string[];
  readonly complexity?: 'low' | 'medium' | 'high';
  readonly unit?: string;
}

const caseOf = (id: string): string => idOf(id, 'C', 'case', 'reeve cases');

/** Absent when nothing was given: then the case's own needs count. */
function needsOf({ topic, domain, skills, complexity, unit }: NeedsOptions) {
  const needs = given({ topic, domain, skills, complexity, unit });
  return Object.keys(needs).length === 0 ? {} : { needs };
}

/** `reeve load` */
export async function load(context: Context, options: PageOptions & { unit?: string }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.load({ ...pageOf(options), ...given({ unit: options.unit }) });
    const view = await viewOf(context, connection);
    print(context, found, () => loadText(found, view) + moreText(found.next));
  });
}

/** `reeve load lend` */
export async function lend(
  context: Context,
  seat: string,
  unit: string,
  { until, reason }: { until?: string; reason: string },
): Promise<void> {
  const end = until === undefined ? {} : { until: momentOf(context, until, '--until') };
  await withClient(context, async ({ client }) => {
    const answer = await client.lend({ seat, unit, reason, ...end });
    const when = end.until === undefined ? 'as long as the organisation lends' : `until ${momentText(end.until)}`;
    print(context, answer, `${seat} works for ${unit} ${when} (record ${answer.seq})\n`);
  });
}

/** `reeve load return` */
export async function endLoan(context: Context, id: string, { reason }: { reason: string }): Promise<void> {
  await withClient(context, async ({ client }) => {
    const answer = await client.endLoan({ id, reason });
    print(context, answer, `${id} works for its own unit again, and finishes what it has (record ${answer.seq})\n`);
  });
}

/** `reeve load throttle`, `reeve load open` */
export async function intake(context: Context, what: 'throttle' | 'open', reason: string): Promise<void> {
  await withClient(context, async ({ client }) => {
    const answer = what === 'throttle' ? await client.throttle({ reason }) : await client.openIntake({ reason });
    const text = what === 'throttle' ? 'what is not urgent is put off; customers are told' : 'intake is open again';
    print(context, answer, `${text} (record ${answer.seq})\n`);
  });
}

/** `reeve route explain` */
export async function explain(context: Context, id: string): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.routing({ id: caseOf(id) });
    const view = await viewOf(context, connection);
    print(context, found, () => routingText(found, view));
  });
}

/** `reeve route who` */
export async function who(context: Context, options: NeedsOptions & { customer?: string }): Promise<void> {
  const { skills, customer, ...rest } = options;
  await withClient(context, async (connection) => {
    const asked = { ...given(rest), ...given({ customer, skills: skills?.join(',') }) };
    const found = await connection.client.candidates(asked);
    const view = await viewOf(context, connection);
    print(context, found, () => decisionText(found, view));
  });
}

/** `reeve route case` */
export async function route(context: Context, id: string, options: NeedsOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const { client } = connection;
    const answer = await client.route({ id: caseOf(id), ...needsOf(options) });
    const routing = await client.routing({ id: caseOf(id) });
    const view = await viewOf(context, connection);
    print(context, answer, () => routingText(routing, view));
  });
}

export interface TransferOptions extends NeedsOptions {
  readonly reason: string;
  readonly note?: string;
  readonly suggest?: string;
  readonly tried?: string[];
  readonly found?: string[];
  readonly blocker?: string[];
}

/** `reeve route transfer` */
export async function transfer(context: Context, id: string, options: TransferOptions): Promise<void> {
  const { reason, note, suggest, tried, found, blocker } = options;
  const known = given({ tried, findings: found, blockers: blocker });
  await withClient(context, async (connection) => {
    const { client } = connection;
    const more = { ...given({ note, suggest }), ...needsOf(options), context: known };
    const answer = await client.transfer({ id: caseOf(id), reason: reason as 'overloaded', ...more });
    const routing = await client.routing({ id: caseOf(id) });
    const view = await viewOf(context, connection);
    print(context, answer, () => routingText(routing, view));
  });
}

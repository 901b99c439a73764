import { formatDuration } from '@reeve/kernel/units';
import type { ComplaintView, ServiceEntry } from '@reeve/protocol';
import { viewOf, withClient } from '../connect.ts';
import { type Context, print, usage } from '../context.ts';
import { momentText, moneyText } from '../text/quantities.ts';
import { safe, section } from '../text/table.ts';
import { given, idOf } from './pages.ts';

const typeText = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : 'any';
const fieldsText = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, type]) => `${name} (${typeText(type)})`)
    .join(', ') || 'nothing';

function entryText(one: ServiceEntry, currency: string): string {
  const promise = `within ${formatDuration(one.within)}${one.price > 0 ? `, ${moneyText(one.price, currency)}` : ''}`;
  const kept =
    one.kept === null
      ? 'not measured yet'
      : `${Math.round(one.kept * 100)} % in time of ${one.fulfilled + one.declined}`;
  const now = one.available ? (one.works ? 'now' : 'waits for working hours') : 'not available';
  return section(`${one.id}  ${safe(one.title)}`, [
    ...(one.deprecated === null
      ? []
      : [
          `deprecated: ${safe(one.deprecated.because)}${one.deprecated.instead === null ? '' : `; ask for ${one.deprecated.instead}`}`,
        ]),
    ...(one.description === '' ? [] : [safe(one.description)]),
    `by ${one.seat}; ${promise}; ${kept}; ${now}`,
    `takes ${fieldsText(one.input)}; gives ${fieldsText(one.output)}`,
  ]);
}

/** `reeve directory` */
export async function directory(
  context: Context,
  text: string | undefined,
  options: { capability?: string; asker?: string },
): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.directory(given({ text, ...options }));
    const { currency } = await viewOf(context, connection);
    print(context, found, () =>
      found.services.length === 0
        ? 'no service fits\n'
        : found.services.map((one) => entryText(one, currency)).join('\n'),
    );
  });
}

/** "parcel=P1" → a field; what reads as JSON is that value, everything else is text. */
function fieldOf(text: string): [string, unknown] {
  const equals = text.indexOf('=');
  if (equals < 1) throw usage(`"${text}" is no field`, 'a name and a value are missing', 'write name=value');
  const value = text.slice(equals + 1);
  try {
    return [text.slice(0, equals), JSON.parse(value)];
  } catch {
    return [text.slice(0, equals), value];
  }
}

/** `reeve directory request` */
export async function request(
  context: Context,
  service: string,
  options: { case: string; input?: readonly string[]; why?: string },
): Promise<void> {
  const input = Object.fromEntries((options.input ?? []).map(fieldOf));
  const body = { case: options.case.toUpperCase(), input, ...given({ why: options.why }) };
  await withClient(context, async ({ client }) => {
    const answer = await client.requestService({ id: service, ...body });
    print(context, answer, `${answer.task}: asked for ${service} (record ${answer.seq})\n`);
  });
}

const complaintText = (c: ComplaintView): string =>
  section(
    `${c.id}  ${c.by ?? 'a customer'}, ${momentText(c.raisedAt)}${c.joins === null ? '' : `, answered with ${c.joins}`}`,
    [
      safe(c.text),
      `about ${[...c.about, ...c.units.map((unit) => `unit ${unit}`)].join(', ')}${c.case === null ? '' : ` on ${c.case}`}`,
      ...Object.entries(c.accounts).map(([seat, text]) => `${seat}: ${safe(text)}`),
      c.answer === null
        ? `${c.handler} answers by ${momentText(c.due)}`
        : `answered by ${c.answer.by}: ${safe(c.answer.text)}`,
    ],
  );

/** `reeve complaints` */
export async function complaints(context: Context, { all }: { all?: boolean }): Promise<void> {
  await withClient(context, async ({ client }) => {
    const found = await client.complaints({ status: all ? 'all' : 'open' });
    print(context, found, () =>
      found.complaints.length === 0 ? 'no complaints\n' : found.complaints.map(complaintText).join('\n'),
    );
  });
}

/** `reeve complaints raise` */
export async function raise(
  context: Context,
  text: string,
  options: { seat?: string[]; unit?: string[]; case?: string },
): Promise<void> {
  const about = given({ seats: options.seat, units: options.unit, case: options.case?.toUpperCase() });
  await withClient(context, async ({ client }) => {
    const answer = await client.raiseComplaint({ text, ...about });
    print(context, answer, `${answer.complaint} is raised (record ${answer.seq}); see: reeve complaints\n`);
  });
}

const complaintOf = (id: string): string => idOf(id, 'CO', 'complaint', 'reeve complaints --all');

/** `reeve complaints account` */
export async function account(context: Context, id: string, text: string): Promise<void> {
  await withClient(context, async ({ client }) => {
    const answer = await client.giveAccount({ id: complaintOf(id), text });
    print(context, answer, `your account of ${answer.complaint} is on record (${answer.seq})\n`);
  });
}

/** `reeve complaints answer` */
export async function answer(
  context: Context,
  id: string,
  text: string,
  options: { compensation?: string; improve?: string[] },
): Promise<void> {
  const more = given({ compensation: options.compensation, improvements: options.improve });
  await withClient(context, async ({ client }) => {
    const answered = await client.answerComplaint({ id: complaintOf(id), text, ...more });
    print(context, answered, `${answered.complaint} is answered (record ${answered.seq})\n`);
  });
}

/** Events, tasks and contacts: configuration, requests and answers, shared by the connector and its fake. */
import { z } from 'zod';
import { parseMailbox } from '../mailbox/wire.ts';
import type { Call } from '../port.ts';
import { optionalTextArg, refused, textArg } from '../shared/call.ts';
import { fieldsOf, KINDS, type Kind, type KindName } from './kinds.ts';
import { componentsOf, type Line, parseLines } from './lines.ts';
import { compact } from './moments.ts';
import { davAccount } from './server.ts';
import { encoded } from './xml.ts';

const organizer = z.string().refine((text) => parseMailbox(text)?.address === text, 'expected a plain address');
export const objectsConfig = z.strictObject({
  ...davAccount,
  /** Who invites: with it events may have attendees, and the server sends them invitations. */
  organizer: organizer.optional(),
});
export type ObjectsConfig = z.output<typeof objectsConfig>;

/**
 * `find` takes `from`, `to`, `text`, `done`; `get` and `delete` take `uid`; `create` the fields; `update` `uid` and the fields
 * that change. `delete` and `update` take `version`, which must be that of the last look.
 */
const capabilityOf = <K extends readonly [KindName, ...KindName[]]>(kinds: K) =>
  z.strictObject({
    kind: z.enum(kinds),
    action: z.enum(['find', 'get', 'create', 'update', 'delete']),
    limit: z.number().int().min(1).max(1000).default(200),
  });
export const calendarCapability = capabilityOf(['event', 'task']);
export const contactsCapability = capabilityOf(['contact']);

export interface ObjectCapability {
  readonly kind: KindName;
  readonly action: 'find' | 'get' | 'create' | 'update' | 'delete';
  readonly limit: number;
}
export const writesObjects = ({ action }: ObjectCapability): boolean => action !== 'find' && action !== 'get';

/** An object as it is kept. */
export interface Kept {
  readonly text: string;
  readonly version: string;
}

export function uidOf(call: Call): string {
  const uid = textArg(call, 'uid', 500);
  if (uid !== '' && !/\p{Cc}/u.test(uid)) return uid;
  throw refused('"uid" is empty or has control characters; give it as it was listed');
}

/** The version a change expects, or undefined. @throws ToolError deterministic when it is another one. */
export function assertVersion(call: Call, version: string): void {
  const expected = optionalTextArg(call, 'version', 500);
  if (expected === undefined || expected === version) return;
  throw refused('it changed since it was read; read it again; nothing was changed');
}

interface Wanted {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly words: string;
  readonly done: boolean | undefined;
}

export function wantedOf(call: Call): Wanted {
  const day = (name: string): Date | undefined => {
    const text = optionalTextArg(call, name, 40);
    if (text === undefined) return undefined;
    if (Number.isNaN(Date.parse(text)))
      throw refused(`"${name}" is no day and no moment; write 2026-11-21 or 2026-11-21T10:00:00Z`);
    return new Date(text);
  };
  const { done } = call.args;
  if (done !== undefined && done !== null && typeof done !== 'boolean') throw refused('"done" is true or false');
  const [from, to] = [day('from'), day('to')];
  if (from && to && from >= to) throw refused('"from" is not before "to"');
  return { from, to, words: (optionalTextArg(call, 'text', 200) ?? '').toLowerCase(), done: done ?? undefined };
}

/** The rows of a listing: what fits, at most `limit`, by start, due day or name. */
export function listing(kind: Kind, kept: readonly Kept[], wanted: Wanted, limit: number): Record<string, unknown> {
  const rows = kept
    .flatMap(({ text, version }) =>
      partsOf(kind, text).map((lines) => ({ ...fieldsOf(kind, lines), version }) as Record<string, unknown>),
    )
    .filter((row) => fits(row, wanted))
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return { rows: rows.slice(0, limit), count: Math.min(rows.length, limit), more: rows.length > limit };
}

const partsOf = (kind: Kind, text: string): (readonly Line[])[] =>
  componentsOf(parseLines(text), kind.component).map(({ own }) => own);

const orderOf = (row: Record<string, unknown>): string =>
  `${String(row.start ?? row.due ?? row.name ?? '')} ${String(row.uid)}`;

function fits(row: Record<string, unknown>, { from, to, words, done }: Wanted): boolean {
  if (done !== undefined && row.done !== done) return false;
  if (
    words !== '' &&
    !JSON.stringify({ ...row, version: '' })
      .toLowerCase()
      .includes(words)
  )
    return false;
  // What repeats was chosen by the server, which knows when.
  if (row.start === undefined || row.start === '' || row.repeats !== '') return true;
  const [start, end] = [Date.parse(String(row.start)), Date.parse(String(row.end === '' ? row.start : row.end))];
  return (!to || start < to.getTime()) && (!from || end > from.getTime() || start >= from.getTime());
}

/** One object as a result. */
export function shown(kind: Kind, { text, version }: Kept): Record<string, unknown> {
  const [first] = partsOf(kind, text);
  if (!first) throw refused(`the object has no ${kind.component}; it is none of those that are shown here`);
  return { found: true, ...fieldsOf(kind, first), version };
}

/** A question to the server for objects of a kind: those in a time, or the one with that UID. */
export function queryOf(
  name: KindName,
  { from, to, uid }: { from?: Date | undefined; to?: Date | undefined; uid?: string },
): string {
  const only =
    uid === undefined
      ? ''
      : `<C:prop-filter name="UID"><C:text-match collation="i;octet">${encoded(uid)}</C:text-match></C:prop-filter>`;
  if (name === 'contact') return report('addressbook-query', 'carddav', '<C:address-data/>', only);
  const range =
    from || to ? `<C:time-range${from ? ` start="${compact(from)}"` : ''}${to ? ` end="${compact(to)}"` : ''}/>` : '';
  const inside = `<C:comp-filter name="${KINDS[name].component}">${name === 'event' ? range : ''}${only}</C:comp-filter>`;
  const expand = name === 'event' && from && to ? `<C:expand start="${compact(from)}" end="${compact(to)}"/>` : '';
  const data = `<C:calendar-data>${expand}</C:calendar-data>`;
  return report('calendar-query', 'caldav', data, `<C:comp-filter name="VCALENDAR">${inside}</C:comp-filter>`);
}

const report = (query: string, dav: string, data: string, filter: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><C:${query} xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:${dav}"><D:prop><D:getetag/>${data}</D:prop><C:filter>${filter}</C:filter></C:${query}>`;

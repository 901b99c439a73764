/** What events, tasks and contacts look like to workers, and to the servers that keep them. */
import { nameOf } from '../mailbox/wire.ts';
import type { Call } from '../port.ts';
import { hasControls, optionalTextArg, refused } from '../shared/call.ts';
import { escapeText, type Line, property, textOfLines, unescapeText } from './lines.ts';
import { compact, momentLine, readMoment } from './moments.ts';

export type KindName = 'event' | 'task' | 'contact';

/** How one field is written and read. `undefined` from `write`: the argument was not given; null: to be taken away. */
interface Field {
  readonly property: string;
  write(call: Call, name: string): string | null | undefined;
  read(lines: readonly Line[]): unknown;
}

export interface Kind {
  readonly component: 'VEVENT' | 'VTODO' | 'VCARD';
  readonly extension: 'ics' | 'vcf';
  readonly type: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Fields that a new one must have. */
  readonly needed: readonly string[];
}

/** Under which the object says by which call it was written last. */
export const MARK = 'X-REEVE-KEY';
export const markOf = (key: string): string => nameOf(key);

const MAX = 20_000;
const ADDRESS = /^[^\s\p{Cc}<>",;:]+@[^\s\p{Cc}<>",;:]+$/u;

/** Empty text takes a field away. */
const given = (call: Call, name: string, write: (text: string) => string): string | null | undefined => {
  const value = optionalTextArg(call, name, MAX);
  if (value !== undefined && hasControls(value)) throw refused(`"${name}" has control characters or half a character`);
  return value === undefined ? undefined : value === '' ? null : write(value);
};
const one = (lines: readonly Line[], name: string): Line | undefined => lines.find((line) => line.name === name);
const text = (name: string): Field => ({
  property: name,
  write: (call, arg) => given(call, arg, (value) => property(name, escapeText(value))),
  read: (lines) => unescapeText(one(lines, name)?.value ?? ''),
});
const moment = (name: string): Field => ({
  property: name,
  write: (call, arg) => given(call, arg, (value) => momentLine(name, value)),
  read: (lines) => {
    const line = one(lines, name);
    return line ? readMoment(line) : '';
  },
});
const addresses = (name: string, params: Readonly<Record<string, string>>, scheme: string): Field => ({
  property: name,
  write: (call, arg) => {
    const list = call.args[arg];
    if (list === undefined || list === null) return undefined;
    if (!Array.isArray(list) || list.length > 100 || list.some((one) => typeof one !== 'string' || !ADDRESS.test(one)))
      throw refused(`"${arg}" is not a list of at most 100 plain addresses; give ["user@host", …]`);
    return list.length === 0 ? null : list.map((one) => property(name, `${scheme}${one}`, params)).join('\r\n');
  },
  read: (lines) => lines.filter((line) => line.name === name).map(({ value }) => value.replace(/^mailto:/i, '')),
});
const verbatim = (name: string): Field => ({
  property: name,
  write: (call, arg) =>
    given(call, arg, (value) => {
      if (/^[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9TZ,+-]+)*$/.test(value)) return property(name, value);
      throw refused(`"${arg}" is not a rule; write it as FREQ=WEEKLY;BYDAY=MO`);
    }),
  read: (lines) => one(lines, name)?.value ?? '',
});
const done: Field = {
  property: 'STATUS',
  write: (call, arg) => {
    const value = call.args[arg];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'boolean') throw refused(`"${arg}" is true or false`);
    return property('STATUS', value ? 'COMPLETED' : 'NEEDS-ACTION');
  },
  read: (lines) => one(lines, 'STATUS')?.value.toUpperCase() === 'COMPLETED' || one(lines, 'COMPLETED') !== undefined,
};
const list = (name: string): Field => {
  const all = addresses(name, {}, '');
  return {
    ...all,
    write: (call, arg) => {
      const values = call.args[arg];
      if (values === undefined || values === null) return undefined;
      if (
        !Array.isArray(values) ||
        values.length > 20 ||
        values.some((one) => typeof one !== 'string' || !/^[+\d][\d ()/.-]{1,40}$/.test(one))
      )
        throw refused(`"${arg}" is not a list of at most 20 telephone numbers`);
      return values.length === 0 ? null : values.map((one) => property(name, one)).join('\r\n');
    },
    read: (lines) => lines.filter((line) => line.name === name).map(({ value }) => value.replace(/^tel:/i, '')),
  };
};

const COMMON = { summary: text('SUMMARY'), description: text('DESCRIPTION') };
const CALENDAR = 'text/calendar; charset=utf-8';

export const KINDS: Readonly<Record<KindName, Kind>> = {
  event: {
    ...{ component: 'VEVENT', extension: 'ics', type: CALENDAR, needed: ['summary', 'start'] },
    fields: {
      ...COMMON,
      ...{ start: moment('DTSTART'), end: moment('DTEND'), location: text('LOCATION'), repeats: verbatim('RRULE') },
      attendees: addresses('ATTENDEE', { ROLE: 'REQ-PARTICIPANT', PARTSTAT: 'NEEDS-ACTION', RSVP: 'TRUE' }, 'mailto:'),
    },
  },
  task: {
    ...{ component: 'VTODO', extension: 'ics', type: CALENDAR, needed: ['summary'] },
    fields: { ...COMMON, due: moment('DUE'), done },
  },
  contact: {
    ...{ component: 'VCARD', extension: 'vcf', type: 'text/vcard; charset=utf-8', needed: ['name'] },
    fields: {
      ...{ name: text('FN'), organisation: text('ORG'), title: text('TITLE'), note: text('NOTE') },
      ...{ emails: addresses('EMAIL', {}, ''), phones: list('TEL') },
    },
  },
};

/** The properties a call sets or takes away. @throws ToolError deterministic for fields that cannot be. */
export function changesOf(kind: Kind, call: Call, organizer: string | undefined): Map<string, string | null> {
  const changes = new Map<string, string | null>();
  for (const [name, field] of Object.entries(kind.fields)) {
    const written = field.write(call, name);
    if (written !== undefined) changes.set(field.property, written);
  }
  if (typeof changes.get('ATTENDEE') === 'string') {
    if (organizer === undefined) throw refused('this calendar invites nobody; set "organizer" in the tool\'s config');
    changes.set('ORGANIZER', property('ORGANIZER', `mailto:${organizer}`));
  }
  if (kind.component === 'VTODO' && changes.has('STATUS'))
    changes.set('COMPLETED', call.args.done === true ? property('COMPLETED', compact(new Date(call.now))) : null);
  if (kind.component === 'VCARD' && changes.has('FN')) changes.set('N', nameLine(String(call.args.name)));
  return changes;
}

/** The last word as family name: what address books sort by. */
function nameLine(full: string): string {
  const words = full.trim().split(/\s+/);
  return `N:${escapeText(words.at(-1) ?? '')};${escapeText(words.slice(0, -1).join(' '))};;;`;
}

/** A new object. */
export function newText(kind: Kind, call: Call, uid: string, organizer: string | undefined): string {
  for (const name of kind.needed) if (!call.args[name]) throw refused(`${call.capability.id} needs "${name}"`);
  const changes = [...changesOf(kind, call, organizer).values()].flatMap((line) =>
    line === null ? [] : line.split('\r\n'),
  );
  const own = [`UID:${uid}`, `${MARK}:${markOf(call.key)}`, ...changes];
  if (kind.component === 'VCARD') return textOfLines(['BEGIN:VCARD', 'VERSION:3.0', ...own, 'END:VCARD']);
  const stamped = [
    `BEGIN:${kind.component}`,
    `DTSTAMP:${compact(new Date(call.now))}`,
    ...own,
    `END:${kind.component}`,
  ];
  return textOfLines(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Reeve//Reeve//EN', ...stamped, 'END:VCALENDAR']);
}

/** What workers see of one component. */
export function fieldsOf(kind: Kind, lines: readonly Line[]): Record<string, unknown> {
  const fields = Object.entries(kind.fields).map(([name, field]) => [name, field.read(lines)]);
  return { uid: one(lines, 'UID')?.value ?? '', ...Object.fromEntries(fields) };
}

/** Log lines: JSON or text, stable names of fields, and nothing of what people wrote. */
import { formatWithOptions } from 'node:util';
import type { KernelRecord } from '@reeve/kernel';

export const LEVELS = ['info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];
export const FORMATS = ['json', 'text'] as const;
export type Format = (typeof FORMATS)[number];

/** [OBS11] The fields a line may have. What is not here is left out: an allow-list forgets nothing that somebody adds. */
export const FIELDS = [
  'organisation',
  'case',
  'run',
  'operation',
  'approval',
  'command',
  'seq',
  'kind',
  'seat',
  'capability',
  'tool',
  'verdict',
  'category',
  'attempt',
  'id',
  'method',
  'route',
  'status',
  'ms',
  'records',
  'new',
  'tools',
  'order',
  'node',
  'signal',
  'error',
] as const;
const KNOWN: ReadonlySet<string> = new Set(FIELDS);

/** What looks like a secret or names a person, in texts of errors. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [hidden]'],
  [/([a-z][\w+.-]*:\/\/)[^\s/@]+@/gi, '$1[hidden]@'],
  [/\b((?:api[_-]?key|token|secret|password|passwd|pwd)["']?\s*[=:]\s*)["']?[^\s"',;}]+["']?/gi, '$1[hidden]'],
  [/\b[\w-]{43,}\b/g, '[hidden]'],
  [/[\w.+%-]+@[\w-]+(?:\.[\w-]+)+/g, '[address]'],
];

export const redacted = (text: string): string =>
  HIDDEN.reduce((left, [what, instead]) => left.replace(what, instead), text);

/** [OBS10] The fields of a line, in their order, without what does not belong there. */
function fieldsOf(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = Object.entries(detail).filter(
    ([name, value]) => KNOWN.has(name) && value !== null && value !== undefined,
  );
  return Object.fromEntries(known.map(([name, value]) => [name, typeof value === 'string' ? redacted(value) : value]));
}

/** One line without its end. `time` is ISO 8601. */
export function lineOf(
  format: Format,
  level: Level,
  message: string,
  detail: Readonly<Record<string, unknown>>,
  now: Date,
): string {
  const fields = fieldsOf(detail);
  const [time, msg] = [now.toISOString(), redacted(message)];
  if (format === 'json') return JSON.stringify({ time, level, msg, ...fields });
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${textOf(value)}`);
  return `${time} ${level.toUpperCase().padEnd(5)} ${oneLine(msg)}${rest.join('')}`;
}

const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' | ');
const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? /^[\w:./#@%+-]+$/.test(value)
      ? value
      : JSON.stringify(value)
    : formatWithOptions({ breakLength: Number.POSITIVE_INFINITY }, '%j', value);

/** Kinds of records that an operator follows. */
const TOLD =
  /^(operation\.(requested|decided|leased|succeeded|failed|lapsed|verified|verification_failed|escalated|compensated)|approval\.|switch\.|run\.(started|finished|failed|stopped)|case\.(opened|closed|cancelled|escalated)|organisation\.)/;
/** Ids that callers choose are shown when they can hardly be anything but ids. */
const PLAIN = /^[\w:./#-]{1,80}$/;
const NAMES = ['case', 'run', 'operation', 'approval', 'seat', 'capability', 'verdict', 'category', 'attempt'] as const;

/** The line about a record: ids and words of fixed vocabularies; null when it is not worth one. */
export function recordLine(record: KernelRecord): Record<string, unknown> | null {
  if (!TOLD.test(record.kind)) return null;
  const body = record.body as unknown as Readonly<Record<string, unknown>>;
  const named = NAMES.filter((name) => ['string', 'number'].includes(typeof body[name])).map((name) => [
    name,
    body[name],
  ]);
  const command =
    'command' in record.causation && PLAIN.test(record.causation.command) ? record.causation.command : null;
  return {
    organisation: record.org,
    kind: record.kind,
    seq: record.seq,
    ...(/^C-\d+$/.test(record.correlation) ? { case: record.correlation } : {}),
    ...Object.fromEntries(named),
    ...(command ? { command } : {}),
  };
}

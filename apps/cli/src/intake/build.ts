import {
  addRemoved,
  clean,
  cleanedNote,
  excerpt,
  NOTHING_REMOVED,
  type Removed,
  singleLine,
} from '@reeve/connectors/text';
import type { z } from 'zod';
import { type Field, isBlank } from './fields.ts';
import { type Intake, type Place, problem } from './outcome.ts';
import { ticket } from './ticket.ts';

/** Values on their way to becoming a ticket; any of them may still be wrong. */
export type Draft = Readonly<Partial<Record<Field, unknown>>>;

const HINTS: Readonly<Partial<Record<string, string>>> = {
  customer:
    'every ticket needs the e-mail address or id of the customer it comes from, on one line of at most 320 characters',
  channel: 'use email, web, phone, chat or api',
  priority: 'use high, normal or low; urgent, critical, P1 to P5, medium and minor are understood too',
  receivedAt: 'write times as 2026-11-21T09:30:00Z, or as seconds or milliseconds since 1970',
  attachments: 'give a list of {"name", "mime", "size"}, at most 1000',
};

/**
 * The one way to a ticket: hidden characters are removed and counted (T22), blank optional fields dropped, the schema
 * asked. `already` counts what the caller removed before. A draft that does not conform gives the problem of its first
 * bad field.
 */
export function toIntake(draft: Draft, at: Place, already: Removed = NOTHING_REMOVED): Intake {
  const { candidate, removed } = cleanDraft(draft);
  const parsed = ticket.safeParse(candidate);
  if (!parsed.success) return refusal(parsed.error.issues[0]!, candidate, at);
  const note = cleanedNote(addRemoved(already, removed));
  return { ok: true, ticket: parsed.data, at, ...(note === undefined ? {} : { cleaned: note }) };
}

function cleanDraft(draft: Draft): { candidate: Record<string, unknown>; removed: Removed } {
  let removed = NOTHING_REMOVED;
  const candidate: Record<string, unknown> = {};
  const cleanString = (value: string) => {
    const cleaned = clean(value);
    removed = addRemoved(removed, cleaned.removed);
    return cleaned.text;
  };
  for (const [field, value] of Object.entries(draft)) {
    const kept = cleanValue(field, value, cleanString);
    if (!isBlank(kept) || field === 'subject' || field === 'text') candidate[field] = kept ?? undefined;
  }
  return { candidate, removed };
}

function cleanValue(field: string, value: unknown, cleanString: (value: string) => string): unknown {
  if (field === 'attachments' && Array.isArray(value)) return value.map((entry) => cleanAttachment(entry, cleanString));
  if (typeof value !== 'string') return value;
  return field === 'text' ? cleanString(value).trimEnd() : singleLine(cleanString(value));
}

function cleanAttachment(entry: unknown, cleanString: (value: string) => string): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const line = (value: unknown) => (typeof value === 'string' ? singleLine(cleanString(value)) : value);
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, line(value)]));
}

function refusal(issue: z.core.$ZodIssue, candidate: Record<string, unknown>, at: Place): Intake {
  const field = String(issue.path[0] ?? 'ticket');
  const hint = HINTS[field];
  return problem(at, reason(issue, field, candidate[field]), { field, ...(hint === undefined ? {} : { hint }) });
}

function reason(issue: z.core.$ZodIssue, field: string, value: unknown): string {
  if (value === undefined) return `there is no ${field}`;
  if (issue.code === 'custom') return 'subject and text are both blank';
  if (issue.code === 'too_big' && typeof value === 'string') {
    return `the ${field} has ${value.length} characters; at most ${issue.maximum} are accepted`;
  }
  return `${field} cannot be ${typeof value === 'object' ? 'this list or object' : `"${excerpt(String(value))}"`}`;
}

import { createHash } from 'node:crypto';
import { cut, singleLine } from '@reeve/connectors/text';
import type { Ticket } from './intake/index.ts';

/** What makes a case out of a ticket: the same ticket always gives the same id, so that it is imported once. */
export interface Import {
  readonly subject: string;
  readonly text: string;
  readonly customer: string;
  readonly channel: Ticket['channel'];
  readonly externalId: string;
  readonly name?: string;
  readonly priority?: NonNullable<Ticket['priority']>;
  readonly data?: Record<string, unknown>;
}

const SUBJECT = 100;

/**
 * Tickets as cases. One without an id gets one from its content and how often that content came before in this import, so
 * that a file read twice makes no duplicates, wherever it lies and whatever was added to it.
 */
export function importer(): (ticket: Ticket) => Import {
  const seen = new Map<string, number>();
  return (ticket) => {
    const { subject, text, customer, channel, name, priority, externalId, ...rest } = ticket;
    const data = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return {
      subject: subject.trim() === '' ? cut(singleLine(text), SUBJECT) : subject,
      ...{ text, customer, channel },
      externalId: externalId ?? contentId(ticket, seen),
      ...(name === undefined ? {} : { name }),
      ...(priority === undefined ? {} : { priority }),
      ...(Object.keys(data).length === 0 ? {} : { data }),
    };
  };
}

function contentId({ customer, subject, text, receivedAt }: Ticket, seen: Map<string, number>): string {
  const content = digestOf([customer, subject, text, receivedAt ?? null]);
  const before = seen.get(content) ?? 0;
  seen.set(content, before + 1);
  return `import-${digestOf([content, before]).slice(0, 32)}`;
}

/** The key under which the server gives its first answer again. */
export const idempotencyKey = (one: Import): string => `import-${digestOf(one)}`;

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

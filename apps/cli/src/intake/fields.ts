/** Fields a column or JSON key can fill. */
export type Field =
  | 'externalId'
  | 'subject'
  | 'text'
  | 'customer'
  | 'name'
  | 'channel'
  | 'receivedAt'
  | 'priority'
  | 'inReplyTo'
  | 'attachments';

/** Names of columns and keys, best first; compared without case, spaces and punctuation. */
const SYNONYMS: Readonly<Record<Field, readonly string[]>> = {
  externalId: [
    'external id',
    'ticket id',
    'id',
    'message id',
    'ticket number',
    'ticket',
    'case id',
    'case number',
    'issue key',
    'key',
    'number',
  ],
  subject: ['subject', 'title', 'summary', 'topic'],
  text: ['text', 'body', 'description', 'message', 'content', 'comment', 'question'],
  customer: [
    'customer',
    'email',
    'e-mail',
    'customer email',
    'customer id',
    'requester email',
    'requester',
    'from',
    'from email',
    'sender',
    'contact email',
    'contact',
    'user email',
    'user',
    'email address',
  ],
  name: ['name', 'customer name', 'requester name', 'from name', 'contact name', 'full name'],
  channel: ['channel', 'source', 'via'],
  receivedAt: [
    'received at',
    'received',
    'created at',
    'created',
    'date',
    'created date',
    'date created',
    'opened at',
    'opened',
    'timestamp',
    'time',
  ],
  priority: ['priority', 'urgency', 'severity'],
  inReplyTo: ['in reply to', 'parent id', 'parent'],
  attachments: ['attachments'],
};

/** Without these a file is not a list of tickets. */
const REQUIRED = ['subject', 'text', 'customer'] as const satisfies readonly Field[];

interface Known {
  readonly field: Field;
  readonly rank: number;
}

const KNOWN = new Map<string, Known>(
  Object.entries(SYNONYMS).flatMap(([field, names]) =>
    names.map((name, rank): [string, Known] => [normalise(name), { field: field as Field, rank }]),
  ),
);

/** The field a column or key fills, and how good a name it is (0 is best); undefined for a name nobody reads. */
export function knownField(name: string): Known | undefined {
  return KNOWN.get(normalise(name));
}

/** The required fields that none of these columns or keys fills. */
export function missingFields(names: readonly string[]): readonly Field[] {
  const filled = new Set(names.map((name) => knownField(name)?.field));
  return REQUIRED.filter((field) => !filled.has(field));
}

/** "customer (also: email, e-mail, …)": what a missing column may be called. */
export function acceptedNames(field: Field): string {
  const [name, ...others] = SYNONYMS[field];
  return `"${name}" (or ${others.slice(0, 5).join(', ')})`;
}

export type Values = Readonly<Partial<Record<Field, unknown>>>;

/** Values by field. Of several names for one field, the best that is not blank counts, and among equals the first. */
export function gather(entries: Iterable<readonly [Known | undefined, unknown]>): Values {
  const best = new Map<Field, { rank: number; value: unknown }>();
  for (const [known, value] of entries) {
    if (known === undefined) continue;
    const rank = isBlank(value) ? Number.POSITIVE_INFINITY : known.rank;
    const before = best.get(known.field);
    if (before === undefined || rank < before.rank) best.set(known.field, { rank, value });
  }
  return Object.fromEntries([...best].map(([field, { value }]) => [field, value]));
}

/** Nothing was given: absent, null or white space. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function normalise(name: string): string {
  return name
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

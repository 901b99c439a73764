import { type CapabilityInput, DOCUMENTS, FS, JSON_STORE, MAIL, SQL } from './subjects.ts';

/** A tool whose effects can be told apart by the number that asked for them. */
export interface Crasher {
  readonly id: string;
  readonly config: Record<string, unknown>;
  readonly capabilities: readonly CapabilityInput[];
  readonly write: string;
  args(n: number): Record<string, unknown>;
}

export const CRASHERS: readonly Crasher[] = [
  {
    id: 'sql',
    config: { database: 'orders.db', seed: 'seed.sql' },
    capabilities: SQL,
    write: 'orders.refund',
    args: (n) => ({ order_id: 'o1', amount: n + 1 }),
  },
  {
    id: 'mailbox',
    config: { from: 'support@acme.example' },
    capabilities: MAIL,
    write: 'mail.send',
    args: (n) => ({ to: 'ann@home.example', subject: `number ${n}.`, body: 'hello' }),
  },
  {
    id: 'documents',
    config: {},
    capabilities: DOCUMENTS,
    write: 'documents.write',
    args: (n) => ({ path: `deep/note-${n}.md`, content: `number ${n}.` }),
  },
  {
    id: 'json-store',
    config: { database: 'db.sqlite', seed: 'seed.json' },
    capabilities: JSON_STORE,
    write: 'store.patch',
    args: (n) => ({ changes: [{ path: ['notes', `n${n}`], op: 'add', new: { n } }] }),
  },
  {
    id: 'fs',
    config: {},
    capabilities: FS,
    write: 'files.write',
    args: (n) => ({ path: `deep/note-${n}.md`, content: `number ${n}.` }),
  },
];

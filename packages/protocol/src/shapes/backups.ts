import { z } from 'zod';
import { more, seq, time } from './common.ts';

/** A folder among the backups: nothing that leads elsewhere. */
export const backupName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected the name of a backup, such as 2026-11-21T150600Z');

const step = z
  .enum(['ledger', 'files', 'chain', 'keys', 'sums'])
  .describe('copying the ledger, copying files, following the chain of hashes, copying keys, adding up digests');
const what = z.enum(['take', 'check']);

const backupProgress = z.object({
  what,
  name: z.string(),
  began: time,
  step,
  done: z.number().int(),
  of: z.number().int().nullable().describe('null while nobody knows how much it is'),
});

const check = z.object({ at: time, sound: z.boolean(), why: z.string().nullable().describe('what is not sound') });

const backup = z.object({
  name: z.string(),
  state: z.enum(['whole', 'unfinished', 'damaged']).describe('only a whole one can be downloaded or restored'),
  taken: time.nullable(),
  head: z.object({ seq, hash: z.string() }).nullable().describe('the last record in it'),
  bytes: z.number().int(),
  holds: z
    .array(z.object({ part: z.string(), files: z.number().int(), bytes: z.number().int() }))
    .describe('ledger, packs, tools and so on'),
  keys: z
    .boolean()
    .describe('is there a copy of the keys beside it? Without, what is personal reads [erased] for good'),
  checked: check.nullable().describe('the latest check; null when there was none since it was taken'),
  restore: z.string().nullable().describe('the command that makes a new data directory of it'),
});

export const backupList = z.object({
  folder: z.string().nullable().describe('where they are, on the machine of the server; null when none can be taken'),
  keys: z.string().nullable().describe('where copies of the keys go; null when they are not copied'),
  reason: z.string().nullable().describe('why none can be taken here'),
  free: z.number().int().nullable().describe('bytes that are free in that folder'),
  running: backupProgress.nullable(),
  failed: z
    .object({ what, name: z.string(), at: time, why: z.string(), next: z.string() })
    .nullable()
    .describe('how the latest attempt failed; null when it did not'),
  backups: z.array(backup),
  ...more,
});

export const backupBegun = z.object({ name: z.string() });

export type BackupView = z.output<typeof backup>;
export type BackupListView = z.output<typeof backupList>;
export type BackupProgress = z.output<typeof backupProgress>;

/**
 * The keys of a simulation: a store that outlives every process, takes its time, and can be put back to an older copy of
 * itself. Nothing is ever really gone: the auditor keeps each key there was, to read what nobody else can any more.
 */
import { createHash } from 'node:crypto';
import type { KeyStore, SubjectKey } from '@reeve/ledger';
import type { Random } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';

export interface KeyDisk {
  /** Subject → its key, as the store has it now. */
  held: Map<string, SubjectKey>;
  /** Every change in order of virtual time: what a copy of then would have. */
  readonly journal: { readonly at: number; readonly subject: string; readonly key: SubjectKey | null }[];
  /** Id → key, of all there ever were. */
  readonly ever: Map<string, SubjectKey>;
  /** Ids of keys that an older copy did not have. */
  readonly lost: Set<string>;
  readonly random: Random;
}

export const emptyKeys = (random: Random): KeyDisk => ({
  ...{ held: new Map(), journal: [], ever: new Map(), lost: new Set(), random },
});

/** Letters of the id of a key, as the ledger's own have them. */
const ID = 22;

function made({ random }: KeyDisk): SubjectKey {
  const draw = () => createHash('sha256').update(`${random.next()}/${random.next()}`).digest();
  return { id: draw().toString('base64url').slice(0, ID), key: new Uint8Array(draw()) };
}

function change(disk: KeyDisk, at: number, subject: string, key: SubjectKey | null): void {
  if (key === null) disk.held.delete(subject);
  else disk.held.set(subject, key);
  if (key !== null) disk.ever.set(key.id, key);
  disk.journal.push({ at, subject, key });
}

/** Somebody puts the copy in place that was made at virtual time `then`: younger keys are lost, destroyed ones are back. */
export function putBack(disk: KeyDisk, then: number, now: number): void {
  const older = new Map<string, SubjectKey | null>();
  for (const { at, subject, key } of disk.journal) if (at <= then) older.set(subject, key);
  for (const [subject, { id }] of [...disk.held])
    if (older.get(subject)?.id !== id) {
      disk.lost.add(id);
      change(disk, now, subject, null);
    }
  for (const [subject, key] of older) if (key !== null && !disk.held.has(subject)) change(disk, now, subject, key);
}

export interface KeysOptions {
  readonly disk: KeyDisk;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly process: Process;
  /** Latency of one access at most, in virtual milliseconds. */
  readonly latency: number;
}

/** The store as one process has it: what changes is durable after a wait in which the process can die. */
export function keysOn({ disk, scheduler, random, process, latency }: KeysOptions): KeyStore {
  const access = () => scheduler.wait(random.next() * latency, 'key', process);
  return {
    ensure: async (subjects) => {
      const wanted = [...new Set(subjects)];
      if (wanted.some((subject) => !disk.held.has(subject))) await access();
      for (const subject of wanted) if (!disk.held.has(subject)) change(disk, scheduler.time, subject, made(disk));
      return new Map(wanted.map((subject) => [subject, disk.held.get(subject)!]));
    },
    byId: byIdOf(disk),
    destroy: async (subjects, ids = []) => {
      await access();
      const doomed = [...disk.held].filter(([subject, { id }]) => subjects.includes(subject) || ids.includes(id));
      for (const [subject] of doomed) change(disk, scheduler.time, subject, null);
      await access();
      return doomed.map(([, { id }]) => id);
    },
    close: async () => {},
  };
}

/** A key that is held now. Ids are looked up in all there were; what was destroyed is held by no subject. */
const byIdOf =
  (disk: KeyDisk): KeyStore['byId'] =>
  (id) => {
    const key = disk.ever.get(id);
    return key !== undefined && heldIds(disk).has(id) ? key : null;
  };

const known = new WeakMap<KeyDisk, { readonly changes: number; readonly ids: ReadonlySet<string> }>();

/** Ids of the keys that are held, worked out once after each change. */
export function heldIds(disk: KeyDisk): ReadonlySet<string> {
  const before = known.get(disk);
  if (before?.changes === disk.journal.length) return before.ids;
  const ids = new Set([...disk.held.values()].map(({ id }) => id));
  known.set(disk, { changes: disk.journal.length, ids });
  return ids;
}

/** The store for those who look in from outside and take no time. */
export const plainKeys = (disk: KeyDisk, at: () => number): KeyStore => ({
  ensure: async (subjects) => {
    const wanted = [...subjects];
    for (const subject of wanted) if (!disk.held.has(subject)) change(disk, at(), subject, made(disk));
    return new Map(wanted.map((subject) => [subject, disk.held.get(subject)!]));
  },
  byId: byIdOf(disk),
  destroy: () => Promise.reject(new Error('whoever looks in from outside destroys nothing')),
  close: async () => {},
});

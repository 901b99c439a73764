/**
 * Who was forgotten, and whether anything of him is left: each case of a simulation with sealed values carries a mark in its
 * first text, and a mark is looked for wherever there are bytes.
 */
import { serialize } from 'node:v8';
import type { State } from '@reeve/kernel';
import { type History, SNAPSHOTS } from '@reeve/ledger';
import type { MemoryDisk } from '@reeve/ledger/memory';
import { heldIds, type KeyDisk } from '../keys.ts';
import type { Entry, Finding } from './records.ts';
import { opened } from './unsealed.ts';

interface Written {
  readonly id: string;
  readonly customer: string;
  readonly mark: string;
  /** Ids of the keys its records were sealed under, until it was forgotten. */
  readonly keys: Set<string>;
  /** The record that its customer was forgotten; 0 while he is not. */
  forgotten: number;
}

const MARK = /zq[0-9a-z]{10}/;

/** A mark as `MARK` finds it again. @param draw 0 ≤ x < 1 */
export const markFrom = (draw: () => number): string =>
  `zq${Array.from({ length: 10 }, () => Math.floor(draw() * 36).toString(36)).join('')}`;

/** Reads who wrote what under which key, and who was forgotten. */
export class Memories {
  readonly cases = new Map<string, Written>();
  /** Key → the record with which it had to go. */
  readonly gone = new Map<string, number>();

  apply({ seq, kind, body, key }: Entry): void {
    const id = String(body.case);
    const mark = kind === 'case.opened' ? MARK.exec(String(body.subject))?.[0] : undefined;
    const customer = String(body.customer);
    if (mark !== undefined) this.cases.set(id, { id, mark, customer, keys: new Set(), forgotten: 0 });
    const written = this.cases.get(id);
    if (written?.forgotten === 0 && key !== undefined) written.keys.add(key);
    if (kind === 'customer.forgotten') this.#forgotten(seq, body.cases as readonly string[]);
  }

  /** His cases are those that are named, and older ones of his: under the same keys, since nobody can tell others. */
  #forgotten(seq: number, named: readonly string[]): void {
    const keys = new Set(named.flatMap((id) => [...(this.cases.get(id)?.keys ?? [])]));
    for (const key of keys) this.gone.set(key, seq);
    const whose = new Set(named.map((id) => this.cases.get(id)?.customer));
    for (const one of this.cases.values())
      if (named.includes(one.id) || (whose.has(one.customer) && [...one.keys].every((key) => keys.has(key))))
        one.forgotten ||= seq;
  }
}

export interface Remains {
  readonly memories: Memories;
  readonly keys: KeyDisk;
  readonly disk: MemoryDisk;
}

/** What is left of those who were forgotten, in keys, memory, ledger and snapshots; and who is illegible and should not be. */
export function remains({ memories, keys, disk }: Remains, state: State): Finding[] {
  const found: Finding[] = [];
  const held = heldIds(keys);
  for (const [key, seq] of memories.gone)
    if (held.has(key)) found.push(left(`the key ${key}, which had to go with record ${seq}, is there`));
  const places: readonly (readonly [string, Buffer])[] = [
    ['the memory of the process', serialize(state)],
    ...disk.snapshots.map(
      ({ seq, version, bytes }) => [`the snapshot at ${seq}`, legible(keys, seq, version, bytes)] as const,
    ),
  ];
  for (const one of memories.cases.values()) {
    for (const [where, bytes] of one.forgotten > 0 ? places : [])
      if (holds(bytes, one.mark))
        found.push(left(`${one.id} is forgotten since ${one.forgotten} and stands in ${where}`));
    const shown = state.cases.cases.get(one.id)?.subject;
    if (shown !== undefined && readable(one, keys) && !shown.includes(one.mark))
      found.push({ rule: 'erased', detail: `${one.id} is illegible, though nobody forgot it and its key is there` });
  }
  return found;
}

/** What stands on the ledger in the clear. */
export function inTheClear({ memories, disk }: Remains): Finding[] {
  const marks = [...memories.cases.values()].map(({ mark }) => mark);
  if (marks.length === 0) return [];
  const any = new RegExp(marks.join('|'));
  return disk.records.flatMap(({ header, body }) => {
    const mark = any.exec(header)?.[0] ?? any.exec(body)?.[0];
    return mark === undefined ? [] : [left(`${mark} stands on the ledger in the clear: ${header.slice(0, 200)}`)];
  });
}

/** The index of words finds everybody but those who were forgotten. */
export async function indexed({ memories, keys }: Remains, index: History): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const one of memories.cases.values()) {
    const { records } = await index.find({ text: one.mark, limit: 1 });
    if (one.forgotten > 0 && records.length > 0) found.push(left(`${one.id} is forgotten and in the index of words`));
    if (readable(one, keys) && records.length === 0)
      found.push({ rule: 'erased', detail: `${one.id} is not found by its words, though nobody forgot it` });
  }
  return found;
}

const left = (detail: string): Finding => ({ rule: 'forgotten', detail });

const readable = ({ forgotten, keys }: Written, { lost }: KeyDisk): boolean =>
  forgotten === 0 && [...keys].every((key) => !lost.has(key));

/** Texts lie in memory with one byte a letter or with two. */
const holds = (bytes: Buffer, mark: string): boolean =>
  bytes.includes(mark, 0, 'latin1') || bytes.includes(mark, 0, 'utf16le');

/** What somebody who has the key store can read of a snapshot. */
function legible({ held }: KeyDisk, seq: number, version: string, bytes: Uint8Array): Buffer {
  const key = held.get(SNAPSHOTS);
  if (key === undefined) return Buffer.alloc(0);
  try {
    return opened(key, bytes, JSON.stringify(['snapshot', seq, version]));
  } catch {
    return Buffer.alloc(0);
  }
}

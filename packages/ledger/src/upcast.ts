import type { RecordEntry } from '@reeve/kernel';

/** Lifts the body of one kind of record from a version to the next one. */
export interface Upcaster {
  /** For error messages and reviews, e.g. `case.opened/2-add-priority`. */
  readonly name: string;
  readonly kind: string;
  readonly from: number;
  /** Always `from + 1`: steps are small, so that each can be read against the change that needed it. */
  readonly to: number;
  /** Pure and total over bodies of version `from`. The body is a fresh copy and may be changed in place. */
  up(body: unknown): unknown;
}

export interface Upcasters {
  /**
   * The entry with its body lifted to the newest version of its kind.
   *
   * @throws RangeError for a version newer than any known here: the ledger was written by a newer Reeve.
   */
  apply(entry: RecordEntry): RecordEntry;
  /** The version records of this kind are written in; 1 if it never changed. */
  version(kind: string): number;
}

/**
 * Checks a list of upcasters once, at load: names are unique, and per kind the steps run 1→2→3… with none missing or
 * doubled, in any order of the list.
 *
 * @throws TypeError naming the upcaster at fault.
 */
export function upcasters(list: readonly Upcaster[]): Upcasters {
  const names = new Set<string>();
  const steps = new Map<string, Upcaster[]>();
  for (const upcaster of list) {
    if (names.has(upcaster.name)) throw new TypeError(`two upcasters are named ${upcaster.name}: rename one`);
    names.add(upcaster.name);
    steps.set(upcaster.kind, [...(steps.get(upcaster.kind) ?? []), upcaster]);
  }
  for (const [kind, ofKind] of steps) steps.set(kind, checkSteps(kind, ofKind));
  const version = (kind: string) => (steps.get(kind)?.length ?? 0) + 1;
  return { version, apply: (entry) => lift(entry, steps.get(entry.kind) ?? [], version(entry.kind)) };
}

function checkSteps(kind: string, ofKind: readonly Upcaster[]): Upcaster[] {
  const ordered = [...ofKind].sort((a, b) => a.from - b.from);
  ordered.forEach(({ name, from, to }, index) => {
    if (to !== from + 1)
      throw new TypeError(`upcaster ${name} goes from ${from} to ${to}: it must go up by one version`);
    if (from === ordered[index - 1]?.from)
      throw new TypeError(`upcaster ${name} doubles the step from version ${from} of ${kind}`);
    if (from !== index + 1)
      throw new TypeError(`${kind} has no upcaster from version ${index + 1}, needed before ${name}`);
  });
  return ordered;
}

function lift(entry: RecordEntry, steps: readonly Upcaster[], newest: number): RecordEntry {
  if (entry.v > newest) {
    throw new RangeError(
      `record ${entry.seq} is a ${entry.kind} of version ${entry.v}, this Reeve knows up to ${newest}: use the newer one that wrote it`,
    );
  }
  if (entry.v === newest) return entry;
  const body = steps.slice(entry.v - 1).reduce((lifted, step) => step.up(lifted), entry.body);
  return { ...entry, v: newest, body };
}

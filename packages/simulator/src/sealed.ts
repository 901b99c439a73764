/** What a simulation needs where personal values are sealed: keys, the index of words, and what the auditor knows of both. */

import type { State } from '@reeve/kernel';
import { History } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { recordReader } from '@reeve/runtime';
import { indexed, inTheClear, Memories, type Remains, remains } from './audit/forgotten.ts';
import type { Finding, Opener } from './audit/records.ts';
import type { Renamed } from './audit/shown.ts';
import { markFor, openerOf } from './audit/unsealed.ts';
import type { Disk } from './disk.ts';
import { emptyKeys, heldIds, type KeyDisk, plainKeys } from './keys.ts';
import type { Seams } from './node.ts';
import type { Random } from './random.ts';

export class Sealed {
  readonly keys: KeyDisk;
  readonly memories = new Memories();
  readonly open: Opener;
  readonly #disk: Disk;
  readonly #time: () => number;
  readonly #words: Seams['words'];

  /** @param time virtual milliseconds since the start */
  constructor(random: Random, disk: Disk, time: () => number, words: Seams['words']) {
    this.keys = emptyKeys(random);
    this.open = openerOf(this.keys.ever);
    [this.#disk, this.#time, this.#words] = [disk, time, words];
  }

  get #remains(): Remains {
    return { memories: this.memories, keys: this.keys, disk: this.#disk.memory };
  }

  /** What the process holds at rest. */
  looked(state: State): Finding[] {
    return remains(this.#remains, state);
  }

  /** A name is shown as its mark when the key of a request that names the same resource is, or was, not there. */
  readonly renamed: Renamed = (op, shown, model) =>
    [...model.ops.values()].some(
      ({ resource, sealed }) =>
        resource !== null && resource === op.resource && sealed !== null && this.#lostName(sealed, resource) === shown,
    );

  #lostName(id: string, name: string): string | null {
    const gone = this.keys.lost.has(id) || !heldIds(this.keys).has(id);
    return gone ? markFor(this.keys.ever.get(id)!, name) : null;
  }

  /** The index takes in what is on the ledger by now, as a server does beside its work. */
  async follow(): Promise<void> {
    if (this.#disk.torn === 0) await this.#index().catchUp();
  }

  /** In the end: what stands on the ledger in the clear, and what the index finds. */
  async found(): Promise<Finding[]> {
    return [...inTheClear(this.#remains), ...(await indexed(this.#remains, this.#index()))];
  }

  /** Opened anew each time: its own key may have been lost. */
  #index(): History {
    const store = memoryStore(this.#disk.memory);
    const keys = plainKeys(this.keys, this.#time);
    const words = this.#words?.(store.words) ?? store.words;
    return new History({ store: { ...store, words }, keys, recordOf: recordReader(keys) });
  }
}

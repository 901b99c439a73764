/** What somebody shows to be let in, kept as hashes until it ends or is taken back. */
import { z } from 'zod';
import { parseOrNull } from './bearer.ts';
import type { Shelf } from './shelf.ts';

export interface Entry {
  /** Of the text that is shown; names the entry. */
  readonly hash: string;
  /** Milliseconds since the Unix epoch; null: until it is taken back. */
  readonly expires: number | null;
}

export interface KeptOptions<E extends Entry> {
  readonly shelf: Shelf;
  /** Of the file. */
  readonly name: string;
  /** Under which the list stands in it. */
  readonly key: string;
  readonly schema: z.ZodType<E>;
  /** Entries kept at once, those that ended not counted; the oldest go. */
  readonly most: number;
  readonly now: () => number;
}

type Change<E> = (entries: Map<string, E>) => void;

/** Attempts at a change that others were faster with. */
const TRIES = 20;

export class KeptList<E extends Entry> {
  readonly #options: KeptOptions<E>;
  #entries = new Map<string, E>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: KeptOptions<E>) {
    this.#options = options;
  }

  /** What is damaged lets nobody in, nothing more. */
  static async open<E extends Entry>(options: KeptOptions<E>): Promise<KeptList<E>> {
    const made = new KeptList(options);
    made.#entries = await made.#load();
    return made;
  }

  /** Null when there is none, or it ended. Looking a hash up in a map gives its time away, which tells nothing about the text. */
  find(hash: string): E | null {
    const found = this.#entries.get(hash);
    return found && this.#lives(found) ? found : null;
  }

  list(): E[] {
    return [...this.#entries.values()].filter((each) => this.#lives(each));
  }

  add(entry: E): Promise<void> {
    return this.#change((entries) => entries.set(entry.hash, entry));
  }

  /** @returns what was taken away; null when there is none such. */
  async remove(which: (entry: E) => boolean): Promise<E | null> {
    let gone: E | null = null;
    await this.#change((entries) => {
      gone = [...entries.values()].find(which) ?? null;
      if (gone) entries.delete(gone.hash);
    });
    return gone;
  }

  /** One change after the other, each on what is there: nobody's is lost, also when another node was faster. */
  #change(change: Change<E>): Promise<void> {
    const next = this.#last.then(() => this.#apply(change));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #apply(change: Change<E>): Promise<void> {
    for (let entries = new Map(this.#entries), tries = 0; tries < TRIES; tries++, entries = await this.#load()) {
      change(entries);
      this.#trim(entries);
      const text = `${JSON.stringify({ [this.#options.key]: [...entries.values()] })}\n`;
      if (!(await this.#options.shelf.write(this.#options.name, text))) continue;
      this.#entries = entries;
      return;
    }
    throw new Error(`${this.#options.name} is being changed by others all the time`);
  }

  async #load(): Promise<Map<string, E>> {
    const { shelf, name, key, schema } = this.#options;
    const known = z.object({ [key]: z.array(schema) }).safeParse(parseOrNull((await shelf.read(name)) ?? ''));
    return new Map((known.data?.[key] ?? []).map((each) => [each.hash, each]));
  }

  #trim(entries: Map<string, E>): void {
    for (const each of entries.values()) if (!this.#lives(each)) entries.delete(each.hash);
    for (const hash of entries.keys()) if (entries.size > this.#options.most) entries.delete(hash);
  }

  #lives({ expires }: E): boolean {
    return expires === null || expires > this.#options.now();
  }
}

/** What changes without a record of the ledger, told to who follows it: a name, not what it is now. */
export type Notice = 'backup';

export class Notices {
  readonly #listeners = new Set<(notice: Notice) => void>();

  say(notice: Notice): void {
    for (const each of this.#listeners) each(notice);
  }

  /** @returns what ends it. */
  listen(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

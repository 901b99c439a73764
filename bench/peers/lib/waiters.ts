/** Promises by name, fulfilled by what runs somewhere else in the process. */
export class Waiters {
  readonly #waiting = new Map<string, () => void>();

  of(name: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }

  /** Does nothing where nobody waits for it. */
  tell(name: string): void {
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }
}

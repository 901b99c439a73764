/** What a running program writes, for who is watching: the end of it, without secrets. */
import type { Redactor } from '@reeve/connectors';

export class Output {
  readonly #most: number;
  #text = '';
  /** Characters before those that are kept. */
  #gone = 0;
  #bytes = 0;
  #live = true;
  #redactor: Redactor | null = null;

  /** @param most characters kept at most */
  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get live(): boolean {
    return this.#live;
  }

  /** What is never shown [T14]. */
  hide(redactor: Redactor): void {
    this.#redactor = redactor;
  }

  add(text: string): void {
    this.#bytes += Buffer.byteLength(text);
    this.#text += text;
    const over = this.#text.length - this.#most;
    if (over <= this.#most / 4) return;
    this.#text = this.#text.slice(over);
    this.#gone += over;
  }

  end(): void {
    this.#live = false;
  }

  /** What follows the first `after` characters, as far as it is kept, and where to go on. */
  since(after: number): { text: string; next: number } {
    const from = Math.max(0, after - this.#gone);
    return { text: this.#shown(this.#text.slice(from)), next: this.#gone + this.#text.length };
  }

  last(characters: number): string {
    return this.#shown(this.#text).slice(-characters);
  }

  #shown(text: string): string {
    return this.#redactor?.clean(text) ?? text;
  }
}

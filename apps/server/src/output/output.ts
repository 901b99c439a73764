/** What a run writes while it works, for who is watching: the latest of it, in memory only. Nobody ever waits for a reader. */
import type { RunOutput } from '@reeve/protocol';

type Written = RunOutput['entries'][number];

interface Entry extends Written {
  /** Position of its first character in all that was written. */
  readonly from: number;
}

/** What an entry costs besides its characters, in characters. */
const OVERHEAD = 64;
/** Pieces of the same kind become one entry, up to so many characters and milliseconds. */
const JOINED = { most: 4096, within: 1000 } as const;

export class Output {
  readonly #most: number;
  readonly #grew: (by: number) => void;
  readonly #now: () => number;
  #entries: Entry[] = [];
  #size = 0;
  #end = 0;
  #writers = 0;
  #changed: { readonly promise: Promise<void>; readonly tell: () => void } | null = null;
  /** Calls that were shown, and those of them whose end was not: a run that is played again makes them again. */
  readonly calls = { shown: 0, open: new Set<number>() };

  /**
   * @param most characters kept at most, what entries cost included
   * @param grew told by how much the size changed
   */
  constructor(most: number, grew: (by: number) => void = () => {}, now: () => number = Date.now) {
    this.#most = most;
    this.#grew = grew;
    this.#now = now;
  }

  /** Is somebody there who may write? */
  get working(): boolean {
    return this.#writers > 0;
  }

  /** Somebody who may write is there, until the result is called. */
  begin(): () => void {
    let here = true;
    this.#writers += 1;
    return () => {
      if (!here) return;
      here = false;
      this.#writers -= 1;
      this.#tell();
    };
  }

  /** Without secrets: whoever writes has removed them. */
  write(kind: Written['kind'], text: string): void {
    if (text === '') return;
    const kept = text.slice(-(this.#most - OVERHEAD));
    this.#end += text.length;
    if (!this.#joined(kind, kept)) {
      this.#entries.push({ from: this.#end - kept.length, at: this.#now(), kind, text: kept });
      this.#resize(kept.length + OVERHEAD);
    }
    // In one go: dropping a few at each piece would move the others each time.
    if (this.#size > this.#most * 1.25) this.#drop();
    this.#tell();
  }

  /** What follows the first `after` characters, as far as it is kept. Positions of another process begin anew. */
  since(after: number): Omit<RunOutput, 'live'> {
    const given = after > this.#end ? 0 : after;
    const first = this.#entries[0]?.from ?? this.#end;
    const at = this.#entries.findLastIndex(({ from }) => from <= given);
    const entries = this.#entries.slice(Math.max(0, at)).flatMap((entry) => {
      const text = entry.text.slice(Math.max(0, given - entry.from));
      return text === '' ? [] : [{ at: entry.at, kind: entry.kind, text }];
    });
    return { entries, next: this.#end, dropped: Math.max(0, first - given) };
  }

  /** Resolves when more was written, or somebody who may write went. */
  changed(): Promise<void> {
    if (this.#changed === null) {
      let tell = () => {};
      const promise = new Promise<void>((resolve) => {
        tell = resolve;
      });
      this.#changed = { promise, tell };
    }
    return this.#changed.promise;
  }

  /** Nothing of what was written is kept. */
  empty(): void {
    this.#entries = [];
    this.#resize(-this.#size);
    this.#tell();
  }

  #joined(kind: Written['kind'], text: string): boolean {
    const last = this.#entries.at(-1);
    if (last?.kind !== kind || last.text.length + text.length > JOINED.most) return false;
    if (this.#now() - last.at > JOINED.within) return false;
    this.#entries[this.#entries.length - 1] = { ...last, text: last.text + text };
    this.#resize(text.length);
    return true;
  }

  #drop(): void {
    let [gone, size] = [0, this.#size];
    for (const { text } of this.#entries) {
      if (size <= this.#most) break;
      size -= text.length + OVERHEAD;
      gone += 1;
    }
    this.#entries = this.#entries.slice(gone);
    this.#resize(size - this.#size);
  }

  #resize(by: number): void {
    this.#size += by;
    this.#grew(by);
  }

  #tell(): void {
    this.#changed?.tell();
    this.#changed = null;
  }
}

/** Characters kept of one run, and of all together: those whose run began longest ago go first. */
const KEPT = { run: 128 * 1024, all: 16 * 1024 * 1024 } as const;
/** What a run that wrote nothing costs. */
const EMPTY = 256;

/** The outputs of the runs that were played here. */
export class Outputs {
  readonly #runs = new Map<string, Output>();
  readonly #kept: { readonly run: number; readonly all: number };
  #size = 0;

  constructor(kept: { readonly run: number; readonly all: number } = KEPT) {
    this.#kept = kept;
  }

  find(run: string): Output | null {
    return this.#runs.get(run) ?? null;
  }

  /** The output of a run; a new one when none is kept. */
  of(run: string): Output {
    const known = this.#runs.get(run);
    if (known) return known;
    const output = new Output(this.#kept.run, (by) => {
      this.#size += by;
    });
    this.#size += EMPTY;
    this.#runs.set(run, output);
    this.#forget();
    return output;
  }

  /** Nothing is kept of what was written so far: it may hold words of somebody who has to be forgotten. */
  clear(): void {
    for (const output of this.#runs.values()) output.empty();
  }

  /** What runs at work write is bounded by their number: they keep theirs. */
  #forget(): void {
    for (const [run, output] of this.#runs) {
      if (this.#size <= this.#kept.all) return;
      if (output.working) continue;
      output.empty();
      this.#runs.delete(run);
      this.#size -= EMPTY;
    }
  }
}

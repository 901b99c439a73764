/**
 * The line between a run and the agent that plays it from outside. The agent's side asks (`call`), the run's side takes one
 * thing after another (`next`), journals it, and says what came of it (`done`).
 *
 * What an agent asks for has a key: the same key again gets the same answer and does nothing. Without one, a call that is the
 * same as the latest, whose answer may not have arrived, is taken for its repeat [WRK31].
 */
import { digest } from '@reeve/kernel';
import type { Used } from '../model/capability-tools.ts';
import { WorkInterrupted } from '../port.ts';

/** What an agent does next, as it stands in the journal of the run. */
export type AgentEvent =
  /** Somebody takes the work; `by` is the digest of what he shows to go on with it. */
  | { readonly kind: 'claim'; readonly by: string }
  | {
      readonly kind: 'call';
      readonly key: string;
      readonly tool: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  /** A program that was started for the run has ended. */
  | { readonly kind: 'ended'; readonly how: string; readonly output: string; readonly bytes: number };

export type AgentCall = Extract<AgentEvent, { kind: 'call' }>;

/** The answer to a call; `left` when the run cannot go on now: it waits for a person, or is over. `taken`: the call was journaled. */
export type AgentReply =
  | { readonly kind: 'reply'; readonly used: Used }
  | { readonly kind: 'left'; readonly taken: boolean };

/** A call of the run and what came of it, for whoever goes on with it. */
export interface PastCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly answer: string | null;
}

interface Known {
  readonly key: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly digest: string;
  /** Is it in the journal? */
  taken: boolean;
  used: Used | null;
  /** Is it certain that the agent has the answer? */
  delivered: boolean;
  readonly waiting: ((reply: AgentReply) => void)[];
}

/** A key that was used for something else [T16]. */
export class KeyTaken extends Error {
  constructor(key: string) {
    super(`the key "${key}" was used for another call in this work; use a new key for a new call`);
    this.name = 'KeyTaken';
  }
}

export interface LineOptions {
  /** Called when everything in the journal was played and the agent is to go on. May name what is journaled first. */
  readonly begin?: () => AgentEvent | null;
  /** Every event, old or new, once it is durable. */
  readonly saw?: (event: AgentEvent) => void;
}

const digestOf = (tool: string, args: Readonly<Record<string, unknown>>): string => digest({ tool, args });

export class Line {
  readonly #options: LineOptions;
  readonly #known = new Map<string, Known>();
  #latest: Known | null = null;
  readonly #queue: AgentEvent[] = [];
  #live = false;
  #gone: WorkInterrupted | null = null;
  #left = false;
  #wake: () => void = () => {};

  constructor(options: LineOptions = {}) {
    this.#options = options;
  }

  /** Does the agent wait for an answer? */
  get busy(): boolean {
    return [...this.#known.values()].some(({ used }) => used === null);
  }

  /**
   * Ask for something. @param key '' when the agent gave none.
   * @throws KeyTaken
   */
  call(key: string, tool: string, args: Readonly<Record<string, unknown>>): Promise<AgentReply> {
    if (this.#left) return Promise.resolve({ kind: 'left', taken: false });
    const known = this.#repeated(key, tool, args) ?? this.#ask(key, tool, args);
    if (known.used) return Promise.resolve({ kind: 'reply', used: known.used });
    return new Promise((resolve) => known.waiting.push(resolve));
  }

  /** What was done so far, oldest first. */
  past(): PastCall[] {
    return [...this.#known.values()].map(({ tool, args, used }) => ({ tool, args, answer: used?.text ?? null }));
  }

  /** The agent has the answer to its latest call. */
  delivered(): void {
    if (this.#latest) this.#latest.delivered = true;
  }

  /** Something that is no call, such as the end of a program. */
  tell(event: AgentEvent): void {
    this.#queue.push(event);
    this.#wake();
  }

  /** Nobody is there any more: the run is given back with its journal. */
  lapse(reason: string): void {
    this.#gone = new WorkInterrupted(reason);
    this.#wake();
  }

  /** The run goes no further here: who waits is told. */
  leave(): void {
    this.#left = true;
    for (const { waiting, taken } of this.#known.values())
      for (const resolve of waiting.splice(0)) resolve({ kind: 'left', taken });
    this.#wake();
  }

  /** The next event, when the agent makes one. @throws WorkInterrupted when there is no agent any more. */
  async next(): Promise<AgentEvent> {
    if (!this.#live) {
      this.#live = true;
      const first = this.#options.begin?.() ?? null;
      if (first) return first;
    }
    while (this.#queue.length === 0) {
      if (this.#gone) throw this.#gone;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#queue.shift()!;
  }

  /** An event is durable: it counts from now on. */
  saw(event: AgentEvent): void {
    if (event.kind === 'call') {
      const known = this.#known.get(event.key) ?? this.#replayed(event);
      known.taken = true;
    }
    // What ended is begun again when the run goes on.
    if (event.kind === 'ended') this.#live = false;
    this.#options.saw?.(event);
  }

  /** What came of a call. */
  done(key: string, used: Used): void {
    const known = this.#known.get(key);
    if (!known) return;
    known.used = used;
    for (const resolve of known.waiting.splice(0)) resolve({ kind: 'reply', used });
  }

  /** One that was played before: the answers to those before it had time to arrive. */
  #replayed({ key, tool, args }: AgentCall): Known {
    this.delivered();
    return this.#remember(key, tool, args);
  }

  #repeated(key: string, tool: string, args: Readonly<Record<string, unknown>>): Known | undefined {
    const same = digestOf(tool, args);
    const latest = this.#latest;
    if (key === '') return latest && latest.digest === same && !latest.delivered ? latest : undefined;
    const known = this.#known.get(key);
    if (known && known.digest !== same) throw new KeyTaken(key);
    return known;
  }

  #ask(given: string, tool: string, args: Readonly<Record<string, unknown>>): Known {
    const key = given === '' ? `call ${this.#known.size + 1}` : given;
    const known = this.#remember(key, tool, args);
    this.tell({ kind: 'call', key, tool, args });
    return known;
  }

  #remember(key: string, tool: string, args: Readonly<Record<string, unknown>>): Known {
    const made = digestOf(tool, args);
    const known: Known = { key, tool, args, digest: made, taken: false, used: null, delivered: false, waiting: [] };
    this.#known.set(key, known);
    this.#latest = known;
    return known;
  }
}

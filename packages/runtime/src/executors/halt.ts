/** Ends a job, and the calls it makes. An `AbortSignal` costs more than many a call, so a tool gets one only when it asks. */
export class Halt {
  #reason: unknown;
  #aborted = false;
  #controller: AbortController | null = null;
  #calls: Set<Halt> | null = null;

  get aborted(): boolean {
    return this.#aborted;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason?: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    for (const call of this.#calls ?? []) call.abort(reason);
  }

  /** One more call, which ends with this; to be given back to `over`. */
  begin(): Halt {
    const call = new Halt();
    this.#calls ??= new Set();
    this.#calls.add(call);
    return call;
  }

  over(call: Halt): void {
    this.#calls?.delete(call);
  }
}

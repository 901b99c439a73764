/**
 * The worker pool: wakes occupants when the state says their seat has something to do, and resumes runs that can go on.
 * [RT11] An empty inbox costs nothing: seats and runs are looked at only when a record touched them.
 */
import { onDuty, type State } from '@reeve/kernel';
import type { Occupant, OccupantOf } from '@reeve/workers';
import { WorkFailure, WorkInterrupted } from '@reeve/workers/port';
import { type RuntimeOptions, Unavailable } from '../port.ts';
import { Session, type SessionPort } from './session.ts';

export interface PoolOptions extends SessionPort {
  readonly occupants: OccupantOf;
  /** Name of this process on runs. */
  readonly worker: string;
  readonly limit: number;
  readonly log: NonNullable<RuntimeOptions['log']>;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #seats = new Set<string>();
  readonly #runs = new Set<string>();
  /** Seats at which a run is being begun: what else they have is looked at when it has. */
  readonly #beginning = new Set<string>();
  readonly #sessions = new Map<string, Session>();
  #starting = 0;
  #ended = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get active(): number {
    return this.#sessions.size + this.#starting;
  }

  /** Seats and runs that may have something to do and have not been looked at. */
  get waiting(): number {
    return this.#seats.size + this.#runs.size;
  }

  touchSeat(seat: string): void {
    if (!this.#ended) this.#seats.add(seat);
  }

  touchRun(run: string): void {
    if (!this.#ended) this.#runs.add(run);
  }

  /** The run was ended by somebody else: its occupant stops now, not at its next step. */
  stop(run: string): void {
    this.#sessions.get(run)?.cancel();
  }

  /** Begin what there is room for: runs that were begun before come first. */
  pump(state: State): void {
    for (const run of this.#runs) {
      if (this.#full()) return;
      this.#runs.delete(run);
      if (state.runs.ready.has(run)) void this.#attempt(() => this.#resume(run));
    }
    for (const seat of [...this.#seats]) {
      if (this.#full()) return;
      if (this.#beginning.has(seat)) continue;
      this.#seats.delete(seat);
      if (hasWork(state, seat)) void this.#attempt(() => this.#startOne(seat));
    }
  }

  /** Begin no more; wait up to `grace` ms for the sessions, then leave the rest where they stand. */
  async end(grace: number): Promise<void> {
    this.#ended = true;
    this.#seats.clear();
    this.#runs.clear();
    let over = grace <= 0;
    const cancel = this.#options.clock.after(grace, () => {
      over = true;
    });
    while (this.active > 0 && !over) await new Promise<void>((resolve) => this.#options.clock.after(5, resolve));
    cancel();
    for (const session of this.#sessions.values()) session.cancel();
  }

  #full(): boolean {
    return this.#ended || this.active >= this.#options.limit;
  }

  /** One thing at a time per call; what goes wrong outside the occupant is put off, not lost. */
  async #attempt(what: () => Promise<void>): Promise<void> {
    this.#starting += 1;
    try {
      await what();
    } catch (error) {
      if (!(error instanceof Unavailable))
        this.#options.log('error', 'the worker pool failed', { error: String(error) });
    }
    this.#starting -= 1;
    await this.#lookAgain();
  }

  async #lookAgain(): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#options.read((state) => this.pump(state));
    } catch {
      // The loop has ended; the next generation touches everything.
    }
  }

  /** [RT62] Two starts at once would both see the same work, and the second would take an occupant for nothing. */
  async #startOne(seat: string): Promise<void> {
    this.#beginning.add(seat);
    try {
      await this.#start(seat);
    } finally {
      this.#beginning.delete(seat);
    }
  }

  async #start(seat: string): Promise<void> {
    const occupant = await this.#occupant(seat, null);
    if (occupant === null) return;
    const reply = await this.#options.submit('', 'run.start', { seat, worker: this.#options.worker, beats: true });
    if (!reply.ok) return;
    const run = reply.result.run as string;
    // The seat may have room and work for another one: it goes to the end of the line.
    this.touchSeat(seat);
    this.#play(run, seat, occupant);
  }

  async #resume(run: string): Promise<void> {
    const seat = await this.#options.read((state) => state.runs.runs.get(run)?.seat);
    const occupant = seat === undefined ? null : await this.#occupant(seat, run);
    if (seat === undefined || occupant === null) return;
    const reply = await this.#options.submit('', 'run.resume', { run, worker: this.#options.worker, beats: true });
    if (reply.ok) this.#play(run, seat, occupant);
  }

  /** The occupant to play, an error to fail the run with, or null when nobody here can play it. */
  async #occupant(seat: string, run: string | null): Promise<Occupant | Error | null> {
    const def = await this.#options.read((state) => {
      const found = state.organisation.seats.get(seat);
      return found?.status === 'active' ? found.occupant : null;
    });
    if (!def) return null;
    try {
      return await this.#options.occupants(seat, def, run);
    } catch (error) {
      return error as Error;
    }
  }

  #play(run: string, seat: string, occupant: Occupant | Error): void {
    const session = new Session(this.#options, run);
    this.#sessions.set(run, session);
    const played = occupant instanceof Error ? Promise.reject(occupant) : session.play(occupant);
    void played
      .catch((error: unknown) => this.#failed(run, seat, error))
      .finally(() => {
        // A run that was restarted meanwhile has another session.
        if (this.#sessions.get(run) === session) this.#sessions.delete(run);
        void this.#lookAgain();
      });
  }

  async #failed(run: string, seat: string, error: unknown): Promise<void> {
    if (error instanceof Unavailable || this.#ended) return;
    const message = error instanceof Error ? error.message : String(error);
    // Nothing failed: it goes on as soon as somebody can play it.
    if (error instanceof WorkInterrupted) {
      await this.#options.submit('', 'run.interrupt', { run, reason: message.slice(0, 1000) }).catch(() => {});
      return;
    }
    this.#options.log('warn', `the run ${run} of "${seat}" failed`, { error: message });
    const why = error instanceof WorkFailure ? { category: error.category, after: Math.ceil(error.retryAfter) } : {};
    const body = { run, message: message.slice(0, 2000) || 'failed', ...why };
    await this.#options.submit('', 'run.fail', body).catch(() => {});
  }
}

function hasWork(state: State, seat: string): boolean {
  const box = state.inbox.seats.get(seat);
  const found = state.organisation.seats.get(seat);
  return (
    state.inbox.ready.has(seat) &&
    box !== undefined &&
    found?.status === 'active' &&
    onDuty(state, seat) &&
    found.occupant !== null &&
    box.active < found.runs
  );
}

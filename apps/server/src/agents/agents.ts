/**
 * Agents from outside at their seats: who waits for work, who has which, and until when.
 *
 * The run and its journal are the runtime's. Here is only who plays it: a claim on a run is in the run's journal (by the digest
 * of its handle), so it outlives this process; whom a handle was given to goes on with it as long as nobody else took it over.
 */
import { createHash, randomBytes } from 'node:crypto';
import { LEASE, type Occupant as OccupantDef, type Run, type State } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import { type Briefing, type Occupant, WorkInterrupted } from '@reeve/workers';
import { type AgentReply, type AgentSeat, agentOccupant, Line, type PastCall } from '@reeve/workers/agent';
import type { Bearer } from './tokens.ts';

/** How long work that was offered may take to begin, in milliseconds. */
const BEGINNING = 10_000;
/** How long a claimant that was told to the pool is kept for it. */
const RESERVED = 3000;

/** Work somebody has: what it starts from, what was done already, and what shows that he has it. */
export interface Taken {
  /** The handle, to be shown with every call. */
  readonly work: string;
  readonly briefing: Briefing;
  readonly past: readonly PastCall[];
}

/** How a call came out: an answer, or that the run does not go on now. */
export type Called = AgentReply | { readonly kind: 'gone'; readonly why: string };

interface Claimant extends Pick<Bearer, 'seat'> {
  /** Whoever goes on with work he had; null for one that takes what there is. */
  readonly handle: string | null;
  reserved: number;
  /** Say that he is there: whoever begins runs may have passed him over. */
  readonly wake: () => void;
  readonly settle: (taken: Taken | { readonly refused: string }) => void;
}

interface Live {
  readonly run: string;
  readonly seat: string;
  readonly line: Line;
  readonly briefing: Briefing;
  readonly lease: number;
  /** Digest of the handle of whoever has it, the latest in the journal. */
  by: string;
  until: number;
  timer: NodeJS.Timeout | undefined;
  /** Given back: whoever had it has no privilege any more. */
  free: boolean;
}

const hashOf = (handle: string): string => createHash('sha256').update(handle).digest('hex');
/** The run a handle is about. */
export const runOf = (handle: string): string => handle.slice(0, Math.max(0, handle.indexOf('.')));
const handedOn = (run: string): string =>
  `the work on ${run} was handed on to somebody else, because nothing was heard of you for too long; take other work`;

export class Agents {
  readonly #now: () => number;
  readonly #began: number;
  readonly #claimants = new Set<Claimant>();
  readonly #lives = new Map<string, Live>();
  /** Run → until when whoever had it may go on before others. */
  readonly #held = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#began = now();
  }

  /** [SRV192] Plays `mcp` seats when somebody is there for them. */
  occupant(
    def: OccupantDef,
    seat: string,
    capabilities: AgentSeat['capabilities'],
    run: string | null,
  ): Occupant | null {
    const lease = def.lease ?? LEASE;
    const claimant = this.#claimantFor(seat, run, lease);
    if (!claimant) return null;
    this.#reserve(claimant);
    return agentOccupant({
      kind: 'mcp',
      capabilities,
      starts: Number.POSITIVE_INFINITY,
      open: (briefing) => this.#open(claimant, briefing, lease),
      close: (id, line) => this.#close(id, line),
    });
  }

  /** [SRV192] When nothing came of it he is there again, and says so: nobody else would. */
  #reserve(claimant: Claimant): void {
    claimant.reserved = this.#now() + RESERVED;
    const again = () => {
      if (this.#claimants.has(claimant)) claimant.wake();
    };
    setTimeout(again, RESERVED + 1).unref();
  }

  #claimantFor(seat: string, run: string | null, lease: number): Claimant | undefined {
    const now = this.#now();
    const free = [...this.#claimants].filter((one) => one.seat === seat && one.reserved <= now);
    if (run === null) return free.find(({ handle }) => handle === null);
    const owner = free.find(({ handle }) => handle !== null && runOf(handle) === run);
    // After a start nobody knows who was silent for how long: whoever had the work gets a lease to come back.
    const until = this.#held.get(run) ?? this.#began + lease;
    return owner ?? (now < until ? undefined : free.find(({ handle }) => handle === null));
  }

  /** A program that was started for this run asks over `line`: it alone, for as long as it is there. */
  admit(briefing: Briefing, line: Line): void {
    const { run, seat } = briefing;
    const never = { by: '', until: Number.POSITIVE_INFINITY, timer: undefined, free: true };
    this.#lives.set(run, { run, seat: seat.id, line, briefing, lease: 0, ...never });
  }

  dismiss(run: string, line: Line): void {
    this.#close(run, line);
  }

  /** Take the most urgent work of the seat, waiting up to `wait` ms for some; null when there is none. */
  async take(runtime: Runtime, { seat }: Bearer, wait: number, signal: AbortSignal): Promise<Taken | null> {
    if (wait === 0 && !(await runtime.read((state) => hasWork(state, seat)))) return null;
    const taken = await this.#claim(runtime, { seat, handle: null }, Math.max(wait, 2000), signal);
    return 'refused' in taken ? null : taken;
  }

  /** Do something in the work of that handle. @throws KeyTaken */
  async call(
    runtime: Runtime,
    bearer: Bearer,
    handle: string,
    call: { readonly key: string; readonly tool: string; readonly args: Readonly<Record<string, unknown>> },
    signal: AbortSignal,
  ): Promise<Called> {
    const live = await this.#reach(runtime, bearer, handle, signal);
    if ('kind' in live) return live;
    live.until = this.#now() + live.lease;
    const reply = await live.line.call(call.key, call.tool, call.args);
    live.until = this.#now() + live.lease;
    if (reply.kind === 'reply' && !signal.aborted) live.line.delivered();
    return reply;
  }

  /** What the work of that handle is about, and what was done in it. */
  async read(
    runtime: Runtime,
    bearer: Bearer,
    handle: string,
    signal: AbortSignal,
  ): Promise<Omit<Taken, 'work'> | Called> {
    const live = await this.#reach(runtime, bearer, handle, signal);
    if ('kind' in live) return live;
    live.until = this.#now() + live.lease;
    return { briefing: live.briefing, past: live.line.past() };
  }

  /** [SRV113] Whoever has the work says that he is still at it; false when he has it no more. */
  renew(bearer: Bearer, handle: string): boolean {
    const live = this.#mine(bearer, handle);
    if (live) live.until = this.#now() + live.lease;
    return live !== undefined;
  }

  /** Whoever waits for the outcome of something in this run is still there. */
  touch(run: string): void {
    const until = this.#held.get(run);
    if (until !== undefined) this.#held.set(run, Math.max(until, this.#now() + LEASE));
  }

  /** Give work back, for somebody else to go on with. */
  giveBack(bearer: Bearer, handle: string, reason: string): boolean {
    const live = this.#mine(bearer, handle);
    if (!live) return false;
    live.free = true;
    live.line.lapse(reason);
    return true;
  }

  /** Runs of the seat that somebody has here, and until when he has to be heard of. */
  held(seat: string): { readonly run: string; readonly until: number }[] {
    return [...this.#lives.values()]
      .filter((live) => live.seat === seat && Number.isFinite(live.until))
      .map(({ run, until }) => ({ run, until }));
  }

  /** Nobody is served any more. */
  close(): void {
    for (const { settle } of [...this.#claimants]) settle({ refused: 'the organisation is being stopped' });
    for (const { line } of this.#lives.values()) line.lapse('the organisation is being stopped');
  }

  /** A program has the run it was started for; others show the handle they were given last. */
  #mine({ seat, run }: Bearer, handle: string): Live | undefined {
    const live = this.#lives.get(run ?? runOf(handle));
    return live?.seat === seat && (run !== null || live.by === hashOf(handle)) ? live : undefined;
  }

  /** The run of a handle, brought back if it can go on. */
  async #reach(runtime: Runtime, bearer: Bearer, handle: string, signal: AbortSignal): Promise<Live | Called> {
    const mine = this.#mine(bearer, handle);
    if (mine) return mine;
    const { seat } = bearer;
    const id = bearer.run ?? runOf(handle);
    const run = await runtime.read((state): Pick<Run, 'status' | 'seat'> | null => {
      const found = state.runs.runs.get(id);
      return found ? { status: found.status, seat: found.seat } : null;
    });
    if (run?.seat !== seat) return { kind: 'gone', why: 'this work is over, or never was yours' };
    if (run.status === 'parked') return { kind: 'left', taken: false };
    if (bearer.run !== null) return { kind: 'gone', why: 'the program this token was made for has ended' };
    if (this.#lives.has(id)) return { kind: 'gone', why: handedOn(id) };
    if (run.status === 'retry_wait')
      return { kind: 'gone', why: `${id} failed and is tried again in a moment; make the same call again then` };
    const taken = await this.#claim(runtime, { seat, handle }, BEGINNING, signal);
    const live = this.#mine(bearer, handle);
    if ('refused' in taken) return { kind: 'gone', why: taken.refused };
    return live ?? { kind: 'gone', why: `${id} stopped again; make the same call again` };
  }

  #claim(
    runtime: Runtime,
    { seat, handle }: Pick<Claimant, 'seat' | 'handle'>,
    patience: number,
    signal: AbortSignal,
  ): Promise<Taken | { readonly refused: string }> {
    return new Promise((resolve) => {
      const settle: Claimant['settle'] = (taken) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', give);
        this.#claimants.delete(claimant);
        resolve(taken);
      };
      const give = () => settle({ refused: 'it could not be begun now; make the same call again' });
      const claimant: Claimant = { seat, handle, reserved: 0, wake: () => runtime.wake(seat), settle };
      const timer = setTimeout(give, patience);
      signal.addEventListener('abort', give, { once: true });
      this.#claimants.add(claimant);
      claimant.wake();
    });
  }

  #open(claimant: Claimant, briefing: Briefing, lease: number): Line {
    const { run } = briefing;
    let fresh = '';
    const line: Line = new Line({
      begin: () => {
        if (!this.#claimants.has(claimant)) throw new WorkInterrupted('whoever wanted it did not wait');
        if (claimant.handle === null) {
          fresh = `${run}.${randomBytes(16).toString('base64url')}`;
          return { kind: 'claim', by: hashOf(fresh) };
        }
        if (live.by !== hashOf(claimant.handle)) {
          claimant.settle({ refused: handedOn(run) });
          throw new WorkInterrupted('a former holder wanted to go on with it');
        }
        claimant.settle({ work: claimant.handle, briefing, past: line.past() });
        return null;
      },
      saw: (event) => {
        if (event.kind !== 'claim') return;
        live.by = event.by;
        if (fresh !== '' && event.by === hashOf(fresh)) claimant.settle({ work: fresh, briefing, past: line.past() });
      },
    });
    const live: Live = {
      ...{ run, seat: briefing.seat.id, line, briefing, lease, by: '', until: this.#now() + lease },
      ...{ timer: undefined, free: false },
    };
    this.#lives.set(run, live);
    this.#watch(live);
    return line;
  }

  /** [SRV113] Whoever is silent for longer than the lease, and does not wait for us, loses the work. */
  #watch(live: Live): void {
    const left = live.until - this.#now();
    if (left <= 0 && !live.line.busy) {
      live.free = true;
      live.line.lapse(`nothing was heard of whoever had it for ${Math.round(live.lease / 1000)} s`);
      return;
    }
    live.timer = setTimeout(() => this.#watch(live), Math.max(20, left)).unref();
  }

  #close(run: string, line: Line): void {
    const live = this.#lives.get(run);
    if (live?.line !== line) return;
    clearTimeout(live.timer);
    this.#lives.delete(run);
    this.#held.set(run, live.free ? 0 : this.#now() + live.lease);
    this.#forget();
  }

  /** What no longer says anything is forgotten, so that memory is bounded by what is under way. */
  #forget(): void {
    if (this.#held.size <= 1000) return;
    const now = this.#now();
    for (const [run, until] of this.#held) if (until < now - 3_600_000) this.#held.delete(run);
  }
}

/** Is there something for the seat that nobody has? */
function hasWork(state: State, seat: string): boolean {
  const box = state.inbox.seats.get(seat);
  const room = (box?.active ?? 0) < (state.organisation.seats.get(seat)?.runs ?? 0);
  if (room && state.inbox.ready.has(seat)) return true;
  return [...state.runs.ready].some((run) => state.runs.runs.get(run)?.seat === seat);
}

/**
 * One activation of an occupant: gives it a desk, journals its steps, parks it when it has to wait, reports how it ended.
 *
 * [RT10] A script that waits longer than a moment is parked: its place is free, nothing runs, and it is run again from
 * the start when what it waits for is settled.
 */
import { type CommandKind, oversightOf, type Reply, type Run, type State } from '@reeve/kernel';
import { briefing, createDesk, foundView, type RunPort } from '@reeve/workers/desk';
import { type Obtained, type Occupant, type OperationOutcome, type Report, WorkFailure } from '@reeve/workers/port';
import type { Clock } from '../port.ts';
import type { Journal } from './journal.ts';
import { outcomeOf } from './outcomes.ts';

export interface SessionPort {
  readonly clock: Clock;
  /** Milliseconds a run waits for an operation before it is parked. */
  readonly parkAfter: number;
  read<T>(view: (state: State) => T): Promise<T>;
  submit(id: string, kind: CommandKind, body: Record<string, unknown>): Promise<Reply>;
  /** An operation that has left memory, as a state of its own; null for all others. */
  past(operation: string): Promise<State | null>;
  /** Where answers from outside are kept. */
  readonly journal: Journal;
  /** Resolves at the next durable change of the operation. */
  changed(operation: string): Promise<void>;
}

/** Rules that say the run is over, whatever the script would like to do next. */
const OVER: ReadonlySet<string> = new Set(['RUN2', 'RUN3']);
const REPORT_LIMIT = 2000;
const REPORT_EVIDENCE = 50;
/** A fresh one each time: one shared promise would keep every abandoned script in memory. */
const never = (): Promise<never> => new Promise(() => {});

type Ending = { readonly kind: 'left' } | { readonly kind: 'finished'; readonly report: Report };

export class Session {
  readonly #port: SessionPort;
  readonly #run: string;
  readonly #abort = new AbortController();
  #left = false;
  #leave: () => void = () => {};
  /** Did it do something since the latest heartbeat? */
  #acted = false;
  #silence: () => void = () => {};

  constructor(port: SessionPort, run: string) {
    this.#port = port;
    this.#run = run;
  }

  /** Go away without a trace; the run is interrupted and resumed elsewhere. */
  cancel(): void {
    this.#abort.abort();
    this.#left = true;
    this.#leave();
  }

  /** Play the run to its end, its parking or its cancellation. @throws what the occupant throws. */
  async play(occupant: Occupant): Promise<void> {
    const start = await this.#port.read((state) => briefing(state, this.#run));
    if (start === null) return;
    const left = new Promise<Ending>((resolve) => {
      this.#leave = () => {
        this.#left = true;
        this.#abort.abort();
        resolve({ kind: 'left' });
      };
    });
    const { limit, heartbeat } = await this.#port.read((state) => ({
      limit: timeLeft(state, this.#run),
      heartbeat: oversightOf(state).heartbeat,
    }));
    const late = this.#port.clock.after(limit, () => void this.#late());
    this.#beatLater(heartbeat);
    const work = occupant.work(createDesk(start, this.#runPort()), this.#abort.signal);
    try {
      const ending = await Promise.race([work.then((report): Ending => ({ kind: 'finished', report })), left]);
      if (ending.kind === 'finished' && !this.#left) await this.#finish(ending.report);
    } finally {
      late();
      this.#silence();
      work.catch(() => {});
    }
  }

  /** [RT71] A sign of life with every heartbeat, unless a step was one. */
  #beatLater(heartbeat: number): void {
    if (heartbeat <= 0) return;
    const beat = () => {
      if (this.#left) return;
      if (!this.#acted) void this.#port.submit('', 'run.beat', { run: this.#run }).catch(() => {});
      this.#acted = false;
      this.#beatLater(heartbeat);
    };
    this.#silence = this.#port.clock.after(heartbeat, beat);
  }

  async #finish(report: Report): Promise<void> {
    const text = (value: string | undefined) => value?.slice(0, REPORT_LIMIT);
    const fields = { uncertainty: text(report.uncertainty), next: text(report.next), learned: text(report.learned) };
    const evidence = report.evidence?.slice(0, REPORT_EVIDENCE).map((ref) => ref.slice(0, 200));
    const given = Object.fromEntries(
      Object.entries({ ...fields, evidence }).filter(([, value]) => value !== undefined),
    );
    await this.#port.submit('', 'run.finish', {
      run: this.#run,
      report: { outcome: report.outcome.slice(0, REPORT_LIMIT), ...given },
    });
  }

  /** The run does nothing for too long: it is not waiting for an operation, for then it would have been parked. */
  async #late(): Promise<void> {
    if (this.#left) return;
    this.#leave();
    const message = 'the run took longer than its charter allows';
    // When the loop has ended meanwhile, the next owner finds the run active and interrupts it.
    await this.#port.submit('', 'run.fail', { run: this.#run, message }).catch(() => {});
  }

  #runPort(): RunPort {
    return {
      act: (step, kind, body) =>
        this.#step(() => this.#port.submit('', 'run.act', { run: this.#run, step, command: { kind, body } })),
      spend: (step, body) =>
        this.#step(() => this.#port.submit(`${this.#run}/${step}`, 'run.spend', { run: this.#run, step, ...body })),
      obtain: (step, what, make) => this.#obtain(step, what, make),
      outcome: (operation) => this.#outcome(operation),
      lookUp: (shown) => this.#port.read((state) => structuredClone(foundView(state, shown))),
    };
  }

  /** [RT50] The ledger says that it is asked, then it is asked and kept, then the ledger says what came of it and at what cost. */
  async #obtain<T>(step: number, what: string, make: () => Promise<Obtained<T>>): Promise<T> {
    if (this.#left) return never();
    const { known, customer } = await this.#port.read((state) => answered(state, this.#run, step));
    if (known !== undefined) return (await this.#port.journal.read(known, `${this.#run}/${step}`)) as T;
    refuse(await this.#step(() => this.#port.submit('', 'run.ask', { run: this.#run, step, what })));
    const { value, of, used } = await make();
    if (this.#left) return never();
    const kept = await this.#port.journal.keep(value, customer);
    const body = { run: this.#run, step, what, ...kept, ...(of === undefined ? {} : { of, used }) };
    refuse(await this.#step(() => this.#port.submit(`${this.#run}/${step}`, 'run.answer', body)));
    return value;
  }

  async #step(submit: () => Promise<Reply>): Promise<Reply> {
    if (this.#left) return never();
    this.#acted = true;
    const reply = await submit();
    if (!reply.ok && OVER.has(reply.rejection.rule ?? '')) this.#leave();
    return this.#left ? never() : reply;
  }

  async #outcome(operation: string): Promise<OperationOutcome> {
    let patience = true;
    let cancel = () => {};
    const tired = new Promise<void>((resolve) => {
      cancel = this.#port.clock.after(this.#port.parkAfter, () => {
        patience = false;
        resolve();
      });
    });
    try {
      while (!this.#left) {
        const { known, outcome, waits, changed } = await this.#port.read((state) => {
          const op = state.operations.operations.get(operation);
          const waits = op?.status === 'awaiting_approval' || (op?.status === 'deferred' && op.retryAt !== null);
          return {
            known: op !== undefined,
            outcome: op ? outcomeOf(state, op) : null,
            waits,
            changed: this.#port.changed(operation),
          };
        });
        if (!known) return this.#left ? never() : await this.#archived(operation);
        if (outcome) return this.#left ? never() : outcome;
        if ((waits || !patience) && (await this.#park(operation))) return never();
        await Promise.race([changed, ...(patience ? [tired] : [])]);
      }
      return never();
    } finally {
      cancel();
    }
  }

  /** [RT30] A request that repeats an archived one is answered with what came of it. */
  async #archived(operation: string): Promise<OperationOutcome> {
    const past = await this.#port.past(operation);
    const op = past?.operations.operations.get(operation);
    return (past && op && outcomeOf(past, op)) ?? gone(operation);
  }

  /** True when the run waits on the ledger now and this activation is over; false when the operation has settled meanwhile. */
  async #park(operation: string): Promise<boolean> {
    const reply = await this.#port.submit('', 'run.park', { run: this.#run, operation });
    if (reply.ok || reply.rejection.rule !== 'RUN4') this.#leave();
    return this.#left;
  }
}

const answered = (state: State, id: string, step: number) => {
  const run = state.runs.runs.get(id);
  const customer = run?.case === undefined || run.case === null ? undefined : state.cases.cases.get(run.case)?.customer;
  return { known: run?.answers?.[step], customer: customer ?? null };
};

/** A step that the kernel does not take: an occupant that does not repeat itself, or a run that somebody else has. */
function refuse(reply: Reply): void {
  if (reply.ok) return;
  throw new WorkFailure('deterministic', `the journal of the run does not fit: ${reply.rejection.message}`);
}

const gone = (operation: string): OperationOutcome => ({
  status: 'failed',
  operation,
  category: 'judgment',
  message: `${operation} is no longer known`,
});

const timeLeft = (state: State, run: string): number => {
  const found: Run | undefined = state.runs.runs.get(run);
  return found ? Math.max(0, found.deadline - state.now) + 1000 : 0;
};

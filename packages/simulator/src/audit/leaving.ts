/** What is over leaves memory when its retention has passed and nothing of it is under way: not before, and not never [SIM15]. */
import { type Model, settled } from './model.ts';
import type { Body, Entry, Finding } from './records.ts';

const DAY = 86_400_000;
const USUAL = 30 * DAY;
/** How late the work of a timer may be when nothing goes wrong. */
const LATE = 3_600_000;

interface Kept {
  /** When it was closed or cancelled. */
  over: number | null;
  /** When something was last written about it. */
  touched: number;
  /** Open messages, with their times. */
  readonly open: Map<string, number>;
  readonly operations: string[];
  /** Runs, held messages and complaints. */
  readonly busy: Set<string>;
}

const RUN_ENDS = new Set(['run.finished', 'run.stopped', 'run.failed', 'run.withdrawn']);
const nothing = (): Kept => ({ over: null, touched: 0, open: new Map(), operations: [], busy: new Set() });

export class Leaving {
  readonly findings: Finding[] = [];
  /** Cases that left, and messages that the system did with them. */
  left = 0;
  unread = 0;
  readonly #model: Model;
  readonly #cases = new Map<string, Kept>();
  /** Messages, operations, runs and complaints → the case they are about. */
  readonly #about = new Map<string, string>();
  readonly #taken = new Map<string, string>();
  #retention = USUAL;

  /** @param model has seen the same records */
  constructor(model: Model) {
    this.#model = model;
  }

  apply({ kind, body, at }: Entry): void {
    const { settings } = (body.changed ?? {}) as { settings?: { retention?: number } };
    if (kind === 'organisation.applied' && settings) this.#retention = settings.retention ?? USUAL;
    if (kind === 'case.opened') this.#cases.set(String(body.case), nothing());
    const thing = String(body[kind.split('.')[0]!]);
    const id = String(body.case ?? this.#about.get(thing));
    const kept = this.#cases.get(id);
    if (!kept) return;
    if (kind === 'message.done') this.#done(kept, id, thing, body, at);
    if (kind === 'case.archived') this.#archived(kept, id, at);
    kept.touched = at;
    this.#about.set(thing, id);
    if (kind.startsWith('case.')) move(kept, kind, at);
    else this.#part(kept, kind, thing, body, at);
  }

  #part(kept: Kept, kind: string, thing: string, body: Body, at: number): void {
    if (kind === 'message.sent') kept.open.set(thing, at);
    if (kind === 'message.done') kept.open.delete(thing);
    if (kind === 'operation.requested') kept.operations.push(thing);
    if (kind === 'run.started') this.#taken.set(String(body.run), String(body.message));
    if (kind === 'run.started') kept.busy.add(String(body.run));
    if (kind === 'message.held' || kind === 'complaint.raised') kept.busy.add(thing);
    if (kind === 'message.decided') kept.busy.delete(thing);
    if (kind === 'complaint.answered')
      for (const one of body.answers as string[]) this.#cases.get(this.#about.get(one)!)?.busy.delete(one);
    if (RUN_ENDS.has(kind) && (body.retryAt ?? null) === null) this.#ends(kept, kind, String(body.run));
  }

  #ends(kept: Kept, kind: string, run: string): void {
    kept.busy.delete(run);
    if (kind !== 'run.withdrawn') kept.open.delete(this.#taken.get(run)!);
  }

  #bad(detail: string): void {
    this.findings.push({ rule: 'memory', detail });
  }

  /** Was the case over for long enough, with nothing under way? */
  #early({ over, operations, busy }: Kept, at: number): string | null {
    if (over === null) return 'is not over';
    if (at - over < this.#retention) return `has been over for ${at - over} ms only`;
    const [running] = [...busy, ...operations.filter((one) => !settled(this.#model.ops.get(one)!))];
    return running === undefined ? null : `still has ${running}`;
  }

  #done(kept: Kept, id: string, message: string, body: Body, at: number): void {
    if (body.reason === undefined) return;
    this.unread += 1;
    const why = this.#early(kept, at);
    if (why !== null) this.#bad(`${message} was done by the system and ${id} ${why}`);
    const sent = kept.open.get(message);
    if (sent === undefined || at - sent < this.#retention)
      this.#bad(`${message} about ${id} was done as unread too early`);
  }

  #archived(kept: Kept, id: string, at: number): void {
    this.left += 1;
    const [open] = kept.open.keys();
    const why = open === undefined ? this.#early(kept, at) : `still has ${open}`;
    if (why !== null) this.#bad(`${id} left memory and ${why}`);
    this.#cases.delete(id);
  }

  /** What should have left by `now`, when all is quiet. */
  stays(now: number): Finding[] {
    const asked = [...this.#model.asks.values()].flatMap((ask) => (ask.verdict === null ? ask.operation : []));
    const waiting = new Set(asked);
    return [...this.#cases].flatMap(([id, kept]) => {
      const due = now - kept.touched > this.#retention + LATE && this.#early(kept, now) === null;
      const detail = `${id} has been over since ${kept.over}, nothing is done about it, and it is still in memory`;
      return due && !kept.operations.some((one) => waiting.has(one)) ? [{ rule: 'memory', detail }] : [];
    });
  }
}

function move(kept: Kept, kind: string, at: number): void {
  if (kind === 'case.closed' || kind === 'case.cancelled') kept.over = at;
  if (kind === 'case.reopened') kept.over = null;
}

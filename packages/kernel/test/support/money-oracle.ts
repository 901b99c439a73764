import { expect } from 'vitest';
import type { KernelRecord } from '../../src/core/events.ts';
import { books, sums } from './op-books.ts';
import type { World } from './op-world.ts';
import { same } from './same.ts';

/**
 * What the books should say, worked out from what happened to operations and runs. It reads no `budget.*` record and calls
 * nothing of the kernel: budgets, periods and whom they count are written down here once more.
 */
interface Kind {
  readonly id: string;
  readonly currency: 'money' | 'calls' | 'runs';
  readonly period: 'month' | 'day' | 'once';
  readonly seats?: readonly string[];
  /** One account per case, for capabilities of this prefix. */
  readonly each?: string;
}

/** The budgets of `busyShop`. */
const KINDS: readonly Kind[] = [
  { id: 'month', currency: 'money', period: 'month', seats: ['lead', 'desk', 'mate'] },
  { id: 'day', currency: 'money', period: 'day' },
  { id: 'file', currency: 'money', period: 'once', each: 'orders.' },
  { id: 'calls', currency: 'calls', period: 'day' },
  { id: 'runs', currency: 'runs', period: 'month' },
];
const RESERVE: Readonly<Record<string, number>> = { desk: 15, mate: 15 };

interface Book {
  readonly kind: Kind;
  period: string;
  reserved: number;
  spent: number;
}

interface Hold {
  readonly parts: readonly { readonly book: Book; readonly amount: number }[];
  state: 'open' | 'spent' | 'free';
  readonly day: string;
  /** Of a run: what is left of its reserve. */
  left: number;
}

const nameOf = (period: Kind['period'], at: number): string => {
  const iso = new Date(at).toISOString();
  return period === 'once' ? 'once' : iso.slice(0, period === 'day' ? 10 : 7);
};

type Asked = { seat: string; case: string | null; capability: string; cost: number; undo: boolean };

export class MoneyOracle {
  readonly #world: World;
  readonly #books = new Map<string, Book>();
  readonly #allocations = new Map<string, number>();
  readonly #asked = new Map<string, Asked>();
  readonly #holds = new Map<string, Hold>();
  readonly #seatOf = new Map<string, string>();
  #seen = 0;
  /** How often each thing happened, so that a test can tell that it did. */
  readonly tally: Record<string, number> = {};

  constructor(world: World) {
    this.#world = world;
  }

  /** Follow what has happened, then compare. */
  check(): void {
    const fresh = this.#world.log.slice(this.#seen);
    this.#seen = this.#world.log.length;
    for (const [i, record] of fresh.entries()) this.#follow(record, fresh[i + 1]);
    this.#compare();
  }

  #count(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1;
  }

  #book(kind: Kind, key: string, at: number): Book {
    const book = this.#books.get(key) ?? { kind, period: '', reserved: 0, spent: 0 };
    this.#books.set(key, book);
    this.#roll(book, at);
    return book;
  }

  #touched(currency: Kind['currency'], seat: string, about: string | null, capability: string, at: number): Book[] {
    return KINDS.flatMap((kind) => {
      if (kind.currency !== currency || (kind.seats && !kind.seats.includes(seat))) return [];
      if (kind.each === undefined) return [this.#book(kind, kind.id, at)];
      return about !== null && capability.startsWith(kind.each) ? [this.#book(kind, `${kind.id}@${about}`, at)] : [];
    });
  }

  #room = (book: Book): number => this.#allocations.get(book.kind.id)! - book.reserved - book.spent;

  #parts({ seat, case: about, capability, cost, undo }: Asked, at: number): Hold['parts'] {
    if (undo) return [];
    const money = cost === 0 ? [] : this.#touched('money', seat, about, capability, at);
    const calls = this.#touched('calls', seat, about, capability, at);
    return [...money.map((book) => ({ book, amount: cost })), ...calls.map((book) => ({ book, amount: 1 }))];
  }

  #open(id: string, parts: Hold['parts'], left: number, at: number): void {
    for (const { book, amount } of parts) {
      // Never overspent: there was room in every account, at this moment.
      same(id, book.kind.id, this.#room(book) >= amount, true);
      book.reserved += amount;
    }
    this.#holds.set(id, { parts, state: 'open', left, day: nameOf('day', at) });
  }

  /** Charged: once, however often it is reported. */
  #charge(id: string, at: number): void {
    const hold = this.#holds.get(id);
    if (hold?.state !== 'open') return;
    for (const { book, amount } of hold.parts) {
      this.#roll(book, at);
      book.reserved -= amount;
      book.spent += amount;
    }
    hold.state = 'spent';
    this.#count('charged');
    if (hold.day !== nameOf('day', at)) this.#count('settled in another period');
  }

  /** Given back: what is reserved, or what was spent. */
  #back(id: string, at: number): void {
    const hold = this.#holds.get(id);
    if (!hold || hold.state === 'free') return;
    for (const { book, amount } of hold.parts) {
      this.#roll(book, at);
      if (hold.state === 'open') book.reserved -= amount;
      else book.spent -= amount;
    }
    this.#count(hold.state === 'open' ? 'released' : 'undone');
    hold.state = 'free';
  }

  #roll(book: Book, at: number): void {
    const period = nameOf(book.kind.period, at);
    if (book.period === period) return;
    if (book.period !== '' && book.reserved > 0) this.#count('period with open reserves');
    book.period = period;
    book.spent = 0;
  }

  #follow(record: KernelRecord, next: KernelRecord | undefined): void {
    const { at } = record;
    switch (record.kind) {
      case 'organisation.applied':
        for (const { id, allocation } of record.body.changed.budgets) this.#allocations.set(id, allocation);
        break;
      case 'operation.requested': {
        const { operation, seat, case: about, capability, cost, compensates } = record.body;
        this.#asked.set(operation, { seat, case: about, capability, cost, undo: compensates !== null });
        break;
      }
      case 'operation.decided':
        this.#decided(record.body.operation, record.body, at);
        break;
      case 'operation.deferred':
        this.#backIfOpen(record.body.operation, at);
        break;
      case 'operation.succeeded':
        this.#charge(record.body.operation, at);
        break;
      case 'operation.failed':
        if (record.body.final) this.#back(record.body.operation, at);
        else this.#count('retried');
        break;
      case 'operation.compensated':
        this.#back(record.body.operation, at);
        break;
      default:
        this.#followRun(record, next);
    }
  }

  #decided(
    id: string,
    { verdict, reasons }: { verdict: string; reasons: { rule: string; verdict: string }[] },
    at: number,
  ) {
    if (verdict !== 'allow') {
      this.#backIfOpen(id, at);
      const denials = reasons.filter((reason) => reason.verdict === 'deny');
      const poor = denials.length > 0 && denials.every(({ rule }) => rule.endsWith('/allocation'));
      if (!poor) return;
      // Refused for money alone: then some account really had no room.
      const parts = this.#parts(this.#asked.get(id)!, at);
      expect([id, parts.some(({ book, amount }) => this.#room(book) < amount)]).toEqual([id, true]);
      this.#count('refused');
      return;
    }
    this.#open(id, this.#parts(this.#asked.get(id)!, at), 0, at);
    this.#count('admitted');
  }

  #backIfOpen(id: string, at: number): void {
    if (this.#holds.get(id)?.state === 'open') this.#back(id, at);
  }

  #followRun(record: KernelRecord, next: KernelRecord | undefined): void {
    const { at } = record;
    if (record.kind === 'run.started') this.#started(record.body, at, next);
    else if (record.kind === 'run.spent') this.#spent(record.body.run, record.body.money, at);
    else if (record.kind === 'run.finished' || record.kind === 'run.stopped') this.#ended(record.body.run, at);
    else if (record.kind === 'run.failed' && record.body.retryAt === null) this.#ended(record.body.run, at);
  }

  #started(
    { run, seat, case: about }: { run: string; seat: string; case: string | null },
    at: number,
    next?: KernelRecord,
  ) {
    this.#seatOf.set(run, seat);
    const reserve = RESERVE[seat] ?? 0;
    const money = this.#touched('money', seat, about, 'run', at);
    const runs = this.#touched('runs', seat, about, 'run', at);
    const room = money.every((book) => this.#room(book) >= reserve) && runs.every((book) => this.#room(book) >= 1);
    const stopped = next?.kind === 'run.stopped' && next.body.run === run;
    expect([run, stopped]).toEqual([run, !room]);
    this.#count(room ? 'runs' : 'runs refused');
    if (!room) return;
    this.#open(
      run,
      money.map((book) => ({ book, amount: reserve })),
      reserve,
      at,
    );
    for (const book of runs) book.spent += 1;
  }

  #spent(run: string, money: number, at: number): void {
    const hold = this.#holds.get(run)!;
    const used = Math.min(money, hold.left);
    hold.left -= used;
    for (const { book } of hold.parts) {
      this.#roll(book, at);
      book.reserved -= used;
      book.spent += used;
    }
  }

  #ended(run: string, at: number): void {
    const hold = this.#holds.get(run);
    if (hold?.state !== 'open') return;
    for (const { book } of hold.parts) {
      this.#roll(book, at);
      book.reserved -= hold.left;
    }
    hold.state = 'free';
  }

  #compare(): void {
    const { state, now } = this.#world;
    for (const [budget, sum] of Object.entries(sums(state))) same(budget, 'sum', sum, 0);
    for (const [key, book] of this.#books) {
      this.#roll(book, now);
      const kept = books(state, key);
      same(key, 'reserved', kept.reserved, book.reserved);
      // Books are opened when they are touched: until then nothing was spent in the new period.
      const current = state.budget.periods.get(key) === book.period;
      same(key, 'spent', current ? kept.spent : 0, book.spent);
      if (current) same(key, 'available', kept.available, this.#room(book));
    }
  }
}

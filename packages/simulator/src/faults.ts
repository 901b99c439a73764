/** What goes wrong, and when. A plan is drawn from the seed; each fault strikes at the first occasion after its time. */
import type { Random } from './random.ts';

/** Every kind of fault with how often it is drawn, and how long it lasts at least and at most (ms), if it lasts. */
const FAULTS = {
  // The process dies at a boundary: what it held in memory is gone, what was sent may land or not.
  'crash-at-append': { weight: 4 },
  'crash-after-durable': { weight: 4 },
  'crash-at-effect': { weight: 4 },
  'crash-at-result': { weight: 4 },
  'crash-at-reply': { weight: 3 },
  'crash-at-start': { weight: 2 },
  'crash-anywhere': { weight: 4 },
  // The process stands still, longer than its lease or not, while another one tries to take over.
  stall: { weight: 4, least: 500, most: 1_200_000 },
  // The disk.
  'append-fails': { weight: 3 },
  'append-unknown': { weight: 4 },
  'append-torn': { weight: 3 },
  'append-slow': { weight: 2, least: 500, most: 60_000 },
  'disk-full': { weight: 2, least: 1000, most: 300_000 },
  'read-fails': { weight: 2 },
  'lease-fails': { weight: 2 },
  'snapshot-lost': { weight: 1 },
  'snapshot-corrupt': { weight: 1 },
  'snapshot-fails': { weight: 1 },
  // The tools.
  'tool-late': { weight: 7 },
  'tool-lands-later': { weight: 3, least: 60_000, most: 3_600_000 },
  'tool-silent': { weight: 3 },
  'tool-transient': { weight: 3 },
  'tool-deterministic': { weight: 2 },
  'tool-judgment': { weight: 1 },
  'tool-governance': { weight: 1 },
  'tool-unclassified': { weight: 5 },
  'tool-lies': { weight: 4 },
  'tool-skews': { weight: 3 },
  'tool-outage': { weight: 2, least: 5000, most: 600_000 },
  'lookup-fails': { weight: 2 },
  'tools-unopened': { weight: 1 },
  // Time.
  'clock-forward': { weight: 2, least: 1000, most: 36 * 3_600_000 },
  'clock-back': { weight: 2, least: 1000, most: 2 * 3_600_000 },
  // Who works.
  'occupant-throws': { weight: 2 },
  'occupant-dies-at-the-end': { weight: 2 },
  'occupant-hangs': { weight: 1 },
  // Drawn by `planKeyFaults`, where personal values are sealed.
  'disk-slow': { weight: 0, least: 60_000, most: 1_200_000 },
  'crash-at-key': { weight: 0 },
  'keys-older': { weight: 0 },
} as const satisfies Readonly<Record<string, { weight: number; least?: number; most?: number }>>;

export type FaultKind = keyof typeof FAULTS;

export interface Fault {
  readonly id: string;
  readonly kind: FaultKind;
  /** Virtual time from which it is armed. */
  readonly at: number;
  /** How long it lasts, or how far it goes, in milliseconds. */
  readonly ms: number;
}

const WEIGHTS = Object.fromEntries(Object.entries(FAULTS).map(([kind, { weight }]) => [kind, weight])) as Record<
  FaultKind,
  number
>;

/** Draw `count` faults within `span` virtual milliseconds. */
export function planFaults(random: Random, count: number, span: number): Fault[] {
  return Array.from({ length: count }, (_, i) => {
    const kind = random.weighted(WEIGHTS);
    const { least = 0, most = 0 } = FAULTS[kind] as { least?: number; most?: number };
    // Short ones are as likely as long ones of ten times the length.
    const ms = most === 0 ? 0 : Math.round(least * (most / least) ** random.next());
    return { id: `F${i + 1}`, kind, at: Math.round(random.next() * span), ms };
  }).sort((a, b) => a.at - b.at);
}

/** What goes wrong with keys (and, now and then, a slow disk beside them): a crash between a record and its key, an older copy of all keys (`ms` old) at the next start. */
export function planKeyFaults(random: Random, span: number): Fault[] {
  const slow: Fault = {
    id: 'K0',
    kind: 'disk-slow',
    at: Math.round(random.next() * span),
    ms: random.int(60_000, 600_000),
  };
  const rest = Array.from({ length: random.int(0, 3) }, (_, i): Fault[] => {
    const at = Math.round((0.2 + 0.8 * random.next()) * span);
    if (random.chance(0.5)) return [{ id: `K${i + 1}`, kind: 'crash-at-key', at, ms: 0 }];
    const ms = Math.round(random.next() * at);
    return [
      { id: `K${i + 1}`, kind: 'keys-older', at, ms },
      { id: `K${i + 1}b`, kind: 'crash-anywhere', at, ms: 0 },
    ];
  });
  return [...(random.chance(0.3) ? [slow] : []), ...rest.flat()];
}

/** Three of one kind, as long as they can be, at a fifth, two and three fifths of `span`. */
export function sureFaults(kind: FaultKind, span: number): Fault[] {
  const { most = 0 } = FAULTS[kind] as { most?: number };
  return [1, 2, 3].map((n) => ({ id: `X${n}`, kind, at: Math.round((span * n) / 5), ms: most }));
}

/** The faults that are left, asked at every boundary. */
export class Weather {
  readonly struck: { readonly fault: Fault; readonly time: number }[] = [];
  #left: Fault[];

  constructor(faults: readonly Fault[]) {
    this.#left = [...faults];
  }

  /** The first armed fault of these kinds; it strikes now and is used up. */
  take(time: number, ...kinds: readonly FaultKind[]): Fault | undefined {
    const i = this.#left.findIndex((fault) => fault.at <= time && kinds.includes(fault.kind));
    if (i < 0) return undefined;
    const [fault] = this.#left.splice(i, 1);
    this.struck.push({ fault: fault!, time });
    return fault;
  }

  /** Is a lasting fault of this kind on? It begins with the first question after its time. */
  during(time: number, kind: FaultKind): boolean {
    this.take(time, kind);
    return this.struck.some(({ fault, time: begun }) => fault.kind === kind && time < begun + fault.ms);
  }

  /** Nothing goes wrong from now on. */
  clear(): void {
    this.#left = [];
    this.struck.forEach(({ fault }, i) => {
      this.struck[i] = { fault: { ...fault, ms: 0 }, time: this.struck[i]!.time };
    });
  }
}

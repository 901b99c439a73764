/** What people and customers will do, drawn from the seed; and how hard the seed is. */
import { DAY, HOUR, MINUTE } from '@reeve/kernel';
import type { Random } from '../random.ts';

/** What somebody may do, with how often it is drawn. */
const ACTIONS = {
  'open-case': 24,
  reply: 6,
  feedback: 1,
  decide: 18,
  'decide-wrongly': 4,
  'decide-own': 4,
  settle: 3,
  request: 26,
  trip: 4,
  rearm: 4,
  pause: 2,
  suspend: 1,
  resume: 3,
  occupy: 1,
  apply: 3,
  grant: 5,
  edit: 6,
  escalate: 2,
  cancel: 2,
  reopen: 2,
  override: 2,
  'verify-own': 3,
  say: 2,
  deputy: 1,
  poison: 4,
  intrude: 4,
  /** Only where personal values are sealed; planned by `planForgetting`. */
  forget: 0,
  /** Only where a simulation is told to (`often`), and in seeds that are sealed. */
  'after-incident': 0,
} as const;
export type ActionKind = keyof typeof ACTIONS;

export interface Action {
  readonly id: string;
  readonly kind: ActionKind;
  /** Virtual milliseconds since the start. */
  readonly at: number;
}

/** How much of everything; each seed has its own. */
export interface Shape {
  /** Virtual time in which people act and things go wrong. */
  readonly span: number;
  readonly actions: number;
  readonly faults: number;
  readonly customers: number;
  readonly latency: { readonly disk: number; readonly tool: number; readonly network: number };
  readonly twice: number;
  readonly leaseTtl: number;
  readonly snapshotEvery: number;
  readonly parkAfter: number;
  /** Wall clock at the start: now and then shortly before a month ends. */
  readonly epoch: number;
}

const MONDAY = Date.UTC(2026, 2, 2, 8);
const MONTH_END = Date.UTC(2026, 2, 31, 23);

export function shapeOf(random: Random, days: number | null): Shape {
  const long = days === null ? random.chance(0.3) : days > 1;
  const span = days === null ? (long ? random.int(1, 4) * DAY : random.int(20, 120) * MINUTE) : days * DAY;
  return {
    span,
    actions: random.int(8, 40) * (days === null ? 1 : Math.max(1, Math.ceil(days))),
    faults: random.chance(0.1) ? 0 : random.int(1, 9),
    customers: random.int(2, 8),
    latency: { disk: random.pick([1, 5, 50]), tool: random.pick([5, 100, 2000]), network: random.pick([2, 20, 500]) },
    twice: random.pick([0, 0.1, 0.4]),
    leaseTtl: long ? HOUR : random.pick([15_000, MINUTE, 10 * MINUTE]),
    snapshotEvery: random.pick([30, 100, 400, 100_000]),
    parkAfter: random.pick([1, 2000, 60_000]),
    epoch: random.chance(0.2) ? MONTH_END : MONDAY,
  };
}

/** Who asks to be forgotten, and when: rather late, so that there is something of theirs. */
export const planForgetting = (random: Random, span: number): Action[] =>
  Array.from({ length: random.int(1, 6) }, (_, i) => ({
    ...{ id: `E${i + 1}`, kind: i < 5 ? ('forget' as const) : ('after-incident' as const) },
    at: Math.round((0.3 + 0.7 * random.next()) * span),
  }));

/** These, one after the other, eight times over within `span`. */
export const planOften = (kinds: readonly ActionKind[], span: number): Action[] =>
  Array.from({ length: 8 * kinds.length }, (_, i) => ({
    ...{ id: `O${i + 1}`, kind: kinds[i % kinds.length]! },
    at: Math.round((span * (i + 1)) / (8 * kinds.length + 1)),
  }));

/** Draw the actions. Cases come early, so that there is something to act on. */
export function planActions(random: Random, { actions, span }: Shape): Action[] {
  return Array.from({ length: actions }, (_, i) => {
    const kind = i < 3 ? 'open-case' : random.weighted(ACTIONS);
    const early = kind === 'open-case' ? random.next() ** 2 : random.next();
    return { id: `W${i + 1}`, kind, at: Math.round(early * span) } as const;
  }).sort((a, b) => a.at - b.at);
}

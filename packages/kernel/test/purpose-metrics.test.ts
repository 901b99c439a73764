import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolve } from '../src/core/evolve.ts';
import {
  createState,
  type KernelRecord,
  type MetricDef,
  metricLine,
  metricSamples,
  metricValue,
  SKETCH_ERROR,
  type State,
} from '../src/index.ts';
import { STARTS } from '../src/purpose/folds.ts';
import { count, merge, percentile, type Sketch } from '../src/purpose/sketch.ts';
import { busyShop, command, type Move, moves } from './support/org-random.ts';
import {
  apply,
  at,
  DAY,
  type Draft,
  HOUR,
  openCase,
  opened,
  operate,
  resolveCase,
  SYSTEM,
  shop,
  type World,
  world,
} from './support/org-shop.ts';

type Metric = NonNullable<Draft['metrics']>[number];
const metric = (id: string, measure: Metric['measure'], more: Partial<Metric> = {}): Metric => ({
  ...{ id, title: id, measure },
  ...more,
});
const found = (state: State, id: string): MetricDef => state.purpose.metrics.find((each) => each.id === id)!;
const value = (state: State, id: string, now = state.now, group?: string) =>
  metricValue(state, found(state, id), now, group);

const RUNS = { numRuns: Number(process.env.REEVE_FUZZ_RUNS ?? 25), seed: Number(process.env.REEVE_FUZZ_SEED ?? 5) };

const MIXED: Metric[] = [
  metric('opened', { count: { event: 'case.opened' } }),
  metric('opened-lately', { count: { event: 'case.opened' } }, { window: '30h' }),
  metric('notes', { count: { event: 'case.noted', where: 'body.by == "desk"' } }, { window: '10d' }),
  metric('refused', {
    ratio: { of: { event: 'operation.decided', where: 'body.verdict == "deny"' }, to: { event: 'operation.decided' } },
  }),
  metric('took', { mean: { event: 'case.resolved', field: 'duration' } }, { window: '30d' }),
  metric('took-95', { percentile: { event: 'case.resolved', field: 'duration', p: 95 } }),
  metric('to-start', { between: { from: { event: 'case.opened' }, to: { event: 'case.started' }, of: 'case' } }),
  metric('decided', { count: { event: 'operation.decided' } }, { by: 'seat', window: '30d' }),
];

function play(w: World, move: Move): void {
  w.wait(move.wait);
  const { kind, body, actor, id } = command(w, move);
  // Other definitions have other metrics [PUR3].
  if (kind !== 'organisation.apply') w.send(kind, body, actor, id);
}

const bodyOf = (record: KernelRecord) => record.body as unknown as Record<string, unknown>;
/** Does a record lie within the window, as [PUR6] says it: one of its latest 30 stretches? */
const within = (window: number | null, now: number) => (record: KernelRecord) => {
  if (window === null) return true;
  const stretch = Math.ceil(window / 30);
  return Math.floor(record.at / stretch) > Math.floor(now / stretch) - 30;
};

/** The same numbers from the whole list of records at once: it shares nothing with the folds. */
function fromScratch(records: readonly KernelRecord[], now: number) {
  const of = (kind: string, window: number | null = null) =>
    records.filter((r) => r.kind === kind).filter(within(window, now));
  const durations = (window: number | null) => of('case.resolved', window).map((r) => bodyOf(r).duration as number);
  const mean = (list: number[]) => (list.length === 0 ? null : list.reduce((a, b) => a + b, 0) / list.length);
  const decisions = of('operation.decided');
  const starts = new Map<unknown, number>();
  const spans: number[] = [];
  for (const r of records) {
    if (r.kind === 'case.opened') starts.set(r.body.case, r.at);
    const start = r.kind === 'case.started' ? starts.get(r.body.case) : undefined;
    if (start === undefined) continue;
    spans.push(r.at - start);
    starts.delete(bodyOf(r).case);
  }
  return {
    opened: of('case.opened').length,
    'opened-lately': of('case.opened', 30 * HOUR).length,
    notes: of('case.noted', 10 * DAY).filter((r) => bodyOf(r).by === 'desk').length,
    refused:
      decisions.length === 0
        ? null
        : (100 * decisions.filter((r) => bodyOf(r).verdict === 'deny').length) / decisions.length,
    took: mean(durations(30 * DAY)),
    'to-start': mean(spans),
    decided: of('operation.decided', 30 * DAY).length,
    durations: durations(null).sort((a, b) => a - b),
  };
}

/** Smallest value that `p` percent of them do not exceed. */
const exact = (sorted: readonly number[], p: number): number | null =>
  sorted[Math.max(1, Math.ceil((p / 100) * sorted.length)) - 1] ?? null;

function near(measured: number | null, wanted: number | null): void {
  if (wanted === null || measured === null) expect(measured).toBe(wanted);
  else expect(Math.abs(measured - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * SKETCH_ERROR);
}

describe('metrics over any history', () => {
  it('[PUR1, PUR6, PUR7, PUR8] are what the whole ledger gives, at once, after a replay and from a snapshot', () => {
    let resolved = 0;
    fc.assert(
      fc.property(moves(160), fc.nat({ max: 159 }), fc.nat({ max: 40 }), (list, cut, days) => {
        const w = world(createState('acme'));
        apply(w, { ...busyShop(), metrics: MIXED });
        let snapshot = structuredClone(w.state);
        for (const [i, each] of list.entries()) {
          play(w, each);
          if (i === cut) snapshot = structuredClone(w.state);
        }
        for (const record of w.records.slice(snapshot.seq)) evolve(snapshot, structuredClone(record));
        const replayed = createState('acme');
        for (const record of w.records) evolve(replayed, structuredClone(record));
        expect(replayed.purpose).toEqual(w.state.purpose);
        expect(snapshot.purpose).toEqual(w.state.purpose);
        for (const now of [w.state.now, w.state.now + days * DAY]) {
          const { durations, ...wanted } = fromScratch(w.records, now);
          for (const [id, number] of Object.entries(wanted))
            expect([id, value(w.state, id, now)]).toEqual([id, number]);
          near(value(w.state, 'took-95', now), exact(durations, 95));
          resolved += durations.length;
        }
      }),
      RUNS,
    );
    expect(resolved).toBeGreaterThan(50);
  });

  it('[KER2, PUR11, PUR33] with targets, gaps and reviews among everything else: the same state after a replay', () => {
    const targets: Draft['targets'] = [
      { id: 'more', metric: 'opened', value: 500, direction: 'at-least', owner: 'lead', deadline: '2027-02-01' },
      { id: 'fewer', metric: 'decided', value: 2, direction: 'at-most' },
    ];
    const purpose = { gaps: { widens: 1, stays: 2 } };
    let worked = 0;
    fc.assert(
      fc.property(moves(140), (list) => {
        const base = busyShop();
        const w = world(createState('acme'));
        apply(w, { ...base, settings: { ...base.settings, purpose }, metrics: MIXED, targets });
        for (const each of list) play(w, each);
        const again = createState('acme');
        for (const record of w.records) evolve(again, structuredClone(record));
        expect({ ...again, timers: [] }).toEqual({ ...w.state, timers: [] });
        const ofGaps = new Set(w.records.flatMap((r) => (r.kind === 'gap.opened' ? [r.body.case] : [])));
        const others = w.records.filter((r) => r.kind === 'case.opened' && !ofGaps.has(r.body.case));
        expect(value(w.state, 'opened')).toBe(others.length);
        worked += ofGaps.size;
      }),
      { ...RUNS, numRuns: 15 },
    );
    expect(worked).toBeGreaterThan(5);
  });

  it('[PUR9] groups add up to the whole', () => {
    fc.assert(
      fc.property(moves(120), (list) => {
        const w = world(createState('acme'));
        apply(w, { ...busyShop(), metrics: MIXED });
        for (const each of list) play(w, each);
        const { groups, value: whole } = metricLine(w.state, found(w.state, 'decided'));
        expect(groups.reduce((sum, each) => sum + each.value!, 0)).toBe(whole);
      }),
      { ...RUNS, numRuns: 10 },
    );
  });
});

describe('windows', () => {
  it('[PUR6] hold what happened within them, and are bounded however much that is', () => {
    const w = opened(shop({ metrics: [metric('week', { count: { event: 'case.opened' } }, { window: '7d' })] }));
    for (let hour = 0; hour < 24 * 20; hour++) {
      openCase(w);
      w.now += HOUR;
    }
    expect(w.state.purpose.values.get('week')!.ring!.length).toBeLessThanOrEqual(30);
    const inWeek = value(w.state, 'week', w.now)!;
    expect(inWeek).toBeLessThanOrEqual(7 * 24);
    expect(inWeek).toBeGreaterThan(7 * 24 * (29 / 30) - 2);
    expect(value(w.state, 'week', w.now + 7 * DAY)).toBe(0);
  });
});

describe('percentiles', () => {
  const numbers = fc.oneof(
    fc.integer({ min: 0, max: 10_000_000 }),
    fc.double({ min: -1e12, max: 1e12, noNaN: true }).filter((n) => Math.abs(n) > 1e-5),
  );
  it('[PUR7] are at most 1/128 from the exact ones, in any order and however they were put together', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 300 }), fc.double({ min: 1, max: 99 }), (list, p) => {
        const [all, left, right]: [Sketch, Sketch, Sketch] = [new Map(), new Map(), new Map()];
        for (const [i, each] of list.entries()) {
          count(all, each);
          count(i % 3 === 0 ? left : right, each);
        }
        merge(left, right);
        near(
          percentile(all, p),
          exact(
            [...list].sort((a, b) => a - b),
            p,
          ),
        );
        expect(percentile(left, p)).toBe(percentile(all, p));
      }),
      { ...RUNS, numRuns: 300 },
    );
  });

  it('[PUR7] tell sizes apart within their bounds, so that memory is bounded', () => {
    const sketch: Sketch = new Map();
    for (let i = -1100; i < 1020; i++) for (const part of [1, 1.3, 1.7]) count(sketch, part * 2 ** i);
    expect(sketch.size).toBeLessThanOrEqual(74 * 64);
    expect([percentile(new Map(), 50), percentile(new Map([[0, 3]]), 50)]).toEqual([null, 0]);
    count(sketch, -(2 ** 900), 1_000_000);
    expect(percentile(sketch, 50)).toBeLessThan(-(2 ** 52));
  });
});

describe('the time between events', () => {
  const waits = (p?: number) =>
    metric('wait', {
      between: { from: { event: 'case.opened' }, to: { event: 'case.resolved' }, of: 'case', ...(p ? { p } : {}) },
    });

  it('[PUR8] is measured once for each pair, from the first beginning', () => {
    const w = opened(shop({ metrics: [waits()] }));
    for (const hours of [1, 3]) {
      const id = openCase(w);
      w.now += hours * HOUR;
      resolveCase(w, id);
    }
    expect(value(w.state, 'wait')).toBe(2 * HOUR);
    w.ok('case.reopen', { case: 'C-1', reason: 'not yet' }, at('desk'));
    w.now += 50 * HOUR;
    w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: ['OP-1'] }, at('desk'));
    expect([value(w.state, 'wait'), metricSamples(w.state, found(w.state, 'wait'))]).toEqual([2 * HOUR, 2]);
  });

  it('[PUR7, PUR8] has percentiles, too', () => {
    const w = opened(shop({ metrics: [waits(50)] }));
    for (const hours of [1, 2, 30]) {
      const id = openCase(w);
      w.now += hours * HOUR;
      resolveCase(w, id);
    }
    near(value(w.state, 'wait'), 2 * HOUR);
  });

  it('[PUR8] forgets the oldest of more beginnings than it keeps', () => {
    const w = opened(shop({ metrics: [waits()] }));
    const first = openCase(w);
    const { starts } = w.state.purpose.values.get('wait')!;
    for (let i = 0; i < STARTS - 1; i++) starts!.set(`X-${i}`, w.now);
    openCase(w);
    expect([starts!.size, starts!.has(first)]).toEqual([STARTS, false]);
  });
});

describe('groups and reports', () => {
  it('[PUR9] tell seats, units and topics apart, and put together what is beyond the bound', () => {
    const metrics = [
      metric('by-topic', { count: { event: 'case.closed' } }, { by: 'topic' }),
      metric('by-unit', { count: { event: 'case.opened' } }, { by: 'unit' }),
      metric('by-capability', { count: { event: 'operation.succeeded' } }, { by: 'capability' }),
      metric('by-word', { count: { event: 'case.classified' } }, { by: 'topic' }),
    ];
    const w = opened(shop({ metrics }));
    const id = openCase(w);
    w.ok('case.classify', { case: id, topic: 'parcels' }, at('desk'));
    resolveCase(w, id);
    w.ok('case.verify', { case: id, passed: true, checks: ['seen'] }, at('quality'));
    w.ok('case.close', { case: id }, at('desk'));
    expect(value(w.state, 'by-topic', w.now, 'parcels')).toBe(1);
    expect(value(w.state, 'by-unit', w.now, 'company')).toBe(1);
    expect(value(w.state, 'by-capability', w.now, 'orders.get')).toBe(1);
    const other = openCase(w);
    for (let i = 0; i < 210; i++) w.ok('case.classify', { case: other, topic: `t${i}` }, at('desk'));
    const { groups } = metricLine(w.state, found(w.state, 'by-word'));
    expect([groups.length, groups.at(-1)]).toEqual([201, { group: '(others)', value: 11, samples: 11 }]);
  });

  it('[PUR10] take what a tool answered, with the operation as evidence, the latest of it', () => {
    const report = metric('stock', { reported: { capability: 'orders.get', field: 'stock.left' } }, { window: '2d' });
    const w = opened(shop({ metrics: [report] }));
    const id = openCase(w);
    expect(value(w.state, 'stock')).toBeNull();
    for (const left of [7, 5]) {
      const operation = w.ok(
        'operation.request',
        { capability: 'orders.get', args: { order: `a${left}` }, case: id },
        at('desk'),
      ).operation as string;
      w.ok('operation.complete', { operation, attempt: 0, result: { stock: { left } } }, SYSTEM);
    }
    operate(w, 'desk', id);
    const line = metricLine(w.state, found(w.state, 'stock'));
    expect([line.value, line.source?.operation]).toEqual([5, 'OP-2']);
    expect(value(w.state, 'stock', w.now + 3 * DAY)).toBeNull();
  });
});

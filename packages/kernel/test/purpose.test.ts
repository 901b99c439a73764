import { describe, expect, it } from 'vitest';
import { gaps, metricValue } from '../src/index.ts';
import { apply, at, type Draft, HOUR, openCase, opened, resolveCase, shop, type World } from './support/org-shop.ts';

type Metric = NonNullable<Draft['metrics']>[number];
const metric = (id: string, measure: Metric['measure']): Metric => ({ id, title: id, measure });

const METRICS = [
  metric('cases', { count: { event: 'case.opened' } }),
  metric('mails', { count: { event: 'case.opened', where: 'body.channel == "email"' } }),
  metric('cancelled', { ratio: { of: { event: 'case.cancelled' }, to: { event: 'case.opened' } } }),
  metric('time', { mean: { event: 'case.resolved', field: 'duration' } }),
  metric('total', { sum: { event: 'case.resolved', field: 'duration', where: 'actor.principal == "p-desk"' } }),
  metric('texts', { sum: { event: 'case.opened', field: 'subject' } }),
];
const value = (w: World, id: string): number | null =>
  metricValue(w.state, w.state.organisation.definition!.metrics.find((m) => m.id === id)!);
const values = (w: World) => METRICS.map(({ id }) => value(w, id));

describe('metrics', () => {
  it('[PUR1] are counted, related, added and averaged from the events as they pass (R-A83)', () => {
    const w = opened(shop({ metrics: METRICS }));
    expect(values(w)).toEqual([0, 0, null, null, 0, 0]);
    openCase(w, { channel: 'email' });
    for (const _ of [1, 2, 3]) openCase(w);
    w.ok('case.cancel', { case: 'C-2', reason: 'r' }, at('desk'));
    w.now += HOUR;
    resolveCase(w, 'C-1');
    w.now += 2 * HOUR;
    resolveCase(w, 'C-3');
    expect(values(w)).toEqual([4, 1, 25, 2 * HOUR, 4 * HOUR, 0]);
  });

  it('[PUR2] leave out events whose condition cannot be evaluated', () => {
    const odd = metric('odd', { count: { event: 'case.opened', where: 'body.nothing.there == 1' } });
    const w = opened(shop({ metrics: [odd] }));
    openCase(w);
    expect(value(w, 'odd')).toBe(0);
  });

  it('[PUR3] start from nothing when they are defined anew, and go on when only their title changes (R-A27)', () => {
    const w = opened(shop({ metrics: METRICS }));
    openCase(w);
    apply(w, shop({ metrics: METRICS.map((m) => ({ ...m, title: `the ${m.id}` })) }));
    openCase(w);
    expect(value(w, 'cases')).toBe(2);
    const changed = METRICS.map((m) =>
      m.id === 'cases' ? metric('cases', { count: { event: 'case.cancelled' } }) : m,
    );
    apply(w, shop({ metrics: changed }));
    expect([value(w, 'cases'), value(w, 'mails'), value(w, 'cancelled')]).toEqual([0, 0, 0]);
    apply(w, shop());
    apply(w, shop({ metrics: METRICS }));
    expect(value(w, 'cancelled')).toBeNull();
  });
});

describe('gaps', () => {
  it('[PUR4] hold the desired value against the current one, and say nothing while there is nothing to measure (R-A27)', () => {
    const targets: Draft['targets'] = [
      { id: 'many', metric: 'cases', value: 2, direction: 'at-least', owner: 'lead' },
      { id: 'few', metric: 'cases', value: 2, direction: 'at-most' },
      { id: 'quick', metric: 'time', value: HOUR, direction: 'at-most' },
      { id: 'ghost', metric: 'ghost', value: 1, direction: 'at-most' },
    ];
    const w = opened(shop({ metrics: METRICS, targets }));
    const met = () => gaps(w.state).map((gap) => [gap.target, gap.met]);
    for (const expected of [
      [false, true],
      [false, true],
      [true, true],
      [true, false],
    ]) {
      expect(met()).toEqual([
        ['many', expected[0]],
        ['few', expected[1]],
        ['quick', null],
      ]);
      openCase(w);
    }
    expect(gaps(w.state)[0]).toEqual({
      target: 'many',
      metric: 'cases',
      title: 'cases',
      unit: 'number',
      direction: 'at-least',
      target_value: 2,
      current: 4,
      met: true,
      owner: 'lead',
    });
  });
});

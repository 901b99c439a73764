import { describe, expect, it } from 'vitest';
import { directory } from '../src/index.ts';
import { at, DAY, type Draft, HOUR, inbox, openCase, opened, seat, shop, type World } from './support/org-shop.ts';

type Service = NonNullable<Draft['services']>[number];
const TRACK: Service = {
  id: 'track',
  seat: 'orders',
  title: 'Find a parcel',
  description: 'Says where a shipment is',
  input: { parcel: 'string' },
  output: { place: 'string' },
  within: '4h',
  price: '$1.50',
  keywords: ['tracking'],
};
const REFUND: Service = { id: 'refund', seat: 'billing', title: 'Refund an order', capacity: 1, needs: ['track'] };
const OLD: Service = {
  id: 'trace',
  seat: 'orders',
  title: 'Find a parcel by phone',
  deprecated: { because: 'nobody answers', instead: 'track' },
};
const market = (more: Service[] = []) => {
  const w = opened(shop({ services: [TRACK, REFUND, OLD, ...more] }));
  openCase(w);
  return w;
};
const ask = (w: World, service: string, input: object = { parcel: 'P1' }, by = 'desk') =>
  w.ok('service.request', { service, case: 'C-1', input }, at(by));
const refused = (w: World, service: string, input: object = {}, by = 'desk') =>
  w.no('service.request', { service, case: 'C-1', input }, at(by));
const found = (w: World, wanted: Parameters<typeof directory>[1]) => directory(w.state, wanted).map((one) => one.id);

describe('a request by contract', () => {
  it('[SVC3] [SVC4] [R-D57] is a task with checked input, and its report is checked output (R-D50)', () => {
    const w = market();
    expect(ask(w, 'track')).toMatchObject({ task: 'T-1', case: 'C-1' });
    expect(w.state.cases.tasks.get('T-1')).toMatchObject({
      to: 'orders',
      packet: { subproblem: 'Find a parcel', output: 'place', context: { service: 'track', input: { parcel: 'P1' } } },
    });
    expect(refused(w, 'track', { parcle: 'P1' })).toMatchObject({
      code: 'invalid',
      rule: 'SVC3',
      message: expect.stringContaining('unknown field "parcle"'),
    });
    const report = (body: object) => ({ task: 'T-1', report: body });
    expect(w.no('task.complete', report({ where: 'Leipzig' }), at('orders'))).toMatchObject({ rule: 'SVC4' });
    w.now += HOUR;
    w.ok('task.complete', report({ place: 'Leipzig' }), at('orders'));
    expect(w.records.findLast((r) => r.kind === 'service.ended')?.body).toMatchObject({ met: true, took: HOUR });
    expect(inbox(w, 'desk')).toContain('report:orders');
  });

  it('[SVC5] is measured: fulfilled, declined, in time, late; who directs the provider hears of what is late, once', () => {
    const w = market();
    ask(w, 'track');
    w.wait(5 * HOUR);
    expect(inbox(w, 'lead').filter((m) => m === 'reminder:orders')).toHaveLength(1);
    w.ok('task.complete', { task: 'T-1', report: { place: 'x' } }, at('orders'));
    ask(w, 'track', { parcel: 'P2' });
    w.ok('task.complete', { task: 'T-2', report: {}, declined: true }, at('orders'));
    ask(w, 'track', { parcel: 'P3' });
    w.ok('case.cancel', { case: 'C-1', reason: 'r' }, at('desk'));
    w.wait(DAY);
    expect(directory(w.state, { text: 'tracking' })[0]).toMatchObject({
      ...{ requested: 3, fulfilled: 1, declined: 2, kept: 0, meanTime: 5 * HOUR, open: 0, charged: 4_500_000 },
    });
  });

  it('[SVC1] [SVC2] is refused for what is unknown, deprecated, full, one’s own, or not for everybody', () => {
    const w = market([{ id: 'audit', seat: 'quality', title: 'Audit', askers: { seats: ['lead'], units: [] } }]);
    expect(refused(w, 'tracking')).toMatchObject({ code: 'not-found', hint: 'did you mean track?' });
    expect(refused(w, 'trace')).toMatchObject({ rule: 'SVC1', hint: 'ask for "track"' });
    expect(refused(w, 'audit')).toMatchObject({ code: 'forbidden', rule: 'SVC2' });
    ask(w, 'refund', {});
    expect(refused(w, 'refund')).toMatchObject({ code: 'exhausted', rule: 'SVC2' });
    ask(w, 'track');
    expect(refused(w, 'track', { parcel: 'x' }, 'orders')).toMatchObject({ rule: 'SVC2', hint: 'just do it' });
    w.ok('seat.suspend', { seat: 'orders', reason: 'r' });
    expect(refused(w, 'track', { parcel: 'x' })).toMatchObject({ rule: 'SVC1' });
  });

  it('[SVC3] is due in the working hours of its provider', () => {
    const hours = { zone: 'UTC', week: [{ days: ['mon' as const], from: '09:00', to: '17:00' }] };
    const seats = shop().seats!.map((s) => (s.id === 'orders' ? seat('orders', 'lead', { hours }) : s));
    const w = opened(shop({ services: [TRACK], seats }));
    openCase(w);
    ask(w, 'track');
    expect(w.records.findLast((r) => r.kind === 'service.requested')?.body).toMatchObject({
      due: Date.UTC(2026, 10, 23, 13),
    });
  });
});

describe('the directory', () => {
  it('[SVC6] [R-D57] finds by words, by what the provider may use, and by who may ask; deprecated ones come last (R-E80, R-B43)', () => {
    const w = market([
      { id: 'audit', seat: 'quality', title: 'Audit parcels', askers: { seats: ['lead'], units: [] } },
    ]);
    expect(found(w, { text: 'find parcel' })).toEqual(['track', 'audit', 'trace']);
    expect(found(w, { text: 'refunds' })).toEqual(['refund']);
    expect(found(w, { text: 'parcel', asker: 'desk' })).toEqual(['track', 'trace']);
    expect(found(w, { capability: 'money.pay', text: 'audit' })).toEqual(['audit']);
    expect(found(w, { text: 'submarine' })).toEqual([]);
    expect(found(w, {})).toHaveLength(4);
  });
});

import { describe, expect, it } from 'vitest';
import { loadReport } from '../src/index.ts';
import { at, DAY, HOUR, inbox, kinds, OWNER, PACKET, startRun, theCase, type World } from './support/org-shop.ts';
import {
  ask,
  BILLING,
  finish,
  inOffice,
  ORDERS,
  ownerOf,
  pause,
  resume,
  routings,
  theOne,
} from './support/route-office.ts';

const MINUTE = 60_000;
const line = (w: World, seat: string) => loadReport(w.state, w.now).seats.find((one) => one.seat === seat)!;
const LAW = { skills: ['law'] };

describe('load', () => {
  it('[RTE10] R-C17 R-C18 is what a seat has by where it stands, in percent of what it can do at once', () => {
    const w = inOffice();
    const ids = [ask(w, LAW, { priority: 'high' }), ask(w, LAW), ask(w, LAW, { priority: 'low' }), ask(w, LAW)];
    expect(line(w, 'law')).toMatchObject({
      percent: 30,
      band: 'low',
      cases: { high: 1, normal: 2, low: 1, active: 0 },
    });
    w.ok('case.start', { case: ids[0] }, at('law'));
    w.ok('case.start', { case: ids[1] }, at('law'));
    w.ok('case.wait', { case: ids[1], question: 'Which?' }, at('law'));
    w.ok('task.delegate', { case: ids[0], to: 'orders-a', packet: PACKET }, at('law'));
    expect(line(w, 'law')).toMatchObject({
      cases: { active: 1, parked: 1, high: 0, normal: 1, low: 1 },
      percent: 24.5,
    });
    expect(line(w, 'orders-a')).toMatchObject({ tasks: 1, percent: 10, awaitedBy: 1 });
    w.ok('case.cancel', { case: ids[0], reason: 'twice' }, at('law'));
    expect(line(w, 'orders-a').tasks).toBe(0);
    expect(line(w, 'law')).toMatchObject({ cases: { active: 0 }, came: 4, ended: 1 });
  });

  it('R-C19 R-C45 a bottleneck is named with its reasons, and the report says what to do about it (R-C47)', () => {
    const w = inOffice({ ahead: 2 });
    for (let i = 0; i < 4; i++) ask(w, LAW);
    w.now += 3 * HOUR;
    expect(line(w, 'law').bottleneck).toEqual(['its oldest message waits for 3 h']);
    const { advice, lines, waiting } = loadReport(w.state, w.now);
    expect([waiting, lines.map(({ cases }) => cases)]).toEqual([2, [2]]);
    expect(advice).toContain('train a second seat for law: 2 cases wait for one');
  });

  it('R-C51 imbalance is the deviation over the mean, with who is far above and below', () => {
    const w = inOffice({}, {});
    for (let i = 0; i < 8; i++) ask(w, LAW, { priority: 'high' });
    const { mean, deviation, imbalance, above, most, least } = loadReport(w.state, w.now);
    expect([mean, most, least, above]).toEqual([8, 80, 0, ['law']]);
    expect(deviation).toBeCloseTo(24);
    expect(imbalance).toBeCloseTo(3);
  });
});

describe('waiting', () => {
  it('[RTE8] R-B24 is held by intake, and the first who has room gets it', () => {
    const w = inOffice({ ahead: 1 });
    const first = ask(w, LAW);
    const second = ask(w, LAW);
    expect(theOne(w, second)).toMatchObject({ status: 'new', owner: 'desk' });
    expect(inbox(w, 'desk')).toEqual(['guidance:system']);
    w.ok('case.start', { case: first }, at('law'));
    expect(theOne(w, second)).toMatchObject({ status: 'assigned', owner: 'law' });
    expect(routings(w.records, second)).toMatchObject([{ outcome: 'waiting' }, { cause: 'queue', to: 'law' }]);
    expect(inbox(w, 'law').filter((one) => one === 'assign:desk')).toHaveLength(1);
    expect(w.state.routing).toMatchObject({ waiting: 0, lines: new Map() });
  });

  it('[RTE8] R-B2 goes by priority, then by age, and a customer with many open cases behind the others (R-B3)', () => {
    const w = inOffice({ ahead: 1, customers: { perHour: 100, fair: 2 } });
    ask(w, LAW);
    const flood = Array.from({ length: 4 }, () => ask(w, LAW, { customer: 'many' }));
    const other = ask(w, LAW, { customer: 'one' });
    const urgent = ask(w, LAW, { priority: 'high', customer: 'two' });
    const order: string[] = [];
    for (let i = 0; i < 7; i++) {
      const mine = [...w.state.cases.cases.values()].find((c) => c.owner === 'law' && c.status === 'assigned')!;
      order.push(mine.id);
      finish(w, mine.id);
    }
    expect(order.slice(1)).toEqual([urgent, flood[0], flood[1], other, flood[2], flood[3]]);
  });

  it('[RTE8] ends when somebody comes back, a person gives it out, its priority rises, or it is over', () => {
    const w = inOffice();
    pause(w, 'law');
    const ids = [ask(w, LAW), ask(w, LAW), ask(w, LAW), ask(w, LAW)];
    expect(w.state.routing.waiting).toBe(4);
    w.ok('case.assign', { case: ids[0], to: 'orders-a', reason: 'he knows' }, at('lead'));
    w.ok('case.cancel', { case: ids[1], reason: 'never mind' }, at('desk'));
    w.ok('case.classify', { case: ids[3], priority: 'high' }, at('desk'));
    expect(w.state.routing.waiting).toBe(2);
    const from = w.records.length;
    resume(w, 'law');
    const given = routings(w.records.slice(from));
    expect(given.map((one) => one.case)).toEqual([ids[3], ids[2]]);
    expect(w.state.routing).toMatchObject({ waiting: 0, lines: new Map() });
  });

  it('[RTE9] R-B9 a customer’s twenty-first request of the hour is refused, with when to come again', () => {
    const w = inOffice({ customers: { perHour: 2, open: 3 } });
    const kim = { customer: 'kim' };
    ask(w, ORDERS, kim);
    ask(w, ORDERS, kim);
    const no = w.no('case.open', { subject: 'x', customer: 'kim' });
    expect(no).toMatchObject({ code: 'exhausted', rule: 'RTE9', hint: 'try again after 01:00 UTC' });
    ask(w, ORDERS, { customer: 'somebody else' });
    w.now += HOUR;
    ask(w, ORDERS, kim);
    expect(w.no('case.open', { subject: 'x', customer: 'kim' }).message).toContain('3 cases of this customer are open');
    w.ok('case.cancel', { case: 'C-1', reason: 'x' }, at('orders-a'));
    ask(w, ORDERS, kim);
    expect(inOffice({ customers: {} }).state.organisation.settings.routing?.customers.perHour).toBe(20);
  });
});

describe('evening out', () => {
  it('[RTE13] R-C20 R-C55 moves what is not begun from who has too much, and says so to those above', () => {
    const w = inOffice({ ahead: 100, surge: { backlog: 1000 } });
    pause(w, 'orders-b');
    pause(w, 'orders-c');
    const mine = Array.from({ length: 10 }, () => ask(w, ORDERS, { priority: 'high' }));
    w.ok('task.delegate', { case: ask(w, LAW), to: 'orders-a', packet: PACKET }, at('law'));
    expect(line(w, 'orders-a')).toMatchObject({ percent: 110, band: 'overloaded' });
    resume(w, 'orders-b');
    const moved = w.wait(6 * MINUTE);
    const summary = moved.find((r) => r.kind === 'load.balanced')!.body as { before: number; after: number };
    expect(summary.after).toBeLessThan(summary.before);
    expect(mine.map((id) => ownerOf(w, id)).filter((owner) => owner === 'orders-b')).toHaveLength(1);
    expect(inbox(w, 'lead')).toEqual(['inform:system']);
    expect(inbox(w, 'orders-a').filter((one) => one.startsWith('assign'))).toHaveLength(9);
  });

  it('[RTE13] takes from a seat that stopped working all that it has not begun, and never gives it back', () => {
    const w = inOffice();
    const [a, b, c] = [ask(w), ask(w), ask(w)];
    expect(ownerOf(w, a!)).toBe('orders-a');
    w.ok('case.start', { case: b }, at(ownerOf(w, b!)));
    const begun = ownerOf(w, b!);
    pause(w, 'orders-a');
    pause(w, begun);
    w.wait(6 * MINUTE);
    expect(ownerOf(w, a!)).toBe(ownerOf(w, c!));
    expect(ownerOf(w, b!)).toBe(begun);
    expect(inbox(w, 'orders-a')).toEqual([]);
    expect(w.state.routing.cases.get(a!)).toMatchObject({ gave: ['orders-a'], moved: 1 });
    expect(theOne(w, a!).status).toBe('assigned');
  });

  it('[RTE13] leaves alone what a run is at work on, and plans nothing where there is no routing', () => {
    const w = inOffice();
    const id = ask(w);
    startRun(w, 'orders-a');
    pause(w, 'orders-a');
    w.wait(6 * MINUTE);
    expect(ownerOf(w, id)).toBe('orders-a');
    const plain = inOffice({}, { settings: { intake: 'desk' } });
    ask(plain, ORDERS, { owner: 'orders-a' });
    pause(plain, 'orders-a');
    expect(kinds(plain.wait(HOUR))).toEqual([]);
    expect(theCase(plain).owner).toBe('orders-a');
  });
});

describe('surges', () => {
  const pressed = (w: World, n: number) => Array.from({ length: n }, () => ask(w, LAW));

  it('[RTE12] R-C46 begins at its mark, is looked at, and ends below a lower one', () => {
    const w = inOffice({ surge: { waiting: 4, backlog: 1000 }, ahead: 1 });
    const ids = pressed(w, 5);
    expect(kinds(w.records).filter((kind) => kind.startsWith('surge'))).toEqual(['surge.entered']);
    expect(inbox(w, 'lead')).toEqual(['inform:system']);
    finish(w, ids[0]!);
    expect(w.state.routing.waiting).toBe(3);
    expect(kinds(w.wait(16 * MINUTE)).filter((kind) => kind.startsWith('surge'))).toEqual(['surge.checked']);
    finish(w, ids[1]!);
    finish(w, ids[2]!);
    finish(w, ids[3]!);
    expect(kinds(w.wait(16 * MINUTE)).filter((kind) => kind.startsWith('surge'))).toEqual(['surge.left']);
    expect(w.state.routing.surge).toBeNull();
    expect(kinds(w.wait(HOUR)).filter((kind) => kind.startsWith('surge'))).toEqual([]);
  });

  it('[RTE12] R-C46 begins when more than ten come in an hour than end', () => {
    const w = inOffice();
    for (let i = 0; i < 9; i++) ask(w, BILLING);
    expect(w.state.routing.surge).toBeNull();
    ask(w, BILLING);
    expect(w.records.find((r) => r.kind === 'surge.entered')?.body).toMatchObject({
      ...{ incoming: 10, ended: 0, waiting: 0, because: '10 more cases came than ended within an hour' },
    });
  });

  it('[RTE12] R-C49 throttled, what is not urgent waits a day longer and its customer is told so; by who governs alone', () => {
    const w = inOffice({ ahead: 1 });
    expect(w.no('intake.throttle', { reason: 'x' }, at('lead')).rule).toBe('RTE12');
    w.ok('intake.throttle', { reason: 'half of us are ill' }, at('boss'));
    ask(w, LAW);
    const [late, urgent] = [ask(w, LAW), ask(w, LAW, { priority: 'high' })];
    expect(theOne(w, late).due - theOne(w, urgent).due).toBe(DAY + 20 * HOUR);
    expect(routings(w.records, late)).toMatchObject([{ deferred: true }]);
    expect(routings(w.records, late)[0]!.answer).toContain('up to 24 hours longer');
    expect(routings(w.records, urgent)[0]).not.toHaveProperty('deferred');
    w.ok('intake.open', { reason: 'all are back' }, at('boss'));
    expect(w.no('intake.open', { reason: 'again' }, at('boss'))).toMatchObject({ code: 'conflict' });
    expect(routings(w.records, ask(w, LAW))[0]).not.toHaveProperty('deferred');
  });
});

describe('lending', () => {
  const lend = { seat: 'helper', unit: 'orders', reason: 'surge' };

  it('[RTE15] R-C48 a seat works for another unit until its time is over, and finishes what it has', () => {
    const w = inOffice({ ahead: 1 });
    for (let i = 0; i < 3; i++) ask(w);
    const waits = ask(w);
    expect(ownerOf(w, waits)).toBe('desk');
    w.ok('seat.lend', lend, at('lead'));
    expect(ownerOf(w, waits)).toBe('helper');
    expect(kinds(w.wait(4 * HOUR)).filter((kind) => kind.startsWith('seat'))).toEqual(['seat.returned']);
    expect(ownerOf(w, waits)).toBe('helper');
    finish(w, waits);
    expect(ownerOf(w, ask(w))).toBe('desk');
  });

  it('[RTE15] is decided by who directs it, bounded, and ended by hand as well', () => {
    const w = inOffice({ borrow: { most: 1, under: 10 } });
    expect(w.no('seat.lend', lend, at('law'))).toMatchObject({ code: 'forbidden', rule: 'RTE15' });
    expect(w.no('seat.lend', { ...lend, unit: 'moon' }, OWNER).code).toBe('not-found');
    expect(w.no('seat.lend', { ...lend, unit: 'company' }, OWNER).message).toContain('anyway');
    expect(w.no('seat.lend', { ...lend, until: w.now + 31 * DAY }, OWNER).message).toContain('30 days');
    ask(w, { skills: ['orders'], unit: 'back' });
    ask(w, { skills: ['orders'], unit: 'back' });
    expect(w.no('seat.lend', lend, OWNER).message).toContain('busy itself');
    w.ok('seat.lend', { ...lend, seat: 'law' }, OWNER);
    expect(w.no('seat.lend', { ...lend, seat: 'billing-a' }, OWNER).message).toContain('lent already');
    w.ok('seat.return', { seat: 'law', reason: 'enough' }, at('lead'));
    expect(w.no('seat.return', { seat: 'law', reason: 'enough' }, at('lead')).code).toBe('conflict');
    expect(w.state.routing.loans.size).toBe(0);
  });
});

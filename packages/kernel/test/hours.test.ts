import { describe, expect, it } from 'vitest';
import { offsetAt, utcOf } from '../src/hours/zones.ts';
import { afterWork, dutyAt, zoneOf } from '../src/index.ts';
import {
  apply,
  at,
  DAY,
  type Draft,
  HOUR,
  inbox,
  OWNER,
  openCase,
  opened,
  PACKET,
  SYSTEM,
  seat,
  shop,
  startRun,
  theCase,
  world,
} from './support/org-shop.ts';

const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const nine = (zone: string, more: object = {}) => ({
  zone,
  week: [{ days: [...WORKDAYS], from: '09:00', to: '17:00' }],
  holidays: [],
  ...more,
});
/** Monday. */
const MONDAY = Date.UTC(2026, 10, 23);
const iso = (at: number) => new Date(at).toISOString().slice(0, 16);

describe('zones', () => {
  it('[HRS6] give what Intl gives, at every hour around the changes of three years', () => {
    const names = [
      'Europe/Berlin',
      'Europe/London',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Sydney',
      'Asia/Tokyo',
    ];
    for (const name of names) {
      const zone = zoneOf(name)!;
      const format = new Intl.DateTimeFormat('en-GB', { timeZone: name, timeZoneName: 'longOffset', hour: 'numeric' });
      for (let at = Date.UTC(2026, 0, 1, 0, 30); at < Date.UTC(2028, 0, 1); at += 7 * HOUR) {
        const text = format.formatToParts(at).find((part) => part.type === 'timeZoneName')!.value;
        const [, sign, h, m] = /GMT(?:([+-])(\d+):(\d+))?/.exec(text)!;
        const minutes = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m));
        expect([name, iso(at), offsetAt(zone, at) / 60_000]).toEqual([name, iso(at), minutes]);
      }
    }
  });

  it('[HRS6] take POSIX rules, refuse what is neither, and know times that clocks leave out or show twice', () => {
    expect(zoneOf('CET-1CEST,M3.5.0,M10.5.0/3')).toEqual(zoneOf('Europe/Berlin'));
    expect(zoneOf('Mars/Olympus')).toBeNull();
    const berlin = zoneOf('Europe/Berlin')!;
    expect(iso(utcOf(berlin, Date.UTC(2026, 2, 29, 2, 30)))).toBe('2026-03-29T01:30');
    expect(iso(utcOf(berlin, Date.UTC(2026, 9, 25, 2, 30)))).toBe('2026-10-25T01:30');
  });
});

describe('a calendar', () => {
  it('[HRS1] says whether it works, and until when: over nights, weekends, holidays and changes of the clocks', () => {
    const berlin = nine('Europe/Berlin', { holidays: ['2026-11-23'] });
    expect(dutyAt(berlin, MONDAY + 10 * HOUR)).toEqual({ on: false, until: MONDAY + DAY + 8 * HOUR });
    expect(dutyAt(berlin, MONDAY + DAY + 8 * HOUR)).toEqual({ on: true, until: MONDAY + DAY + 16 * HOUR });
    const night = nine('UTC', { week: [{ days: ['sun'], from: '22:00', to: '06:00' }] });
    expect(dutyAt(night, MONDAY + HOUR)).toEqual({ on: true, until: MONDAY + 6 * HOUR });
    // Nine o'clock is an hour earlier, in UTC, when summer time has begun.
    expect(iso(dutyAt(nine('Europe/Berlin'), Date.UTC(2026, 2, 27, 20)).until)).toBe('2026-03-30T07:00');
  });

  it('[HRS5] counts hours of work only', () => {
    expect(iso(afterWork(nine('UTC'), Date.UTC(2026, 10, 20, 15), 4 * HOUR))).toBe('2026-11-23T11:00');
    expect(iso(afterWork(nine('UTC'), MONDAY + 9 * HOUR, 8 * HOUR))).toBe('2026-11-23T17:00');
  });
});

/** The desk in Berlin, its partner in New York. */
const twoShifts = (more: object = {}): Draft => ({
  ...shop(),
  seats: shop().seats!.map((s) => {
    if (s.id === 'desk') return seat('desk', 'lead', { hours: nine('Europe/Berlin', { partner: 'orders', ...more }) });
    return s.id === 'orders' ? seat('orders', 'lead', { hours: nine('America/New_York', { partner: 'desk' }) }) : s;
  }),
});

/** A world in which it is Monday, so many hours (UTC). */
function monday(hour: number, definition: Draft = twoShifts()) {
  const w = world(undefined, MONDAY + hour * HOUR);
  w.ok('organisation.apply', { base: '', reason: 'first', definition });
  return w;
}

describe('outside its hours', () => {
  it('[HRS2] [HRS1] a seat starts nothing; its work waits until its shift begins, as old as it is', () => {
    const w = monday(5);
    openCase(w, { owner: 'desk' });
    expect(startRun(w, 'desk')).toBeNull();
    expect(w.no('run.start', { seat: 'desk', worker: 'w' }, SYSTEM)).toMatchObject({ code: 'conflict', rule: 'HRS2' });
    expect(w.wait(3 * HOUR).map((r) => r.kind)).toContain('seat.shift');
    expect(startRun(w, 'desk')).toBe('R-1');
  });

  it('[HRS3] [R-D63] what arrives goes to the partner that works, tasks as well; when none does, it waits where it belongs', () => {
    const w = monday(5);
    expect(theCase(w, openCase(w)).owner).toBe('desk');
    w.wait(15 * HOUR);
    // 20:00 UTC: Berlin is over, New York works.
    expect(theCase(w, openCase(w, { customer: 'b' })).owner).toBe('orders');
    w.ok('task.delegate', { case: 'C-2', to: 'desk', packet: PACKET }, OWNER);
    expect(w.state.cases.tasks.get('T-1')).toMatchObject({ to: 'desk' });
    w.ok('task.delegate', { case: 'C-2', to: 'desk', packet: PACKET }, at('lead'));
    expect(w.state.cases.tasks.get('T-2')).toMatchObject({ to: 'orders' });
  });

  it('[HRS4] [R-D63] at the end of a shift what is due before the next one goes over, with what the next one has to know', () => {
    const w = monday(8);
    openCase(w);
    openCase(w, { customer: 'b', priority: 'low' });
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('case.note', { case: 'C-1', text: 'parcel is in Leipzig' }, at('desk'));
    w.ok('case.message', { case: 'C-1', text: 'hello?' }, { principal: 'web' });
    w.ok('case.escalate', { case: 'C-2', reason: 'r' }, at('desk'));
    openCase(w, { customer: 'c', priority: 'low' });
    w.wait(8 * HOUR);
    expect([theCase(w, 'C-1').owner, theCase(w, 'C-2').owner, theCase(w, 'C-3').owner]).toEqual([
      'orders',
      'desk',
      'desk',
    ]);
    expect(inbox(w, 'orders')).toEqual(['customer:customer', 'assign:desk']);
    const told = [...w.state.inbox.messages.values()].find((m) => m.to === 'orders' && m.type === 'assign')!;
    expect(told.data.packet).toMatchObject({ status: 'in_progress', notes: [{}, { text: 'hello?' }] });
  });

  it('[HRS4] nothing goes over when nothing is to, or while somebody works on it', () => {
    const w = monday(9, twoShifts({ handover: 'none' }));
    openCase(w, { priority: 'high' });
    w.wait(7 * HOUR);
    expect(theCase(w).owner).toBe('desk');
    const all = monday(9, twoShifts({ handover: 'all' }));
    openCase(all, { priority: 'low' });
    openCase(all, { priority: 'low', customer: 'b' });
    startRun(all, 'desk');
    all.wait(7 * HOUR);
    expect([theCase(all, 'C-1').owner, theCase(all, 'C-2').owner]).toEqual(['desk', 'orders']);
  });

  it('[HRS1] a definition that changes hours changes the shift at once; without hours the seat always works', () => {
    const w = monday(20);
    expect(w.state.organisation.duty.get('desk')).toMatchObject({ on: false });
    apply(w, shop());
    expect(w.state.organisation.duty.size).toBe(0);
  });

  it('[HRS5] deadlines count the hours of the organisation when it says so', () => {
    const w = opened(shop({ settings: { intake: 'desk', sla: { high: '4h', hours: nine('UTC') } } }));
    w.now = Date.UTC(2026, 10, 27, 15);
    openCase(w, { priority: 'high' });
    expect(iso(theCase(w).due)).toBe('2026-11-30T11:00');
  });
});

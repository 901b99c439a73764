import { describe, expect, it } from 'vitest';
import { handlerOf } from '../src/index.ts';
import { at, DAY, inbox, OWNER, openCase, opened, seat, type World } from './support/org-shop.ts';

/** The chart of R-C4. */
const CHART: [string, string?, string?][] = [
  ['ceo'],
  ['vp-operations', 'ceo'],
  ['director-cx', 'vp-operations'],
  ['manager-support', 'director-cx', 'support'],
  ['support-agent', 'manager-support', 'support'],
  ['manager-quality', 'director-cx', 'quality'],
  ['director-logistics', 'vp-operations'],
  ['manager-delivery', 'director-logistics', 'delivery'],
  ['vp-finance', 'ceo'],
  ['director-billing', 'vp-finance'],
  ['manager-billing', 'director-billing', 'billing'],
];
const UNITS = ['company', 'support', 'quality', 'delivery', 'billing'];
const chart = () =>
  opened({
    name: 'C4',
    settings: { intake: 'support-agent' },
    units: UNITS.map((id) => ({ id, title: id })),
    seats: CHART.map(([id, up, unit]) => seat(id, up, { unit: unit ?? 'company' })),
  });
const handler = (w: World, units: string[], seats: string[] = [], by: string | null = null) =>
  handlerOf(w.state, { by, seats, units });

describe('who handles it', () => {
  it('[CMP1] [R-C1] [R-C3] [R-C4] is the lowest supervisor with authority over all units concerned', () => {
    const w = chart();
    expect(handler(w, ['billing', 'delivery', 'support', 'quality'])).toBe('ceo');
    expect(handler(w, ['support', 'quality'])).toBe('director-cx');
    expect(handler(w, ['support', 'delivery'])).toBe('vp-operations');
    expect(handler(w, ['billing'])).toBe('manager-billing');
    expect(handler(w, ['support'])).toBe('manager-support');
  });

  it('[CMP1] [R-C8] is never who is complained about, nor who complains', () => {
    const w = chart();
    expect(handler(w, [], ['manager-support'])).toBe('director-cx');
    expect(handler(w, [], ['manager-support'], 'director-cx')).toBe('vp-operations');
    expect(handler(w, ['billing'], [], 'manager-billing')).toBe('director-billing');
    expect(handler(w, [], ['ceo'])).toBe('ceo');
    w.ok('seat.suspend', { seat: 'director-cx', reason: 'r' });
    expect(handler(w, ['support', 'quality'])).toBe('vp-operations');
  });
});

const raise = (w: World, by: string, seats: string[], more: object = {}) =>
  w.ok('complaint.raise', { text: 'They never answer', seats, ...more }, at(by)).complaint as string;

describe('a complaint between seats', () => {
  it('[CMP2] [CMP4] [R-C8] [R-C6] is heard on both sides and answered once (R-C5)', () => {
    const w = opened();
    expect(raise(w, 'desk', ['billing'])).toBe('CO-1');
    expect(inbox(w, 'lead')).toEqual(['complaint:desk']);
    expect(inbox(w, 'billing')).toEqual(['question:lead']);
    const answer = { complaint: 'CO-1', text: 'You will have an answer within a day', improvements: ['a weekly call'] };
    expect(w.no('complaint.answer', answer, at('lead'))).toMatchObject({
      rule: 'CMP4',
      message: 'billing may still give an account',
    });
    w.ok('complaint.account', { complaint: 'CO-1', text: 'We were three people short' }, at('billing'));
    w.ok('complaint.account', { complaint: 'CO-1', text: 'Since May' }, at('desk'));
    expect(w.no('complaint.account', { complaint: 'CO-1', text: 'me too' }, at('other'))).toMatchObject({
      code: 'not-found',
      rule: 'CMP2',
    });
    expect(w.no('complaint.answer', answer, at('billing'))).toMatchObject({ code: 'not-found' });
    w.ok('complaint.answer', answer, at('lead'));
    expect(inbox(w, 'desk')).toEqual(['answer:lead']);
    expect(w.no('complaint.answer', answer, at('lead'))).toMatchObject({ code: 'conflict', rule: 'CMP4' });
    expect(w.records.findLast((r) => r.kind === 'complaint.answered')?.body).toMatchObject({ silent: [], took: 0 });
  });

  it('[CMP4] is answered without an account that nobody gave in time, and says so (R-C7)', () => {
    const w = opened();
    raise(w, 'desk', ['billing']);
    w.wait(DAY);
    w.ok('complaint.answer', { complaint: 'CO-1', text: 'Done' }, at('lead'));
    expect(w.records.findLast((r) => r.kind === 'complaint.answered')?.body).toMatchObject({ silent: ['billing'] });
  });

  it('[CMP5] goes to the next above when nobody answers; at the top it is said again', () => {
    const w = opened();
    raise(w, 'desk', ['billing']);
    w.wait(3 * DAY);
    expect(inbox(w, 'boss')).toEqual(['complaint:lead']);
    w.wait(3 * DAY);
    expect(inbox(w, 'boss')).toEqual(['complaint:lead', 'complaint:boss']);
    w.ok('complaint.answer', { complaint: 'CO-1', text: 'Sorry' }, at('boss'));
    w.wait(30 * DAY);
    expect(w.state.complaints.open.size).toBe(0);
    expect(inbox(w, 'desk')).toEqual(['answer:boss']);
  });

  it('[CMP1] [CMP2] names what it is about, and what there is', () => {
    const w = opened();
    expect(w.no('complaint.raise', { text: 't' }, at('desk'))).toMatchObject({ rule: 'CMP1' });
    expect(w.no('complaint.raise', { text: 't', units: ['mars'] }, at('desk'))).toMatchObject({ rule: 'CMP1' });
    expect(w.no('complaint.raise', { text: 't', seats: ['desk'] }, { principal: 'web' })).toMatchObject({
      rule: 'CMP2',
    });
    expect(w.no('complaint.account', { complaint: 'CO-9', text: 't' }, at('desk'))).toMatchObject({ rule: 'CMP2' });
  });
});

describe('complaints of customers', () => {
  it('[CMP3] [R-C1] [R-A62] on one matter are joined, move up when they concern more, and get one answer', () => {
    const w = opened();
    openCase(w);
    const web = { principal: 'web' };
    w.ok('complaint.raise', { text: 'Rude', case: 'C-1' }, web);
    expect(inbox(w, 'lead')).toEqual(['complaint:customer']);
    expect(inbox(w, 'desk')).toEqual(['assign:system', 'question:lead', 'inform:lead']);
    expect(w.ok('complaint.raise', { text: 'And wrong', case: 'C-1', seats: ['desk', 'quality'] }, web)).toMatchObject({
      complaint: 'CO-2',
    });
    expect(w.state.complaints.all.get('CO-1')).toMatchObject({ handler: 'boss', joined: ['CO-2'] });
    w.ok('complaint.account', { complaint: 'CO-2', text: 'I was short' }, at('desk'));
    w.ok('complaint.account', { complaint: 'CO-1', text: 'We checked' }, at('quality'));
    w.ok('complaint.answer', { complaint: 'CO-2', text: 'Sorry', compensation: '10 off' }, at('boss'));
    expect(w.records.filter((r) => r.kind === 'complaint.answered')).toHaveLength(1);
    expect(inbox(w, 'desk').filter((m) => m.startsWith('answer'))).toEqual(['answer:boss']);
    expect(w.state.complaints.open.size).toBe(0);
  });

  it('[CMP4] a handler who is gone is followed by who took his place', () => {
    const w = opened();
    raise(w, 'desk', ['billing']);
    w.ok('complaint.account', { complaint: 'CO-1', text: 'a' }, at('billing'));
    w.ok('organisation.restructure', { steps: [{ do: 'remove-layer', seat: 'lead' }], reason: 'r' }, OWNER);
    w.ok('complaint.answer', { complaint: 'CO-1', text: 'Done' }, at('boss'));
  });
});

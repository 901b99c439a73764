import { describe, expect, it } from 'vitest';
import { INBOX_LIMIT } from '../src/inbox/decide.ts';
import { MESSAGE_TYPES } from '../src/inbox/schema.ts';
import { nextWork } from '../src/inbox/views.ts';
import { LANES, messagesOf } from '../src/index.ts';
import {
  apply,
  at,
  finishRun,
  HOUR,
  inbox,
  OWNER,
  openCase,
  opened,
  PACKET,
  SYSTEM,
  startRun,
  type World,
  without,
  workOff,
} from './support/org-shop.ts';

const MINUTE = 60_000;
/** A message of the lead to a seat; its id. */
const say = (w: World, to: string, priority = 'normal', more: Record<string, unknown> = {}): string =>
  w.ok('message.send', { to, type: 'inform', text: priority, priority, ...more }, at('lead')).message as string;
const box = (w: World, id = 'desk') => w.state.inbox.seats.get(id)!;
const next = (w: World, id = 'desk') => nextWork(w.state, id, w.now)?.key ?? null;

describe('taking messages', () => {
  it('[INB1] is exactly once: a message is done when the run that took it ends, and not before (R-B29, R-D22)', () => {
    const w = opened();
    const id = say(w, 'desk');
    const run = startRun(w, 'desk')!;
    expect(w.state.runs.runs.get(run)?.message).toBe(id);
    expect(w.state.inbox.messages.has(id)).toBe(true);
    expect(startRun(w, 'desk')).toBeNull();
    finishRun(w, run);
    expect(w.state.inbox.messages.has(id)).toBe(false);
    expect(startRun(w, 'desk')).toBeNull();
    expect(box(w)).toMatchObject({ depth: 0, active: 0 });
  });

  it('[INB1] keeps the message with a run that is tried again', () => {
    const w = opened();
    const id = say(w, 'desk');
    const run = startRun(w, 'desk')!;
    w.ok('run.fail', { run, message: 'crash' }, SYSTEM);
    expect(startRun(w, 'desk')).toBeNull();
    w.wait(HOUR);
    w.ok('run.resume', { run, worker: 'w2' }, SYSTEM);
    expect(w.state.inbox.messages.has(id)).toBe(true);
    finishRun(w, run);
    expect(w.state.inbox.messages.has(id)).toBe(false);
  });

  it('[INB1] takes a message that was done by hand during the run no second time', () => {
    const w = opened();
    const id = say(w, 'desk');
    const run = startRun(w, 'desk')!;
    w.ok('message.done', { message: id }, at('desk'));
    finishRun(w, run);
    expect(box(w)).toMatchObject({ depth: 0, active: 0, work: new Map() });
    expect(w.state.inbox.ready.has('desk')).toBe(false);
  });

  it('[INB8] lets a seat work on a case in one run at a time, and on its messages in order (R-B4)', () => {
    const w = opened();
    openCase(w);
    openCase(w);
    w.ok('case.message', { case: 'C-1', text: 'more' });
    const first = startRun(w, 'desk')!;
    const second = startRun(w, 'desk')!;
    expect([first, second].map((run) => w.state.runs.runs.get(run)?.case)).toEqual(['C-1', 'C-2']);
    expect(startRun(w, 'desk')).toBeNull();
    w.ok('case.message', { case: 'C-1', text: 'and more' });
    expect(startRun(w, 'desk')).toBeNull();
    finishRun(w, first);
    finishRun(w, second);
    expect(workOff(w, 'desk')).toEqual(['M-3', 'M-4']);
  });
});

describe('what comes next', () => {
  it('[INB2] is the most urgent, and the oldest of those (R-B32, R-D22)', () => {
    const w = opened();
    const sent = ['low', 'normal', 'high', 'urgent', 'low', 'normal', 'high', 'urgent'].map((lane) =>
      say(w, 'desk', lane),
    );
    expect(workOff(w, 'desk')).toEqual([3, 7, 2, 6, 1, 5, 0, 4].map((i) => sent[i]));
  });

  it('[INB2] is lifted by age: ten minutes of waiting are worth one place in the ranks', () => {
    const w = opened();
    const waits = { high: 700, normal: 1000, low: 1300 };
    for (const [lane, minutes] of Object.entries(waits)) {
      const old = say(w, 'desk', lane);
      w.now += minutes * MINUTE - 1;
      const urgent = say(w, 'desk', 'urgent');
      expect(next(w)).toBe(urgent);
      w.ok('message.done', { message: urgent }, at('desk'));
      w.now += 2;
      const late = say(w, 'desk', 'urgent');
      expect(next(w)).toBe(old);
      for (const message of [old, late]) w.ok('message.done', { message }, at('desk'));
    }
  });

  it('[INB2] starves nothing, even while urgent messages keep coming', () => {
    const w = opened();
    const low = say(w, 'desk', 'low');
    let rounds = 0;
    for (let taken = ''; taken !== low; rounds++) {
      expect(rounds).toBeLessThan(140);
      say(w, 'desk', 'urgent');
      const run = startRun(w, 'desk')!;
      taken = w.state.runs.runs.get(run)!.message;
      finishRun(w, run);
      w.now += 10 * MINUTE;
    }
    expect(rounds).toBe(132);
  });

  it('[INB7] is a case as soon as one of its messages is strong enough, with the age the case has', () => {
    const w = opened();
    openCase(w, { priority: 'low' });
    w.now += 701 * MINUTE;
    const urgent = say(w, 'desk', 'urgent');
    expect(next(w)).toBe(urgent);
    w.ok('message.send', { to: 'desk', type: 'guidance', text: 'now', case: 'C-1', priority: 'high' }, at('lead'));
    expect(next(w)).toBe('C-1');
    expect(workOff(w, 'desk')).toEqual(['M-1', urgent, 'M-3']);
  });

  it('[INB7] is found past entries that were taken, done or promoted meanwhile', () => {
    const w = opened();
    openCase(w, { priority: 'low' });
    const low = say(w, 'desk', 'low');
    w.ok('message.send', { to: 'desk', type: 'guidance', text: 'x', case: 'C-1', priority: 'high' }, at('lead'));
    expect(box(w).lanes.low.items.slice(box(w).lanes.low.head)).toEqual([low]);
    expect(workOff(w, 'desk')).toEqual(['M-1', 'M-3', low]);
    expect(LANES.map((lane) => box(w).lanes[lane].items.length - box(w).lanes[lane].head)).toEqual([0, 0, 0, 0]);
    expect(w.state.inbox.ready.size).toBe(0);
  });

  it('[INB7] is not held up by a case whose messages were done in another order', () => {
    const w = opened();
    openCase(w);
    w.ok('case.message', { case: 'C-1', text: 'more' });
    const other = say(w, 'desk');
    for (const message of ['M-2', 'M-1']) w.ok('message.done', { message }, at('desk'));
    expect(next(w)).toBe(other);
    expect(workOff(w, 'desk')).toEqual([other]);
    expect(box(w).work.size).toBe(0);
  });

  it('[INB7] goes by the strongest message that came during a run', () => {
    const w = opened();
    openCase(w, { priority: 'low' });
    const run = startRun(w, 'desk')!;
    w.ok('case.message', { case: 'C-1', text: 'more' });
    w.ok('message.send', { to: 'desk', type: 'control', text: 'stop', case: 'C-1', priority: 'urgent' }, at('lead'));
    const high = say(w, 'desk', 'high');
    finishRun(w, run);
    expect(next(w)).toBe('C-1');
    expect(workOff(w, 'desk')).toEqual(['M-2', 'M-3', high]);
  });

  it('[INB7] is asked without changing anything', () => {
    const w = opened();
    openCase(w, { priority: 'low' });
    w.ok('message.send', { to: 'desk', type: 'guidance', text: 'x', case: 'C-1', priority: 'high' }, at('lead'));
    for (const message of ['M-1', 'M-2']) w.ok('message.done', { message }, at('desk'));
    const before = structuredClone(w.state);
    expect(startRun(w, 'desk')).toBeNull();
    expect(next(w)).toBeNull();
    expect(w.state).toEqual(before);
  });

  it('[INB7] keeps no trace of the past, however long a seat is never idle', () => {
    const w = opened();
    say(w, 'desk');
    for (let i = 0; i < 500; i++) {
      say(w, 'desk');
      finishRun(w, startRun(w, 'desk')!);
    }
    expect(box(w).lanes.normal.items.length).toBeLessThan(150);
    expect(box(w).work.size).toBe(1);
  });

  it('[INB9] marks exactly the seats where work waits that nobody has taken', () => {
    const w = opened();
    const ready = () => [...w.state.inbox.ready];
    say(w, 'desk');
    const run = startRun(w, 'desk')!;
    expect(ready()).toEqual([]);
    say(w, 'desk');
    expect(ready()).toEqual(['desk']);
    finishRun(w, run);
    expect(ready()).toEqual(['desk']);
    workOff(w, 'desk');
    expect(ready()).toEqual([]);
  });

  it('[INB9] lists the open messages of a seat, oldest first (R-B23)', () => {
    const w = opened();
    openCase(w);
    w.now += 1;
    say(w, 'desk', 'urgent');
    w.now += 1;
    w.ok('case.message', { case: 'C-1', text: 'more' });
    w.ok('message.done', { message: 'M-1' }, at('desk'));
    expect(messagesOf(w.state, 'desk').map((m) => m.id)).toEqual(['M-2', 'M-3']);
    expect(messagesOf(w.state, 'orders')).toEqual([]);
  });
});

describe('sending and finishing', () => {
  it('[INB3] lets only the receiver say that a message is done, once', () => {
    const w = opened();
    const id = say(w, 'desk');
    const hidden = { code: 'not-found', rule: 'INB3', hint: expect.any(String) };
    expect(w.no('message.done', { message: id }, at('orders'))).toMatchObject(hidden);
    expect(w.no('message.done', { message: 'M-99' }, at('desk'))).toMatchObject(hidden);
    w.ok('message.done', { message: id, note: 'read' }, at('desk'));
    expect(w.records.at(-1)).toMatchObject({ kind: 'message.done', body: { by: 'desk', note: 'read' } });
    expect(w.no('message.done', { message: id }, at('desk'))).toMatchObject(hidden);
    expect(w.no('message.done', { message: id }, OWNER)).toMatchObject({ rule: 'ORG3' });
  });

  it('[INB4] delivers to seats that exist and are not retired (R-B30, R-B43, R-D23)', () => {
    const w = opened();
    const send = (to: string) => w.no('message.send', { to, type: 'inform', text: 'x' }, at('lead'));
    expect(send('ghost')).toMatchObject({ code: 'not-found', rule: 'ORG1' });
    apply(w, without('orders'));
    expect(send('orders')).toMatchObject({ code: 'conflict', rule: 'INB4', hint: 'write to its supervisor' });
    w.ok('seat.pause', { seat: 'desk', reason: 'r' });
    say(w, 'desk');
    expect(inbox(w, 'desk')).toEqual(['inform:lead']);
  });

  it('[INB4] lets a seat speak of a case only when it takes part in it or was written to about it', () => {
    const w = opened();
    openCase(w);
    const send = (from: string, to: string, id = 'C-1') =>
      w.send('message.send', { to, type: 'question', text: '?', case: id }, at(from)).reply;
    expect(send('orders', 'desk')).toMatchObject({ ok: false, rejection: { code: 'not-found', rule: 'CAS2' } });
    expect(send('orders', 'desk', 'C-9')).toMatchObject({ ok: false, rejection: { code: 'not-found', rule: 'CAS2' } });
    expect(send('desk', 'orders').ok).toBe(true);
    const run = startRun(w, 'orders')!;
    expect(send('orders', 'desk').ok).toBe(true);
    finishRun(w, run);
    expect(send('orders', 'desk').ok).toBe(false);
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'));
    expect(send('orders', 'billing').ok).toBe(true);
  });

  it('[INB5] tells the sender when an inbox is full', () => {
    const w = opened();
    say(w, 'desk');
    box(w).depth = INBOX_LIMIT;
    expect(w.no('message.send', { to: 'desk', type: 'inform', text: 'x' }, at('lead'))).toMatchObject({
      code: 'exhausted',
      rule: 'INB5',
      message: `the inbox of "desk" is full (${INBOX_LIMIT} messages)`,
      hint: expect.stringContaining('later'),
    });
    openCase(w);
    expect(inbox(w, 'desk')).toContain('assign:system');
  });

  it('[INB6] lets no seat announce what only the system knows to have happened', () => {
    const w = opened();
    const allowed = MESSAGE_TYPES.filter(
      (type) => w.send('message.send', { to: 'desk', type, text: 'x' }, at('orders')).reply.ok,
    );
    expect(allowed).toEqual([
      'escalation',
      'complaint',
      'accept',
      'decline',
      'bid',
      'question',
      'answer',
      'inform',
      'guidance',
      'control',
    ]);
    expect(w.no('message.send', { to: 'desk', type: 'verified', text: 'x' }, at('orders'))).toMatchObject({
      code: 'invalid',
      rule: 'INB6',
      hint: expect.stringContaining('inform'),
    });
  });
});

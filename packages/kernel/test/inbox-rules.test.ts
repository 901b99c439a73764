import { describe, expect, it } from 'vitest';
import { foreseen } from '../src/index.ts';
import {
  at,
  DAY,
  finishRun,
  HOUR,
  inbox,
  kinds,
  OWNER,
  openCase,
  opened,
  SYSTEM,
  shop,
  startRun,
  type World,
} from './support/org-shop.ts';

const MINUTE = 60_000;
type Rules = NonNullable<NonNullable<NonNullable<Parameters<typeof opened>[0]>['settings']>['inbox']>;

/** The shop, with billing in another unit. */
function ruled(inboxRules: Rules): World {
  const base = shop();
  return opened({
    ...base,
    settings: { ...base.settings, inbox: inboxRules },
    units: [...base.units!, { id: 'money', title: 'Money', parent: 'company' }],
    seats: base.seats!.map((seat) => (seat.id === 'billing' ? { ...seat, unit: 'money' } : seat)),
  });
}

const say = (w: World, from: string, to: string, text = `hello ${w.state.seq}`, more: Record<string, unknown> = {}) =>
  w.ok('message.send', { to, type: 'inform', text, ...more }, at(from));
const texts = (w: World, to: string) =>
  [...w.state.inbox.messages.values()].filter((m) => m.to === to).map((m) => m.text);
const standing = (w: World, to: string, from: string) => w.state.inbox.standings.get(`${to}<${from}`);

describe('[INB15] R-B44 a sender', () => {
  const ask = (w: World, text: string, to = 'billing') => {
    const [from, receiver] = ['desk', to].map((id) => w.state.organisation.seats.get(id)!);
    return foreseen(w.state, from!, receiver!, { type: 'inform', text, priority: 'normal' }, w.now);
  };

  it('learns beforehand what the receiver would say to a message, and nothing counts against him', () => {
    const w = ruled({
      contents: ['credentials'],
      filters: [{ id: 'quiet', to: ['orders'], because: 'busy', instead: 'wait' }],
    });
    const before = w.state.seq;
    expect(ask(w, 'hello')).toMatchObject({ verdict: 'deliver', because: null });
    expect(ask(w, 'password: 12345678')).toMatchObject({
      verdict: 'refuse',
      rule: 'credentials',
      instead: 'name the secret, not its value',
    });
    expect(ask(w, 'hello', 'orders')).toMatchObject({
      verdict: 'refuse',
      rule: 'quiet',
      because: 'busy',
      instead: 'wait',
    });
    expect([w.state.seq, standing(w, 'orders', 'desk')]).toEqual([before, undefined]);
    say(w, 'desk', 'orders', 'hello');
    expect(inbox(w, 'orders')).toEqual([]);
  });

  it('of a receiver without rules: everything is delivered', () => {
    expect(ask(opened(), 'password: 12345678')).toMatchObject({ verdict: 'deliver', rule: null });
  });
});

describe('what comes in', () => {
  it('[INB10] R-B38 everything, where there are no rules', () => {
    const w = opened();
    expect(say(w, 'desk', 'orders', 'free money, act fast')).not.toHaveProperty('refused');
    expect(inbox(w, 'orders')).toEqual(['inform:desk']);
    expect([w.state.inbox.standings.size, w.state.inbox.digests.size]).toEqual([0, 0]);
  });

  it('[INB10] R-B36 R-B39 not what a filter refuses: the sender is told the rule, the reason and what to do', () => {
    const because = 'production hears the lead alone';
    const w = ruled({ filters: [{ id: 'quiet', to: ['orders'], except: ['lead'], because, instead: 'ask the lead' }] });
    expect(say(w, 'desk', 'orders')).toMatchObject({ refused: 'quiet' });
    expect(inbox(w, 'orders')).toEqual([]);
    expect(texts(w, 'desk')).toEqual([
      'Your message to orders was refused by the rule "quiet": production hears the lead alone; ask the lead',
    ]);
    expect(w.records.find((r) => r.kind === 'message.refused')?.body).toMatchObject({ refused: 'quiet', counts: true });
    say(w, 'lead', 'orders');
    expect(inbox(w, 'orders')).toEqual(['inform:lead']);
  });

  it('[INB10] R-B39 filters go by unit, sender, type and a condition over both and the message', () => {
    const w = ruled({
      filters: [
        { id: 'a', unit: 'money', types: ['question'], because: 'a' },
        { id: 'b', from: ['orders'], when: 'message.text.contains("urgent") && receiver.seat == "desk"', because: 'b' },
        { id: 'c', when: 'message.kind == "gossip" && sender.tier == "executor"', because: 'c' },
      ],
    });
    const rule = (from: string, to: string, text: string, more = {}) => say(w, from, to, text, more).refused ?? null;
    expect(rule('desk', 'billing', '1', { type: 'question' })).toBe('a');
    expect(rule('desk', 'billing', '2')).toBeNull();
    expect(rule('orders', 'desk', 'urgent!')).toBe('b');
    expect(rule('orders', 'billing', 'urgent!')).toBeNull();
    expect(rule('billing', 'desk', 'x', { kind: 'gossip' })).toBe('c');
  });

  it('[INB10] R-B35 R-B37 not what names people or holds secrets, however it is written, and not two cases in one (R-B34)', () => {
    const w = ruled({ contents: ['personal-data', 'credentials', 'case-mixing'], size: 200, blocks: [] });
    const rule = (text: string, data = {}) => say(w, 'desk', 'orders', text, { data }).refused ?? null;
    expect(rule('her card is 4111 1111 1111 1111')).toBe('personal-data');
    expect(rule('see there', { deep: [{ mail: 'kim@example.org' }] })).toBe('personal-data');
    expect(rule('API key: abc')).toBe('credentials');
    expect(rule('C-1 is like C-2')).toBe('case-mixing');
    expect(rule('x'.repeat(201))).toBe('size');
    expect(rule('C-1 is done; the key is in the vault under mail-key')).toBeNull();
  });

  it('[INB10] R-B35 R-B40 not the same text again and again, too many a minute, or advertisements', () => {
    const w = ruled({ spam: { perMinute: 6 }, blocks: [] });
    const rule = (text: string) => say(w, 'desk', 'orders', text).refused ?? null;
    expect([1, 2, 3, 4].map(() => rule('ping'))).toEqual([null, null, null, 'spam']);
    expect(rule('Act fast: free money')).toBe('spam');
    expect([1, 2, 3, 4].map((n) => rule(`n${n}`))).toEqual([null, null, null, 'spam']);
    w.now += 6 * MINUTE;
    expect([rule('ping'), rule('free money')]).toEqual([null, null]);
  });

  it('[INB10] [INB5] what the kernel says always gets through', () => {
    const w = ruled({ filters: [{ id: 'nothing', because: 'no' }], other: 'approve' });
    const id = openCase(w);
    w.ok('case.message', { case: id, text: 'free money, act fast' });
    expect(inbox(w, 'desk')).toEqual(['assign:system', 'customer:customer']);
  });
});

describe('who is heard', () => {
  it('[INB11] R-B41 is a matter of what came of his messages (R-E82)', () => {
    const w = ruled({ spam: { bad: 0.15, good: 0.02 } });
    const work = (how: 'good' | 'bad') => {
      say(w, 'desk', 'orders');
      const run = startRun(w, 'orders')!;
      if (how === 'good') finishRun(w, run);
      else w.ok('run.fail', { run, message: 'x', category: 'deterministic' }, SYSTEM);
    };
    work('good');
    expect(standing(w, 'orders', 'desk')!.reputation).toBe(0.52);
    work('bad');
    work('bad');
    expect(standing(w, 'orders', 'desk')!.reputation).toBe(0.22);
    expect(say(w, 'desk', 'orders')).toMatchObject({ refused: 'spam' });
    expect(say(w, 'desk', 'billing')).not.toHaveProperty('refused');
  });

  it('[INB11] R-B42 three refusals close an inbox for five minutes, five for an hour, ten until it is lifted', () => {
    const w = ruled({
      filters: [{ id: 'no', from: ['desk'], to: ['orders'], when: 'message.text == "bad"', because: 'no' }],
    });
    const bad = () => say(w, 'desk', 'orders', 'bad').refused;
    expect([bad(), bad(), bad(), say(w, 'desk', 'orders').refused]).toEqual(['no', 'no', 'no', 'blocked']);
    w.now += 5 * MINUTE;
    expect([say(w, 'desk', 'orders').refused, bad(), bad(), bad()]).toEqual([undefined, 'no', 'no', 'blocked']);
    expect(standing(w, 'orders', 'desk')).toMatchObject({ refusals: 5, blockedUntil: w.now + HOUR });
    w.now += HOUR;
    for (let i = 0; i < 5; i++) bad();
    w.now += 365 * DAY;
    expect(say(w, 'desk', 'orders').refused).toBe('blocked');
    w.ok('sender.unblock', { sender: 'desk', reason: 'he has learnt' }, at('orders'));
    expect(say(w, 'desk', 'orders')).not.toHaveProperty('refused');
  });

  it('[INB11] a seat and those above it close its inbox, but never to those above', () => {
    const w = ruled({});
    w.ok('sender.block', { sender: 'desk', reason: 'too loud', until: w.now + HOUR }, at('orders'));
    expect(say(w, 'desk', 'orders')).toMatchObject({ refused: 'blocked' });
    expect(standing(w, 'orders', 'desk')!.refusals).toBe(0);
    expect(w.no('sender.block', { sender: 'lead', reason: 'x' }, at('orders'))).toMatchObject({ rule: 'INB11' });
    expect(w.no('sender.block', { seat: 'orders', sender: 'desk', reason: 'x' }, at('billing'))).toMatchObject({
      code: 'forbidden',
    });
    w.ok('sender.unblock', { seat: 'orders', sender: 'desk', reason: 'enough' }, at('lead'));
    expect(w.no('sender.unblock', { seat: 'orders', sender: 'desk', reason: 'x' }, at('lead')).code).toBe('conflict');
    expect(opened().no('sender.block', { sender: 'desk', reason: 'x' }, at('orders')).hint).toContain('settings.inbox');
  });

  it('[INB13] a customer who is blocked is told until when; who governs decides, and lifts it', () => {
    const w = ruled({});
    const id = openCase(w, { customer: 'loud@example.org' });
    expect(w.no('customer.block', { case: id, reason: 'threats' }, at('desk')).rule).toBe('INB13');
    w.ok('customer.block', { case: id, reason: 'threats', until: w.now + DAY }, at('boss'));
    const no = w.no('case.open', { subject: 'x', customer: 'loud@example.org' });
    expect(no).toMatchObject({ code: 'forbidden', rule: 'INB13' });
    expect(no.message).toContain('until 2026-11-22');
    openCase(w, { customer: 'other@example.org' });
    w.ok('customer.unblock', { case: id, reason: 'he apologised' }, at('boss'));
    openCase(w, { customer: 'loud@example.org' });
    expect(w.no('customer.unblock', { case: id, reason: 'x' }, at('boss')).code).toBe('conflict');
  });
});

describe('what supervisors hear', () => {
  const classes = { routine: ['answer'], inform: ['external-call'], approve: ['budget-request'] };

  it('[INB12] R-B53 R-B54 at once what is not routine; what needs approval waits for it (R-B51, R-B55)', () => {
    const w = ruled({ classes, units: [{ unit: 'money', inform: ['budget-request'] }] });
    say(w, 'desk', 'orders', 'a');
    say(w, 'desk', 'orders', 'b', { kind: 'external-call' });
    expect(inbox(w, 'lead')).toEqual(['inform:desk']);
    const { message, held } = say(w, 'desk', 'orders', 'may I?', { kind: 'budget-request', data: { amount: 3 } });
    expect(held).toBe('approve');
    expect(inbox(w, 'lead')).toEqual(['inform:desk', 'approval_request:desk']);
    expect(texts(w, 'orders')).toEqual(['a', 'b']);
    expect(w.no('message.decide', { message, verdict: 'approve', reason: 'x' }, at('other'))).toMatchObject({
      rule: 'INB12',
    });
    w.ok('message.decide', { message, verdict: 'approve', reason: 'fine' }, at('lead'));
    expect(w.state.inbox.messages.get(message as string)).toMatchObject({
      from: 'desk',
      text: 'may I?',
      data: { amount: 3 },
    });
    expect(texts(w, 'desk')).toEqual(['Your message to orders was let through by lead: fine']);
    expect(w.state.inbox.held.size).toBe(0);
    expect(say(w, 'billing', 'orders', 'c', { kind: 'budget-request' })).not.toHaveProperty('held');
  });

  it('[INB12] R-B48 a denial, and silence, are told to the sender; at the top there is nobody to ask (R-B49)', () => {
    const w = ruled({ classes, silence: '2h' });
    const first = say(w, 'desk', 'orders', '1', { kind: 'budget-request' }).message;
    w.ok('message.decide', { message: first, verdict: 'deny', reason: 'not now' }, at('boss'));
    say(w, 'desk', 'orders', '2', { kind: 'budget-request' });
    expect(kinds(w.wait(2 * HOUR))).toEqual(['message.decided', 'message.sent']);
    expect(texts(w, 'desk')).toEqual([
      'Your message to orders was not let through by boss: not now',
      'Your message to orders was not let through by system: nobody decided in time',
    ]);
    expect(texts(w, 'orders')).toEqual([]);
    expect(say(w, 'boss', 'orders', '3', { kind: 'budget-request' })).not.toHaveProperty('held');
  });

  it('[INB12] R-B45 R-B46 R-B47 R-B50 between units a policy says what it takes; within one, and along a line, nothing', () => {
    const w = ruled({
      between: {
        policies: [
          { id: 'help', when: 'message.kind == "help"', level: 'pre-approved' },
          { id: 'fyi', when: 'message.kind == "fyi"', level: 'inform' },
          { id: 'risky', when: 'message.kind == "deploy"', level: 'supervisor-only' },
        ],
      },
    });
    const level = (from: string, to: string, kind?: string) => {
      const { refused, held } = say(w, from, to, `t${w.state.seq}`, kind === undefined ? {} : { kind });
      return refused ?? held ?? 'delivered';
    };
    expect(level('desk', 'orders')).toBe('delivered');
    expect(level('billing', 'lead')).toBe('delivered');
    expect(level('desk', 'billing')).toBe('between-units');
    expect(level('desk', 'billing', 'help')).toBe('delivered');
    expect(inbox(w, 'lead').filter((one) => one === 'inform:desk')).toEqual([]);
    expect(level('desk', 'billing', 'fyi')).toBe('delivered');
    expect(inbox(w, 'lead').filter((one) => one === 'inform:desk')).toHaveLength(1);
    expect(level('desk', 'billing', 'deploy')).toBe('risky');
    expect(inbox(w, 'lead')).toContain('escalation:desk');
    expect(standing(w, 'billing', 'desk')!.refusals).toBe(0);
    expect([...w.state.inbox.messages.values()].filter((m) => m.to === 'billing')).toHaveLength(2);
  });

  it('[INB14] R-B56 R-B57 once a day in numbers, after its end; nothing where nothing was sent (R-D53)', () => {
    const w = ruled({ classes, blocks: [], filters: [{ id: 'no', when: 'message.text == "bad"', because: 'no' }] });
    say(w, 'desk', 'orders', 'a', { kind: 'status' });
    say(w, 'desk', 'orders', 'b', { kind: 'status' });
    say(w, 'orders', 'desk', 'c', { type: 'answer' });
    say(w, 'orders', 'desk', 'd', { kind: 'external-call' });
    say(w, 'desk', 'orders', 'bad');
    say(w, 'desk', 'orders', 'e', { kind: 'budget-request' });
    expect(kinds(w.wait(DAY - 1)).filter((kind) => kind === 'summary.made')).toEqual([]);
    const made = w.wait(HOUR).find((r) => r.kind === 'summary.made')!;
    expect(made.body).toEqual({
      ...{ seat: 'lead', day: '2026-11-21', inform: 1, held: 1, refused: 1, exceptions: [] },
      routine: { total: 3, byType: { status: 2, answer: 1 }, bySeat: { desk: 2, orders: 1 } },
    });
    expect(texts(w, 'lead').at(-1)).toBe(
      '2026-11-21: 3 routine messages, 1 told at once, 1 held, 1 refused, 0 exceptions',
    );
    expect(kinds(w.wait(3 * DAY)).filter((kind) => kind === 'summary.made')).toEqual([]);
  });

  it('[INB14] R-B58 at once what is unusual: many messages to one seat, runs that fail', () => {
    const w = ruled({ unusual: { messages: 4, failures: 2 }, spam: { bad: 0 } });
    for (let i = 0; i < 6; i++) say(w, 'desk', 'orders');
    expect(texts(w, 'lead')).toEqual(['Unusual: 4 messages of "desk" within an hour (to orders)']);
    for (let i = 0; i < 3; i++) {
      const run = startRun(w, 'orders')!;
      w.ok('run.fail', { run, message: 'x', category: 'deterministic' }, SYSTEM);
    }
    expect(texts(w, 'lead')).toContain('Unusual: 2 failures of "orders" within an hour (runs)');
    w.wait(2 * DAY);
    const summary = w.records.find((r) => r.kind === 'summary.made');
    expect(summary?.body.exceptions).toEqual(['desk: 4 messages (to orders)', 'orders: 2 failures (runs)']);
  });

  it('[INB12] a held message keeps what its sender had seen', () => {
    const w = ruled({ classes });
    openCase(w);
    const run = startRun(w, 'desk')!;
    expect(w.state.runs.runs.get(run)?.taint).toEqual(['the text of C-1']);
    const command = { kind: 'message.send', body: { to: 'orders', type: 'inform', text: 'x', kind: 'budget-request' } };
    const { message } = w.ok('run.act', { run, step: 1, command }, SYSTEM);
    w.ok('message.decide', { message, verdict: 'approve', reason: 'fine' }, OWNER);
    expect(w.state.inbox.messages.get(message as string)?.taint).toEqual(['the text of C-1']);
  });
});

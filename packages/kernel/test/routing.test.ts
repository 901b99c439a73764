import { describe, expect, it } from 'vitest';
import { assess } from '../src/index.ts';
import { better } from '../src/routing/score.ts';
import { at, inbox, kinds, OWNER, opened, PACKET, shop } from './support/org-shop.ts';
import {
  ask,
  BILLING,
  finish,
  inOffice,
  ORDERS,
  office,
  ownerOf,
  pause,
  routings,
  theOne,
} from './support/route-office.ts';

describe('who gets a case', () => {
  it('[RTE1] is the intake seat, as ever, where the organisation has no routing', () => {
    const w = opened(shop());
    const id = w.ok('case.open', { subject: 'Please', customer: 'kim', needs: ORDERS }).case as string;
    expect([ownerOf(w, id), routings(w.records)]).toEqual(['desk', []]);
  });

  it('[RTE1] R-C32 R-C33 is intake while nobody knows what it needs, and who suits best when intake routes it', () => {
    const w = inOffice();
    const id = w.ok('case.open', { subject: 'Please', customer: 'kim' }).case as string;
    expect(ownerOf(w, id)).toBe('desk');
    expect(w.no('case.route', { case: id }, at('desk'))).toMatchObject({ code: 'invalid', rule: 'RTE2' });
    w.ok('case.classify', { case: id, topic: 'invoice' }, at('desk'));
    w.ok('case.route', { case: id }, at('desk'));
    expect(ownerOf(w, id)).toBe('billing-a');
    expect(inbox(w, 'billing-a')).toEqual(['assign:desk']);
  });

  it('[RTE1] R-C26 is found by a rule of the definition, which the record names', () => {
    const w = inOffice({ rules: [{ id: 'money', when: 'case.subject.contains("invoice")', needs: BILLING }] });
    const id = w.ok('case.open', { subject: 'My invoice', customer: 'kim' }).case as string;
    expect(ownerOf(w, id)).toBe('billing-a');
    expect(routings(w.records, id)).toMatchObject([
      { cause: 'open', outcome: 'assigned', rule: 'money', to: 'billing-a' },
    ]);
  });

  it('[RTE1] is who is named, whatever is needed', () => {
    const w = inOffice();
    expect(ownerOf(w, ask(w, ORDERS, { owner: 'law' }))).toBe('law');
  });

  it('[RTE2] R-C24 R-C25 R-C54 declares every skill, the topic, the domain and the complexity that are asked for', () => {
    const w = inOffice();
    const taken = (needs: unknown) =>
      routings(w.records, ask(w, needs))[0]!
        .candidates.map(({ seat }) => seat)
        .sort();
    expect(taken({ skills: ['orders'] })).toEqual(['helper', 'orders-a', 'orders-b', 'orders-c']);
    expect(taken(ORDERS)).toEqual(['orders-a', 'orders-b', 'orders-c']);
    expect(taken({ topic: 'invoice' })).toEqual(['billing-a', 'billing-b']);
    expect(taken({ skills: ['orders', 'billing'] })).toEqual([]);
    expect(taken({ skills: ['orders'], complexity: 'high' })).toEqual([]);
    expect(taken({ skills: ['orders'], domain: 'shop' })).toEqual([]);
  });

  it('[RTE3] works now and has room: who is away or full is left out, and the record counts them', () => {
    const w = inOffice({ ahead: 1 });
    pause(w, 'orders-a');
    expect([ask(w), ask(w)].map((id) => ownerOf(w, id)).sort()).toEqual(['orders-b', 'orders-c']);
    const id = ask(w);
    expect(routings(w.records, id)).toMatchObject([
      { outcome: 'waiting', to: null, considered: 0, out: { away: 1, full: 2, gave: 0, unsure: 0 } },
    ]);
    expect(routings(w.records, ask(w))).toMatchObject([
      { outcome: 'waiting', because: 'others wait for the same already' },
    ]);
    w.ok('switch.trip', { scope: 'seat', id: 'law', reason: 'test' });
    expect(routings(w.records, ask(w, { skills: ['law'] }))).toMatchObject([{ outcome: 'waiting', out: { away: 1 } }]);
  });

  it('[RTE4] R-C27 has the best score; the record holds its parts, and the weights are the definition’s (R-A61)', () => {
    const w = inOffice();
    const first = routings(w.records, ask(w))[0]!;
    expect(first.candidates[0]).toEqual({
      ...{ seat: 'orders-a', score: 60, load: 100, experience: 50, context: 0, success: 50, confidence: null },
    });
    const second = routings(w.records, ask(w))[0]!;
    expect(second.to).toBe('orders-b');
    expect(second.candidates.at(-1)).toMatchObject({ seat: 'orders-a', load: 92.5, score: 57 });
    const known = inOffice({ weights: { load: 0, experience: 0, context: 1, success: 0 }, continuity: false });
    const kim = { customer: 'kim' };
    expect([ask(known, ORDERS, kim), ask(known, ORDERS, kim)].map((id) => ownerOf(known, id))).toEqual([
      'orders-a',
      'orders-a',
    ]);
  });

  it('[RTE4] R-A56 serves the customer already, while he can and has room', () => {
    const w = inOffice({ ahead: 2 });
    const kim = { customer: 'kim@example.org' };
    ask(w);
    const first = ask(w, ORDERS, kim);
    expect(ownerOf(w, first)).toBe('orders-b');
    const again = ask(w, ORDERS, kim);
    expect(ownerOf(w, again)).toBe('orders-b');
    expect(routings(w.records, again)[0]!.because).toContain('serves this customer');
    expect(ownerOf(w, ask(w, ORDERS, kim))).not.toBe('orders-b');
    expect(ownerOf(w, ask(w, BILLING, kim))).toBe('billing-a');
  });

  it('[RTE4] is the same every time: equal scores by load, then by name (R-B32)', () => {
    const one = { score: 1, load: 5, experience: 0, context: 0, success: 0, confidence: null };
    const list = [
      { ...one, seat: 'b' },
      { ...one, seat: 'a' },
      { ...one, seat: 'c', load: 6 },
      { ...one, seat: 'd', score: 2 },
    ];
    expect([...list].sort(better).map(({ seat }) => seat)).toEqual(['d', 'c', 'a', 'b']);
    expect(
      [...list]
        .reverse()
        .sort(better)
        .map(({ seat }) => seat),
    ).toEqual(['d', 'c', 'a', 'b']);
    const [a, b] = [inOffice(), inOffice()];
    for (const w of [a, b]) for (let i = 0; i < 20; i++) ask(w, ORDERS, { customer: `k${i % 3}` });
    expect(a.records).toEqual(b.records);
  });
});

describe('what seats learn', () => {
  const failing = (w: ReturnType<typeof inOffice>, seat: string) => {
    const id = ask(w, ORDERS, { owner: seat });
    w.ok('case.classify', { case: id, topic: 'refund' }, at(seat));
    w.ok('case.transfer', { case: id, reason: 'missing_skills', needs: ORDERS }, at(seat));
  };

  it('[RTE5] R-C30 R-C31 a misroute lowers who it came to, on that topic alone (R-E63)', () => {
    const w = inOffice();
    failing(w, 'orders-a');
    expect(w.state.routing.records.get('orders-a')).toEqual(new Map([['refund', { done: 0, wrong: 0, misrouted: 1 }]]));
    const [best, ...rest] = routings(w.records, ask(w))[0]!.candidates;
    expect(best!.seat).not.toBe('orders-a');
    expect(rest.find(({ seat }) => seat === 'orders-a')).toMatchObject({ experience: 25, success: 33.33 });
  });

  it('[RTE5] who was often wrong is asked last, and only when nobody surer has room', () => {
    const w = inOffice({ newcomer: 2, ahead: 3 });
    failing(w, 'orders-a');
    failing(w, 'orders-a');
    const owners = [1, 2, 3, 4].map(() => ownerOf(w, ask(w)));
    expect(owners).not.toContain('orders-a');
    const last = ask(w);
    expect(routings(w.records, last)).toMatchObject([{ to: 'orders-a', out: { full: 2, unsure: 1 } }]);
    expect(routings(w.records, last)[0]!.because).toContain('nobody who is surer has room');
  });

  it('[RTE5] R-A57 R-C28 a newcomer is judged by what he declares; done work makes experience', () => {
    const w = inOffice();
    const seat = w.state.organisation.seats.get('orders-a')!;
    expect(assess(w.state, seat, ORDERS)).toMatchObject({
      canHandle: true,
      confidence: 0.5,
      newcomer: true,
      help: null,
    });
    for (let i = 0; i < 5; i++) finish(w, ask(w, ORDERS, { customer: 'kim' }));
    expect(w.state.routing.records.get('orders-a')?.get('refund')).toEqual({ done: 5, wrong: 0, misrouted: 0 });
    expect(assess(w.state, seat, ORDERS)).toMatchObject({ canHandle: true, confidence: 1, newcomer: false });
    expect(assess(w.state, seat, BILLING)).toMatchObject({
      canHandle: false,
      transfer: 'missing_skills',
      suggested: 'billing-a',
    });
    expect(assess(w.state, seat, { skills: [], domain: 'x' })).toMatchObject({
      transfer: 'wrong_domain',
      suggested: null,
    });
    expect(assess(w.state, seat, { ...ORDERS, complexity: 'high' })).toMatchObject({ transfer: 'complexity_too_high' });
    for (let i = 0; i < 5; i++) failing(w, 'orders-a');
    expect(assess(w.state, seat, ORDERS)).toMatchObject({
      canHandle: false,
      transfer: 'low_confidence',
      help: 'supervisor',
    });
  });
});

describe('handing on', () => {
  const context = {
    tried: ['restarted it'],
    findings: ['it is a matter of law'],
    blockers: ['no rights'],
    spent: 60_000,
  };

  it('[RTE6] [RTE7] R-C29 takes along what was tried and found, and tells the customer’s seat once', () => {
    const w = inOffice();
    const id = ask(w, ORDERS);
    const first = ownerOf(w, id);
    w.ok('case.transfer', { case: id, reason: 'wrong_domain', needs: BILLING, context }, at(first));
    const [message] = [...w.state.inbox.messages.values()].filter(({ to }) => to === 'billing-a');
    expect(message).toMatchObject({ type: 'assign', case: id, data: { handover: { ...context, from: first } } });
    const [, second] = routings(w.records, id);
    expect(second).toMatchObject({ cause: 'transfer', from: first, to: 'billing-a' });
    expect(second!.answer).toContain(id);
    w.ok('case.transfer', { case: id, reason: 'overloaded', suggest: 'billing-b' }, at('billing-a'));
    expect(ownerOf(w, id)).toBe('billing-b');
    expect(routings(w.records, id)[2]).not.toHaveProperty('answer');
  });

  it('[RTE6] never goes back to who gave it away, and after three times a person decides', () => {
    const w = inOffice();
    const id = ask(w);
    const had: string[] = [];
    for (let i = 0; i < 3; i++) {
      had.push(ownerOf(w, id));
      w.ok('case.transfer', { case: id, reason: 'low_confidence', needs: { skills: ['orders'] } }, at(had[i]!));
    }
    had.push(ownerOf(w, id));
    expect(new Set(had).size).toBe(4);
    w.ok('case.transfer', { case: id, reason: 'low_confidence' }, at(had[3]!));
    expect(theOne(w, id)).toMatchObject({ status: 'escalated', owner: had[3] });
    expect(inbox(w, 'lead')).toContain(`escalation:${had[3]}`);
    expect(routings(w.records, id).at(-1)).toMatchObject({ outcome: 'nobody', because: 'it was handed on 3 times' });
    expect(w.state.routing.gaps.size).toBe(0);
  });

  it('[RTE6] belongs to its owner and those above: nobody else can hand it on', () => {
    const w = inOffice();
    const id = ask(w);
    expect(w.no('case.transfer', { case: id, reason: 'wrong_domain' }, at('law'))).toMatchObject({ code: 'not-found' });
    expect(w.ok('case.transfer', { case: id, reason: 'unavailable' }, at('lead'))).toMatchObject({ case: id });
    expect(w.state.routing.records.size).toBe(0);
  });

  it('[RTE11] R-C36 R-C37 what nobody can do goes to a person, with an honest answer and a gap that is counted', () => {
    const w = inOffice();
    const needs = { skills: ['orders', 'welding'] };
    const id = ask(w, needs);
    expect(theOne(w, id)).toMatchObject({ owner: 'desk', status: 'escalated' });
    expect(inbox(w, 'lead')).toEqual(['escalation:desk']);
    const guidance = [...w.state.inbox.messages.values()].find(({ type }) => type === 'guidance');
    expect(guidance).toMatchObject({ to: 'desk', case: id, data: { tell: 'customer' } });
    expect(guidance!.data.answer).toContain('nobody here can do today');
    const again = ask(w, needs);
    expect([...w.state.routing.gaps.values()]).toMatchObject([
      { missing: ['skill welding'], count: 2, cases: [id, again] },
    ]);
    ask(w, { skills: ['orders', 'billing'] });
    expect([...w.state.routing.gaps.values()][1]).toMatchObject({ missing: [], count: 1 });
  });

  it('[RTE11] the person is the one the definition names, while he works', () => {
    const w = inOffice({ unable: 'boss' });
    ask(w, { skills: ['welding'] });
    expect(inbox(w, 'boss')).toEqual(['escalation:desk']);
    w.ok('seat.pause', { seat: 'boss', reason: 'away' }, OWNER);
    ask(w, { skills: ['welding'] });
    expect(inbox(w, 'lead')).toEqual(['escalation:desk']);
  });
});

describe('the parts of a case', () => {
  const give = (w: ReturnType<typeof inOffice>, id: string, more: Record<string, unknown>) =>
    w.ok('task.delegate', { case: id, packet: PACKET, ...more }, at('desk')).task as string;
  const begun = () => {
    const w = inOffice();
    const id = w.ok('case.open', { subject: 'Please', customer: 'kim' }).case as string;
    w.ok('case.start', { case: id }, at('desk'));
    return { w, id };
  };

  it('[RTE16] R-C26 go to who suits best, as a decision on record', () => {
    const { w, id } = begun();
    const task = give(w, id, { needs: { skills: ['orders'] } });
    const routed = w.records.find((r) => r.kind === 'task.routed');
    expect(routed?.body).toMatchObject({ case: id, task, outcome: 'assigned', to: w.state.cases.tasks.get(task)!.to });
    expect(w.no('task.delegate', { case: id, packet: PACKET }, at('desk')).rule).toBe('CAS10');
    const none = w.no('task.delegate', { case: id, packet: PACKET, needs: { skills: ['welding'] } }, at('desk'));
    expect(none).toMatchObject({ rule: 'RTE11', message: 'nobody can do this: skill welding' });
  });

  it('[RTE16] R-A59 R-A60 wait for those before them, and begin with their reports', () => {
    const { w, id } = begun();
    const [a, b] = [give(w, id, { to: 'orders-a' }), give(w, id, { to: 'orders-b' })];
    const last = give(w, id, { to: 'law', after: [a, b] });
    expect(inbox(w, 'law')).toEqual([]);
    w.ok('task.complete', { task: a, report: { found: 1 } }, at('orders-a'));
    expect(inbox(w, 'law')).toEqual([]);
    w.ok('task.complete', { task: b, report: { found: 2 } }, at('orders-b'));
    const [message] = [...w.state.inbox.messages.values()].filter(({ to }) => to === 'law');
    expect(message!.data).toEqual({
      task: last,
      before: [
        { task: a, report: { found: 1 } },
        { task: b, report: { found: 2 } },
      ],
    });
    expect(theOne(w, id).status).toBe('waiting_internal');
    w.ok('task.complete', { task: last, report: {} }, at('law'));
    expect(theOne(w, id).status).toBe('in_progress');
  });

  it('[RTE16] come back declined, all along the chain, when one before them is not done', () => {
    const { w, id } = begun();
    const a = give(w, id, { to: 'orders-a' });
    const b = give(w, id, { to: 'orders-b', after: [a] });
    const c = give(w, id, { to: 'law', after: [b] });
    w.ok('task.complete', { task: a, report: {}, declined: true }, at('orders-a'));
    expect([b, c].map((task) => w.state.cases.tasks.get(task)!.status)).toEqual(['declined', 'declined']);
    expect(theOne(w, id).status).toBe('in_progress');
    expect(w.no('task.delegate', { case: id, to: 'law', packet: PACKET, after: [a] }, at('desk')).rule).toBe('RTE16');
  });
});

it('[RTE14] R-C39 R-C41 R-C44 a direct line leads to its person, who is reminded until the case is over', () => {
  const w = inOffice({
    direct: [
      { id: 'vip', when: 'case.customer == "big@example.org"', to: 'boss', because: 'a large customer', sla: '4h' },
    ],
  });
  const id = ask(w, ORDERS, { customer: 'big@example.org' });
  expect(theOne(w, id)).toMatchObject({ owner: 'boss', due: w.now + 4 * 3_600_000 });
  expect(routings(w.records, id)).toMatchObject([{ outcome: 'direct', rule: 'vip', because: 'a large customer' }]);
  expect(kinds(w.wait(24 * 3_600_000))).toContain('case.reminded');
  expect(kinds(w.wait(24 * 3_600_000))).toContain('case.reminded');
  w.ok('case.cancel', { case: id, reason: 'solved by phone' }, at('boss'));
  expect(kinds(w.wait(48 * 3_600_000))).not.toContain('case.reminded');
  w.ok('seat.pause', { seat: 'boss', reason: 'away' }, OWNER);
  expect(ownerOf(w, ask(w, ORDERS, { customer: 'big@example.org' }))).toBe('orders-a');
  expect(office().settings).toBeDefined();
});

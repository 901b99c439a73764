import { describe, expect, it } from 'vitest';
import {
  apply,
  at,
  DAY,
  HOUR,
  inbox,
  kinds,
  OWNER,
  openCase,
  opened,
  operate,
  PACKET,
  resolveCase,
  START,
  SYSTEM,
  seat,
  shop,
  startRun,
  theCase,
  without,
} from './support/org-shop.ts';

describe('the life of a case', () => {
  it('[CAS1] has one owner, a task, evidence and a check by another, up to its close (R-A54, R-A55, R-A78, R-D25)', () => {
    const w = opened();
    openCase(w, { text: 'Where is AC-1?', priority: 'high', externalId: 'mail-7' });
    expect(theCase(w)).toMatchObject({ status: 'assigned', owner: 'desk', due: START + 4 * HOUR });
    w.ok('case.classify', { case: 'C-1', topic: 'delivery', areas: ['orders'], priority: 'normal' }, at('desk'));
    expect(theCase(w)).toMatchObject({ topic: 'delivery', areas: ['orders'], due: START + DAY });
    w.ok('case.assign', { case: 'C-1', to: 'billing', reason: 'yours' }, at('desk'));
    w.ok('case.start', { case: 'C-1' }, at('billing'));
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('billing'));
    expect(theCase(w)).toMatchObject({ status: 'waiting_internal', owner: 'billing' });
    const evidence = operate(w, 'orders', 'C-1', 'mail.send');
    w.ok('task.complete', { task: 'T-1', report: { where: 'depot' } }, at('orders'));
    expect(theCase(w)).toMatchObject({ status: 'in_progress', owner: 'billing' });
    w.now += HOUR;
    w.ok('case.resolve', { case: 'C-1', summary: 'At the depot', evidence: [evidence] }, at('billing'));
    expect(theCase(w)).toMatchObject({ status: 'resolved', verifier: 'quality' });
    w.ok('case.verify', { case: 'C-1', passed: true, checks: ['read the tracking'] }, at('quality'));
    w.now += HOUR;
    w.ok('case.close', { case: 'C-1', learned: 'ask the depot first' }, at('billing'));
    expect(theCase(w).status).toBe('closed');
    expect(w.records.at(-1)).toMatchObject({
      kind: 'case.closed',
      correlation: 'C-1',
      stream: 'case/C-1',
      body: {
        learned: 'ask the depot first',
        topic: 'delivery',
        duration: 2 * HOUR,
        firstResponse: 0,
        met: true,
        reopened: 0,
      },
    });
  });

  it('[CAS13] tells everybody concerned what has happened, once', () => {
    const w = opened();
    openCase(w);
    w.ok('case.assign', { case: 'C-1', to: 'billing', reason: 'yours' }, at('desk'));
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('billing'));
    w.ok('task.complete', { task: 'T-1', report: {} }, at('orders'));
    w.ok('case.start', { case: 'C-1' }, at('billing'));
    const evidence = operate(w, 'billing', 'C-1');
    w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [evidence] }, at('billing'));
    w.ok('case.verify', { case: 'C-1', passed: false, checks: ['no'], note: 'Look again' }, at('quality'));
    w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [evidence] }, at('billing'));
    w.ok('case.verify', { case: 'C-1', passed: true, checks: ['yes'] }, at('quality'));
    w.ok('case.reopen', { case: 'C-1', reason: 'they wrote again' }, at('quality'));
    w.ok('case.escalate', { case: 'C-1', reason: 'stuck' }, at('billing'));
    w.ok('case.resume', { case: 'C-1', reason: 'Pay it' }, at('lead'));
    expect(inbox(w, 'desk')).toEqual(['assign:system']);
    expect(inbox(w, 'orders')).toEqual(['task:billing']);
    expect(inbox(w, 'quality')).toEqual(['verify:billing', 'verify:billing']);
    expect(inbox(w, 'lead')).toEqual(['escalation:billing']);
    expect(inbox(w, 'billing')).toEqual([
      'assign:desk',
      'report:orders',
      'rejected:quality',
      'verified:quality',
      'assign:quality',
      'guidance:lead',
    ]);
  });

  it('[CAS13] waits for the customer, and a message of the customer sets it going again', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('case.wait', { case: 'C-1', question: 'Which order?' }, at('desk'));
    expect(theCase(w).status).toBe('waiting_customer');
    w.ok('case.message', { case: 'C-1', text: 'AC-1' }, { principal: 'mailbox' });
    expect(theCase(w)).toMatchObject({ status: 'in_progress', notes: [{ by: 'customer', text: 'AC-1' }] });
    expect(inbox(w, 'desk')).toContain('customer:customer');
    w.ok('case.block', { case: 'C-1', reason: 'strike' }, at('desk'));
    w.ok('case.message', { case: 'C-1', text: 'Any news?' });
    expect(theCase(w).status).toBe('blocked');
  });

  it('[CAS13] hears a seat on a case only where it takes part', () => {
    const w = opened();
    openCase(w);
    w.ok('case.message', { case: 'C-1', text: 'They called again' }, at('desk'));
    for (const [kind, body] of [
      ['case.message', { case: 'C-1', text: 'x' }],
      ['case.feedback', { case: 'C-1', satisfied: true }],
    ] as const)
      expect(w.no(kind, body, at('other'))).toMatchObject({ code: 'not-found', rule: 'CAS2' });
    w.ok('case.feedback', { case: 'C-1', satisfied: false }, { principal: 'web' });
    expect(theCase(w).satisfied).toBe(false);
  });

  it('[CAS15] starts the clock anew when it is reopened, counts it, and forgets the old resolution', () => {
    const w = opened();
    openCase(w);
    resolveCase(w, 'C-1');
    w.ok('case.verify', { case: 'C-1', passed: true, checks: ['c'] }, at('quality'));
    w.ok('case.close', { case: 'C-1' }, at('desk'));
    w.wait(10 * DAY);
    w.ok('case.reopen', { case: 'C-1', reason: 'it came back' }, at('desk'));
    expect(theCase(w)).toMatchObject({ status: 'in_progress', reopened: 1, resolution: null, due: w.now + DAY });
    w.ok('case.classify', { case: 'C-1', priority: 'high' }, at('desk'));
    expect(theCase(w).due).toBe(w.now + 4 * HOUR);
    expect(w.state.cases.open).toBe(1);
  });

  it('[CAS16] measures from the time of the command, however long nothing had happened before', () => {
    const w = opened();
    w.now += 30 * DAY;
    openCase(w);
    expect(theCase(w).due).toBe(w.now + DAY);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    const evidence = operate(w, 'desk', 'C-1');
    w.now += 2 * DAY;
    w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [evidence] }, at('desk'));
    w.ok('case.verify', { case: 'C-1', passed: true, checks: ['c'] }, at('quality'));
    w.now += DAY;
    w.ok('case.close', { case: 'C-1' }, at('desk'));
    expect(w.records.find((r) => r.kind === 'case.resolved')?.body).toMatchObject({ duration: 2 * DAY });
    expect(w.records.at(-1)?.body).toMatchObject({ duration: 3 * DAY, met: false, firstResponse: null });
  });

  it('[CAS17] keeps the latest fifty notes in memory', () => {
    const w = opened();
    openCase(w);
    for (let i = 1; i <= 52; i++) w.ok('case.note', { case: 'C-1', text: `note ${i}` }, at('desk'));
    expect(theCase(w).notes).toHaveLength(50);
    expect(theCase(w).notes[0]?.text).toBe('note 3');
  });
});

describe('who gets a case', () => {
  it('[CAS5] gives a first contact to the intake seat and a known customer to the seat that served him first', () => {
    const w = opened();
    openCase(w, { owner: 'orders' });
    openCase(w, { customer: 'new@example.org' });
    openCase(w);
    expect(['C-1', 'C-2', 'C-3'].map((id) => theCase(w, id).owner)).toEqual(['orders', 'desk', 'orders']);
    w.ok('seat.pause', { seat: 'orders', reason: 'ill' });
    openCase(w);
    expect(theCase(w, 'C-4').owner).toBe('desk');
    expect(w.state.cases.customers.get('kim@example.org')).toEqual({ primary: 'orders', cases: ['C-1', 'C-3', 'C-4'] });
  });

  it('[CAS5] remembers the latest twenty cases of a customer', () => {
    const w = opened();
    for (let i = 0; i < 22; i++) openCase(w);
    expect(w.state.cases.customers.get('kim@example.org')?.cases).toHaveLength(20);
    expect(w.state.cases.customers.get('kim@example.org')?.cases[0]).toBe('C-3');
  });

  it('[CAS5] refuses a case when nobody receives cases', () => {
    const w = opened(shop({ settings: {} }));
    expect(w.no('case.open', { subject: 's', customer: 'c' })).toMatchObject({
      code: 'conflict',
      rule: 'CAS5',
      hint: expect.stringContaining('settings.intake'),
    });
  });

  it('[CAS6] opens one case per outside request', () => {
    const w = opened();
    openCase(w, { externalId: 'mail-1' });
    expect(w.no('case.open', { subject: 's', customer: 'c', externalId: 'mail-1' })).toMatchObject({
      code: 'conflict',
      rule: 'CAS6',
      message: 'this request is already case C-1',
      hint: expect.stringContaining('C-1'),
    });
    openCase(w, { externalId: 'mail-2' });
    expect(w.state.cases.cases.size).toBe(2);
  });

  it('[CAS6] names the earlier case when a duplicate is cancelled, which is not itself', () => {
    const w = opened();
    openCase(w);
    openCase(w);
    expect(w.no('case.classify', { case: 'C-2', duplicateOf: 'C-2' }, at('desk'))).toMatchObject({
      code: 'invalid',
      rule: 'CAS6',
    });
    expect(w.no('case.classify', { case: 'C-2', duplicateOf: 'C-9' }, at('desk'))).toMatchObject({
      code: 'not-found',
      rule: 'CAS2',
    });
    w.ok('case.classify', { case: 'C-2', duplicateOf: 'C-1' }, at('desk'));
    w.ok('case.cancel', { case: 'C-2', reason: 'same' }, at('desk'));
    expect(w.records.at(-1)?.body).toMatchObject({ duplicateOf: 'C-1', by: 'desk' });
  });

  it('[CAS7] gives work to no seat that cannot take it', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    const assign = () => w.no('case.assign', { case: 'C-1', to: 'orders', reason: 'r' }, at('desk'));
    const delegate = () => w.send('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk')).reply;
    const escalate = () => w.send('case.escalate', { case: 'C-1', to: 'orders', reason: 'r' }, at('desk')).reply;
    const refused = (status: string) => ({
      code: 'conflict',
      rule: 'CAS7',
      message: `seat "orders" is ${status}`,
      hint: 'choose another seat',
    });
    w.ok('seat.pause', { seat: 'orders', reason: 'r' });
    expect(assign()).toMatchObject(refused('paused'));
    expect(delegate().ok).toBe(true);
    w.ok('seat.suspend', { seat: 'orders', reason: 'r' });
    for (const reply of [delegate(), escalate()]) expect(reply).toMatchObject({ rejection: refused('suspended') });
    apply(w, without('orders'));
    expect(assign()).toMatchObject(refused('retired'));
    for (const reply of [delegate(), escalate()]) expect(reply).toMatchObject({ rejection: refused('retired') });
    expect(w.no('case.open', { subject: 's', customer: 'c', owner: 'orders' })).toMatchObject(refused('retired'));
  });

  it('[CAS14] moves the unfinished cases of a removed seat to the seat above, and its tasks come back declined', () => {
    const w = opened();
    for (const _ of [1, 2, 3]) openCase(w, { owner: 'orders' });
    w.ok('case.cancel', { case: 'C-2', reason: 'r' });
    w.ok('case.start', { case: 'C-3' }, at('orders'));
    w.ok('case.resolve', { case: 'C-3', summary: 's', evidence: [operate(w, 'orders', 'C-3')] }, at('orders'));
    openCase(w, { customer: 'x', owner: 'desk' });
    w.ok('case.start', { case: 'C-4' }, at('desk'));
    w.ok('task.delegate', { case: 'C-4', to: 'orders', packet: PACKET }, at('desk'));
    apply(w, without('orders'));
    expect(['C-1', 'C-2', 'C-3', 'C-4'].map((id) => [theCase(w, id).owner, theCase(w, id).status])).toEqual([
      ['lead', 'assigned'],
      ['orders', 'cancelled'],
      ['lead', 'resolved'],
      ['desk', 'in_progress'],
    ]);
    expect(w.state.cases.tasks.get('T-1')).toMatchObject({ status: 'declined' });
    expect(inbox(w, 'lead')).toEqual(['assign:orders', 'assign:orders']);
    expect(inbox(w, 'desk')).toContain('report:orders');
  });
});

describe('tasks', () => {
  it('[CAS10] go out as a five-part packet, and the case stays with its owner (R-E61, R-E62, R-E81, R-A81)', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    const packet = { ...PACKET, context: { order: 'AC-1' }, tried: ['asked the customer'] };
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet }, at('desk'));
    expect(w.state.cases.tasks.get('T-1')).toMatchObject({ from: 'desk', to: 'orders', status: 'open', packet });
    expect(theCase(w)).toMatchObject({ owner: 'desk', parties: ['desk', 'orders'], tasks: ['T-1'] });
    expect(w.no('task.delegate', { case: 'C-1', to: 'orders', packet: { subproblem: 's' } }, at('desk'))).toMatchObject(
      {
        code: 'invalid',
        rule: 'KER6',
      },
    );
  });

  it('[CAS10] wait for the last report before the case goes on (R-B27)', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    for (const to of ['orders', 'billing']) w.ok('task.delegate', { case: 'C-1', to, packet: PACKET }, at('desk'));
    w.ok('task.complete', { task: 'T-1', report: { a: 1 } }, at('orders'));
    expect(theCase(w).status).toBe('waiting_internal');
    w.ok('task.complete', { task: 'T-2', report: {}, declined: true }, at('billing'));
    expect(theCase(w).status).toBe('in_progress');
    expect([...w.state.cases.tasks.values()].map((t) => [t.status, t.report])).toEqual([
      ['done', { a: 1 }],
      ['declined', {}],
    ]);
  });

  it('[CAS10] report to the new owner when the case has moved meanwhile', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'));
    w.ok('case.assign', { case: 'C-1', to: 'billing', reason: 'r' }, at('lead'));
    w.ok('task.complete', { task: 'T-1', report: {} }, at('orders'));
    expect(inbox(w, 'billing')).toEqual(['assign:lead', 'report:orders']);
    expect(inbox(w, 'desk')).not.toContain('report:orders');
  });

  it('[CAS10] are taken back by who gave them, as declined, and nobody else touches them', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'));
    const evidence = operate(w, 'desk', 'C-1');
    const before = inbox(w, 'desk').length;
    const hidden = { code: 'not-found', rule: 'CAS10', hint: expect.any(String) };
    expect(w.no('task.complete', { task: 'T-1', report: {} }, at('desk'))).toMatchObject(hidden);
    expect(w.no('task.complete', { task: 'T-1', report: {}, declined: true }, at('billing'))).toMatchObject(hidden);
    expect(w.no('task.complete', { task: 'T-9', report: {} }, at('orders'))).toMatchObject(hidden);
    expect(w.no('case.resolve', { case: 'C-1', summary: 's', evidence: [evidence] }, at('desk'))).toMatchObject({
      code: 'conflict',
      rule: 'CAS10',
      message: 'case C-1 still waits for T-1',
      hint: expect.stringContaining('declined'),
    });
    w.ok('task.complete', { task: 'T-1', report: {}, declined: true }, at('desk'));
    expect(inbox(w, 'desk')).toHaveLength(before);
    expect(w.no('task.complete', { task: 'T-1', report: {} }, at('orders'))).toMatchObject({
      code: 'conflict',
      rule: 'CAS10',
      message: 'task T-1 is already declined',
      hint: expect.any(String),
    });
    w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [evidence] }, at('desk'));
  });

  it('[CAS10] are not given to oneself, and end with the case', () => {
    const w = opened();
    openCase(w);
    const self = { code: 'invalid', rule: 'CAS10', hint: expect.any(String) };
    expect(w.no('task.delegate', { case: 'C-1', to: 'desk', packet: PACKET }, at('desk'))).toMatchObject(self);
    expect(w.no('task.delegate', { case: 'C-1', to: 'desk', packet: PACKET }, OWNER)).toMatchObject(self);
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, OWNER);
    w.ok('case.cancel', { case: 'C-1', reason: 'r' }, at('desk'));
    expect(w.state.cases.tasks.get('T-1')).toMatchObject({ from: 'desk', status: 'cancelled' });
    expect(w.no('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'))).toMatchObject({
      rule: 'CAS1',
    });
  });
});

describe('a run of an agent on a case', () => {
  it('[CAS1] begins the case when its owner takes it up', () => {
    const w = opened();
    openCase(w);
    startRun(w, 'desk');
    expect(theCase(w).status).toBe('in_progress');
    const act = (step: number, kind: string, body: object) =>
      w.ok('run.act', { run: 'R-1', step, command: { kind, body } }, SYSTEM);
    act(1, 'case.note', { case: 'C-1', text: 'on it' });
    act(2, 'task.delegate', { case: 'C-1', to: 'orders', packet: PACKET });
    expect(theCase(w)).toMatchObject({ status: 'waiting_internal', notes: [{ by: 'desk' }] });
    expect(kinds(w.records.slice(-2))).toEqual(['task.delegated', 'message.sent']);
  });

  it('[CAS8] escalates along the charter, then up the line, and past seats that cannot take it (R-C35)', () => {
    const w = opened({
      ...shop(),
      seats: shop().seats!.map((s) =>
        s.id === 'desk' ? { ...s, charter: { ...seat('x').charter, escalation: 'other' } } : s,
      ),
    });
    openCase(w);
    const escalate = (more = {}, actor = at('desk')) => {
      w.ok('case.escalate', { case: 'C-1', reason: 'r', ...more }, actor);
      return (w.records.findLast((r) => r.kind === 'case.escalated')!.body as { to: string; level: number }).to;
    };
    expect(escalate()).toBe('other');
    expect(theCase(w)).toMatchObject({
      status: 'escalated',
      owner: 'desk',
      escalations: 1,
      parties: ['desk', 'other'],
    });
    w.ok('case.resume', { case: 'C-1' }, at('other'));
    w.ok('seat.suspend', { seat: 'other', reason: 'r' });
    expect(escalate()).toBe('lead');
    w.ok('case.resume', { case: 'C-1' }, at('lead'));
    expect(escalate({ to: 'quality' })).toBe('quality');
    w.ok('case.resume', { case: 'C-1' }, at('lead'));
    expect(escalate({}, at('lead'))).toBe('boss');
    w.ok('case.resume', { case: 'C-1' }, at('lead'));
    expect(escalate({}, at('boss'))).toBe('boss');
    expect(theCase(w).escalations).toBe(5);
  });
});

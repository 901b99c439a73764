import { describe, expect, it } from 'vitest';
import type { Notice } from '../src/notices/state.ts';
import { noticeStanding } from '../src/notices/views.ts';
import { find, type Shop } from './support/op-definition.ts';
import { OWNER_ACTOR, WORKER, World } from './support/op-world.ts';

const USD = 1_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
type Kinds = ('approval' | 'question' | 'task' | 'wakeup')[];

const ALL: Kinds = ['approval', 'question', 'task', 'wakeup'];
/** Bob, who leads support, has an address; so has ann above him. */
function mailed(kinds: Kinds = ALL, notices: object = {}, change: (d: Shop) => void = () => undefined): World {
  return new World((d) => {
    d.settings.notices = { send: 'mail.send', ...notices };
    Object.assign(find(d.seats, 'lead').occupant!, { email: 'bob@shop.example', mail: kinds });
    change(d);
  });
}
const notices = (world: World): Notice[] => [...world.state.notices.notices.values()];
const last = (world: World): Notice => notices(world).at(-1)!;
const ask = (world: World, text = 'Which colour?') =>
  world.ok('message.send', { to: 'lead', type: 'question', text, case: 'C-1' }, world.seat('desk'));
const reply = (notice: Notice, action: string, more: object = {}) =>
  [
    'notice.answer',
    { notice: notice.id, action, way: 'link', digest: notice.digest, ...more },
    { principal: notice.principal, seat: notice.seat },
  ] as const;
const answer = (world: World, notice: Notice, action: string, more: object = {}) =>
  world.ok(...reply(notice, action, more));
const refused = (world: World, notice: Notice, action: string, more: object = {}) =>
  world.no(...reply(notice, action, more));

describe('[NTC1] what goes out by mail', () => {
  it('is told to whoever asked for that kind, at his address, and is on the ledger with what it is about', () => {
    const world = mailed();
    const op = world.refund(60 * USD);
    const approval = world.asked();
    expect(op.status).toBe('awaiting_approval');
    expect(notices(world)).toMatchObject([
      { id: 'N-1', kind: 'approval', about: approval.id, seat: 'lead', principal: 'bob', address: 'bob@shop.example' },
    ]);
    expect(world.of('notice.raised')[0]).toMatchObject({
      stream: 'notice/N-1',
      correlation: 'C-1',
      body: { case: 'C-1' },
    });
    expect([...world.state.notices.due]).toEqual(['N-1']);
  });

  it('is nothing without settings, an address, the kind, or for somebody who is no person', () => {
    const worlds = [
      mailed(ALL, {}, (d) => void delete d.settings.notices),
      mailed(['question']),
      mailed(ALL, {}, (d) => void delete (find(d.seats, 'lead').occupant as { email?: string }).email),
      mailed(ALL, {}, (d) => void Object.assign(find(d.seats, 'lead').occupant!, { kind: 'mcp' })),
    ];
    for (const world of worlds) {
      world.refund(60 * USD);
      expect(world.of('notice.raised')).toEqual([]);
    }
  });
});

describe('[NTC2] what counts as asked', () => {
  it('a question of a seat, a task, a wake-up; not what a seat only calls so (R-E5)', () => {
    const world = mailed();
    ask(world);
    world.join('lead');
    world.ok('oversight.observe', { store: 5000 }, WORKER);
    const forged = { to: 'lead', type: 'escalation', text: 'look', data: { wakeup: 'W-1' } };
    world.ok('message.send', forged, world.seat('desk'));
    expect(notices(world).map(({ kind, about }) => [kind, about])).toEqual([
      ['question', 'M-2'],
      ['task', 'T-1'],
    ]);
    // The person above everybody is woken by a failure.
    const boss = mailed(ALL, {}, (d) => {
      Object.assign(find(d.seats, 'boss').occupant!, { email: 'ann@shop.example', mail: ['wakeup'] });
    });
    boss.ok('oversight.observe', { store: 5000 }, WORKER);
    expect(notices(boss)).toMatchObject([{ kind: 'wakeup', about: 'W-1', seat: 'boss' }]);
    answer(boss, last(boss), 'seen');
    expect(boss.state.oversight.wakeups.get('W-1')?.acknowledged?.by).toBe('boss');
  });
});

describe('[NTC3] nobody is worn down by mail (T19)', () => {
  it('beyond so many an hour it is said why there is none; wake-ups always go', () => {
    const world = mailed(ALL, { perHour: 2 });
    for (const text of ['one?', 'two?', 'three?']) ask(world, text);
    expect(world.of('notice.raised')).toHaveLength(2);
    expect(world.of('notice.withheld').map(({ body }) => [body.seat, body.kind, body.why])).toEqual([
      ['lead', 'question', '2 mails went to "bob" within an hour'],
    ]);
    world.wait(HOUR);
    ask(world, 'four?');
    expect(world.of('notice.raised')).toHaveLength(3);
  });
});

describe('[NTC4] an answer counts once, in time, for what was asked', () => {
  it('is the decision of that person, with the way on its record; the other link of the mail is used up as well', () => {
    const world = mailed();
    const op = world.refund(60 * USD);
    answer(world, last(world), 'approve', { text: 'fine' });
    expect([world.asked().status, op.approval]).toEqual(['approved', world.asked().id]);
    const decided = world.of('approval.decided')[0]!;
    expect(decided).toMatchObject({
      actor: { principal: 'bob', seat: 'lead' },
      body: { verdict: 'approve', by: 'lead', way: 'link', note: 'fine', bySilence: false },
    });
    expect(world.of('notice.answered')[0]?.body).toMatchObject({ notice: 'N-1', action: 'approve', way: 'link' });
    expect(refused(world, last(world), 'reject', { text: 'no' })).toMatchObject({ code: 'conflict', rule: 'NTC4' });
    expect(refused(world, last(world), 'approve').message).toContain('answered already');
    // What it told of is read.
    expect(world.state.inbox.messages.has(last(world).message)).toBe(false);
    // Without a mail there is no way to tell of.
    const other = world.refund(70 * USD, 'o2');
    world.decide(world.asked().id, 'reject');
    expect([other.status, world.of('approval.decided')[1]?.body.way]).toEqual(['denied', undefined]);
    expect(noticeStanding(world.state, last(world), world.now)).toBe('over');
  });

  it('not when its time is over, nor when who sat there or his address has changed', () => {
    const late = mailed(ALL, { valid: HOUR });
    ask(late);
    late.wait(HOUR);
    expect(refused(late, last(late), 'answer', { text: 'red' }).message).toContain('a time that is over');
    const moved = mailed();
    moved.refund(60 * USD);
    const occupant = { principal: 'bob', kind: 'human', email: 'bob@elsewhere.example', mail: ALL };
    moved.ok('seat.occupy', { seat: 'lead', occupant, reason: 'new address' });
    expect(refused(moved, last(moved), 'approve').message).toContain('used another address');
    moved.ok('seat.occupy', { seat: 'lead', occupant: { ...occupant, principal: 'carl' }, reason: 'left' });
    expect(refused(moved, last(moved), 'approve')).toMatchObject({ rule: 'NTC4' });
  });

  it('not when what is approved is not what it was (T7, GOV55)', () => {
    const world = mailed();
    world.refund(60 * USD);
    const notice = last(world);
    expect(refused(world, { ...notice, digest: 'other' }, 'approve').message).toContain('changed since');
    find(world.definition.capabilities, 'orders.refund').title = 'Something else';
    world.apply();
    expect(noticeStanding(world.state, notice, world.now)).toBe('changed');
    expect(refused(world, notice, 'approve').message).toContain('changed since');
    expect(world.asked().status).toBe('pending');
  });
});

describe('[NTC5] a mail is for one person', () => {
  it('does not exist for anybody else, not even the owner or who sits above', () => {
    const world = mailed();
    world.refund(60 * USD);
    const body = { notice: 'N-1', action: 'approve', way: 'link', digest: last(world).digest };
    for (const actor of [OWNER_ACTOR, WORKER, world.seat('boss'), world.seat('desk'), { principal: 'bob' }])
      expect(world.no('notice.answer', body, actor)).toMatchObject({ code: 'not-found', rule: 'NTC5' });
    expect(world.asked().status).toBe('pending');
  });

  it('still gives nobody more authority than he has (GOV10)', () => {
    const world = mailed();
    world.refund(60 * USD);
    world.ok('seat.suspend', { seat: 'lead', reason: 'x' });
    expect(refused(world, last(world), 'approve')).toMatchObject({ code: 'forbidden', rule: 'GOV10' });
    expect(world.of('notice.answered')).toEqual([]);
  });
});

describe('[NTC6] what can be answered', () => {
  it('a question gets an answer, a task a report or a refusal, and each needs words', () => {
    const world = mailed();
    ask(world);
    expect(refused(world, last(world), 'answer')).toMatchObject({ code: 'invalid', rule: 'NTC6' });
    expect(refused(world, last(world), 'approve')).toMatchObject({ code: 'invalid', hint: 'answer' });
    answer(world, last(world), 'answer', { text: 'red' });
    expect(world.told('desk', 'answer')).toEqual(['red']);
    expect(world.of('message.sent').at(-1)).toMatchObject({
      actor: { seat: 'lead' },
      body: { data: { answers: 'M-2' } },
    });
    world.join('lead');
    answer(world, last(world), 'complete', { text: 'painted it' });
    expect(world.of('task.completed').at(-1)?.body).toMatchObject({
      report: { answer: 'painted it' },
      declined: false,
    });
    world.join('lead');
    answer(world, last(world), 'decline', { text: 'no paint' });
    expect(world.of('task.completed').at(-1)?.body).toMatchObject({ report: { reason: 'no paint' }, declined: true });
    expect(world.state.inbox.messages.size).toBeGreaterThan(0);
    expect([...world.state.inbox.messages.values()].filter(({ to }) => to === 'lead')).toEqual([]);
  });
});

describe('[NTC7] what became of a mail', () => {
  it('is for the server to say, once', () => {
    const world = mailed();
    ask(world);
    const mail = 'a'.repeat(64);
    expect(world.no('notice.deliver', { notice: 'N-1', mail })).toMatchObject({ code: 'forbidden', rule: 'NTC7' });
    world.ok('notice.deliver', { notice: 'N-1', mail }, WORKER);
    expect(world.state.notices.due.size).toBe(0);
    expect(last(world).sentAt).toBe(world.now);
    expect(world.no('notice.deliver', { notice: 'N-1', mail }, WORKER)).toMatchObject({ code: 'conflict' });
    expect(world.no('notice.drop', { notice: 'N-9', why: 'x' }, WORKER)).toMatchObject({ code: 'not-found' });
    ask(world);
    world.ok('notice.drop', { notice: 'N-2', why: 'no such mailbox' }, WORKER);
    expect([world.state.notices.due.size, last(world).dropped]).toEqual([0, 'no such mailbox']);
    world.ok('notice.ignore', { notice: 'N-2', why: 'from another address' }, WORKER);
    expect(world.of('notice.ignored')[0]?.body).toMatchObject({ notice: 'N-2', seat: 'lead' });
  });
});

describe('[NTC8] a reply', () => {
  it('answers questions and reports on tasks, but decides nothing and acknowledges nothing', () => {
    const world = mailed();
    world.refund(60 * USD);
    for (const action of ['approve', 'reject'])
      expect(refused(world, last(world), action, { way: 'reply', text: 'x' })).toMatchObject({ rule: 'NTC8' });
    ask(world);
    answer(world, last(world), 'answer', { way: 'reply', text: 'red' });
    expect(world.told('desk', 'answer')).toEqual(['red']);
    const deaf = mailed(ALL, { replies: false });
    ask(deaf);
    expect(refused(deaf, last(deaf), 'answer', { way: 'reply', text: 'red' })).toMatchObject({ rule: 'NTC8' });
  });
});

describe('[NTC9] what came by reply', () => {
  it('stays the word of a stranger: no instruction, and its reader is tainted (PRV7); what came by link is not', () => {
    const world = mailed();
    world.ok('case.open', { subject: 'Paint', customer: 'x', owner: 'desk' }, world.seat('boss'));
    const put = (way: string) => {
      world.ok('message.send', { to: 'lead', type: 'question', text: 'Which?' }, world.seat('desk'));
      answer(world, last(world), 'answer', { way, text: `by ${way}` });
      return [...world.state.inbox.messages.values()].find(({ text }) => text === `by ${way}`)?.taint;
    };
    expect(put('reply')).toEqual(['the reply by mail to N-1']);
    expect(put('link')).toBeUndefined();
    const packet = { subproblem: 'paint', output: 'x', success: 'x' };
    world.ok('task.delegate', { case: 'C-2', to: 'lead', packet }, world.seat('desk'));
    answer(world, last(world), 'complete', { way: 'reply', text: 'done' });
    expect(world.state.cases.tasks.get('T-1')?.taint).toEqual(['the reply by mail to N-3']);
    expect(world.state.cases.cases.get('C-2')?.taint).toEqual(['the reply by mail to N-3']);
  });
});

describe('[NTC10] what is remembered of mails', () => {
  it('lasts as long as their links, also of those that were used or never sent', () => {
    const world = mailed(ALL, { valid: DAY });
    ask(world);
    ask(world);
    answer(world, notices(world)[0]!, 'answer', { text: 'red' });
    world.wait(DAY);
    ask(world);
    expect(notices(world).map(({ id }) => id)).toEqual(['N-3']);
    expect([...world.state.notices.due]).toEqual(['N-3']);
    expect(world.state.notices.recent.get('bob')).toHaveLength(1);
  });
});

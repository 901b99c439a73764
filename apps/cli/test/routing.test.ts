/** Load, routing and rules of inboxes over the command line, on an organisation that works. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reeve } from './support/cli.ts';
import { office } from './support/office.ts';

const PACK = join(import.meta.dirname, '../../../examples/packs/service-desk');
const { here, house, text, json, order } = office({ pack: PACK, work: true });

const ask = async (subject: string, customer: string, text = '') => {
  const { case: id } = await order('case.open', { subject, customer, text });
  await house().runtime.idle();
  return id as string;
};
const statusOf = (id: string) =>
  house().runtime.read((state) => {
    const c = state.cases.cases.get(id)!;
    return { status: c.status, owner: c.owner };
  });

describe('the service desk', () => {
  it('[CLI140] R-C32 R-C33 R-C34 a case goes to who suits, is done, checked and closed; its routing is explained', async () => {
    const id = await ask('My laptop is broken', 'ann@harbour.example');
    expect(await statusOf(id)).toEqual({ status: 'closed', owner: 'hardware-a' });
    const found = await json('route', 'explain', id.toLowerCase());
    expect(found.decisions).toMatchObject([
      { cause: 'open', outcome: 'assigned', to: 'hardware-a', rule: 'devices', considered: 3 },
    ]);
    const page = await text('route', 'explain', id);
    expect(page).toContain('needs topic device; skills hardware');
    expect(page).toContain('hardware-a ←');
    expect(page).toContain('3 seats compared');
    expect(await text('why', id)).toContain('when it came: assigned hardware-a');
    expect((await json('why', id)).routing).toHaveLength(1);
  });

  it('[CLI140] R-C29 what is somebody else’s is handed on, once, with what was found', async () => {
    const id = await ask('My laptop is slow', 'bob@harbour.example', 'It is really the program.');
    expect(await statusOf(id)).toEqual({ status: 'closed', owner: 'software-a' });
    const { transfers, decisions } = await json('route', 'explain', id);
    expect(transfers).toMatchObject([{ reason: 'wrong_domain', context: { findings: ['it needs software'] }, hop: 1 }]);
    expect(decisions.map((one: { cause: string }) => one.cause)).toEqual(['open', 'transfer']);
  });

  it('[CLI140] R-C36 what nobody can do is with the head of the desk, and the customer was told honestly', async () => {
    const id = await ask('Please weld my anchor', 'cap@harbour.example');
    expect(await statusOf(id)).toEqual({ status: 'escalated', owner: 'front-desk' });
    const page = await text('load');
    expect(page).toContain('nobody can do skill welding: asked for 1 time');
    expect(page).toContain('→ find who can do skill welding');
    const told = await house().runtime.read((state) =>
      [...state.operations.operations.values()].find((op) => op.case === id),
    );
    expect(told?.args.content).toContain('nobody here can do today');
  });

  it('[CLI140] R-C39 the harbour master has a direct line', async () => {
    const id = await ask('My laptop again', 'master@harbour.example');
    expect(await statusOf(id)).toEqual({ status: 'assigned', owner: 'head' });
    expect(await text('route', 'explain', id)).toContain('the harbour cannot work without him');
  });
});

describe('load', () => {
  it('[CLI141] R-C17 R-C51 shows every seat, the busiest first, by unit, in pages (R-D62)', async () => {
    const all = await json('load');
    expect(all.seats).toHaveLength(11);
    expect(all.seats[0]).toMatchObject({ seat: 'head', cases: { normal: 1 } });
    expect((await json('load', '--unit', 'accounts')).seats.map(({ seat }: { seat: string }) => seat)).toEqual([
      'accounts-a',
      'accounts-b',
    ]);
    const first = await json('load', '--limit', '4');
    expect(first.seats).toHaveLength(4);
    expect(await text('load', '--limit', '4')).toContain(`--cursor ${first.next}`);
  });

  it('[CLI141] R-C48 lends a seat and takes it back; throttles intake and opens it', async () => {
    const lent = await text('load', 'lend', 'hardware-c', 'accounts', '--until', '4h', '--reason', 'logins');
    expect(lent).toContain('hardware-c works for accounts until');
    expect(await text('load')).toContain('desk → accounts');
    expect(await text('load', 'return', 'hardware-c', '--reason', 'done')).toContain('its own unit again');
    await text('load', 'throttle', '--reason', 'storm');
    expect(await text('load')).toContain('intake is throttled by head');
    await text('load', 'open', '--reason', 'calm');
    expect((await json('load')).throttled).toBeNull();
  });

  it('[CLI141] says who would get a case, and changes nothing', async () => {
    const { seq } = await house().runtime.read((state) => ({ seq: state.seq }));
    expect(await json('route', 'who', '--skills', 'software', '--topic', 'program')).toMatchObject({
      ...{ outcome: 'assigned', considered: 3 },
    });
    expect(await text('route', 'who', '--skills', 'welding')).toContain('no seat declares all that it needs');
    expect((await reeve(here, 'route', 'who')).err).toContain('nothing is asked for');
    expect(await house().runtime.read((state) => state.seq)).toBe(seq);
  });

  it('[CLI141] routes and hands on by hand (R-C23)', async () => {
    const id = await ask('A plain question', 'dora@harbour.example');
    expect(await statusOf(id)).toEqual({ status: 'escalated', owner: 'front-desk' });
    expect(await text('route', 'case', id, '--topic', 'login')).toMatch(/when it was routed: assigned accounts-/);
    const other = await ask('Another question', 'ella@harbour.example');
    const page = await text(
      'route',
      'transfer',
      other,
      '--reason',
      'wrong_domain',
      '--topic',
      'login',
      '--tried',
      'asked her',
    );
    expect(page).toContain('front-desk handed it on: wrong domain');
    const wrong = await reeve(here, 'route', 'transfer', other, '--reason', 'bored');
    expect([wrong.code, wrong.err]).toEqual([expect.any(Number), expect.stringContaining('missing_skills')]);
  });
});

describe('inboxes', () => {
  const say = async (from: string, to: string, message: string, kind?: string) => {
    const { runtime } = house();
    const actor = { principal: `${from}-script`, seat: from };
    const body = { to, type: 'inform' as const, text: message, ...(kind === undefined ? {} : { kind }) };
    const reply = await runtime.submit({ id: '', kind: 'message.send', actor, body });
    return reply.ok ? reply.result : {};
  };

  it('[CLI142] R-B48 R-B52 hold what needs a word: it is let through, or not', async () => {
    const first = await say('hardware-a', 'accounts-a', 'Give me the list of logins');
    const second = await say('software-a', 'software-b', 'May I buy a tool?', 'purchase');
    expect([first.held, second.held]).toEqual(['between-units', 'approve']);
    const page = await text('inbox', 'rules');
    expect(page).toContain('between units: by policy');
    expect(page).toContain('May I buy a tool?');
    expect(await text('inbox', 'stop', String(first.message), '--reason', 'ask me')).toContain('is not delivered');
    expect(await text('inbox', 'pass', String(second.message), '--reason', 'yes')).toContain('is delivered');
    expect((await json('inbox', 'rules')).held).toEqual([]);
    expect((await json('inbox', 'rules', '--seat', 'software-b')).senders).toMatchObject([{ sender: 'software-a' }]);
    expect((await json('inbox', '--seat', 'front-desk')).seat).toBe('front-desk');
  });

  it('[CLI142] R-B44 say beforehand what would become of a message, and nothing is sent', async () => {
    const ask = ['inbox', 'check', '--from', 'hardware-a', '--to', 'accounts-a', '--text', 'Give me the list'];
    expect(await text(...ask)).toMatch(/^would wait for a word: it goes from \S+ to \S+ \(between-units\)$/m);
    expect((await json('inbox', 'rules')).held).toEqual([]);
    expect((await reeve(here, ...ask.with(5, 'ghost'))).err).toContain('ghost');
  });

  it('[CLI142] R-B42 close to a sender or a customer, and open again', async () => {
    await text('block', 'sender', 'hardware-a', 'hardware-b', '--until', '4h', '--reason', 'too loud');
    expect((await say('hardware-b', 'hardware-a', 'hello')).refused).toBe('blocked');
    await text('block', 'customer', 'C-1', '--reason', 'threats');
    expect(await text('block')).toMatch(
      /hardware-a does not hear hardware-b until .*\n.*ann@harbour.example of C-1 until lifted/,
    );
    await text('block', 'lift', 'hardware-a', 'hardware-b', '--reason', 'quiet now');
    await text('block', 'lift', 'C-1', '--reason', 'he apologised');
    expect(await text('block')).toBe('everybody is heard\n');
  });
});

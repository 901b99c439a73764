/** People are asked by mail, with Dovecot and a submission server: sent once, answered by link and by reply. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type MailServer, mailConfig, mailServer, PASSWORD, received, without } from '@reeve/connectors/trial';
import type { Actor, EventKind, KernelRecord } from '@reeve/kernel';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Secrets } from '../src/index.ts';
import { applied, browse, FOUNDER, linksIn, mailedPack, PUBLIC, waiting } from './people.ts';
import { folder, type Place, place, ticket } from './support.ts';

const absent = without('dovecot', 'dovecot-imapd dovecot-lmtpd');
const CHILD = join(import.meta.dirname, 'people-child.ts');
const RUN = join(import.meta.dirname, '../../../bin/run.js');
const PERSON = FOUNDER.split('@')[0]!;

describe.skipIf(absent !== null)('people who are asked by mail', { timeout: 120_000 }, () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await mailServer();
  });
  afterAll(() => server.stop());

  /** A pack whose notices go out from an account of its own, and a data directory with the password. */
  async function prepared(settings = '') {
    const user = `desk${randomBytes(5).toString('hex')}`;
    const capability = `  - id: people.notify
    tool: people
    title: Mail to the people who work here
    effect: irreversible
    args: { to: string, subject: string, body: string }
    settle: native-key
    config: { action: send }
`;
    const tool = `  - { id: people, connector: mail, title: Notices, config: ${JSON.stringify(mailConfig(user, server))} }\n`;
    const pack = await mailedPack({ send: 'people.notify', settings, tool, capability });
    const data = await folder();
    await new Secrets(data, undefined).set('mail', PASSWORD, { tools: ['people'], models: [], seats: [] }, 0);
    return { user, pack, data };
  }
  const opened = (data: string): Promise<Place> => place({ data, work: true, publicUrl: PUBLIC });
  const before = { count: 0 };
  /** The latest mail to the operator, once there is one more than the last time. */
  async function letter() {
    const all = await vi.waitFor(
      async () => {
        const found = await received(server, PERSON);
        if (found.length <= before.count) throw new Error('no mail yet');
        return found;
      },
      { timeout: 60_000, interval: 50 },
    );
    before.count = all.length;
    return all.at(-1)!;
  }
  const recorded = async <K extends EventKind>({ house }: Place, kind: K) => {
    const found: KernelRecord[] = [];
    for await (const sealed of house.store.load(0)) found.push(house.runtime.recordOf(sealed));
    return found.filter((record): record is Extract<KernelRecord, { kind: K }> => record.kind === kind);
  };
  const until = <K extends EventKind>(at: Place, kind: K, n = 1) =>
    vi.waitFor(
      async () => {
        const found = await recorded(at, kind);
        expect(found.length).toBeGreaterThanOrEqual(n);
        return found;
      },
      { timeout: 60_000, interval: 50 },
    );
  const asked = async (at: Place, seat: string, text: string) => {
    const actor = await at.house.runtime.read(
      (state): Actor => ({ seat, principal: state.organisation.seats.get(seat)!.occupant!.principal }),
    );
    const body = { to: 'operator', type: 'question', text };
    const reply = await at.house.runtime.submit({ id: '', kind: 'message.send', actor, body });
    if (!reply.ok) throw new Error(JSON.stringify(reply.rejection));
  };
  const replyTo = (user: string, answered: { message_id: string; text: string }, words: string, from = FOUNDER) =>
    server.deliver(
      [`${user}@acme.example`],
      [
        ...[
          `From: Founder <${from}>`,
          'Subject: Re: Question',
          `Message-ID: <${randomBytes(8).toString('hex')}@home.example>`,
        ],
        ...[`In-Reply-To: ${answered.message_id}`, '', words, '', 'On Fri, 20 Nov 2026 at 10:01, Desk wrote:'],
        ...answered.text.split('\n').map((line) => `> ${line}`),
        '',
      ].join('\r\n'),
      from,
    );

  it('[SRV360] [SRV361] [SRV364] an approval is mailed once, survives a restart, and is decided by its link (R-E5, R-C40)', async () => {
    const { pack, data } = await prepared();
    const first = await opened(data);
    await applied(first, pack);
    const { operation, approval } = await waiting(first);
    const mail = await letter();
    expect(mail.subject).toBe(`[Acme Outdoor] Decision needed: ${approval} (N-1)`);
    expect(mail.text).toContain('wants to do orders.refund, moving');
    // What a customer wrote, and who he is, stays on the page.
    const { packet } = await first.client.approval({ id: approval });
    expect(mail.text).not.toContain('@home');
    expect(mail.text).not.toContain(packet.recommendation);
    const sent = await until(first, 'notice.sent');
    expect(sent[0]).toMatchObject({
      body: { notice: 'N-1', seat: 'operator', mail: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    await first.house.close();
    const again = await opened(data);
    const [approve] = linksIn(mail.text);
    expect((await browse(again, approve!)).status).toBe(200);
    expect((await browse(again, approve!, { text: 'fine' })).status).toBe(200);
    await again.house.runtime.idle();
    const [why] = (await again.client.why({ id: operation })).operations;
    expect(why).toMatchObject({
      operation: { status: 'verified' },
      approval: { by: 'operator', way: 'link', note: 'fine' },
    });
    expect((await browse(again, approve!, {})).status).toBe(410);
    expect(await received(server, PERSON)).toHaveLength(before.count);
    expect(await recorded(again, 'notice.sent')).toHaveLength(1);
  });

  it('[SRV362] (T16) a server that is killed when its mail was delivered does not send it again', async () => {
    const { pack, data } = await prepared();
    const args = [RUN, CHILD, data, pack, PUBLIC, JSON.stringify(ticket(9))];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const exited = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    server.on = { delivered: () => child.kill('SIGKILL') };
    const mail = await letter();
    expect(await exited).toBe('SIGKILL');
    server.on = {};
    const at = await opened(data);
    const [sent] = await until(at, 'notice.sent');
    expect(sent?.body.notice).toBe('N-1');
    expect(await received(server, PERSON)).toHaveLength(before.count);
    const [approve] = linksIn(mail.text);
    expect((await browse(at, approve!, {})).status).toBe(200);
  });

  it('[SRV368] a reply answers a question, as far as it is known whose it is, and decides nothing', async () => {
    const { user, pack, data } = await prepared();
    const at = await opened(data);
    await applied(at, pack);
    await asked(at, 'router', 'Which colour? <img src=x onerror=alert(1)>');
    const mail = await letter();
    expect(mail.text).toContain('> Which colour?');
    const page = await (await browse(at, linksIn(mail.text)[0]!)).text();
    expect(page).toContain('Which colour? &lt;img src=x onerror=alert(1)&gt;');
    await replyTo(user, mail, 'Green.', 'eve@evil.example');
    expect((await until(at, 'notice.ignored'))[0]?.body.why).toBe('it came from another address than it was sent to');
    await replyTo(user, mail, 'Red, please.');
    const [answered] = await until(at, 'notice.answered');
    expect(answered).toMatchObject({
      actor: { principal: 'founder', seat: 'operator' },
      body: { way: 'reply', action: 'answer' },
    });
    const written = (await recorded(at, 'message.sent')).find(({ body }) => body.type === 'answer');
    expect(written?.body).toMatchObject({ from: 'operator', to: 'router', text: 'Red, please.' });
    await replyTo(user, mail, 'No, blue.');
    expect((await until(at, 'notice.ignored', 2))[1]?.body.why).toContain('was answered already');
    const { approval } = await waiting(at);
    const decision = await letter();
    await replyTo(user, decision, 'approve');
    expect((await until(at, 'notice.ignored', 3))[2]?.body.why).toBe(
      'a reply is no answer to this (approval); the link is',
    );
    expect((await at.client.approval({ id: approval })).status).toBe('pending');
    expect(
      (await recorded(at, 'case.opened')).filter(({ body }) => body.channel === 'email' && body.customer !== ''),
    ).toHaveLength(1);
  });

  it('[SRV363] what cannot be sent says so, and keeps no other waiting; a switch stops it until it is re-armed', async () => {
    const { pack, data } = await prepared();
    const at = await opened(data);
    await applied(at, pack);
    server.refuse.add(FOUNDER);
    await asked(at, 'router', 'Lost?');
    const [dropped] = await until(at, 'notice.dropped');
    expect(dropped?.body).toMatchObject({ notice: 'N-1', seat: 'operator', why: expect.stringContaining('refused') });
    expect(dropped?.body.why).not.toContain('/notice/');
    server.refuse.clear();
    await at.client.trip({ scope: 'tool', id: 'people', reason: 'enough' });
    await asked(at, 'router', 'Stopped?');
    await vi.waitFor(() => expect(at.house.runtime.health().queued).toBe(0));
    await asked(at, 'router', 'And now?');
    expect(await recorded(at, 'notice.sent')).toEqual([]);
    await at.client.rearm({ scope: 'tool', id: 'people', reason: 'go on' });
    expect((await until(at, 'notice.sent', 2)).map(({ body }) => body.notice).sort()).toEqual(['N-2', 'N-3']);
    before.count += 2;
  });
});

/** Mail against Dovecot and a submission server: the contract, faults at the socket, mail that comes in. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProxyMode, trialProxy } from '@reeve/ledger/trial';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { callOf, connectorContract } from '../src/contract-suite.ts';
import { fakeMail, type Inbound, mailConnector, type Tool } from '../src/index.ts';
import { folderOf, type MailWorld, mailSubject, mailWorld } from './mail-subject.ts';
import { type MailServer, mailServer } from './servers/mail.ts';
import { without } from './servers/process.ts';
import { capabilityOf } from './subjects.ts';

connectorContract('the fake mail', () => mailSubject(fakeMail(), undefined));

const absent = without('dovecot', 'dovecot-imapd dovecot-lmtpd');

describe.skipIf(absent !== null)('mail with Dovecot', () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await mailServer();
  });
  afterAll(() => server.stop());
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    server.on = {};
    server.refuse.clear();
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  connectorContract('mail with Dovecot', () => mailSubject(mailConnector, server));

  async function opened(config: Record<string, unknown> = {}, ports: Partial<MailServer> = {}, secret?: string) {
    const context = await mailWorld({ ...server, ...ports }, config, secret);
    const tool = await mailConnector.open(context);
    cleanups.push(context.cleanup, () => tool.close());
    return { context, tool, ...callsOf(context, tool) };
  }
  const callsOf = (context: MailWorld, tool: Tool) => ({
    send: (key: string, more: Record<string, unknown> = {}, attempt = 1) =>
      tool.call(
        callOf(
          capabilityOf(context, 'mail.send'),
          { to: `${context.peer}@acme.example`, subject: 'Hello', body: 'Hello Ann', ...more },
          { key, attempt, case: 'C-7' },
        ),
      ),
    ask: async (id: string, args: Record<string, unknown>, key = 'k') =>
      (await tool.call(callOf(capabilityOf(context, `mail.${id}`), args, { key }))).value,
    lookup: (key: string) => tool.lookup?.(key, capabilityOf(context, 'mail.send')),
  });
  const proxied = async (port: number) => {
    const proxy = await trialProxy({ port });
    cleanups.push(() => proxy.close());
    return proxy;
  };

  describe('faults at the socket', () => {
    const faults: [string, (set: (mode: ProxyMode) => void) => MailServer['on'], number][] = [
      ['before the message', () => ({}), 0],
      ['while the message goes over', (set) => ({ begun: () => set('cut') }), 0],
      [
        'when the server had all of it and delivers nothing',
        (set) => ({
          got: () => {
            set('cut');
            throw new Error('no');
          },
        }),
        0,
      ],
      ['after it was delivered, before the answer', (set) => ({ delivered: () => set('cut') }), 1],
    ];
    it.each(faults)(
      'a cut %s leaves the message sent once or not at all, and known [CON102] [CON1]',
      async (_, when, landed) => {
        const proxy = await proxied(server.smtp);
        const { context, send, lookup } = await opened({}, { smtp: proxy.port });
        server.on = when((mode) => proxy.set(mode));
        if (server.on.begun === undefined && server.on.got === undefined && landed === 0) proxy.set('cut');
        const failure = await send('k1', { body: 'x'.repeat(200_000) }).then(
          () => undefined,
          (error: unknown) => error,
        );
        server.on = {};
        proxy.set('pass');
        expect(await folderOf(server, context.peer)).toHaveLength(landed);
        expect(failure).toMatchObject({ name: 'ToolError', category: 'transient' });
        if (!(failure as { uncertain: boolean }).uncertain) {
          expect(landed).toBe(0);
          expect(await lookup('k1')).toBeNull();
          await send('k1', { body: 'x'.repeat(200_000) }, 2);
        } else if (landed === 1) {
          expect(await lookup('k1')).toMatchObject({ value: { subject: 'Hello' } });
          await send('k1', { body: 'x'.repeat(200_000) }, 2);
        } else {
          await expect(lookup('k1')).rejects.toMatchObject({ uncertain: true });
          await expect(send('k1', { body: 'x'.repeat(200_000) }, 2)).rejects.toMatchObject({ uncertain: true });
        }
        const unknown = (failure as { uncertain: boolean }).uncertain && landed === 0;
        expect(await folderOf(server, context.peer)).toHaveLength(unknown ? 0 : 1);
      },
    );

    it('a tool that died after handing over finds its message when it is opened again (R-E25) [CON101] [CON102] [CON3]', async () => {
      const proxy = await proxied(server.smtp);
      const { context, tool, send } = await opened({}, { smtp: proxy.port });
      server.on = { delivered: () => proxy.set('cut') };
      await expect(send('k1')).rejects.toMatchObject({ uncertain: true });
      await tool.close();
      const again = await mailConnector.open(context);
      cleanups.push(() => again.close());
      expect(await callsOf(context, again).lookup('k1')).toMatchObject({
        value: { to: [`${context.peer}@acme.example`] },
      });
    });

    it("without a witness an unknown outcome is a person's to settle [CON102]", async () => {
      const proxy = await proxied(server.smtp);
      const { send, lookup } = await opened({ witness: 'none' }, { smtp: proxy.port });
      server.on = { delivered: () => proxy.set('cut') };
      await expect(send('k1')).rejects.toMatchObject({ uncertain: true });
      await expect(lookup('k1')).rejects.toThrow('witness: none');
    });

    it('a mailbox that cannot be looked into settles nothing [CON102]', async () => {
      const [smtp, imap] = [await proxied(server.smtp), await proxied(server.imap)];
      const { send, lookup } = await opened({}, { smtp: smtp.port, imap: imap.port });
      server.on = { delivered: () => smtp.set('cut') };
      await expect(send('k1')).rejects.toMatchObject({ uncertain: true });
      imap.set('cut');
      await expect(lookup('k1')).rejects.toMatchObject({ uncertain: true });
      imap.set('pass');
      expect(await lookup('k1')).not.toBeNull();
    });
  });

  it('says which recipients were refused while others got it, and refuses when nobody did [CON103]', async () => {
    const { context, send, lookup } = await opened();
    server.refuse.add('gone@acme.example');
    const { value } = await send('k1', { to: [`${context.peer}@acme.example`, 'gone@acme.example'] });
    expect(value).toMatchObject({ rejected: ['gone@acme.example'] });
    server.refuse.add(`${context.user}@acme.example`);
    await expect(send('k2', { to: 'gone@acme.example' })).rejects.toMatchObject({
      category: 'deterministic',
      uncertain: false,
    });
    expect(await lookup('k2')).toBeNull();
  });

  it('names a refused login and a missing secret, without showing the secret [CON104] [T14]', async () => {
    const wrong = await opened({}, {}, 'not-the-password');
    const failure = await wrong.send('k1').then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure).toContain('refused the login');
    expect(failure).not.toContain('not-the-password');
    await expect(wrong.ask('find', {})).rejects.toMatchObject({ category: 'governance' });
    const { context } = await opened();
    const missing = await mailConnector.open({
      ...context,
      directory: join(context.directory, 'other'),
      secret: async () => undefined,
    });
    cleanups.push(() => missing.close());
    await expect(callsOf(context, missing).send('k1')).rejects.toThrow('reeve secret set mail');
  });

  it('speaks TLS only with a server whose certificate is trusted [CON100] [T13]', async () => {
    const tls = (ca?: string) => ({
      imap: { host: 'localhost', port: server.imaps, ...(ca ? { ca } : {}) },
      smtp: { host: 'localhost', port: server.smtp, tls: 'starttls', ...(ca ? { ca } : {}) },
    });
    const stranger = await opened(tls());
    await expect(stranger.send('k1')).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    await expect(stranger.ask('find', {})).rejects.toThrow('no protected connection');
    const friend = await opened(tls('ca.pem'));
    await writeFile(join(friend.context.packDirectory, 'ca.pem'), server.ca);
    await friend.send('k1');
    expect(await friend.ask('find', { subject: 'Hello' })).toMatchObject({ count: 1 });
  });

  it('finds, reads and moves messages, as text without hidden characters [CON105] [T22]', async () => {
    const { context, ask } = await opened();
    const raw = (id: string, body: string, type = 'text/plain') =>
      `From: Eve <eve@elsewhere.example>\r\nTo: ${context.user}@acme.example\r\nSubject: about ${id}\r\nMessage-ID: <${id}@elsewhere.example>\r\nContent-Type: ${type}; charset=utf-8\r\n\r\n${body}\r\n`;
    await server.deliver([`${context.user}@acme.example`], raw('one', 'pay \x1b[31mme'));
    await server.deliver(
      [`${context.user}@acme.example`],
      raw('two', '<p>Hello <script>x()</script><b>Ann</b></p>', 'text/html'),
    );
    expect(await ask('find', { from: 'eve@elsewhere.example' })).toMatchObject({ count: 2 });
    expect(await ask('find', { subject: 'about two' })).toMatchObject({
      rows: [{ message_id: '<two@elsewhere.example>', seen: false }],
    });
    expect(await ask('read', { message_id: '<one@elsewhere.example>' })).toMatchObject({
      found: true,
      text: 'pay [31mme',
    });
    expect(await ask('read', { message_id: '<two@elsewhere.example>' })).toMatchObject({ text: 'Hello Ann' });
    expect(await ask('read', { message_id: '<none@elsewhere.example>' })).toEqual({ found: false });
    await ask('file', { message_id: '<one@elsewhere.example>' }, 'move-1');
    expect(await ask('find', {})).toMatchObject({ count: 1 });
    expect(await folderOf(server, context.user, 'Archive')).toMatchObject([{ id: '<one@elsewhere.example>' }]);
    await expect(ask('find', { subject: 'x"\r\nA1 LOGOUT' })).rejects.toMatchObject({ category: 'deterministic' });
  });

  describe('mail that comes in', () => {
    const mailFrom = (address: string, id: string, more: readonly string[] = [], body = 'Where is my order?') =>
      [
        `From: Ann <${address}>`,
        'Subject: My order',
        `Message-ID: <${id}@elsewhere.example>`,
        ...more,
        '',
        body,
        '',
      ].join('\r\n');
    async function watching(config: Record<string, unknown> = {}, ports: Partial<MailServer> = {}) {
      const all = await opened({ intake: { since: 'all', ...config } }, ports);
      const taken: Inbound[] = [];
      const ended = new AbortController();
      let broken = 0;
      const take = async (item: Inbound) => {
        if (broken-- > 0) throw new Error('the ledger is full');
        taken.push(item);
      };
      const done = all.tool.watch?.(take, ended.signal);
      cleanups.push(async () => {
        ended.abort();
        await done;
      });
      const address = `${all.context.user}@acme.example`;
      const until = (n: number) => vi.waitFor(() => expect(taken).toHaveLength(n), { timeout: 10_000, interval: 20 });
      return { ...all, taken, until, address, refuse: (n: number) => (broken = n) };
    }

    it("is offered when the server pushes it, once, as a stranger's word [CON106]", async () => {
      const { taken, until, address } = await watching();
      await server.deliver([address], mailFrom('Ann@Home.example', 'a1'));
      await until(1);
      await server.deliver([address], mailFrom('bob@home.example', 'b1'));
      await until(2);
      expect(taken[0]).toEqual({
        ...{ id: 'mail:<a1@elsewhere.example>', channel: 'email', customer: 'ann@home.example', name: 'Ann' },
        ...{ subject: 'My order', text: 'Where is my order?', data: { message_id: '<a1@elsewhere.example>' } },
      });
    });

    it('is offered again until it was taken, also over a lost connection [CON106]', async () => {
      const proxy = await proxied(server.imap);
      const { taken, until, address, refuse } = await watching({}, { imap: proxy.port });
      await server.deliver([address], mailFrom('ann@home.example', 'a1'));
      await until(1);
      refuse(1);
      await server.deliver([address], mailFrom('ann@home.example', 'a2'));
      await until(2);
      proxy.set('cut');
      await server.deliver([address], mailFrom('ann@home.example', 'a3'));
      proxy.set('pass');
      await until(3);
      expect(taken.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3'].map((id) => `mail:<${id}@elsewhere.example>`));
    });

    it('names the case it answers, and leaves programs and own copies alone [CON107]', async () => {
      const { context, taken, until, address, send } = await watching();
      const { value } = await send('k1');
      await server.deliver([address], mailFrom('bot@home.example', 'r1', ['Auto-Submitted: auto-replied']));
      await server.deliver([address], mailFrom('ann@home.example', 'a1', [`In-Reply-To: ${value.message_id}`]));
      await until(1);
      expect(taken[0]).toMatchObject({ customer: 'ann@home.example', case: 'C-7', answers: 'k1' });
      expect(await folderOf(server, context.user, 'Sent')).toMatchObject([{ id: value.message_id }]);
    });
  });
});

import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { mailboxConnector, type OpenContext, type Tool } from '../src/index.ts';
import { compose, parseMailbox } from '../src/mailbox/wire.ts';
import { capabilityOf, filesOf, MAIL, world } from './subjects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function opened() {
  const context = await world(
    'mailbox',
    { from: 'Süpport, "Desk" <support@acme.example>'.replaceAll(/[,"]/g, '') },
    MAIL,
  );
  cleanups.push(context.cleanup);
  const tool = await mailboxConnector.open(context);
  cleanups.push(() => tool.close());
  return { context, tool };
}

const MESSAGE = { to: 'ann@home.example', subject: 'Hello', body: 'Hello Ann' };
const send = (context: OpenContext, tool: Tool, more: Record<string, unknown> = {}, key = 'k') =>
  tool.call(callOf(capabilityOf(context, 'mail.send'), { ...MESSAGE, ...more }, { key }));
const folder = (context: OpenContext, part: string) => join(context.directory, 'outbox', part);
const only = async (context: OpenContext) => {
  const [file, ...others] = await filesOf(folder(context, 'new'));
  expect(others).toEqual([]);
  return file!;
};

it('writes one complete message into new, and leaves nothing in tmp [CON30]', async () => {
  const { context, tool } = await opened();
  const { value } = await send(context, tool, { in_reply_to: '<question@home.example>' });
  const { content } = await only(context);
  expect(content.replaceAll('\r\n', '').includes('\n')).toBe(false);
  const [head = '', body] = content.split('\r\n\r\n');
  expect(head).toContain('To: ann@home.example');
  expect(head).toContain('In-Reply-To: <question@home.example>');
  expect(head).toContain('Date: Wed, 18 Nov 2026 ');
  expect(head).toContain(`Message-ID: ${value.message_id}`);
  expect(head).toContain('<support@acme.example>');
  expect(body).toBe('Hello Ann\r\n');
  expect(await filesOf(folder(context, 'tmp'))).toEqual([]);
});

it('encodes what is not ASCII, in headers and body [CON32]', async () => {
  const { context, tool } = await opened();
  await send(context, tool, {
    to: ['Zoë <zoe@home.example>', 'bob@home.example'],
    subject: 'Grüße — re: your order',
    body: 'Schöne Grüße\nZoë\n.\nFrom here',
  });
  const { content } = await only(context);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the point is that only ASCII is left
  expect(content).toMatch(/^[\x00-\x7f]*$/);
  expect(content).toMatch(/To: =\?UTF-8\?Q\?Zo=C3=AB\?= <zoe@home.example>, bob@home.example/i);
  expect(content).toMatch(/Subject: =\?UTF-8\?/);
  expect(content).toContain('Sch=C3=B6ne Gr=C3=BC=C3=9Fe\r\nZo=C3=AB\r\n.\r\nFrom here');
});

it.each([
  'ann@home.example, eve@evil.example',
  'ann@home.example;eve@evil.example',
  '"eve@evil.example x"@home.example',
  '<eve@evil.example>ann@home.example',
  'Ann <ann@home.example> <eve@evil.example>',
  'friends: eve@evil.example, ann@home.example;',
  'аnn@home.example',
  'ann@home.example\u0000',
  'ann@home',
  '',
])('does not send to "%s", which is not plainly one recipient [CON31] [T7] [T22]', async (to) => {
  const { context, tool } = await opened();
  await expect(send(context, tool, { to })).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
  await expect(send(context, tool, { to: ['bob@home.example', to] })).rejects.toMatchObject({
    category: 'deterministic',
  });
  expect(await filesOf(folder(context, 'new'))).toEqual([]);
});

it('keeps the address as it was given, but for the case of its domain [CON31] [T7]', async () => {
  const { context, tool } = await opened();
  const { value } = await send(context, tool, { to: 'Ann.Lee+x@Home.Example' });
  expect(value.to).toEqual(['Ann.Lee+x@home.example']);
  expect((await only(context)).content).toMatch(/To: Ann\.Lee\+x@home\.example\r/);
});

it('does not compose for recipients other than those decided on [CON31] [T7]', () => {
  const draft = {
    from: { name: '', address: 'support@acme.example' },
    subject: 's',
    body: 'b',
    inReplyTo: undefined,
    messageId: '<m@acme.example>',
    at: 0,
  };
  expect(() => compose({ ...draft, to: [{ name: '', address: 'ann@home.example' }] })).not.toThrow();
  for (const address of ['ann@home.example, eve@evil.example', 'ann@HOME.example', 'ann@home.example>']) {
    expect(() => compose({ ...draft, to: [{ name: '', address }] }), address).toThrow('other recipients');
  }
});

it('reads a name with an address, and nothing else [CON31]', () => {
  expect(parseMailbox('Ann Lee <ann@home.example>')).toEqual({ name: 'Ann Lee', address: 'ann@home.example' });
  expect(parseMailbox('ann@home.example')).toEqual({ name: '', address: 'ann@home.example' });
  expect(parseMailbox('Ann\r\nBcc: eve@evil.example <ann@home.example>')).toBeUndefined();
  expect(mailboxConnector.config.safeParse({ from: 'support' }).success).toBe(false);
});

it('does not send again what a transport has already taken [CON33]', async () => {
  const { context, tool } = await opened();
  const first = await send(context, tool);
  const { name } = await only(context);
  await rename(join(folder(context, 'new'), name), join(folder(context, 'cur'), `${name}:2,S`));
  expect(await send(context, tool)).toEqual(first);
  await rm(join(folder(context, 'cur'), `${name}:2,S`));
  expect(await send(context, tool)).toEqual(first);
  expect(await filesOf(folder(context, 'new'))).toEqual([]);
});

it('gives every key a message id of its own, the same whenever it is asked [CON33]', async () => {
  const [one, two] = [await opened(), await opened()];
  const id = async ({ context, tool }: typeof one, key: string) =>
    (await send(context, tool, {}, key)).value.message_id;
  expect(await id(one, 'a')).toBe(await id(two, 'a'));
  expect(await id(one, 'b')).not.toBe(await id(one, 'a'));
});

it('lists what was sent, oldest first, to all or to one [CON34]', async () => {
  const { context, tool } = await opened();
  await send(context, tool, { subject: 'one' }, 'k1');
  await send(context, tool, { subject: 'two', to: ['bob@home.example', 'Ann <ann@home.example>'] }, 'k2');
  await send(context, tool, { subject: 'three', to: 'bob@home.example' }, 'k3');
  const list = async (args: Record<string, unknown>) => {
    const { rows, count } = (await tool.call(callOf(capabilityOf(context, 'mail.sent'), args))).value;
    expect(count).toBe((rows as unknown[]).length);
    return (rows as { subject: string }[]).map(({ subject }) => subject);
  };
  expect(await list({})).toEqual(['one', 'two', 'three']);
  expect(await list({ to: 'ann@home.example' })).toEqual(['one', 'two']);
  await expect(list({ to: 'everybody' })).rejects.toMatchObject({ category: 'deterministic' });
});

it('is not well without its folders [CON9]', async () => {
  const { context, tool } = await opened();
  await rm(folder(context, 'new'), { recursive: true });
  expect(await tool.health()).toMatchObject({ ok: false, message: expect.stringContaining('"new"') });
});

/** What the tests of mail share: an account of its own for each test, and what others see of it. */
import { randomBytes } from 'node:crypto';
import { ImapFlow } from 'imapflow';
import type { ContractSubject } from '../src/contract-suite.ts';
import type { Connector, OpenContext } from '../src/port.ts';
import { type MailServer, PASSWORD } from './servers/mail.ts';
import { type CapabilityInput, capabilityOf, read, world } from './subjects.ts';

const MAIL_ACTIONS: readonly CapabilityInput[] = [
  { id: 'mail.send', effect: 'irreversible', config: { action: 'send' } },
  { id: 'mail.find', effect: 'read', taints: true, config: { action: 'find' } },
  { id: 'mail.sent', effect: 'read', config: { action: 'find', folder: 'Sent' } },
  { id: 'mail.read', effect: 'read', taints: true, config: { action: 'read' } },
  { id: 'mail.file', effect: 'reversible', config: { action: 'move', to: 'Archive' } },
];

export type MailWorld = OpenContext & { cleanup(): Promise<void>; readonly user: string; readonly peer: string };

type Ports = Pick<MailServer, 'imap' | 'smtp'>;

const mailTool = (user: string, { imap, smtp }: Ports) => ({
  from: `Support <${user}@acme.example>`,
  user,
  password: { secret: 'mail' },
  smtp: { host: '127.0.0.1', port: smtp, tls: 'none' },
  imap: { host: '127.0.0.1', port: imap, tls: 'none' },
});

/** A tool on an account that nobody used before; `peer` is another one at the same server. */
export async function mailWorld(
  ports: Ports,
  config: Record<string, unknown> = {},
  secret = PASSWORD,
): Promise<MailWorld> {
  const user = `u${randomBytes(6).toString('hex')}`;
  const context = await world('mail', { ...mailTool(user, ports), ...config }, MAIL_ACTIONS);
  return { ...context, secret: async (name) => (name === 'mail' ? secret : undefined), user, peer: `${user}-peer` };
}

/** Message ids and subjects in a folder, seen over a session of its own. */
export async function folderOf({ imap }: Pick<MailServer, 'imap'>, user: string, folder = 'INBOX') {
  const client = new ImapFlow({
    ...{ host: '127.0.0.1', port: imap, secure: false, doSTARTTLS: false, logger: false, disableAutoIdle: true },
    auth: { user, pass: PASSWORD },
  });
  await client.connect();
  try {
    await client.mailboxOpen(folder, { readOnly: true });
    const all = client.mailbox && client.mailbox.exists > 0 ? await client.fetchAll('1:*', { envelope: true }) : [];
    return all.map(({ envelope }) => ({ id: envelope?.messageId, subject: envelope?.subject }));
  } finally {
    client.close();
  }
}

export async function mailSubject(connector: Connector, server: MailServer | undefined): Promise<ContractSubject> {
  const context = await mailWorld(server ?? { imap: 143, smtp: 587 });
  const mail = { to: `${context.peer}@acme.example`, subject: 'Hello', body: 'Hello Ann' };
  return {
    connector,
    context,
    cleanup: context.cleanup,
    write: { capability: capabilityOf(context, 'mail.send'), args: (n) => ({ ...mail, subject: `Hello ${n}` }) },
    read: { capability: capabilityOf(context, 'mail.find'), args: { subject: 'Hello' } },
    bad: [
      { why: 'no recipient', args: { ...mail, to: [] } },
      { why: 'header injection in to', args: { ...mail, to: 'ann@home.example\r\nBcc: eve@evil.example' } },
      { why: 'header injection in subject', args: { ...mail, subject: 'Hello\nBcc: eve@evil.example' } },
      { why: 'no body', args: { to: mail.to, subject: mail.subject } },
      {
        why: 'the secret in the body',
        args: { ...mail, body: server ? PASSWORD : '\ud800', to: server ? mail.to : [] },
      },
    ],
    world: async (tool) =>
      server
        ? [await folderOf(server, context.peer), await folderOf(server, context.user)].flat()
        : (await read(tool, context, 'mail.sent')).rows,
    count: (world) => (world as unknown[]).length / (server ? 2 : 1),
  };
}

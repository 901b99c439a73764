/** A mail server for the tests of those who use the mail tool. */
import { ImapFlow } from 'imapflow';
import { messageOf } from '../src/mail/message.ts';
import { type MailServer, PASSWORD } from './servers/mail.ts';

export { type MailServer, mailServer, PASSWORD } from './servers/mail.ts';
export { without } from './servers/process.ts';

/** The configuration of a mail tool for an account at that server, whose password is the secret `mail`. */
export const mailConfig = (user: string, { imap, smtp }: Pick<MailServer, 'imap' | 'smtp'>) => ({
  from: `Desk <${user}@acme.example>`,
  user,
  password: { secret: 'mail' },
  smtp: { host: '127.0.0.1', port: smtp, tls: 'none' },
  imap: { host: '127.0.0.1', port: imap, tls: 'none' },
  intake: { since: 'all' },
});

export interface Received {
  readonly message_id: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
}

/** What lies in the inbox of an account, the oldest first. */
export async function received({ imap }: Pick<MailServer, 'imap'>, user: string): Promise<Received[]> {
  const client = new ImapFlow({
    ...{ host: '127.0.0.1', port: imap, secure: false, doSTARTTLS: false, logger: false, disableAutoIdle: true },
    auth: { user, pass: PASSWORD },
  });
  await client.connect();
  try {
    await client.mailboxOpen('INBOX', { readOnly: true });
    const all = client.mailbox && client.mailbox.exists > 0 ? await client.fetchAll('1:*', { source: true }) : [];
    return await Promise.all(all.map(async ({ source }) => (await messageOf(source!)) as unknown as Received));
  } finally {
    client.close();
  }
}

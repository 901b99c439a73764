/** Dovecot with a submission server in front of it that delivers to it by LMTP. */
import { readFileSync, writeFileSync } from 'node:fs';
import { freePort } from '@reeve/ledger/trial';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SMTPServer } from 'smtp-server';
import { certificate, home, started } from './process.ts';

/** Of everybody: each test has mailboxes of its own, which are there when they are first used. */
export const PASSWORD = 'a-secret-of-everybody';

export interface MailServer {
  readonly imap: number;
  readonly imaps: number;
  readonly smtp: number;
  /** PEM of the certificate the servers show. */
  readonly ca: string;
  /** Called when a message is accepted, before (`got`) and after it was delivered; what it throws is the answer. */
  on: { begun?: (() => void) | undefined; got?: (() => void) | undefined; delivered?: (() => void) | undefined };
  /** Recipients that are refused. */
  refuse: Set<string>;
  /** Hand a raw message to a mailbox, as another mail server would. */
  deliver(to: readonly string[], raw: string, from?: string): Promise<void>;
  stop(): Promise<void>;
}

export async function mailServer(): Promise<MailServer> {
  const at = home('mail');
  const [imap, imaps, lmtp] = [await freePort(), await freePort(), await freePort()];
  const { cert, key } = certificate(at.path);
  writeFileSync(`${at.path}/dovecot.conf`, dovecotConf(at.path, at.account.name, { imap, imaps, lmtp }, { cert, key }));
  const end = await started(at, 'dovecot', ['-F', '-c', `${at.path}/dovecot.conf`], imap);
  const refuse = new Set<string>();
  const deliver = (to: readonly string[], raw: string, from = 'outside@elsewhere.example') =>
    byLmtp(lmtp, from, to, raw);
  const server = submissionServer({ cert, key }, () => all.on, refuse, deliver);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const smtp = (server.server.address() as { port: number }).port;
  const stop = async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await end();
    at.remove();
  };
  const all: MailServer = { imap, imaps, smtp, ca: readFileSync(cert, 'utf8'), on: {}, refuse, deliver, stop };
  return all;
}

function submissionServer(
  pem: { cert: string; key: string },
  on: () => MailServer['on'],
  refuse: ReadonlySet<string>,
  deliver: MailServer['deliver'],
): SMTPServer {
  return new SMTPServer({
    ...{ cert: readFileSync(pem.cert), key: readFileSync(pem.key), authOptional: false, allowInsecureAuth: true },
    disabledCommands: [],
    authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    closeTimeout: 100,
    onAuth: ({ username, password, accessToken }, _session, done) =>
      password === PASSWORD || accessToken === PASSWORD
        ? done(null, { user: username })
        : done(new Error('wrong user or password')),
    onRcptTo: ({ address }, _session, done) =>
      refuse.has(address) ? done(Object.assign(new Error('no such user'), { responseCode: 550 })) : done(),
    onData: async (stream, { envelope }, done) => {
      try {
        on().begun?.();
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        on().got?.();
        const to = envelope.rcptTo.map(({ address }) => address).filter((address) => address.endsWith('@acme.example'));
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        if (to.length > 0) await deliver(to, Buffer.concat(chunks).toString('latin1'), from);
        on().delivered?.();
        done(null, 'accepted');
      } catch (error) {
        done(error as Error);
      }
    },
  }).on('error', () => undefined);
}

function byLmtp(port: number, from: string, to: readonly string[], raw: string): Promise<void> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port, lmtp: true, ignoreTLS: true });
  return new Promise((resolve, reject) => {
    connection.on('error', reject);
    connection.connect((error) => {
      if (error) return reject(error);
      connection.send({ from, to: [...to] }, Buffer.from(raw, 'latin1'), (problem) => {
        connection.quit();
        if (problem) reject(problem);
        else resolve();
      });
    });
  });
}

type Ports = Readonly<Record<'imap' | 'imaps' | 'lmtp', number>>;
const dovecotConf = (
  T: string,
  user: string,
  { imap, imaps, lmtp }: Ports,
  { cert, key }: { cert: string; key: string },
) => `
base_dir=${T}/run
state_dir=${T}/state
log_path=${T}/log
protocols=imap lmtp
listen=127.0.0.1
ssl=yes
ssl_cert=<${cert}
ssl_key=<${key}
disable_plaintext_auth=no
auth_mechanisms=plain login
auth_failure_delay=0
default_internal_user=${user}
default_internal_group=${user}
default_login_user=${user}
first_valid_uid=0
mail_location=maildir:${T}/mail/%n
auth_username_format=%n
passdb {
  driver=static
  args=password=${PASSWORD}
}
userdb {
  driver=static
  args=uid=${user} gid=${user} home=${T}/mail/%n
}
namespace inbox {
  inbox=yes
  mailbox Sent {
    auto=create
    special_use=\\Sent
  }
  mailbox Archive {
    auto=create
  }
}
service anvil {
  chroot=
  unix_listener anvil-auth-penalty {
    mode=0
  }
}
service imap-login {
  chroot=
  inet_listener imap {
    port=${imap}
  }
  inet_listener imaps {
    port=${imaps}
    ssl=yes
  }
}
service lmtp {
  inet_listener lmtp {
    address=127.0.0.1
    port=${lmtp}
  }
}
service stats {
  chroot=
}
`;

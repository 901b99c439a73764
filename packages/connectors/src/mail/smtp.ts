/** Handing one message over to a submission server. */
import { Readable } from 'node:stream';
import { ToolError } from '../port.ts';
import type { Target } from '../shared/endpoint.ts';
import type { MailConfig } from './wire.ts';

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface Login {
  readonly user: string;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * Hand `message` over for `envelope`.
 * @param mark called before the first byte of the message; until then nothing can be delivered
 * @returns the recipients that were refused while others were accepted
 * @throws ToolError certain when the server said no; anything else is up to `mark`
 */
export async function submit(
  target: Target,
  login: Login,
  { time }: Pick<MailConfig, 'time'>,
  envelope: Envelope,
  message: Buffer,
  mark: () => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection');
  const { address: host, port, tls, secure } = target;
  const connection = new SMTPConnection({
    ...{
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      tls: secure,
    },
    ...{ connectionTimeout: time, greetingTimeout: time, socketTimeout: time, logger: false },
    ...(secure.servername === undefined ? {} : { servername: secure.servername }),
  });
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      // Closing says `end`, which must not be what failed.
      reject(asToolError(error as SmtpError));
      connection.close();
    };
    const stop = () => fail(new Error('it was cancelled'));
    const timer = setTimeout(() => fail(new Error(`it took longer than ${time} ms`)), time);
    const done = (work: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      work();
    };
    signal.addEventListener('abort', stop, { once: true });
    connection.on('error', (error: SmtpError) => done(() => fail(error)));
    connection.on('end', () => done(() => fail(new Error('the server closed the connection'))));
    connection.connect((error) => {
      if (error) return done(() => fail(error));
      connection.login(credentials(login), (refusal) => {
        if (refusal) return done(() => fail(refusal));
        connection.send({ from: envelope.from, to: [...envelope.to] }, announced(message, mark), (problem, info) =>
          done(() => {
            if (problem || !info) return fail(problem ?? new Error('no answer'));
            connection.quit();
            resolve(info.rejected);
          }),
        );
      });
    });
  });
}

const credentials = ({ user, password, token }: Login) =>
  token === undefined
    ? { credentials: { user, pass: password ?? '' } }
    : { method: 'XOAUTH2', user, oauth2: bearer(user, token) };

/** The shape nodemailer wants of a token that is already there. */
const bearer = (user: string, token: string) =>
  ({
    getToken: (_renew: boolean, callback: (error: null, value: string) => void) =>
      callback(null, Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64')),
    buildXOAuth2Token: (value: string) => value,
  }) as never;

/** The message as a stream that says when it begins to be read: after the server has said that it wants it. */
function announced(message: Buffer, mark: () => void): Readable {
  let begun = false;
  return new Readable({
    read() {
      if (!begun) {
        begun = true;
        mark();
        this.push(message);
      } else this.push(null);
    },
  });
}

/** What a server says no to has not happened: 4xx may be accepted later, 5xx never. */
function asToolError(error: SmtpError): Error {
  const { responseCode, code, message } = error;
  if (code === 'EAUTH')
    return new ToolError(
      'governance',
      `the mail server refused the login: ${message}; check user and secret; nothing was sent`,
    );
  if (code === 'ETLS' || /certificate|self.signed|altnames/i.test(message))
    return new ToolError(
      'deterministic',
      `no protected connection: ${message}; correct host, tls or ca; nothing was sent`,
    );
  if (responseCode !== undefined && responseCode >= 500)
    return new ToolError('deterministic', `the mail server refused it: ${message}; nothing was sent`);
  if (responseCode !== undefined && responseCode >= 400)
    return new ToolError('transient', `the mail server does not take it now: ${message}; nothing was sent`);
  return new Error(`handing over the message failed: ${message}`);
}

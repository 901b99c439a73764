/** Looking into mailboxes. */
import type { FetchMessageObject, ImapFlow, SearchObject } from 'imapflow';
import { type CallResult, ToolError } from '../port.ts';
import { refused } from '../shared/call.ts';
import type { Target } from '../shared/endpoint.ts';
import { dateOf, messageOf } from './message.ts';
import type { Login } from './smtp.ts';
import { MAX_MESSAGE } from './wire.ts';

export interface ImapOptions {
  readonly target: Target;
  readonly login: Login;
  /** Milliseconds until a silent server is given up. */
  readonly time: number;
}

/** A session that is logged in; whoever opens it ends it. @throws ToolError certain. */
export async function imapSession({ target, login, time }: ImapOptions): Promise<ImapFlow> {
  const { ImapFlow } = await import('imapflow');
  const { address: host, port, tls, secure } = target;
  const client = new ImapFlow({
    ...{ host, port, secure: tls === 'implicit', doSTARTTLS: tls === 'starttls', tls: secure, logger: false },
    ...(secure.servername === undefined ? {} : { servername: secure.servername }),
    auth:
      login.token === undefined
        ? { user: login.user, pass: login.password ?? '' }
        : { user: login.user, accessToken: login.token },
    ...{ connectionTimeout: time, greetingTimeout: time, socketTimeout: Math.max(time, 1000), disableAutoIdle: true },
    maxLiteralSize: MAX_MESSAGE + 1024 * 1024,
  });
  // Errors arrive at the call under way as well; without a listener they would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    throw asToolError(error as ImapError);
  }
}

interface ImapError extends Error {
  readonly authenticationFailed?: boolean;
  readonly responseText?: string;
}

function asToolError(error: ImapError): ToolError {
  const why = error.responseText ?? error.message;
  if (error.authenticationFailed)
    return new ToolError('governance', `the mail server refused the login: ${why}; check user and secret`);
  if (/certificate|self.signed|altnames|STARTTLS/i.test(why))
    return new ToolError('deterministic', `no protected connection: ${why}; correct host, tls or ca`);
  return new ToolError('transient', `the mailbox cannot be reached: ${why}`);
}

/** Do `work` in a session of its own. Failures are certain unless `work` says otherwise: looking changes nothing. */
export async function withImap<T>(
  options: ImapOptions,
  signal: AbortSignal,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = await imapSession(options);
  const stop = () => client.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work(client);
  } catch (error) {
    throw error instanceof ToolError ? error : asToolError(error as ImapError);
  } finally {
    signal.removeEventListener('abort', stop);
    client.close();
  }
}

/** Open a folder. @throws ToolError deterministic when there is none. */
export async function openFolder(client: ImapFlow, name: string, readOnly = true): Promise<void> {
  try {
    await client.mailboxOpen(name, { readOnly });
  } catch (cause) {
    if (!client.usable) throw cause;
    throw refused(`the mailbox has no folder "${name}"; correct the name or create it`, cause);
  }
}

/** UIDs that fit, ascending. */
export async function search(client: ImapFlow, criteria: SearchObject): Promise<number[]> {
  const found = await client.search(criteria, { uid: true });
  return Array.isArray(found) ? found : [];
}

const byId = (id: string): SearchObject => ({ header: { 'message-id': id } });

/** Is a message with that id in one of the folders? Missing folders hold nothing. */
export async function findById(client: ImapFlow, id: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const open = await openFolder(client, folder).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ToolError) return false;
        throw error;
      },
    );
    if (open && (await search(client, byId(id))).length > 0) return folder;
  }
  return undefined;
}

const LISTED = { uid: true, envelope: true, flags: true, size: true } as const;

/** The newest `limit` messages that fit, oldest first. */
export async function list(
  client: ImapFlow,
  folder: string,
  criteria: SearchObject,
  limit: number,
): Promise<CallResult> {
  await openFolder(client, folder);
  const uids = (await search(client, criteria)).slice(-limit);
  const rows = uids.length === 0 ? [] : await client.fetchAll(uids.join(','), LISTED, { uid: true });
  return { value: { rows: rows.map(summary), count: rows.length } };
}

function summary({ envelope, flags, size = 0 }: FetchMessageObject): Record<string, unknown> {
  const addresses = (list: readonly { address?: string | undefined }[] = []) =>
    list.flatMap(({ address }) => address ?? []);
  return {
    message_id: envelope?.messageId ?? '',
    from: addresses(envelope?.from)[0] ?? '',
    to: addresses(envelope?.to),
    subject: envelope?.subject ?? '',
    date: dateOf(envelope?.date),
    seen: flags?.has('\\Seen') ?? false,
    size,
  };
}

/** One message, read; `{found: false}` when there is none in the folder. */
export async function read(client: ImapFlow, folder: string, id: string): Promise<CallResult> {
  await openFolder(client, folder);
  const [uid] = await search(client, byId(id));
  if (uid === undefined) return { value: { found: false } };
  return { value: { found: true, ...(await fetchMessage(client, uid)) } };
}

/** A message of the open folder by UID. @throws ToolError deterministic when it is too large. */
export async function fetchMessage(client: ImapFlow, uid: number): Promise<Record<string, unknown>> {
  const known = await client.fetchOne(String(uid), { size: true }, { uid: true });
  const size = known ? (known.size ?? 0) : 0;
  if (size > MAX_MESSAGE) throw refused(`the message has ${size} bytes; at most ${MAX_MESSAGE} are read`);
  const found = await client.fetchOne(String(uid), { source: true }, { uid: true });
  if (found === false || found?.source === undefined)
    throw refused('the message is no longer there; list the folder again');
  return messageOf(found.source);
}

/** Move a message; one that is in `to` already was moved. @returns whether it is there now. */
export async function move(
  client: ImapFlow,
  id: string,
  folder: string,
  to: string,
  mark: () => void,
): Promise<boolean> {
  await openFolder(client, folder, false);
  const [uid] = await search(client, byId(id));
  if (uid === undefined) return false;
  mark();
  const moved = await client.messageMove(String(uid), to, { uid: true });
  if (moved === false) throw refused(`the server did not move it; is there a folder "${to}"?`);
  return true;
}

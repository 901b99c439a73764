/**
 * New mail as cases, pushed by the server (IMAP IDLE).
 *
 * Invariants:
 * - A message is passed over only after it is on the ledger, was left alone on purpose, or can never be read: the cursor
 *   moves then. The same message offered twice has the same id, so that it opens one case.
 * - Nothing in a message ends the watch; a lost connection is made again, later each time.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImapFlow } from 'imapflow';
import { type Inbound, ToolError } from '../port.ts';
import { targetOf } from '../shared/endpoint.ts';
import { openDurable } from '../shared/sqlite.ts';
import { fetchMessage, findById, imapSession, openFolder, search } from './imap.ts';
import { loginOf, type Mail, mailSecrets } from './mail.ts';

type Take = (item: Inbound) => Promise<void>;
/** Milliseconds between two attempts to get a connection, and between questions where the server pushes nothing. */
const AGAIN = { first: 500, most: 60_000 } as const;
/** An IDLE is begun anew before servers and routers forget it. */
const IDLE = 9 * 60_000;

/** Take mail of the inbox until `signal` is aborted. */
export async function watchMailbox(mail: Mail, take: Take, signal: AbortSignal): Promise<void> {
  const over = AbortSignal.any([signal, mail.closing.signal]);
  for (let pause: number = AGAIN.first; !over.aborted; pause = Math.min(pause * 2, AGAIN.most)) {
    try {
      await session(mail, take, over, () => {
        pause = AGAIN.first;
      });
    } catch {
      // Whatever it was, the next session begins at the cursor; `health` tells what is wrong.
    }
    await sleep(pause, undefined, { signal: over }).catch(() => undefined);
  }
}

async function session(mail: Mail, take: Take, signal: AbortSignal, well: () => void): Promise<void> {
  const { config, context } = mail;
  if (!config.imap) return;
  const login = loginOf(mail, await mailSecrets(mail, undefined));
  const target = await targetOf(config.imap, context.packDirectory);
  const client = await imapSession({ target, login, time: IDLE + config.time });
  const stop = () => client.close();
  signal.addEventListener('abort', stop, { once: true });
  const cursor = openCursor(join(context.directory, '.reeve', 'intake.db'));
  try {
    await openFolder(client, config.folders.inbox, false);
    for (let more = arrival(client); !signal.aborted && client.usable; more = arrival(client)) {
      // What arrives while an own copy is filed, in another folder, is announced by nobody: look until nothing is new.
      for (let found = true; found && !signal.aborted; ) found = await takeNew(mail, client, cursor, take);
      well();
      await waiting(client, more);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    cursor.close();
    client.close();
  }
}

/** Resolves when something came since it was called, or the connection is gone. */
function arrival(client: ImapFlow): Promise<void> {
  return new Promise((resolve) => {
    client.once('exists', () => resolve());
    client.once('close', () => resolve());
  });
}

async function waiting(client: ImapFlow, more: Promise<void>): Promise<void> {
  const idle = client.idle();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, IDLE);
  });
  await Promise.race([more, late, idle.then(() => more)]).finally(() => clearTimeout(timer));
}

interface Cursor {
  get(): { readonly validity: string; readonly next: number } | undefined;
  set(validity: string, next: number): void;
  close(): void;
}

function openCursor(file: string): Cursor {
  const db = openDurable(file);
  db.exec(
    'CREATE TABLE IF NOT EXISTS cursor(id INTEGER PRIMARY KEY CHECK (id = 1), validity TEXT NOT NULL, next INTEGER NOT NULL)',
  );
  const select = db.prepare('SELECT validity, next FROM cursor');
  const upsert = db.prepare(
    'INSERT INTO cursor(id, validity, next) VALUES (1, :validity, :next) ON CONFLICT(id) DO UPDATE SET validity = :validity, next = :next',
  );
  return {
    get: () => select.get() as { validity: string; next: number } | undefined,
    set: (validity, next) => void upsert.run({ validity, next }),
    close: () => db.close(),
  };
}

/** @returns whether there was anything new. */
async function takeNew(mail: Mail, client: ImapFlow, cursor: Cursor, take: Take): Promise<boolean> {
  const box = client.mailbox;
  if (!box) return false;
  const validity = String(box.uidValidity);
  const known = cursor.get();
  // Renumbered: everything is offered again, and what is known by its id opens nothing.
  const first = mail.config.intake?.since === 'all' ? 1 : box.uidNext;
  if (!known) cursor.set(validity, first);
  const next = !known ? first : known.validity === validity ? known.next : 1;
  const uids = (await search(client, { uid: `${next}:*` })).filter((uid) => uid >= next).sort((a, b) => a - b);
  for (const uid of uids) {
    await takeOne(mail, client, uid, take);
    cursor.set(validity, uid + 1);
  }
  return uids.length > 0;
}

async function takeOne(mail: Mail, client: ImapFlow, uid: number, take: Take): Promise<void> {
  let message: Record<string, unknown>;
  try {
    message = await fetchMessage(client, uid);
  } catch (error) {
    // Too large or gone: it stays in the mailbox for people, and never opens a case.
    if (error instanceof ToolError) return;
    throw error;
  }
  if (isOwn(mail, message)) return fileCopy(mail, client, uid, String(message.message_id));
  if (message.automatic === true && mail.config.intake?.automatic !== 'take') return;
  const item = inboundOf(mail, message);
  if (item) await take(item);
}

/** The copy that tells that a message was sent. */
const isOwn = ({ plans }: Mail, { message_id: id }: Record<string, unknown>): boolean =>
  plans.named([String(id)]) !== undefined;

async function fileCopy({ config }: Mail, client: ImapFlow, uid: number, id: string): Promise<void> {
  const { sent, inbox } = config.folders;
  const there = await findById(client, id, [sent]);
  await openFolder(client, inbox, false);
  if (there === undefined) await client.messageMove(String(uid), sent, { uid: true });
}

function inboundOf({ plans }: Mail, message: Record<string, unknown>): Inbound | undefined {
  const customer = String(message.from).toLowerCase();
  if (customer === '') return undefined;
  const { message_id: id, subject, text, name, in_reply_to: answered, references, attachments, date } = message;
  const about = plans.named([String(answered), ...(references as string[]).slice().reverse()]);
  const unique =
    id === ''
      ? createHash('sha256')
          .update(JSON.stringify([customer, date, subject, text]))
          .digest('hex')
      : id;
  return {
    ...{ id: `mail:${String(unique)}`.slice(0, 500), channel: 'email', customer },
    ...(name === '' ? {} : { name: String(name) }),
    ...{ subject: String(subject) || '(no subject)', text: String(text) },
    ...(about ? { answers: about.key } : {}),
    ...(about?.case ? { case: about.case } : {}),
    data: { message_id: id, ...((attachments as unknown[]).length > 0 ? { attachments } : {}) },
  };
}

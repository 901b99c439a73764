/**
 * Who is woken hears of it at once (R-E5): on the console of the server, and in a file that others can pass on.
 *
 * [SRV121] Every wake-up of the ledger is told to each notifier at least once, in order, also what was raised while nobody
 * ran; a notifier that fails is tried again and keeps nothing else waiting.
 */
import { appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { KernelRecord, RecordOf } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import type { Log } from '../house.ts';

interface Notification {
  readonly seq: number;
  readonly at: string;
  readonly wakeup: string;
  readonly why: string;
  readonly about: string;
  readonly text: string;
  readonly to: string | null;
}

/** One way to reach people. */
export interface Notifier {
  readonly name: string;
  /** The latest record it was told of, or null when it knows nothing of that. */
  last(): Promise<number | null>;
  /** @throws when it could not be told: it is told again. */
  tell(note: Notification): Promise<void>;
}

const AGAIN = 5000;
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms).unref();
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });

export const consoleNotifier = (log: Log): Notifier => ({
  name: 'console',
  last: async () => null,
  tell: async ({ wakeup, why, text, to }) => log('error', `wake-up ${wakeup} (${why}) for ${to ?? 'nobody'}: ${text}`),
});

/** How much of the end of an outbox is read for its last line: more than a line has. */
const TAIL = 16_384;

/** One JSON value a line, for a mailer or a pager to take up. */
export function outbox(data: string): Notifier {
  const path = join(data, 'outbox.jsonl');
  let cut = false;
  return {
    name: 'outbox',
    last: async () => {
      const end = await endOf(path);
      cut = end !== null && end !== '' && !end.endsWith('\n');
      if (end === null) return null;
      // A line that was cut off by a crash is written again; the one before it counts.
      return (
        end
          .split('\n')
          .map(seqOf)
          .findLast((seq) => seq !== null) ?? 0
      );
    },
    tell: async (note) => {
      await appendFile(path, `${cut ? '\n' : ''}${JSON.stringify(note)}\n`);
      cut = false;
    },
  };
}

/** The end of a file; null when there is none. */
async function endOf(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL), 0, TAIL, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function seqOf(line: string): number | null {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    return typeof seq === 'number' ? seq : null;
  } catch {
    return null;
  }
}

function noteOf({ seq, at, body }: RecordOf<'wakeup.raised'>): Notification {
  const { wakeup, why, about, text, to } = body;
  return { seq, at: new Date(at).toISOString(), wakeup, why, about, text, to };
}

const isWakeUp = (record: KernelRecord): record is RecordOf<'wakeup.raised'> & KernelRecord =>
  record.kind === 'wakeup.raised';

/** What is done about each record, from where it knows of on. */
export interface Follower {
  readonly name: string;
  /** The latest record it knows of, or null to begin with what comes now. */
  last(): Promise<number | null>;
  /** @throws when it has to be tried again, before anything later. */
  take(record: KernelRecord): Promise<void>;
}

/** Tells one notifier until the result is called. */
export function notifying(runtime: Runtime, notifier: Notifier, log: Log): () => Promise<void> {
  const take = async (record: KernelRecord) => {
    if (isWakeUp(record)) await notifier.tell(noteOf(record));
  };
  return following(runtime, { name: notifier.name, last: () => notifier.last(), take }, log);
}

/** Shows one follower every record until the result is called. */
export function following(runtime: Runtime, follower: Follower, log: Log): () => Promise<void> {
  const ended = new AbortController();
  const running = follow(runtime, follower, log, ended.signal);
  return async () => {
    ended.abort();
    await running;
  };
}

async function follow(runtime: Runtime, follower: Follower, log: Log, signal: AbortSignal): Promise<void> {
  let after = runtime.health().seq;
  const last = await follower.last().catch(() => null);
  if (last !== null) after = Math.min(after, last);
  while (!signal.aborted && !['stopped', 'deposed'].includes(runtime.health().status)) {
    try {
      for await (const { record } of runtime.subscribe({ after, signal })) {
        await follower.take(record);
        after = record.seq;
      }
    } catch (error) {
      log('warn', `the notifier "${follower.name}" failed; it is tried again`, { error: String(error) });
      await pause(AGAIN, signal);
    }
  }
}

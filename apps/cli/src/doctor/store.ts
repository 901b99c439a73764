/** The ledger's file or database by itself, without opening the organisation. */
import { join } from 'node:path';
import { type Head, type Store, verify } from '@reeve/ledger';
import { inspectLedger, type LedgerFile } from '@reeve/ledger/sqlite';
import { type Finding, fail, ok, warn } from '../machine.ts';
import { countText, spanText } from '../text/quantities.ts';

const MEGABYTE = 1024 * 1024;
/** Sizes in bytes: up to which SQLite's check is made here, and from which a write-ahead log is not being taken up. */
const SIZES = { quick: 1024 * MEGABYTE, wal: 256 * MEGABYTE } as const;

/** [CLI97] What SQLite and the tables say. Nothing is written. */
export function checkLedgerFile(data: string, live: boolean, now: number): Finding[] {
  try {
    const seen = inspectLedger(join(data, 'ledger'), SIZES.quick);
    return [fileFinding(seen), walFinding(seen), leaseFinding(seen, live, now)];
  } catch (error) {
    const { message } = error as Error;
    const next =
      'restore a backup (`reeve restore`); keep the damaged folder, `reeve ledger verify` may still read much of it';
    return [fail('store', `the ledger's file cannot be read: ${message}`, next, 'without it there is no organisation')];
  }
}

function fileFinding({ problems, schema, known, journal, bytes }: LedgerFile): Finding {
  if (schema > known)
    return fail('store', `written by a newer Reeve (tables ${schema}, this one knows ${known})`, 'upgrade Reeve');
  if (problems !== null && problems.length > 0)
    return fail(
      'store',
      `SQLite finds the file damaged: ${problems[0]}`,
      'stop the server, copy the folder away, restore a backup, and look at the disk',
      'damage spreads with each write',
    );
  if (journal !== 'wal')
    return warn(
      'store',
      `its journal mode is ${journal}, not wal`,
      'start the server: it sets it',
      'somebody else opened it',
    );
  const size = `${countText(Math.ceil(bytes / MEGABYTE))} MB`;
  return ok(
    'store',
    problems === null ? `${size}; too large to check here (\`reeve ledger verify\`)` : `${size}, sound`,
  );
}

function walFinding({ walBytes }: LedgerFile): Finding {
  const size = `${countText(Math.ceil(walBytes / MEGABYTE))} MB`;
  if (walBytes < SIZES.wal) return ok('write-ahead log', size);
  return warn(
    'write-ahead log',
    size,
    'end programs that keep the ledger open for reading, then start the server again',
    'it is not taken up into the database: reads and starts get slower, and the disk fills',
  );
}

/** A lease that nobody renews is left over: the next start under the same name takes it at once, another one when it runs out. */
function leaseFinding({ lease: { epoch, holder, until } }: LedgerFile, live: boolean, now: number): Finding {
  if (holder === null) return ok('lease', `free; ${countText(epoch)} owners so far`);
  if (live) return ok('lease', `held by ${holder}, epoch ${countText(epoch)}`);
  const left = until > now ? `; it runs out in ${spanText(until - now)}` : '; it has run out';
  return warn(
    'lease',
    `held by ${holder} (epoch ${countText(epoch)}), which does not answer${left}`,
    'start the server again: on the same machine and folder it takes over at once, elsewhere when the lease has run out',
    'that server was killed or hangs; nothing it acknowledged is lost, and what it was doing is looked up by key',
  );
}

/** Records at the end whose chain is checked. */
const TAIL = 10_000;

/** [CLI97] The newest records follow from one another; all of them is `reeve ledger verify`. */
export async function checkChain(store: Store, seq: number): Promise<Finding> {
  const from = Math.max(0, seq - TAIL);
  const found = await verify(store.load(from), from === 0 ? {} : await startAt(store, from));
  if (found.ok) return ok('chain', `the newest ${countText(found.count)} records follow from one another`);
  return fail(
    'chain',
    `record ${countText(found.firstBad!.seq)} is not what was written: ${found.firstBad!.why}`,
    'stop the server, keep the folder, find out who could write there, and restore a backup (`reeve ledger verify` says more)',
    'the history was changed or damaged: what follows from it cannot be trusted',
  );
}

async function startAt(store: Store, seq: number): Promise<{ start: Head; startAt: number }> {
  for await (const { hash, header } of store.load(seq - 1, 1))
    return { start: { seq, hash }, startAt: (JSON.parse(header) as { at: number }).at };
  throw new RangeError(`there is no record ${seq}`);
}

/** Milliseconds: a slow round trip, and a clock that is too far off. */
const DATABASE = { slow: 20, drift: 1000 } as const;

/** [CLI97] The database: reached, durable, how far, whose clock, and who has a copy. */
export async function checkDatabase(url: string, now: () => number): Promise<Finding> {
  try {
    const { inspectDatabase } = await import('@reeve/ledger/postgres');
    const { where, roundTrip, ahead, standbys } = await inspectDatabase(url, now);
    const told = `${where} answers in ${roundTrip.toFixed(1)} ms`;
    if (Math.abs(ahead) > DATABASE.drift)
      return warn(
        'database',
        `${told}; its clock is ${spanText(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} this one's`,
        'set both clocks by NTP',
        'records get the time of this machine, leases that of the database',
      );
    if (roundTrip > DATABASE.slow)
      return warn('database', told, 'put the nodes near the database', 'each answer waits for a round trip');
    if (standbys !== null && standbys.synchronous === 0)
      return warn(
        'database',
        `${told}; no standby that commits wait for`,
        'configure synchronous replication (docs/deployment.md)',
        'when its disk is lost, so are acknowledged records',
      );
    return ok(
      'database',
      standbys === null
        ? `${told}; this user may not see its standbys`
        : `${told}; ${standbys.synchronous} synchronous of ${standbys.all} standbys`,
    );
  } catch (error) {
    return fail(
      'database',
      (error as Error).message,
      'start it, or correct --store; check the network between',
      'without it nothing can be recorded',
    );
  }
}

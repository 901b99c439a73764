import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Definition } from '@reeve/kernel';
import { parseCheckpoint, parseNote, type Store } from '@reeve/ledger';
import { type Connection, connectQuietly, liveServer } from '../connect.ts';
import type { Context } from '../context.ts';
import { print } from '../context.ts';
import { checkDisk } from '../doctor/disk.ts';
import { checkBackups, checkFileModes, checkSigningKey } from '../doctor/files.ts';
import { checkChain, checkDatabase, checkLedgerFile } from '../doctor/store.ts';
import { EXIT, type Exit, toFailure } from '../failure.ts';
import { openLedger, toolsHealth } from '../house.ts';
import { hasOrganisation, readOrganisation, readServer } from '../layout.ts';
import { checkDirectory, checkNode, checkPort, checkSpace, type Finding, fail, ok, warn } from '../machine.ts';
import { doctorText } from '../text/doctor.ts';
import { countText, momentText, spanText } from '../text/quantities.ts';

export interface DoctorOptions {
  /** Folder that holds backups. */
  readonly backups?: string;
}

/** `reeve doctor`: one line for each thing that could stop Reeve from working here, with what to do about it. */
export async function doctor(context: Context, options: DoctorOptions): Promise<Exit> {
  const { data, port } = context;
  const live = await liveServer(data).catch(() => null);
  const server = await readServer(data).catch(() => null);
  const findings = [
    checkNode(process.versions.node),
    await checkDirectory(data),
    await checkSpace(data),
    await checkDisk(data),
    await checkFileModes(data),
    ...(await checkBackups(context, options.backups)),
    await checkPort(server && live ? server.port : port, live !== null),
    ...(await organisationFindings(context, live)),
  ];
  const failed = findings.some(({ level }) => level === 'fail');
  print(context, { ok: !failed, findings }, doctorText(findings, context));
  return failed ? EXIT.unavailable : EXIT.done;
}

async function organisationFindings(context: Context, live: Connection | null): Promise<Finding[]> {
  const { data } = context;
  try {
    if (!(await hasOrganisation(data)))
      return [warn('organisation', `none in ${data} yet`, 'begin with `reeve init` and `reeve apply`')];
    const { organisation } = await readOrganisation(data);
    return [
      ok('organisation', organisation),
      ...(context.store === undefined
        ? checkLedgerFile(data, live !== null, context.now())
        : [await checkDatabase(context.store, context.now)]),
      await checkSigningKey(data),
      ...(await ledgerFindings(context)),
      ...(await openFindings(context, live)),
    ];
  } catch (error) {
    return [failed('organisation', error)];
  }
}

/** What was thrown, as a finding: message, and what to do. */
function failed(name: string, error: unknown): Finding {
  const { message, next } = toFailure(error);
  return fail(name, message, next);
}

/** The ledger by itself: it must be readable even when nothing else is. */
async function ledgerFindings({ data, store: at, now }: Context): Promise<Finding[]> {
  let store: Store | undefined;
  try {
    store = await openLedger(data, at);
    const { seq } = await store.head();
    const found = ok('ledger', `opens; ${countText(seq)} records (prove them with \`reeve ledger verify\`)`);
    const chain = await checkChain(store, seq);
    return [found, chain, await snapshotFinding(store, seq), await clockFinding(store, seq, now())];
  } catch (error) {
    return [failed('ledger', error)];
  } finally {
    await store?.close();
  }
}

/** Records read in a fraction of a second; beyond it a snapshot is worth having. */
const FEW = 100_000;

async function snapshotFinding(store: Store, seq: number): Promise<Finding> {
  const snapshot = await store.snapshot.load();
  if (snapshot)
    return ok(
      'snapshot',
      `readable, of record ${countText(snapshot.seq)}; ${countText(seq - snapshot.seq)} records follow`,
    );
  if (seq < FEW) return ok('snapshot', `none, and none needed for ${countText(seq)} records`);
  return warn(
    'snapshot',
    `none: a start reads all ${countText(seq)} records`,
    'stop the server once cleanly; that takes one',
  );
}

/** Before this there was no Reeve: a machine without a clock battery begins in 1970. */
const REEVE_BEGAN = Date.UTC(2026, 0, 1);

/** Times in the ledger never fall: a clock that went back stands still until it caught up. */
async function clockFinding(store: Store, seq: number, now: number): Promise<Finding> {
  if (now < REEVE_BEGAN)
    return fail(
      'clock',
      `it says ${momentText(now)}`,
      'set the clock of this machine',
      'deadlines, leases and prices go by it',
    );
  for await (const record of store.load(seq - 1, 1)) {
    const { at } = JSON.parse(record.header) as { at: number };
    if (at <= now + 1000) break;
    return warn(
      'clock',
      `the newest record is ${spanText(at - now)} in the future`,
      'set the clock of this machine; until then deadlines stand still',
    );
  }
  return ok('clock', momentText(now));
}

/** What can only be seen from inside: the lock, the pack in force, the tools. */
async function openFindings({ data, store }: Context, live: Connection | null): Promise<Finding[]> {
  if (live)
    return [
      ok('lock', `held by the server at ${live.url}`),
      await openedToolsFinding(live),
      await checkpointFinding(live),
      ...(await insideFindings(live)),
      ...(await packFindings(data, live)),
    ];
  const opened = await connectQuietly(data, store).catch((error: unknown) => error as Error);
  if (opened instanceof Error) return [failed('lock', opened)];
  try {
    return [
      ok('lock', 'free; no server runs'),
      await checkpointFinding(opened),
      ...(await insideFindings(opened)),
      ...(await packFindings(data, opened)),
    ];
  } finally {
    await opened.close();
  }
}

/** A server whose tools could not be opened after an apply goes on with the ones before: somebody must know. */
async function openedToolsFinding({ client }: Connection): Promise<Finding> {
  const { tools } = await client.health();
  if (tools === null) return ok('tools', 'those of the definition in force are open');
  return fail(
    'tools',
    `those of the definition in force are not open: ${tools}`,
    'correct the pack and apply it again',
  );
}

/** Twice what a server lets come together before it signs. */
const UNSIGNED_RECORDS = 20_000;
const UNSIGNED = 'what is not signed convinces nobody later';

/** What the organisation itself knows to be wrong. */
async function insideFindings({ client }: Connection): Promise<Finding[]> {
  return (await client.diagnosis()).findings;
}

/** Is the history signed, so that others can tell if it changes? */
async function checkpointFinding({ client }: Connection): Promise<Finding> {
  const [{ reason }, { seq, checkpoint }] = [await client.health(), await client.ledgerHead()];
  if (reason !== null)
    return warn('checkpoint', reason, 'look at the log of the server, and run `reeve ledger verify`');
  const size = checkpoint === null ? 0 : parseCheckpoint(parseNote(checkpoint).text).size;
  if (size === 0 && seq > 0)
    return warn('checkpoint', `none of ${countText(seq)} records is signed`, 'start the server once: `reeve up`');
  if (seq - size > UNSIGNED_RECORDS)
    return warn(
      'checkpoint',
      `the last ${countText(seq - size)} records are not signed`,
      'look at the log of the server',
      UNSIGNED,
    );
  return ok('checkpoint', `${countText(size)} of ${countText(seq)} records are signed`);
}

async function packFindings(data: string, { client, live }: Connection): Promise<Finding[]> {
  const { definition, digest } = await client.organisation();
  if (definition === null) return [warn('pack', 'none is in force', 'apply one: reeve apply DIR')];
  const scripts = await scriptsFinding(join(data, 'packs', digest), definition);
  // A running server has the tools open; a second process must not touch them.
  return live || scripts.level !== 'ok' ? [scripts] : [scripts, ...(await toolFindings(data, definition, digest))];
}

/** The files that seats will run are those that were applied. */
async function scriptsFinding(folder: string, definition: Definition): Promise<Finding> {
  const wrong: string[] = [];
  for (const [path, expected] of Object.entries(definition.scripts)) {
    const bytes = await readFile(join(folder, path)).catch(() => null);
    if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== expected) wrong.push(path);
  }
  const count = Object.keys(definition.scripts).length;
  if (wrong.length === 0) return ok('pack', `${definition.name}; ${count} scripts are as they were applied`);
  return fail(
    'pack',
    `${wrong.join(', ')} in ${folder} are not what was applied`,
    'stop the server, remove that folder and apply the pack again',
  );
}

async function toolFindings(data: string, definition: Definition, digest: string): Promise<Finding[]> {
  const found = await toolsHealth(data, definition, digest);
  return found.map(({ tool, ok: well, message }) =>
    well
      ? ok(`tool ${tool}`, message)
      : fail(`tool ${tool}`, message, "check its configuration in the pack's tools and the system behind it"),
  );
}

/** One organisation on its data directory: the ledger, the runtime, the installed packs, the HTTP application. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  History,
  type PersonalBlobs,
  personalBlobs,
  type Store,
  StoreCorrupt,
  StoreError,
  StoreFull,
} from '@reeve/ledger';
import { openJournal, openRuntime, type Runtime, type RuntimeOptions, Unavailable } from '@reeve/runtime';
import type { Hono } from 'hono';
import { Peers } from './a2a/peers.ts';
import { Agents } from './agents/agents.ts';
import { SeatTokens } from './agents/tokens.ts';
import { type ApplyPack, applying } from './applying.ts';
import type { BackupFolders } from './backup/backups.ts';
import { hiddenBy, type Kept, keeping } from './backup/open.ts';
import { type DataDirectory, openDirectory } from './data/directory.ts';
import { type Ground, groundOf, type OpenGround } from './data/ground.ts';
import { Packs } from './data/packs.ts';
import { folderShelf } from './data/shelf.ts';
import { StartError } from './errors.ts';
import { type CheckpointOptions, Evidence } from './evidence/evidence.ts';
import { Orders } from './executors/orders.ts';
import { ExecutorTokens } from './executors/tokens.ts';
import { FilesView } from './files-view/view.ts';
import { createApp } from './http/app.ts';
import { keepIndexed } from './indexing.ts';
import { hooked, Intake } from './intake.ts';
import { consoleNotifier, type Notifier, notifying, outbox } from './oversight/notify.ts';
import { openPeople, type People } from './people/index.ts';
import { Sessions } from './sessions/sessions.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import type { AnswerOf } from './views/run.ts';
import { idleTools, Workplace } from './workplace.ts';

export type Log = NonNullable<RuntimeOptions['log']>;

export interface HouseOptions {
  /** The data directory; created when missing. */
  readonly data: string;
  /** Play scripts and carry out operations; false to look at and command a stopped organisation. */
  readonly work: boolean;
  /** Id of the organisation, for a new data directory. */
  readonly organisation?: string;
  readonly log?: Log;
  /** Which Host headers are answered: loopback names only (default), or any because it is bound elsewhere on purpose. */
  readonly hosts?: 'loopback' | 'any';
  /** Where backups go when they are asked for over the API. */
  readonly backups?: BackupFolders;
  /** Folder of the built web console; it may appear later. Without one there is none. */
  readonly console?: string;
  /** Milliseconds between heartbeats of event streams; 15 s unless told otherwise. */
  readonly heartbeat?: number;
  /** When the ledger is signed while it grows: every 5 minutes or 10,000 records unless told otherwise. */
  readonly checkpoints?: Partial<CheckpointOptions>;
  /** Further ways to reach who is woken, besides console and outbox. */
  readonly notifiers?: readonly Notifier[];
  /** Folder of the files view; none unless told. */
  readonly files?: string;
  /** `postgres://…` when ledger and keys are there; in the data directory unless told otherwise. */
  readonly store?: string | undefined;
  /** The same, for those who have the connections already. */
  readonly ground?: OpenGround;
  /** Folder of the installed packs, which organisations of one process may share; in the data directory unless told otherwise. */
  readonly packs?: string;
  /** Under which secrets are sealed; REEVE_SECRETS_PASSPHRASE, else a key file in the data directory. */
  readonly passphrase?: string;
  /** Where this organisation is served, for programs that work seats; without it none is started. */
  readonly url?: string;
  /** Where others reach it, when that is another address: it stands in the agent card and in mails to people. */
  readonly publicUrl?: string;
  /** How long peers (A2A) that wait for a task are kept waiting, in milliseconds; 25 s unless told otherwise. */
  readonly patience?: number;
  /** What paths begin with where several organisations share a port, such as `/o/shop`. */
  readonly prefix?: string;
  /** Instead of the token of the data directory. */
  readonly token?: string;
  /** Others that count like it. */
  readonly tokens?: readonly string[];
  /** Where tools keep what is theirs; in the data directory unless told otherwise. */
  readonly tools?: string | undefined;
  /** Folders that programs started by tools must not see, besides the data directory. */
  readonly hidden?: readonly string[];
  /** Tools that remote executors call (`reeve executor`): exact, `mail*`, or `*`. */
  readonly remote?: readonly string[];
  /** Name of this process among those that share the ledger, its lease, and other limits of the runtime. */
  readonly runtime?: Pick<RuntimeOptions, 'holder' | 'lease' | 'limits'>;
  /** What several organisations of one process share; one of its own unless given. Closed by who made it. */
  readonly telemetry?: Telemetry;
}

export interface House {
  /** Absolute path of the data directory. */
  readonly data: string;
  readonly token: string;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly packs: Packs;
  readonly evidence: Evidence;
  readonly sessions: Sessions;
  readonly seatTokens: SeatTokens;
  readonly app: Hono;
  /**
   * Load, install and apply a pack: whole or not at all.
   * @throws Refusal `invalid` with `problems`, or `conflict` when the pack or the organisation changed since the plan.
   */
  readonly applyPack: ApplyPack;
  /** Finish what is in the works, close everything, give the data directory back. Closing twice is fine. */
  close(): Promise<void>;
}

/**
 * Opens an organisation, creating its data directory when missing.
 * @throws StartError saying what is wrong and what to do; Unavailable when the runtime cannot take over.
 */
export async function openHouse(options: HouseOptions): Promise<House> {
  const directory = await openDirectory(options.data, options.organisation);
  try {
    return await openOn(directory, options);
  } catch (error) {
    directory.unlock();
    throw asStartError(directory.path, error);
  }
}

async function openOn(directory: DataDirectory, options: HouseOptions): Promise<House> {
  const log: Log = options.log ?? (() => undefined);
  const { store: bare, keys, ...ground } = await (options.ground ?? groundOf(options.store))(directory);
  const telemetry = options.telemetry ?? new Telemetry({ log });
  const { store, told } = telemetry.store(bare);
  const orders = new Orders();
  const kept = keeping(directory, log, options);
  const packs = new Packs(options.packs ?? join(directory.path, 'packs'), ground.files);
  const agents = new Agents();
  const shelf = ground.shelf ?? folderShelf(directory.path);
  const seatTokens = await SeatTokens.open(shelf);
  const executorTokens = await ExecutorTokens.open(shelf);
  const peers = await Peers.open(shelf);
  const hidden = hiddenBy(options);
  const workplace = new Workplace(packs, directory.path, log, { ...options, hidden, orders, agents, seatTokens });
  try {
    await packs.prepare();
    const runtime = await openRuntime({
      holder: `${hostname()}:${directory.path}`,
      ...options.runtime,
      org: directory.organisation,
      store,
      keys,
      log,
      kernel: telemetry.kernel,
      tools: options.work ? workplace : idleTools,
      ...(options.work ? { occupants: workplace.occupant } : {}),
      ...(ground.replica ? { replica: ground.replica(directory.organisation) } : {}),
    });
    const evidence = await openEvidence(directory, store, log, options);
    const sessions = await Sessions.open({ shelf, codes: ground.shelf });
    const history = new History({ store, keys, recordOf: runtime.recordOf });
    const journal = openJournal(store.blob, keys);
    // What was erased with its customer, or lost, is not there: the rest of the run still is.
    const answer = (digest: string) => journal.read(digest, '').catch(() => null);
    const silence = notify(runtime, directory.path, log, options);
    const people = options.work ? await openPeople(directory.path, runtime, workplace, log, options) : null;
    const files = await openFiles(runtime, store, log, options);
    const detach = telemetry.attach(runtime, told, directory.path, options.work);
    return furnish({
      answer,
      blobs: personalBlobs(store.blob, keys),
      directory,
      runtime,
      store,
      history,
      ground,
      packs,
      evidence,
      kept,
      orders,
      agents,
      seatTokens,
      executorTokens,
      peers,
      sessions,
      workplace,
      telemetry,
      detach,
      files,
      silence,
      people,
      log,
      options,
    });
  } catch (error) {
    await workplace.close();
    await ground.close();
    throw error;
  }
}

function openEvidence(directory: DataDirectory, store: Store, log: Log, options: HouseOptions): Promise<Evidence> {
  const { path: data, organisation } = directory;
  const { checkpoints } = options;
  return Evidence.open({ data, organisation, store, log, ...(checkpoints === undefined ? {} : { checkpoints }) });
}

function openFiles(runtime: Runtime, store: Store, log: Log, options: HouseOptions): Promise<FilesView | null> {
  const { files: directory, work } = options;
  return directory === undefined || !work ? Promise.resolve(null) : FilesView.open({ directory, runtime, store, log });
}

function notify(runtime: Runtime, data: string, log: Log, options: HouseOptions): () => Promise<unknown> {
  const { work, notifiers = [] } = options;
  const all = work ? [consoleNotifier(log), outbox(data), ...notifiers] : [];
  const ends = all.map((notifier) => notifying(runtime, notifier, log));
  return () => Promise.all(ends.map((end) => end()));
}

interface Parts {
  readonly answer: AnswerOf;
  readonly blobs: PersonalBlobs;
  readonly directory: DataDirectory;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly history: History;
  readonly ground: Pick<Ground, 'close'>;
  readonly packs: Packs;
  readonly evidence: Evidence;
  readonly kept: Kept;
  readonly orders: Orders;
  readonly agents: Agents;
  readonly seatTokens: SeatTokens;
  readonly executorTokens: ExecutorTokens;
  readonly peers: Peers;
  readonly sessions: Sessions;
  readonly workplace: Workplace;
  readonly telemetry: Telemetry;
  /** The metrics show it no more. */
  readonly detach: () => Promise<void>;
  readonly files: FilesView | null;
  /** Nobody is told any more. */
  readonly silence: () => Promise<unknown>;
  readonly people: People | null;
  readonly log: Log;
  readonly options: HouseOptions;
}

function furnish(parts: Parts): House {
  const { directory, runtime, store, history, ground, packs, evidence, orders, sessions } = parts;
  const { workplace, telemetry, detach, log, options, agents, seatTokens, peers } = parts;
  if (options.work) evidence.watch(() => runtime.health().seq);
  const ended = new AbortController();
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    ended.abort();
    workplace.programs?.stop();
    agents.close();
    const copied = parts.kept.backups.close();
    indexing?.stop();
    try {
      await indexing?.done();
      await copied;
      await parts.files?.close();
      await parts.silence();
      await parts.people?.close();
      await runtime.stop();
    } finally {
      await detach();
      await evidence.close();
      await ground.close();
      directory.unlock();
    }
  };
  const applyPack = applying(runtime, packs);
  const { path: data } = directory;
  const { token = directory.token } = options;
  const { hosts = 'loopback', heartbeat = 15_000 } = options;
  const indexing = options.work ? keepIndexed(history, runtime, log) : null;
  const intake = new Intake(runtime, store, log, parts.people?.replies);
  if (options.work) workplace.listen((tool, item) => intake.take(tool, item));
  const app = createApp({
    history,
    runtime,
    store,
    packs,
    evidence,
    ...parts.kept,
    orders,
    agents,
    seatTokens,
    executorTokens: parts.executorTokens,
    peers,
    url: options.publicUrl ?? options.url,
    patience: options.patience ?? 25_000,
    sessions,
    telemetry,
    toolsHealth: () => workplace.health(),
    hook: (tool, request) => hooked(workplace, tool, request, intake),
    outputs: workplace.outputs,
    people: parts.people?.desk ?? null,
    answer: parts.answer,
    blobs: parts.blobs,
    tokens: [token, ...(options.tokens ?? [])],
    log,
    works: options.work,
    hosts,
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    heartbeat,
    applyPack,
    ended: ended.signal,
    ...(options.console === undefined ? {} : { console: options.console }),
  });
  return {
    ...{ data, token, runtime, store, packs, evidence, sessions, seatTokens, app, applyPack },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function asStartError(data: string, error: unknown): unknown {
  if (error instanceof StoreFull)
    return new StartError('no-space', error.message, 'free some space and start again', error);
  if (error instanceof StoreCorrupt)
    return new StartError('corrupt', error.message, 'run `reeve ledger verify`, then restore a backup', error);
  if (error instanceof StoreError) {
    const newer = error.message.includes('newer Reeve');
    const next = newer ? 'upgrade Reeve, or use the newer one' : `check the permissions of ${data}`;
    return new StartError(newer ? 'newer-data' : 'not-writable', error.message, next, error);
  }
  if (error instanceof Unavailable) return new StartError('in-use', error.message, error.next, error);
  // A record that cannot be read, or that the kernel does not know.
  if (error instanceof RangeError) return new StartError('newer-data', error.message, 'upgrade Reeve', error);
  if (error instanceof TypeError)
    return new StartError(
      'corrupt',
      `the ledger cannot be read: ${error.message}`,
      'run `reeve ledger verify`; if it finds nothing, this is a bug to report',
      error,
    );
  return error;
}

/** Backups of a served organisation: one is taken or checked at a time, in a process of its own, into the folder the server was told. */
import { join } from 'node:path';
import type { BackupListView, BackupProgress } from '@reeve/protocol';
import { Refusal, StartError } from '../errors.ts';
import type { Log } from '../house.ts';
import type { Notices } from '../notices.ts';
import { afterKey, type PageQuery } from '../views/page.ts';
import { type Job, runJob } from './job.ts';
import { Shelf } from './shelf.ts';
import { freeBytes } from './space.ts';
import { tarBytes, tarEntries, tarOf } from './tar.ts';

export interface BackupFolders {
  /** Where backups go; `backups/` of the data directory unless told otherwise. */
  readonly folder?: string;
  /** Where copies of the keys go, best on another disk; they are not copied unless told. */
  readonly keys?: string;
}

export interface BackupsOptions extends BackupFolders {
  /** The data directory. */
  readonly data: string;
  readonly organisation: string;
  /** Why none can be taken here; null when they can. */
  readonly reason: string | null;
  readonly log: Log;
  readonly notices: Notices;
}

type What = BackupProgress['what'];
/** Idempotency keys whose answers are remembered. */
const REMEMBERED = 100;

export class Backups {
  readonly #options: BackupsOptions;
  readonly #shelf: Shelf;
  readonly #ended = new AbortController();
  readonly #begun = new Map<string, string>();
  #running: BackupProgress | null = null;
  #failed: BackupListView['failed'] = null;
  #work: Promise<void> = Promise.resolve();

  constructor(options: BackupsOptions) {
    this.#options = options;
    const { data, folder = join(data, 'backups'), keys = null, organisation } = options;
    this.#shelf = new Shelf(folder, keys, organisation);
  }

  /** [SRV250] What there is, and what is under way. */
  async list(query: PageQuery): Promise<BackupListView> {
    const { reason } = this.#options;
    const { folder, keys } = this.#shelf;
    const all = (await this.#shelf.all()).filter(({ name }) => name !== `${this.#running?.name}.partial`);
    const { items, ...next } = afterKey(all, query, ({ name }) => name);
    const free = await freeBytes(folder).catch(() => freeBytes(this.#options.data));
    const where = reason === null ? { folder, keys, free } : { folder: null, keys: null, free: null };
    return { ...where, reason, running: this.#running, failed: this.#failed, backups: items, ...next };
  }

  /**
   * [SRV251] Begins to take one. @param id the command's; the same one is told the same name.
   * @throws Refusal `conflict` while another one is taken or checked, and where none can be taken
   */
  async take(id: string): Promise<{ name: string; repeated: boolean }> {
    const known = id === '' ? undefined : this.#begun.get(id);
    if (known !== undefined) return { name: known, repeated: true };
    const { data, organisation } = this.#options;
    const { folder, keys } = this.#shelf;
    const name = await this.#begin('take', () => this.#shelf.freeName(Date.now()));
    this.#remember(id, name);
    const to = { to: join(folder, name), ...(keys === null ? {} : { keys: join(keys, name) }) };
    this.#run({ take: { data, organisation, ...to } });
    return { name, repeated: false };
  }

  /** [SRV252] Begins to check one. @throws Refusal `conflict` as `take`, `not-found` */
  async check(name: string): Promise<string> {
    const path = await this.#shelf.pathOf(name);
    await this.#begin('check', async () => name);
    this.#run({ check: { path, room: this.#shelf.folder } });
    return name;
  }

  /** [SRV253] A whole backup as one file. @throws Refusal `not-found` */
  async file(name: string): Promise<{ bytes: number; pieces: AsyncGenerator<Uint8Array, void, undefined> }> {
    const { path, files } = await this.#shelf.filesOf(name);
    const entries = await tarEntries(path, files, name);
    return { bytes: tarBytes(entries), pieces: tarOf(path, entries, name) };
  }

  /** Ends what is under way; nothing of it is left. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.#work;
  }

  /** Taken before anything is waited for: of two at once one begins. */
  async #begin(what: What, nameOf: () => Promise<string>): Promise<string> {
    const { reason } = this.#options;
    if (reason !== null) throw new Refusal('conflict', reason, 'back the database up with its own tools');
    if (this.#running !== null || this.#ended.signal.aborted)
      throw new Refusal('conflict', `${this.#running?.name || 'a backup'} is under way`, 'wait until it is done');
    const began = Date.now();
    this.#running = { what, name: '', began, step: 'ledger', done: 0, of: null };
    this.#failed = null;
    const name = await nameOf().catch((error: unknown) => {
      this.#running = null;
      throw error;
    });
    this.#running = { ...this.#running, name };
    this.#options.notices.say('backup');
    return name;
  }

  #run(job: Job): void {
    const { log, notices } = this.#options;
    const { what, name } = this.#running!;
    const onProgress = (progress: Pick<BackupProgress, 'step' | 'done' | 'of'>): void => {
      if (this.#running) this.#running = { ...this.#running, ...progress };
      notices.say('backup');
    };
    this.#work = runJob(job, onProgress, this.#ended.signal)
      .then(() => this.#done(what, name))
      .catch((error: unknown) => this.#fail(what, name, error))
      .catch((error: unknown) => log('error', 'a backup could not be tidied up', { name, error: String(error) }))
      .finally(() => {
        this.#running = null;
        notices.say('backup');
      });
  }

  async #done(what: What, name: string): Promise<void> {
    this.#options.log('info', what === 'take' ? 'backup taken' : 'backup checked', { name });
    if (what === 'check') await this.#shelf.checked(name, { at: Date.now(), sound: true, why: null });
  }

  async #fail(what: What, name: string, error: unknown): Promise<void> {
    await this.#shelf.discard(name);
    if (this.#ended.signal.aborted) return;
    const { message, next = 'look at the log of the server', code } = error as Partial<StartError> & Error;
    this.#failed = { what, name, at: Date.now(), why: message, next };
    this.#options.log('warn', 'a backup failed', { name, what, error: message });
    // What could not be looked at, for want of space or a process, is not unsound for that.
    if (what === 'check' && error instanceof StartError && code === 'corrupt')
      await this.#shelf.checked(name, { at: Date.now(), sound: false, why: message });
  }

  #remember(id: string, name: string): void {
    if (id === '') return;
    this.#begun.set(id, name);
    if (this.#begun.size > REMEMBERED) this.#begun.delete(this.#begun.keys().next().value!);
  }
}

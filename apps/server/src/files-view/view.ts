/**
 * The readable folder of an organisation, written from its ledger while it lives and never read back (conflict 1).
 *
 * [FIL2] It follows the ledger as a subscriber: who commands does not wait for it, and a slow disk makes it late, not big.
 * [FIL1] Every file is a function of the ledger: a folder that is deleted is written again with the same bytes.
 */
import { createHash } from 'node:crypto';
import { budgetLines, digest, gaps, type KernelRecord, type State, waitsBySeat } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import type { Runtime } from '@reeve/runtime';
import { type Archive, archiveOf } from '../archive.ts';
import type { Log } from '../house.ts';
import { VERSION } from '../version.ts';
import { caseLog, type Place } from './case-log.ts';
import { Dirty } from './dirty.ts';
import { definitionFiles, incidentFile } from './history.ts';
import { day } from './markdown.ts';
import { ORGANISATION_FILES } from './organisation.ts';
import { type Folder, folderAt, NOTE } from './port.ts';
import { seatFiles } from './seats.ts';

export interface FilesOptions {
  readonly directory: string;
  readonly runtime: Runtime;
  readonly store: Store;
  readonly log: Log;
  /** Between two times of writing, milliseconds: 1 s unless told otherwise. */
  readonly every?: number;
  /** Where it is written; the directory unless told otherwise. */
  readonly folder?: Folder;
}

/** Cases of which it is remembered where their log grows, and texts of which it is known that they are written. */
const KEPT = { places: 10_000, texts: 100_000 } as const;
/** Wait after something could not be written or read, milliseconds. */
const AGAIN = 1000;
/** Form of the files: another one is written from the beginning. */
const FORM = `${VERSION}/1`;

interface Note {
  readonly org: string;
  readonly form: string;
  readonly seq: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

export class FilesView {
  readonly #options: FilesOptions;
  readonly #folder: Folder;
  readonly #archive: Archive;
  readonly #ended = new AbortController();
  #dirty = new Dirty();
  /** The latest record that was noted, and the latest whose files are written. */
  #noted = 0;
  #written = 0;
  #places = new Map<string, Place>();
  /** Path → digest of what stands there, so that what did not change is not touched. */
  #texts = new Map<string, string>();
  /** What the files of seats showed besides the seats themselves. */
  #shown = '';
  #open: Map<string, number> = new Map();
  #running: Promise<unknown> = Promise.resolve();
  #failed = false;

  private constructor(options: FilesOptions) {
    this.#options = options;
    this.#folder = options.folder ?? folderAt(options.directory);
    this.#archive = archiveOf(options.runtime, options.store);
  }

  /** Begins to write; what is missing is caught up with in the background. */
  static async open(options: FilesOptions): Promise<FilesView> {
    const view = new FilesView(options);
    await view.#begin();
    view.#running = Promise.all([view.#follow(), view.#write()]);
    return view;
  }

  /** How far the files are, and what waits to be written. */
  get progress(): { written: number; waiting: number } {
    return { written: this.#written, waiting: this.#dirty.size };
  }

  /** Resolves when the files show record `seq`. */
  async caughtUp(seq: number): Promise<void> {
    while (this.#written < seq && !this.#ended.signal.aborted) await pause(10);
  }

  /** Write what is known, for at most `grace` milliseconds, and end. */
  async close(grace = 2000): Promise<void> {
    const { seq } = this.#options.runtime.health();
    await Promise.race([this.caughtUp(seq), pause(grace)]);
    this.#ended.abort();
    await Promise.race([this.#running, pause(grace)]);
  }

  async #begin(): Promise<void> {
    const { runtime } = this.#options;
    const head = await runtime.read((state) => state.seq);
    const note = noteOf(await this.#folder.note());
    const known = note?.org === runtime.org && note.form === FORM && note.seq <= head;
    this.#noted = known ? note.seq : head;
    this.#written = known ? note.seq : 0;
    if (known) return;
    this.#dirty.seq = head;
    this.#startOver(this.#dirty);
  }

  #startOver(dirty: Dirty): void {
    this.#texts.clear();
    this.#places.clear();
    dirty.everything();
  }

  async #follow(): Promise<void> {
    const { runtime } = this.#options;
    const { signal } = this.#ended;
    while (!signal.aborted && !['stopped', 'deposed'].includes(runtime.health().status)) {
      try {
        for await (const { record } of runtime.subscribe({ after: this.#noted, signal })) this.#notice(record);
      } catch (error) {
        this.#complain('the ledger could not be followed', error);
        await pause(AGAIN);
      }
    }
  }

  #notice(record: KernelRecord): void {
    this.#noted = record.seq;
    this.#dirty.note(record);
  }

  /** One round after another; what is noted meanwhile is for the next one. */
  async #write(): Promise<void> {
    const { every = 1000 } = this.#options;
    while (!this.#ended.signal.aborted) {
      if (!this.#dirty.empty) await this.#round();
      await pause(this.#failed ? AGAIN : every);
    }
  }

  async #round(): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = new Dirty();
    try {
      // A folder that somebody took away is written anew.
      if (!dirty.all && (await this.#folder.note()) === null) this.#startOver(dirty);
      await this.#flush(dirty);
      this.#failed = false;
    } catch (error) {
      this.#dirty.take(dirty);
      this.#complain('the files could not be written; it is tried again', error);
      this.#failed = true;
    }
  }

  async #flush(dirty: Dirty): Promise<void> {
    const { runtime } = this.#options;
    await this.#organisation();
    await this.#seats(dirty);
    if (dirty.all || dirty.definition)
      for (const [path, text] of await definitionFiles(this.#archive, runtime.org)) await this.#put(path, text);
    const late = await this.#cases(dirty);
    for (const id of await this.#incidentsOf(dirty)) {
      const [path, text] = await incidentFile(runtime, this.#archive, id);
      await this.#put(path, text);
    }
    // Whose key is about to go is looked at again: until then his files are not done with, whatever else is.
    if (late.length > 0) for (const id of late) this.#dirty.forgotten.add(id);
    else await this.#done(dirty.seq);
  }

  async #done(seq: number): Promise<void> {
    const note: Note = { org: this.#options.runtime.org, form: FORM, seq };
    await this.#folder.write(NOTE, `${JSON.stringify(note)}\n`);
    this.#written = Math.max(this.#written, seq);
  }

  async #organisation(): Promise<void> {
    for (const [path, render] of Object.entries(ORGANISATION_FILES))
      await this.#put(path, await this.#options.runtime.read((state) => render(state)));
  }

  /** Seats something happened to; all of them when what they share changed: a number, the day, the definition. */
  async #seats(dirty: Dirty): Promise<void> {
    const { runtime } = this.#options;
    const { ids, shown, waits } = await runtime.read((state) => {
      partiesOf(state, dirty);
      return {
        ids: [...state.organisation.seats.keys()],
        shown: sharedBy(state),
        waits: waitsBySeat(state),
      };
    });
    const every = dirty.all || dirty.definition || dirty.everySeat || shown !== this.#shown;
    const changed = (id: string) => dirty.seats.has(id) || waits.open.get(id) !== this.#open.get(id);
    for (const id of ids) {
      if (!every && !changed(id)) continue;
      for (const [path, text] of await runtime.read((state) => seatFiles(state, id, waits)))
        await this.#put(path, text);
    }
    this.#shown = shown;
    this.#open = waits.open;
  }

  /** @returns those of which the ledger still shows who is forgotten */
  async #cases(dirty: Dirty): Promise<string[]> {
    const late: string[] = [];
    for (const id of dirty.forgotten) {
      this.#places.delete(id);
      const { files, erased } = await caseLog(this.#archive, id);
      if (erased === false) late.push(id);
      else for (const [path, text] of files) await this.#put(path, text);
    }
    for await (const id of this.#caseIds(dirty)) {
      if (dirty.forgotten.has(id) || this.#ended.signal.aborted) continue;
      const { files, place } = await caseLog(this.#archive, id, this.#places.get(id));
      for (const [path, text] of files) await this.#put(path, text);
      this.#remember(this.#places, id, place, KEPT.places);
    }
    return late;
  }

  async *#caseIds(dirty: Dirty): AsyncGenerator<string> {
    if (!dirty.all) return yield* dirty.cases;
    const last = await this.#options.runtime.read((state) => state.counters.C ?? 0);
    for (let n = 1; n <= last; n++) yield `C-${n}`;
  }

  async #incidentsOf(dirty: Dirty): Promise<string[]> {
    if (!dirty.all) return [...dirty.incidents];
    const last = await this.#options.runtime.read((state) => state.counters.I ?? 0);
    return Array.from({ length: last }, (_, i) => `I-${i + 1}`);
  }

  async #put(path: string, text: string): Promise<void> {
    const before = this.#texts.get(path);
    const mark = markOf(text);
    if (before === mark) return;
    if (this.#ended.signal.aborted) throw new Error('the view was closed');
    await this.#folder.write(path, text);
    this.#remember(this.#texts, path, mark, KEPT.texts);
  }

  #remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
    map.delete(key);
    map.set(key, value);
    for (const oldest of map.keys()) {
      if (map.size <= most) return;
      map.delete(oldest);
    }
  }

  #complain(message: string, error: unknown): void {
    if (!this.#ended.signal.aborted) this.#options.log('warn', message, { error: String(error) });
  }
}

/** What stands in the files of many seats at once. */
const sharedBy = (state: State): string =>
  digest([day(state.now), gaps(state), budgetLines(state, state.now).filter(({ scope }) => scope.kind === 'seat')]);

/** What happens on a case may show in the files of everybody who takes part in it. */
function partiesOf(state: State, dirty: Dirty): void {
  for (const id of dirty.cases) for (const seat of state.cases.cases.get(id)?.parties ?? []) dirty.seats.add(seat);
}

const markOf = (text: string): string => createHash('sha256').update(text).digest('base64');

function noteOf(text: string | null): Note | null {
  if (text === null) return null;
  try {
    const { org, form, seq } = JSON.parse(text) as Partial<Note>;
    return typeof org === 'string' && typeof form === 'string' && Number.isSafeInteger(seq)
      ? { org, form, seq: seq! }
      : null;
  } catch {
    return null;
  }
}

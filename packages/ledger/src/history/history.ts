/**
 * History by index: which records match a case, a seat, a kind, an actor, a time and words. The index is derived from the
 * ledger and follows it: what it lacks is added before it is asked, and a record that a customer was forgotten takes the
 * words of his records out again.
 */
import type { KernelRecord } from '@reeve/kernel';
import { open, type SealedRecord } from '../chain.ts';
import { reveal } from '../erasure/erasure.ts';
import { forgottenKeys } from '../erasure/forgotten-keys.ts';
import type { KeyStore } from '../erasure/keys.ts';
import { readHeader } from '../header.ts';
import type { IndexedRecord, Store } from '../store/port.ts';
import { hasher, textsOf, wordsOf } from './words.ts';

/** Which records to find; all given conditions must hold. */
export interface HistorySearch {
  readonly case?: string;
  readonly seat?: string;
  /** Principal of the actor. */
  readonly actor?: string;
  /** A kind, or the part of it before a dot: `operation` finds all records of operations. */
  readonly kind?: string;
  /** Milliseconds since 1970, both ends included. */
  readonly from?: number;
  readonly to?: number;
  /** Words that all occur, letter case and accents ignored; `"in quotes"` as it stands. */
  readonly text?: string;
  readonly order?: 'newest' | 'oldest';
  /** 1 to 1000. */
  readonly limit: number;
  /** `next` of the page before, with the same conditions. */
  readonly cursor?: string;
}

export interface HistoryResult {
  readonly records: readonly { readonly record: KernelRecord; readonly sealed: SealedRecord }[];
  readonly next?: string;
}

/** The subject of the key of the index itself. */
const SUBJECT = 'reeve:history';
/** Records indexed in one transaction: a few milliseconds. */
const PAGE = 200;
/** Records looked at for a text in quotes before a page is given as it is. */
const LOOKED_AT = 5000;

type Reveal = (sealed: SealedRecord) => KernelRecord;

export interface HistoryOptions {
  readonly store: Store;
  /** Absent where nothing is sealed. */
  readonly keys?: KeyStore;
  /** Reads a record: opened, revealed, lifted to today's shape. */
  readonly recordOf: Reveal;
}

export class History {
  readonly #options: HistoryOptions;
  #hash: ((word: string) => string) | null = null;
  #position = 0;
  #running: Promise<void> | null = null;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /**
   * Indexes what the ledger has and the index has not; gives way to other work between pages.
   *
   * @param budget milliseconds after which it stops before the end.
   */
  async catchUp(budget = Number.POSITIVE_INFINITY): Promise<void> {
    while (this.#running) await this.#running;
    this.#running = this.#catchUp(performance.now() + budget).finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  /** @throws RangeError for a limit or cursor that is none. */
  async find(search: HistorySearch): Promise<HistoryResult> {
    const { limit, cursor, order = 'newest' } = search;
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new RangeError(`a page holds 1 to 1000 records`);
    await this.catchUp();
    const all = await this.#wordsFor(search);
    const phrases = phrasesOf(search.text ?? '');
    const found: HistoryResult['records'][number][] = [];
    let bounds = narrowed(await this.#bounds(search), order, cursor === undefined ? null : cursorOf(cursor));
    for (let looked = 0, last = 0; ; ) {
      const seqs = await this.#options.store.words.find({ all, seq: bounds, order, limit: limit + 1 });
      for (const seq of seqs) {
        if (found.length === limit || looked >= LOOKED_AT) return { records: found, next: String(last) };
        looked += 1;
        last = seq;
        bounds = narrowed(bounds, order, seq);
        const one = await this.#read(seq);
        if (phrases.every((phrase) => JSON.stringify(one.record.body).toLowerCase().includes(phrase))) found.push(one);
      }
      if (seqs.length <= limit) return { records: found };
    }
  }

  async #catchUp(until: number): Promise<void> {
    const { store } = this.#options;
    const hash = await this.#hasher();
    while (performance.now() < until) {
      const head = await store.head();
      if (this.#position >= head.seq) return;
      const { records } = await store.history({ order: 'oldest', limit: PAGE, seq: { from: this.#position + 1 } });
      const entries = records.map((sealed) => this.#entry(sealed, hash, true));
      const upTo = entries.at(-1)?.seq ?? head.seq;
      await store.words.put(entries, upTo);
      for (const sealed of records) await this.#forgetIfForgotten(sealed, hash);
      this.#position = upTo;
      await new Promise(setImmediate);
    }
  }

  /** Opens the index; one of another key or other rules for words is thrown away. */
  async #hasher(): Promise<(word: string) => string> {
    if (this.#hash) return this.#hash;
    const { store, keys } = this.#options;
    const key = keys ? ((await keys.ensure([SUBJECT])).get(SUBJECT) ?? null) : null;
    this.#position = await store.words.begin(`1/${key?.id ?? 'plain'}`);
    this.#hash = hasher(key);
    return this.#hash;
  }

  /** @param personal what is sealed is indexed, too, while its key is there. */
  #entry(sealed: SealedRecord, hash: (word: string) => string, personal: boolean): IndexedRecord {
    const header = readHeader(sealed.header);
    const raw = open(sealed);
    const { $sealed: form, ...visible } = raw.body as { $sealed?: { key: string } };
    const shown = personal && form ? reveal(raw, this.#options.keys?.byId ?? (() => null)).body : visible;
    const [family] = header.kind.split('.');
    const { principal, seat } = header.actor;
    const about = [header.correlation, (visible as { case?: unknown }).case, header.stream.replace(/^case\//, '')];
    const facets = [
      ...[...new Set(about)].filter((id) => /^C-\d+$/.test(String(id))).map((id) => `case:${id}`),
      ...[`kind:${header.kind}`, `kind:${family}`, `actor:${principal}`],
      ...(seat === undefined ? [] : [`seat:${seat}`]),
    ];
    const words = wordsOf(textsOf(shown).join('\n'));
    return { seq: header.seq, words: [...facets, ...words].map(hash), subject: form?.key ?? null };
  }

  /** [LED102] His records are indexed again without what was his, whether or not his key is gone already. */
  async #forgetIfForgotten(sealed: SealedRecord, hash: (word: string) => string): Promise<void> {
    if (readHeader(sealed.header).kind !== 'customer.forgotten') return;
    const { store } = this.#options;
    for (const key of await forgottenKeys(store, sealed)) {
      for (const seq of await store.words.about(key)) {
        const [found] = (await store.history({ seq: { from: seq, to: seq }, limit: 1 })).records;
        if (found) await store.words.put([this.#entry(found, hash, false)], seq);
      }
    }
  }

  async #wordsFor({ case: id, seat, actor, kind, text = '' }: HistorySearch): Promise<string[]> {
    const facets = { case: id, seat, actor, kind: kind?.replace(/\.$/, '') };
    const given = Object.entries(facets).flatMap(([name, value]) => (value ? [`${name}:${value}`] : []));
    return [...given, ...wordsOf(text)].map(await this.#hasher());
  }

  async #read(seq: number): Promise<HistoryResult['records'][number]> {
    const { store, recordOf } = this.#options;
    const [sealed] = (await store.history({ seq: { from: seq, to: seq }, limit: 1 })).records;
    if (!sealed) throw new Error(`the index names record ${seq}, which the ledger does not have`);
    return { record: recordOf(sealed), sealed };
  }

  /** Times never fall along the ledger, so a range of time is a range of numbers. */
  async #bounds({ from, to }: HistorySearch): Promise<Bounds> {
    const { seq: last } = await this.#options.store.head();
    return {
      from: from === undefined ? 1 : await this.#firstWith(last, (at) => at >= from),
      to: to === undefined ? last : (await this.#firstWith(last, (at) => at > to)) - 1,
    };
  }

  async #firstWith(last: number, holds: (at: number) => boolean): Promise<number> {
    let [low, high] = [1, last + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [sealed] = (await this.#options.store.history({ seq: { from: middle, to: middle }, limit: 1 })).records;
      if (sealed && !holds(readHeader(sealed.header).at)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** What is left to look at after the record `past`. */
function narrowed(bounds: Bounds, order: 'newest' | 'oldest', past: number | null): Bounds {
  if (past === null) return bounds;
  return order === 'newest'
    ? { ...bounds, to: Math.min(bounds.to, past - 1) }
    : { ...bounds, from: Math.max(bounds.from, past + 1) };
}

function cursorOf(cursor: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(cursor)) throw new RangeError(`${JSON.stringify(cursor)} is no cursor`);
  return Number(cursor);
}

const phrasesOf = (text: string): string[] =>
  [...text.matchAll(/"([^"]+)"/g)].map(([, phrase]) => JSON.stringify(phrase!.toLowerCase()).slice(1, -1));

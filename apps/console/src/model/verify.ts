/**
 * [WEB40] Verifies an exported ledger without believing the server, the file, or Reeve's own verifier: this is a second reading of
 * the rules in packages/ledger/SPEC.md, with WebCrypto. Every change of a byte is found, and the first bad place is named.
 */
import { bytesOf, canonical, fromHex, hexOf, joined, sha256 } from './digest.ts';
import { openNote, readKey, Tree } from './notes.ts';

interface Bad {
  /** Line of the file, from 1. */
  readonly line: number;
  /** The record the chain needed there. */
  readonly seq: number;
  readonly why: string;
}

export interface Report {
  readonly ok: boolean;
  readonly org: string;
  /** Good records. */
  readonly records: number;
  /** Records under a signed checkpoint, and how many checkpoints were checked. */
  readonly signed: number;
  readonly checkpoints: number;
  readonly head: string;
  /** Does the file name the key the verifier already had? Null when the verifier had none. */
  readonly trusted: boolean | null;
  readonly bad: Bad | null;
}

export interface Expected {
  /** Verifier key known from elsewhere. */
  readonly key: string | null;
  /** A record and its hash known from elsewhere: then a shorter or another history is found too. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
}

class Fault extends Error {}

interface SealedLine {
  readonly line: number;
  readonly header: string;
  readonly body: string;
  readonly hash: string;
}

interface Header {
  readonly seq: number;
  readonly at: number;
  readonly org: string;
  readonly bodyDigest: string;
}

const FIELDS = 'actor,at,bodyDigest,causation,correlation,kind,org,seq,stream,v,visibility';

function readHeader(text: string): Header {
  const header = JSON.parse(text) as Header;
  if (header === null || typeof header !== 'object' || Object.keys(header).sort().join() !== FIELDS)
    throw new Fault('the header is not one of a record');
  if (canonical(header) !== text) throw new Fault('the header is not in its canonical form');
  return header;
}

/** Records whose digests are computed side by side: each link needs only the hash written before it. */
const BATCH = 256;

class Verifier {
  readonly #expected: Expected;
  readonly #tree = new Tree();
  #keys: NonNullable<Awaited<ReturnType<typeof readKey>>>[] = [];
  #named: readonly string[] = [];
  #org = '';
  #seq = 0;
  #at = 0;
  #head = '0'.repeat(64);
  #line = 0;
  #signed = 0;
  #checkpoints = 0;
  #bad: Bad | null = null;
  #waiting: SealedLine[] = [];

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  get records(): number {
    return this.#seq;
  }

  /** Takes the next line; false once something bad was found. */
  async push(text: string): Promise<boolean> {
    if (this.#bad) return false;
    this.#line += 1;
    await this.#guarded(this.#line, () => (this.#line === 1 ? this.#manifest(text) : this.#entry(text)));
    return this.#bad === null;
  }

  async finish(): Promise<Report> {
    if (!this.#bad) await this.#drain();
    if (!this.#bad && this.#line === 0) this.#fail(1, 'the file is empty');
    if (!this.#bad) this.#against();
    const { key } = this.#expected;
    const trusted = key === null ? null : this.#named.includes(key);
    return {
      ...{ ok: this.#bad === null, org: this.#org, records: this.#seq, signed: this.#signed },
      ...{ checkpoints: this.#checkpoints, head: this.#head, trusted, bad: this.#bad },
    };
  }

  #fail(line: number, why: string): void {
    this.#bad ??= { line, seq: this.#seq + 1, why };
  }

  async #guarded(line: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault || error instanceof SyntaxError)) throw error;
      // What stands before it is judged first: the first bad place counts.
      await this.#drain();
      this.#fail(line, error instanceof Fault ? error.message : 'the line is not JSON: it was changed or cut short');
    }
  }

  async #manifest(text: string): Promise<void> {
    const { reeve, format, org, keys } = JSON.parse(text) as {
      reeve: string;
      format: number;
      org: string;
      keys?: string[];
    };
    if (reeve !== 'ledger' || typeof org !== 'string') throw new Fault('this is no export of a Reeve ledger');
    if (JSON.stringify({ reeve, format, org, ...(keys ? { keys } : {}) }) !== text)
      throw new Fault('the manifest was changed');
    this.#org = org;
    this.#named = keys ?? [];
    const known = this.#expected.key === null ? this.#named : [this.#expected.key];
    const read = await Promise.all(known.map(readKey));
    this.#keys = read.filter((key) => key !== null);
  }

  async #entry(text: string): Promise<void> {
    const { header, body, hash, checkpoint } = JSON.parse(text) as Record<string, unknown>;
    if (typeof checkpoint === 'string') {
      if (JSON.stringify({ checkpoint }) !== text) throw new Fault('the line is not as it was written');
      await this.#drain();
      if (!this.#bad) await this.#checkpoint(checkpoint);
      return;
    }
    if (typeof header !== 'string' || typeof body !== 'string' || typeof hash !== 'string')
      throw new Fault('the line is no record');
    if (JSON.stringify({ header, body, hash }) !== text) throw new Fault('the line is not as it was written');
    this.#waiting.push({ line: this.#line, header, body, hash });
    if (this.#waiting.length === BATCH) await this.#drain();
  }

  /** Judges what waits: digests side by side, then in order. */
  async #drain(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    const before = (at: number): string => (at === 0 ? this.#head : batch[at - 1]!.hash);
    const links = await Promise.all(batch.map((each, at) => linkOf(each, before(at))));
    for (const [at, each] of batch.entries()) {
      if (this.#bad) return;
      try {
        this.#judge(each, links[at]!);
        await this.#tree.add(fromHex(each.hash)!);
      } catch (error) {
        this.#fail(each.line, error instanceof Fault ? error.message : 'the header is not JSON');
      }
    }
  }

  #judge({ header: text, hash }: SealedLine, { body, link }: Links): void {
    const header = readHeader(text);
    const { head } = this.#expected;
    if (header.seq !== this.#seq + 1) throw new Fault(`expected record ${this.#seq + 1}, found record ${header.seq}`);
    if (header.org !== this.#org) throw new Fault(`the record belongs to ${header.org}`);
    if (!(header.at >= this.#at)) throw new Fault('it is earlier than the record before it');
    if (header.bodyDigest !== body) throw new Fault('the content is not what the header says: it was changed');
    if (link !== hash) throw new Fault('its hash does not follow from the record before it and this one');
    if (head?.seq === header.seq && head.hash !== hash)
      throw new Fault('it is not the record that was seen here before: history was rewritten');
    this.#seq = header.seq;
    this.#at = header.at;
    this.#head = hash;
  }

  async #checkpoint(note: string): Promise<void> {
    const opened = await openNote(note, this.#keys);
    if (!opened.ok) throw new Fault(`the checkpoint ${opened.why}`);
    const { size, root } = opened.checkpoint;
    if (size !== this.#seq) throw new Fault(`the checkpoint is of ${size} records, and ${this.#seq} came before it`);
    if ((await this.#tree.root()) !== root) throw new Fault('the records are not those that were signed');
    this.#signed = size;
    this.#checkpoints += 1;
  }

  #against(): void {
    const { head } = this.#expected;
    if (head && head.seq > this.#seq)
      this.#fail(this.#line, `it ends after record ${this.#seq}, and record ${head.seq} was seen: its end is missing`);
  }
}

interface Links {
  readonly body: string;
  readonly link: string;
}

/** Digest of the body, and the hash that must stand there. */
async function linkOf({ header, body }: SealedLine, before: string): Promise<Links> {
  const digest = await sha256(bytesOf(body));
  const link = await sha256(joined(fromHex(before) ?? new Uint8Array(), bytesOf(header), digest));
  return { body: hexOf(digest), link: hexOf(link) };
}

/** Lines of bytes in pieces of any size, without their line feeds. @throws Fault when the last one has none, or is not UTF-8. */
async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest + decoder.decode() !== '') yield `${rest}\u0000`;
}

/** How many records between two reports of progress. */
const STEP = 500;

/** Verifies a whole export. `onProgress` hears how many records were good so far. */
export async function verifyExport(
  source: AsyncIterable<Uint8Array>,
  expected: Expected,
  onProgress: (records: number) => void = () => undefined,
): Promise<Report> {
  const verifier = new Verifier(expected);
  let told = 0;
  try {
    for await (const line of linesOf(source)) {
      if (!(await verifier.push(line))) break;
      if (verifier.records - told < STEP) continue;
      told = verifier.records;
      onProgress(told);
    }
  } catch (error) {
    // Bytes that are no UTF-8: what was whole before them is judged, and the next line is the bad one.
    if (!(error instanceof TypeError)) throw error;
    await verifier.push('\u0000');
  }
  return verifier.finish();
}

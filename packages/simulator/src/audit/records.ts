/** The ledger as an outsider reads it: texts and hashes, nothing of the kernel. */
import { createHash } from 'node:crypto';
import type { SealedRecord } from '@reeve/ledger';

export type Body = Readonly<Record<string, unknown>>;

export interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly principal: string;
  readonly seat: string | null;
  /** The command it comes from directly; '' when it follows from another record or from a timer. */
  readonly command: string;
  readonly body: Body;
  /** Id of the key that what is personal in it was sealed under. */
  readonly key?: string;
}

/** A breach of an invariant: which one, and what was seen. */
export interface Finding {
  readonly rule: string;
  readonly detail: string;
}

const sha = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Canonical text of a JSON value: keys sorted, no spaces. */
export function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${sorted(one)}`).join(',')}}`;
}

export const digestOf = (value: unknown): string => sha(sorted(value)).toString('hex');

interface Header {
  readonly org: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly actor: { readonly principal: string; readonly seat?: string };
  readonly causation: { readonly command?: string };
  readonly bodyDigest: string;
}

/** Opens what is sealed in a body; says the id of the key, too. Null when nothing in it is. */
export type Opener = (
  body: Body,
  about: { readonly org: string; readonly seq: number; readonly kind: string },
) => { readonly body: Body; readonly key: string } | null;

/** Read records in order; what is wrong with the chain, the numbering or the clock is found on the way. */
export class Reader {
  readonly findings: Finding[] = [];
  #hash: Buffer = Buffer.alloc(32);
  #seq = 0;
  #at = 0;
  readonly #open: Opener;

  /** @param open for ledgers whose personal values are sealed */
  constructor(open: Opener = () => null) {
    this.#open = open;
  }

  read(sealed: SealedRecord): Entry {
    const header = JSON.parse(sealed.header) as Header;
    const bodyDigest = sha(sealed.body);
    this.#hash = sha(this.#hash, sealed.header, bodyDigest);
    if (bodyDigest.toString('hex') !== header.bodyDigest) this.#bad(`the body of record ${header.seq} was changed`);
    if (this.#hash.toString('hex') !== sealed.hash)
      this.#bad(`record ${header.seq} does not follow from the one before`);
    if (header.seq !== this.#seq + 1) this.#bad(`record ${header.seq} comes after ${this.#seq}`);
    if (header.at < this.#at) this.#bad(`record ${header.seq} is earlier than the one before it`);
    this.#hash = Buffer.from(sealed.hash, 'hex');
    this.#seq = header.seq;
    this.#at = header.at;
    const { seq, at, kind, actor, causation } = header;
    const { principal, seat = null } = actor;
    return { seq, at, kind, principal, seat, command: causation.command ?? '', ...this.#body(sealed.body, header) };
  }

  #body(text: string, header: Header): { body: Body; key?: string } {
    const body = JSON.parse(text) as Body;
    try {
      return this.#open(body, header) ?? { body };
    } catch (error) {
      this.#bad(`record ${header.seq} cannot be opened with the key it names: ${(error as Error).message}`);
      return { body };
    }
  }

  #bad(detail: string): void {
    this.findings.push({ rule: 'chain', detail });
  }
}

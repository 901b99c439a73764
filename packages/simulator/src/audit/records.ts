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
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly actor: { readonly principal: string; readonly seat?: string };
  readonly causation: { readonly command?: string };
  readonly bodyDigest: string;
}

/** Read records in order; what is wrong with the chain, the numbering or the clock is found on the way. */
export class Reader {
  readonly findings: Finding[] = [];
  #hash: Buffer = Buffer.alloc(32);
  #seq = 0;
  #at = 0;

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
    const body = JSON.parse(sealed.body) as Body;
    const { principal, seat = null } = actor;
    return { seq, at, kind, principal, seat, command: causation.command ?? '', body };
  }

  #bad(detail: string): void {
    this.findings.push({ rule: 'chain', detail });
  }
}

/**
 * Links in mails to people: each for one person, one notice, one answer, until one moment, and for what was asked then.
 *
 * `v1.<claim>.<mac>`: base64url of the claim as JSON, and HMAC-SHA-256 over it. The texts are compared, not what they decode to,
 * so that of each link there is exactly one spelling. That it counts once is the ledger's to say [NTC4].
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NOTICE_ACTIONS, type Notice, type NoticeAction } from '@reeve/kernel';
import { z } from 'zod';
import { parseOrNull } from '../data/bearer.ts';
import { readOptional, writeWhole } from '../data/files.ts';
import { StartError } from '../errors.ts';

export interface Claim {
  readonly notice: string;
  readonly seat: string;
  readonly principal: string;
  readonly action: NoticeAction;
  readonly digest: string;
  /** Milliseconds since the Unix epoch. */
  readonly expires: number;
}

const TOKEN = /^v1\.([A-Za-z0-9_-]{1,1500})\.([A-Za-z0-9_-]{43})$/;
const text = z.string().max(320);
const claim = z.tuple([text, text, text, text, z.enum(NOTICE_ACTIONS), text, z.number().int()]);

/** Where the key is, in the data directory. */
export const LINKS_KEY = join('keys', 'links.key');

/** @throws StartError `corrupt`, `not-writable`. */
export async function makeLinksKey(data: string): Promise<Buffer> {
  const path = join(data, LINKS_KEY);
  const known = (await readOptional(path))?.trim();
  if (known !== undefined && /^[0-9a-f]{64}$/.test(known)) return Buffer.from(known, 'hex');
  if (known !== undefined)
    throw new StartError(
      'corrupt',
      `${path} is damaged`,
      'restore it, or delete it: links sent before then count no more',
    );
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  await writeWhole(path, `${key.toString('hex')}\n`);
  return key;
}

export class Links {
  readonly #organisation: string;
  readonly #links: Buffer;
  readonly #replies: Buffer;

  /** @param key 32 random bytes */
  constructor(key: Uint8Array, organisation: string) {
    const part = (what: string) => Buffer.from(hkdfSync('sha256', key, organisation, `reeve mail ${what}`, 32));
    this.#organisation = organisation;
    this.#links = part('links');
    this.#replies = part('replies');
  }

  /** The key of a data directory, made when there is none. @throws StartError `corrupt`, `not-writable`. */
  static async open(data: string, organisation: string): Promise<Links> {
    return new Links(await makeLinksKey(data), organisation);
  }

  /** The token of the link for one answer: the same whenever it is asked for. */
  token({ id, seat, principal, digest, expires }: Notice, action: NoticeAction): string {
    const said = [this.#organisation, id, seat, principal, action, digest, expires];
    const body = Buffer.from(JSON.stringify(said)).toString('base64url');
    return `v1.${body}.${this.#mac(body)}`;
  }

  /** What a token claims; null unless it was made here, to the letter. Whether it still counts is not looked at. */
  read(token: string): Claim | null {
    const [, body, mac] = TOKEN.exec(token) ?? [];
    if (body === undefined || mac === undefined) return null;
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(this.#mac(body)))) return null;
    const said = claim.safeParse(parseOrNull(Buffer.from(body, 'base64url').toString('utf8'))).data;
    if (said === undefined || said[0] !== this.#organisation) return null;
    const [, notice, seat, principal, action, digest, expires] = said;
    return { notice, seat, principal, action, digest, expires };
  }

  /**
   * The key under which a notice is sent once. The Message-ID is made of it, so that whoever answers that id has had the mail:
   * it stands on no record, and cannot be worked out from one.
   */
  sending({ id, nonce }: Pick<Notice, 'id' | 'nonce'>): string {
    const mac = createHmac('sha256', this.#replies).update(`${id} ${nonce}`).digest('base64url');
    return `${this.#organisation}/notice/${id}/${mac}`;
  }

  /** Text without links that decide: what is passed on to this organisation is read by those who must not have them. */
  static scrub(text: string): string {
    return text.replace(/\bv1\.[\w-]{20,1500}\.[\w-]{43}/g, '[link removed]');
  }

  /** The notice that was sent under a key. */
  static noticeOf(key: string): string | null {
    return /^[^/]+\/notice\/(N-\d+)\/[\w-]{43}$/.exec(key)?.[1] ?? null;
  }

  #mac(body: string): string {
    return createHmac('sha256', this.#links).update(`v1.${body}`).digest('base64url');
  }
}

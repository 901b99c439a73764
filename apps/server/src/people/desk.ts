/**
 * What people do with the links of their mails: look, and answer.
 *
 * [SRV364] A link is believed to the letter, for its person, its answer and what was asked when it was made; the ledger says whether
 * it was used. Nothing of it is logged, and no answer leads anywhere else.
 */
import { createHash } from 'node:crypto';
import { type Notice, noticeStanding, type Rejection, STANDINGS, type State } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import type { Limit } from './limit.ts';
import type { Claim, Links } from './links.ts';
import { askPage, sayPage, WORDING } from './page.ts';

export interface DeskOptions {
  readonly runtime: Pick<Runtime, 'read' | 'submit'>;
  readonly links: Links;
  /** Of links that are none, by address they came from; of good ones, by link. */
  readonly limits: { readonly strangers: Limit; readonly own: Limit };
}

function notOurs(): Response {
  const what = 'this link was not made here, or not all of it arrived';
  return sayPage(403, 'This link does not work', what, 'open it from the mail itself, whole, or answer at the console');
}

const tooMany = (ms: number): Response => {
  const seconds = Math.ceil(ms / 1000);
  const more = { 'retry-after': String(seconds) };
  return sayPage(429, 'Too often', 'too many requests came from here', `try again in ${seconds} seconds`, more);
};

const expired = (): Response =>
  sayPage(410, 'This link is over', `this link ${STANDINGS.expired.what}`, STANDINGS.expired.next);

/** A claim that was proven, or the answer to one that was not. */
type Judged = { readonly claim: Claim } | { readonly answer: Response };

export class PeopleDesk {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** The page of a link. Changes nothing, however often it is opened and by whom. @param from network address that asks */
  async show(token: string, from: string): Promise<Response> {
    const judged = this.#judge(token, from);
    return 'answer' in judged ? judged.answer : this.#look(judged.claim);
  }

  /** The answer somebody sends. @param text what he wrote, '' for nothing */
  async answer(token: string, from: string, text: string): Promise<Response> {
    const judged = this.#judge(token, from);
    if ('answer' in judged) return judged.answer;
    const { claim } = judged;
    const { notice, seat, principal, action, digest } = claim;
    const said = text.trim() === '' ? {} : { text };
    const reply = await this.#options.runtime.submit({
      id: '',
      kind: 'notice.answer',
      actor: { principal, seat },
      body: { notice, action, way: 'link', digest, ...said },
    });
    if (!reply.ok) return this.#refused(claim, reply.rejection);
    const about = await this.#options.runtime.read((state) => own(state, claim)?.about ?? notice);
    const what = `${WORDING[action].done} ${about}, as ${principal} at ${seat}; it is on the record`;
    return sayPage(200, 'Done', what, 'You can close this page; the link is used up');
  }

  /** Good links are counted by themselves, so that strangers cannot use up what is theirs. */
  #judge(token: string, from: string): Judged {
    const { links, limits } = this.#options;
    const claim = links.read(token);
    const wait = claim === null ? limits.strangers.take(from) : limits.own.take(shortOf(token));
    if (wait > 0) return { answer: tooMany(wait) };
    if (claim === null) return { answer: notOurs() };
    return claim.expires <= Date.now() ? { answer: expired() } : { claim };
  }

  #look(claim: Claim, again?: string): Promise<Response> {
    return this.#options.runtime.read((state) => {
      const notice = own(state, claim);
      if (notice === undefined) return expired();
      const standing = noticeStanding(state, notice, Date.now());
      if (standing === 'open' && notice.digest === claim.digest) return askPage(state, notice, claim.action, again);
      return settledPage(notice, standing === 'open' ? 'changed' : standing);
    });
  }

  /** What the kernel refused: words were missing or did not fit, and can be given again; else it is over. */
  async #refused(claim: Claim, { code, message, hint }: Rejection): Promise<Response> {
    if (code === 'invalid') return this.#look(claim, hint === undefined ? message : `${message}: ${hint}`);
    const standing = await this.#options.runtime.read((state) => {
      const notice = own(state, claim);
      return notice && noticeStanding(state, notice, Date.now());
    });
    if (standing !== 'open') return this.#look(claim);
    return sayPage(code === 'forbidden' ? 403 : 409, 'Not done', message, hint ?? 'answer at the console');
  }
}

/** Enough to count by; the token itself is kept nowhere. */
const shortOf = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 16);

function own(state: State, { notice: id, seat, principal }: Claim): Notice | undefined {
  const notice = state.notices.notices.get(id);
  return notice?.seat === seat && notice.principal === principal ? notice : undefined;
}

const STATUS = { used: 410, expired: 410, left: 403, changed: 409, over: 409 } as const;

function settledPage(notice: Notice, standing: keyof typeof STATUS): Response {
  const { what, next } = STANDINGS[standing];
  const { answered } = notice;
  const how = answered ? ` (${answered.action}, by ${answered.by}, ${new Date(answered.at).toISOString()})` : '';
  return sayPage(STATUS[standing], 'This link is over', `${notice.about} ${what}${how}`, next);
}

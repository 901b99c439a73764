/**
 * Mail that answers a mail to a person: its words become the answer to a question, or the report on a task.
 *
 * [SRV368] That it counts needs the Message-ID of our mail, which only who had the mail knows, and its address as sender. Neither
 * proves who wrote it, so it decides nothing [NTC8], and its words stay those of a stranger [NTC9].
 */
import type { Inbound } from '@reeve/connectors';
import { cut } from '@reeve/connectors/text';
import { digest, type Notice, REPLIES, type Rejection, SYSTEM } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import { Links } from './links.ts';
import { ownWords } from './words.ts';

export interface RepliesOptions {
  readonly runtime: Pick<Runtime, 'read' | 'submit'>;
  readonly links: Links;
}

export class Replies {
  readonly #options: RepliesOptions;

  constructor(options: RepliesOptions) {
    this.#options = options;
  }

  /**
   * @returns whether it answers a mail of ours: then nothing else becomes of it.
   * @throws when it has to be offered again
   */
  async take(item: Inbound): Promise<boolean> {
    const id = item.answers === undefined ? null : Links.noticeOf(item.answers);
    if (id === null) return false;
    const { runtime, links } = this.#options;
    const notice = await runtime.read((state) => {
      const found = state.notices.notices.get(id);
      return found && { ...found };
    });
    // So old that nothing is known of it: who answers now is anybody.
    if (!notice || links.sending(notice) !== item.answers) return false;
    const why = await this.#answer(notice, item);
    if (why !== null) await this.#ignored(id, item, why);
    return true;
  }

  /** @returns why it does not count; null when it does. */
  async #answer(notice: Notice, item: Inbound): Promise<string | null> {
    if (item.customer !== notice.address.toLowerCase()) return 'it came from another address than it was sent to';
    const action = REPLIES[notice.kind];
    if (action === null) return `a reply is no answer to this (${notice.kind}); the link is`;
    const text = ownWords(item.text);
    if (text === '') return 'there are no words of its own in it';
    const { id, seat, principal, digest: asked } = notice;
    const reply = await this.#options.runtime.submit({
      id: idOf('reply', item),
      kind: 'notice.answer',
      actor: { principal, seat },
      body: { notice: id, action, way: 'reply', digest: asked, text },
    });
    return reply.ok ? null : reasonOf(reply.rejection);
  }

  async #ignored(notice: string, item: Inbound, why: string): Promise<void> {
    const body = { notice, why: cut(why, 500) };
    await this.#options.runtime.submit({ id: idOf('ignored', item), kind: 'notice.ignore', actor: SYSTEM, body });
  }
}

/** The same mail is the same command, however often it is offered. */
const idOf = (what: string, item: Inbound): string => `mail/${what}/${digest(item.id).slice(0, 40)}`;

const reasonOf = ({ message, hint }: Rejection): string => (hint === undefined ? message : `${message}; ${hint}`);

/**
 * Sends the notices the state says are due, each once.
 *
 * [SRV362] Level-triggered: after a crash every notice that is due is looked up by its key, and sent under the same key, which the
 * tool sends once. Whether it was sent is on the ledger when it was. One that cannot be sent keeps no other waiting.
 */
import { createHash } from 'node:crypto';
import type { Tool } from '@reeve/connectors';
import {
  type CapabilityDef,
  type Notice,
  noticeStanding,
  STANDINGS,
  type State,
  SYSTEM,
  switchOver,
} from '@reeve/kernel';
import { type CallOutcome, callTool, Halt, type Runtime, systemClock } from '@reeve/runtime';
import type { Log } from '../house.ts';
import { following } from '../oversight/notify.ts';
import { type Letter, letterOf } from './letter.ts';
import type { Links } from './links.ts';

export interface MailerOptions {
  readonly runtime: Runtime;
  /** An open tool of the definition in force. */
  readonly tool: (id: string) => Tool | undefined;
  readonly links: Links;
  /** Where people reach this organisation, without a slash at the end. */
  readonly url: string;
  readonly log: Log;
}

/** What is to be done about a notice now. */
type Task =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait'; readonly why: string }
  | { readonly do: 'drop'; readonly why: string }
  | ({ readonly do: 'send'; readonly to: string; readonly seat: string; readonly nonce: string } & Letter & Means);

interface Means {
  readonly capability: CapabilityDef;
  readonly tool: Tool;
}

/** Waits between attempts at one notice, in milliseconds, doubled each time; how many when nobody can say whether it was sent. */
const AGAIN = { first: 500, most: 5 * 60_000, unknown: 8 } as const;
/** Mails handed over at once. */
const LANES = 4;

/** The address of the page for a token. */
const linkTo = (url: string, token: string): string => `${url.replace(/\/+$/, '')}/answer/${token}`;

export class Mailer {
  readonly #options: MailerOptions;
  readonly #ended = new AbortController();
  readonly #under = new Map<string, Promise<void>>();
  readonly #lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  readonly #sleeping = new Set<() => void>();
  /** Ends the calls under way. */
  readonly #calls = new Halt();
  #next = 0;
  readonly #follow: () => Promise<void>;

  constructor(options: MailerOptions) {
    this.#options = options;
    const { runtime, log } = options;
    const last = () => this.#offerAll().then(() => null);
    this.#follow = following(runtime, { name: 'mail', last, take: async (record) => this.#heard(record) }, log);
  }

  /** Sends no more; what is being handed over is given up, and found by its key the next time. */
  async close(): Promise<void> {
    this.#ended.abort();
    this.#calls.abort();
    await this.#follow();
    await Promise.all(this.#under.values());
  }

  #heard({ kind, body }: { readonly kind: string; readonly body: unknown }): void {
    if (kind === 'notice.raised') this.#offer((body as { notice: string }).notice);
    // What was in the way may be gone.
    if (kind === 'switch.rearmed' || kind === 'organisation.applied') for (const wake of this.#sleeping) wake();
  }

  async #offerAll(): Promise<void> {
    for (const id of await this.#options.runtime.read((state) => [...state.notices.due])) this.#offer(id);
  }

  #offer(id: string): void {
    if (this.#under.has(id) || this.#ended.signal.aborted) return;
    this.#under.set(
      id,
      this.#pursue(id).finally(() => this.#under.delete(id)),
    );
  }

  async #pursue(id: string): Promise<void> {
    for (let tries = 0; !this.#ended.signal.aborted; tries++) {
      const over = await this.#turn(() => this.#attempt(id, tries)).catch((error: unknown) => {
        this.#options.log('warn', 'a mail to a person could not be sent yet', { notice: id, error: String(error) });
        return false;
      });
      if (over) return;
      await this.#pause(Math.min(AGAIN.most, AGAIN.first * 2 ** Math.min(tries, 20)));
    }
  }

  /** In one of a few lanes, so that a burst opens few connections; a lane is not held while waiting. */
  #turn<T>(work: () => Promise<T>): Promise<T> {
    const lane = this.#next++ % LANES;
    const turn = this.#lanes[lane]!.then(work);
    this.#lanes[lane] = turn.catch(() => undefined);
    return turn;
  }

  /** @returns whether nothing is left to do. */
  async #attempt(id: string, tries: number): Promise<boolean> {
    const { runtime, links } = this.#options;
    const task = await runtime.read((state) => this.#taskOf(state, id));
    if (task.do === 'nothing') return true;
    if (task.do === 'wait') throw new Error(task.why);
    if (task.do === 'drop') return this.#tell('notice.drop', { notice: id, why: task.why });
    const key = links.sending({ id, nonce: task.nonce });
    const outcome = await this.#send(task, id, key, tries);
    if (outcome.ok) return this.#handedOver(id, task.to, outcome.result.value);
    // The key is as good as the mail, so it stands in no record and no log.
    const message = outcome.message.replaceAll(key, 'this mail');
    const hopeless = outcome.uncertain ? tries >= AGAIN.unknown : outcome.category === 'deterministic';
    if (!hopeless) throw new Error(message);
    const why = outcome.uncertain ? `nobody can say whether it was sent: ${message}` : message;
    return this.#tell('notice.drop', { notice: id, why: why.slice(0, 2000) });
  }

  /** The server may have taken the copy that proves it, and refused the person. */
  #handedOver(id: string, to: string, value: Record<string, unknown>): Promise<true> {
    const { rejected } = value;
    if (Array.isArray(rejected) && rejected.includes(to))
      return this.#tell('notice.drop', { notice: id, why: 'the mail server refused the address' });
    return this.#tell('notice.deliver', { notice: id, mail: digestOf(value) });
  }

  #taskOf(state: State, id: string): Task {
    const notice = state.notices.notices.get(id);
    if (!notice || !state.notices.due.has(id)) return { do: 'nothing' };
    const standing = noticeStanding(state, notice, Date.now());
    if (standing !== 'open') return { do: 'drop', why: `it ${STANDINGS[standing].what}` };
    const means = this.#meansFor(state, notice.seat);
    return 'do' in means ? means : this.#letter(state, notice, means);
  }

  #meansFor(state: State, seat: string): Means | Exclude<Task, { do: 'send' }> {
    const { settings, capabilities } = state.organisation;
    const capability = settings.notices && capabilities.get(settings.notices.send);
    if (!capability) return { do: 'drop', why: 'the organisation sends people no mail any more' };
    const { id, tool: toolId } = capability;
    const stopped = switchOver(state, { seat, capability: id, tool: toolId, contract: null });
    if (stopped !== null) return { do: 'wait', why: `stopped by the switch ${stopped}` };
    const tool = this.#options.tool(toolId);
    return tool ? { capability, tool } : { do: 'wait', why: `the tool "${toolId}" is not open` };
  }

  #letter(state: State, notice: Notice, means: Means): Task {
    const { links, url } = this.#options;
    const config = state.organisation.tools.get(means.capability.tool)?.config as { intake?: unknown } | undefined;
    const hears = state.organisation.settings.notices?.replies === true && config?.intake !== undefined;
    const letter = letterOf(state, notice, (action) => linkTo(url, links.token(notice, action)), hears);
    if (letter === null) return { do: 'drop', why: 'what it was about has left memory' };
    const { address: to, seat, nonce } = notice;
    return { do: 'send', to, seat, nonce, ...means, ...letter };
  }

  /** Under the same key it is sent once; what a process that died had sent is found first. */
  async #send(task: Task & { do: 'send' }, id: string, key: string, tries: number): Promise<CallOutcome> {
    const { capability, tool, to, subject, body, seat } = task;
    const known = await tool.lookup?.(key, capability).catch(() => null);
    if (known) return { ok: true, result: known };
    return callTool(systemClock, {
      ...{ tool, capability, key, seat, args: { to, subject, body }, operation: id, case: null },
      ...{ attempt: tries + 1, halt: this.#calls },
    });
  }

  async #tell(
    kind: 'notice.drop' | 'notice.deliver',
    body: { notice: string } & Record<string, string>,
  ): Promise<true> {
    const reply = await this.#options.runtime.submit({ id: '', kind, actor: SYSTEM, body });
    // Answered or dropped meanwhile: nothing is left to say.
    if (!reply.ok && reply.rejection.code !== 'conflict' && reply.rejection.code !== 'not-found')
      throw new Error(reply.rejection.message);
    return true;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#sleeping.delete(end);
        this.#ended.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms).unref();
      this.#sleeping.add(end);
      this.#ended.signal.addEventListener('abort', end, { once: true });
    });
  }
}

/** Names the mail to who has it, and to nobody else. */
const digestOf = ({ message_id: id }: Record<string, unknown>): string =>
  createHash('sha256').update(String(id)).digest('hex');

/** Those who send commands: they send again until they are answered, sometimes twice, sometimes late, over a bad network. */
import type { Actor, Reply } from '@reeve/kernel';
import { type Runtime, type Submission, Unavailable } from '@reeve/runtime';
import type { Disk } from '../disk.ts';
import type { Node } from '../node.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';

/** One command and what its sender knows of it. */
export interface Sent {
  readonly id: string;
  readonly kind: string;
  readonly actor: Actor;
  readonly body: Readonly<Record<string, unknown>>;
  /** How often it is under way, or was. */
  copies: number;
  reply: Reply | null;
  /** Records that were durable when the answer was given; 0 before. */
  seqAtReply: number;
  /** Why it will not be sent again without an answer. */
  given: string | null;
}

export interface ClientsOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly disk: Disk;
  /** Latency of one way at most, in virtual milliseconds. */
  readonly latency: number;
  /** Chance that a command is sent twice, and that one of the copies takes minutes. */
  readonly twice: number;
  /** Who may be asked now; several while one takes over from another. */
  readonly nodes: () => readonly Node[];
  readonly onTrouble: (what: string) => void;
}

/** To be forgotten has a door of its own: the state is read anew after it. */
const given = (runtime: Runtime, command: Submission): Promise<Reply> => {
  const { id, kind, actor, body } = command;
  if (kind !== 'customer.forget') return runtime.submit(command);
  const { case: about, reason } = body as { case: string; reason: string };
  return runtime.forget({ id, actor, case: about, reason });
};

/** How long a client waits for an answer before it sends the command again, in virtual milliseconds. */
const PATIENCE = 30_000;
const LATE = 180_000;

export class Clients {
  readonly sent: Sent[] = [];
  readonly #options: ClientsOptions;
  #count = 0;
  readonly #waiting = new Map<Sent, (reply: Reply) => void>();

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  /** Commands without an answer yet. */
  get open(): number {
    return this.sent.filter(({ reply, given }) => reply === null && given === null).length;
  }

  /** What was answered is not kept any longer. */
  forget(): void {
    const open = this.sent.filter(({ reply, given }) => reply === null && given === null);
    this.sent.splice(0, this.sent.length, ...open);
  }

  /** Send a command until it is answered. @param then is called once, with the first answer */
  send(kind: string, actor: Actor, body: Record<string, unknown>, then: (reply: Reply) => void = () => {}): void {
    this.#count += 1;
    const id = `cmd-${this.#count}`;
    const one: Sent = { id, kind, actor, body, copies: 0, reply: null, seqAtReply: 0, given: null };
    this.sent.push(one);
    this.#waiting.set(one, then);
    this.#post(one, 0);
    if (this.#options.random.chance(this.#options.twice))
      this.#post(one, this.#options.random.chance(0.5) ? 0 : this.#options.random.next() * LATE);
    this.#remind(one);
  }

  #remind(one: Sent): void {
    this.#options.scheduler.after(PATIENCE, 'client', null, () => {
      if (one.reply !== null || one.given !== null) return;
      this.#post(one, 0);
      this.#remind(one);
    });
  }

  #post(one: Sent, delay: number): void {
    const { scheduler, random, latency } = this.#options;
    one.copies += 1;
    scheduler.after(delay + random.next() * latency, 'request', null, () => void this.#arrive(one));
  }

  async #arrive(one: Sent): Promise<void> {
    const { scheduler, random, latency, nodes, disk } = this.#options;
    const node = nodes().length === 0 ? undefined : random.pick(nodes());
    if (!node?.runtime) return;
    const { id, kind, actor, body } = one;
    try {
      const reply = await given(node.runtime, { id, kind, actor, body } as Submission);
      const seq = disk.memory.records.length - disk.torn;
      scheduler.after(random.next() * latency, 'reply', node, () => this.#answered(one, reply, seq));
    } catch (error) {
      if (error instanceof Unavailable && error.reason === 'failed') this.#broken(one, error);
    }
  }

  #answered(one: Sent, reply: Reply, seq: number): void {
    if (one.reply !== null) {
      this.#again(one, reply);
      return;
    }
    one.reply = reply;
    one.seqAtReply = seq;
    this.#waiting.get(one)?.(reply);
    this.#waiting.delete(one);
  }

  /** A second answer to the same command says the same as the first, when both say yes. */
  #again(one: Sent, reply: Reply): void {
    if (one.reply?.ok && reply.ok && JSON.stringify(one.reply.result) !== JSON.stringify(reply.result))
      this.#options.onTrouble(`${one.id} (${one.kind}) was answered with two results`);
  }

  #broken(one: Sent, error: Unavailable): void {
    one.given = error.message;
    this.#options.onTrouble(`${one.kind}: ${error.message}`);
  }
}

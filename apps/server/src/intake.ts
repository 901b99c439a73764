/**
 * What comes in from outside through tools: mail, signed requests. It opens a case, or goes on with the one it answers.
 *
 * [SRV110] Everything in it is a stranger's word: the command is the tool's own, in nobody's seat, so the kernel labels the
 * case as untrusted [PRV7]. The same item has the same id, whoever offers it how often: it opens one case.
 */
import type { HookRequest, Inbound, Tool } from '@reeve/connectors';
import { type Actor, digest, type Rejection } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import { type Runtime, Unavailable } from '@reeve/runtime';
import { archiveOf } from './archive.ts';
import { Refusal } from './errors.ts';
import type { Log } from './house.ts';
import { Links } from './people/links.ts';
import type { Replies } from './people/replies.ts';
import { recalled } from './recalled.ts';

export class Intake {
  readonly #runtime: Runtime;
  readonly #store: Store;
  readonly #log: Log;
  readonly #replies: Pick<Replies, 'take'> | null;

  /** @param replies takes what answers a mail to a person of the organisation */
  constructor(runtime: Runtime, store: Store, log: Log, replies: Pick<Replies, 'take'> | null = null) {
    this.#runtime = runtime;
    this.#store = store;
    this.#log = log;
    this.#replies = replies;
  }

  /** Put an item on the ledger. @returns the case it became or went to, if any. @throws when it has to be offered again. */
  async take(tool: string, item: Inbound): Promise<string | null> {
    if (await this.#replies?.take(item)) return null;
    return this.#taken(tool, { ...item, subject: Links.scrub(item.subject), text: Links.scrub(item.text) });
  }

  async #taken(tool: string, item: Inbound): Promise<string | null> {
    const about = item.case === undefined ? null : await this.#ownCase(item.case, item.customer);
    if (about === 'live') {
      const body = { case: item.case as string, text: item.text.trim() === '' ? item.subject : item.text };
      const reply = await this.#submit(tool, item, 'case.message', body);
      if (reply.ok) return body.case;
      if (reply.rejection.rule !== 'ARC3') return this.#refused(tool, item, reply.rejection);
    }
    const { id: externalId, subject, text, customer, channel, name, data } = item;
    const reply = await this.#submit(tool, item, 'case.open', {
      ...{ externalId, subject, text, customer, channel },
      ...(name === undefined ? {} : { name }),
      ...(data === undefined ? {} : { data }),
      ...(about === null ? {} : { follows: item.case }),
    });
    return reply.ok ? String(reply.result.case) : this.#refused(tool, item, reply.rejection);
  }

  /** [SRV111] Only the customer of a case goes on with it; whoever else names it opens one of his own. */
  async #ownCase(id: string, customer: string): Promise<'live' | 'archived' | null> {
    const live = await this.#runtime.read((state) => state.cases.cases.get(id)?.customer ?? null);
    if (live !== null) return live === customer ? 'live' : null;
    const past = await recalled(this.#runtime, archiveOf(this.#runtime, this.#store), id);
    return past?.cases.cases.get(id)?.customer === customer ? 'archived' : null;
  }

  #submit(tool: string, item: Inbound, kind: 'case.open' | 'case.message', body: object) {
    const actor: Actor = { principal: `tool:${tool}` };
    const id = `in/${tool}/${digest([kind, item.id]).slice(0, 40)}`;
    return this.#runtime.submit({ id, kind, actor, body: body as Record<string, unknown> });
  }

  /** What is known already is in order; what can never be taken is told and left; the rest may be taken later. */
  #refused(tool: string, item: Inbound, rejection: Rejection): null {
    if (rejection.rule === 'CAS6') return null;
    this.#log('warn', 'something from outside was not taken', {
      tool,
      id: digest(item.id).slice(0, 12),
      why: rejection.message,
    });
    if (rejection.code === 'invalid') return null;
    throw new Error(`${rejection.message}${rejection.hint === undefined ? '' : `; ${rejection.hint}`}`);
  }
}

/** [SRV112] A request to `/hooks/<tool>`: no token, but the tool's own proof; answered when it is on the ledger. */
export async function hooked(
  tools: { get(tool: string): Tool | undefined; isOpening(tool: string): boolean },
  id: string,
  request: HookRequest,
  intake: Intake,
): Promise<Response> {
  const tool = tools.get(id);
  if (tools.isOpening(id))
    throw new Unavailable('recovering', `the tool "${id}" is not open yet`, 'send it again in a moment', 500);
  if (!tool?.receive)
    throw new Refusal('not-found', `no tool "${id.slice(0, 100)}" receives anything here`, 'check the address');
  const item = await tool.receive(request).catch((error: Error & { category?: string }) => {
    if (error.category === 'governance')
      throw new Refusal('unauthorised', error.message, 'check the secret and the clock');
    if (error.category === 'deterministic') throw new Refusal('malformed', error.message, 'correct what is sent');
    throw error;
  });
  return Response.json({ case: await intake.take(id, item) }, { status: 202 });
}

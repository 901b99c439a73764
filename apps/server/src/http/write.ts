/** Commands of callers: submitted as them, and carried over to a new case when theirs has left memory. */
import type { CommandKind } from '@reeve/kernel';
import { hasErased } from '@reeve/ledger';
import type { Runtime } from '@reeve/runtime';
import { type Archive, archiveOf } from '../archive.ts';
import { actorFor } from '../caller.ts';
import { Refusal, refusalOf } from '../errors.ts';
import { recalled } from '../recalled.ts';
import type { Call, Services } from './handler.ts';

export interface Written {
  readonly result: Readonly<Record<string, unknown>>;
  readonly seq: number;
  readonly repeated: boolean;
}

type Body = Readonly<Record<string, unknown>>;

/** What goes on in a new case when it is about one that is archived, and the words it goes on with. */
const GOES_ON: Readonly<Partial<Record<CommandKind, string>>> = { 'case.message': 'text', 'case.reopen': 'reason' };

/** Submit a command as the caller; a rejection becomes a refusal. */
export async function write(services: Services, { id }: Call, kind: CommandKind, body: object): Promise<Written> {
  const { runtime, store } = services;
  const reply = await submit(runtime, id, kind, body as Body);
  if (reply.ok) return { result: reply.result, seq: reply.result.seq as number, repeated: reply.repeated };
  const words = GOES_ON[kind];
  if (reply.rejection.rule !== 'ARC3' || words === undefined) throw refusalOf(reply.rejection);
  const { case: about, [words]: text } = body as { case: string; [name: string]: unknown };
  return goOn(runtime, archiveOf(runtime, store), id, about, String(text));
}

async function submit(runtime: Runtime, id: string, kind: CommandKind, body: Body) {
  const actor = await runtime.read((state) => actorFor(state, id, kind, body));
  return runtime.submit({ id, kind, actor, body });
}

/** [SRV82] The customer is not sent away: a new case that follows the archived one, for the same customer. */
async function goOn(runtime: Runtime, archive: Archive, id: string, about: string, text: string): Promise<Written> {
  const c = (await recalled(runtime, archive, about))?.cases.cases.get(about);
  if (!c || hasErased(c.customer))
    throw new Refusal('conflict', `the customer of ${about} was forgotten`, 'open a new case for who writes now');
  const { subject, customer, name, channel, priority } = c;
  const body = { subject, text, customer, channel, priority, follows: about, ...(name === null ? {} : { name }) };
  // An id of its own, so that the same command again is answered with the same case.
  const reply = await submit(runtime, id === '' ? '' : `${id}/follows`, 'case.open', body);
  if (!reply.ok) throw refusalOf(reply.rejection);
  return { result: { ...reply.result, follows: about }, seq: reply.result.seq as number, repeated: reply.repeated };
}

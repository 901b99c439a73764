/** What a peer does: it asks for something, says more about it, takes it back. Each is a command under the peer's own name. */
import { type Actor, type CommandKind, digest, existed, type Rejection, type State } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import { type Message, type Part, textOf } from '@reeve/workers/a2a';
import type { Archive } from '../archive.ts';
import { lookAt } from '../recalled.ts';
import { offeredBy } from './card.ts';
import { A2aError } from './errors.ts';
import { customerOf, type Peer } from './peers.ts';
import { askedOf, type Standing, standingOf } from './tasks.ts';

export interface Asking {
  readonly runtime: Runtime;
  readonly archive: Archive;
  readonly peer: Peer;
}

const notFound = (id: string): A2aError =>
  new A2aError('TASK_NOT_FOUND', `there is no task ${id.slice(0, 60)} of yours here`);

/** A task of the peer, wherever it is. @throws A2aError */
export async function findTask({ runtime, archive, peer }: Asking, id: string): Promise<Standing> {
  if (!/^C-\d{1,15}$/.test(id)) throw notFound(id);
  const there = await runtime.read((state) => state.cases.cases.has(id) || existed(state, id));
  const found = there ? await lookAt(runtime, archive, id, (state) => standingOf(state, peer, id)) : null;
  if (!found) throw notFound(id);
  return found;
}

/** [SRV231] The task that a message is about: a new one, or the one it names. @throws A2aError */
export async function ask(asking: Asking, message: Message, metadata: Metadata): Promise<string> {
  if (message.role !== 'ROLE_USER') throw new A2aError('INVALID_PARAMS', 'message.role: send ROLE_USER');
  checkParts(message.parts);
  const text = textOf(message.parts);
  if (text === '') throw new A2aError('INVALID_PARAMS', 'message.parts: there are no words in it');
  if (text.length > 100_000)
    throw new A2aError('INVALID_PARAMS', 'message.parts: more than 100,000 characters; send less');
  return message.taskId === undefined ? open(asking, message, text, metadata) : goOn(asking, message, text);
}

type Metadata = Readonly<Record<string, unknown>>;

/** [SRV234] Words and data only: nothing is fetched for a peer, and no file of a peer is kept. */
function checkParts(parts: readonly Part[]): void {
  for (const { text, data, raw, url, mediaType } of parts) {
    const type = mediaType ?? (text === undefined ? 'application/json' : 'text/plain');
    const fits = text === undefined ? /^application\/([\w.+-]+\+)?json\b/.test(type) : type.startsWith('text/');
    if (raw !== undefined || url !== undefined || (text === undefined && data === undefined) || !fits)
      throw new A2aError('CONTENT_TYPE_NOT_SUPPORTED', 'message.parts: send text (text/*) or data (application/json)');
  }
}

const externalId = ({ peer }: Peer, id: string): string => `a2a/${peer}/${digest(id)}`;

/** The same message again is the same task, also long after. */
async function open(asking: Asking, message: Message, text: string, metadata: Metadata): Promise<string> {
  const { runtime, peer } = asking;
  const key = externalId(peer, message.messageId);
  const said = digest([message.parts, message.contextId ?? null, metadata]);
  const known = await knownAs(asking, key, said);
  if (known !== null) return known;
  const body = {
    ...{ externalId: key, subject: subjectOf(text), text, customer: customerOf(peer), name: peer.peer, channel: 'api' },
    data: { a2a: { digest: said, ...(message.contextId === undefined ? {} : { context: message.contextId }) } },
    ...(await runtime.read((state) => ownerFor(state, peer, metadata.skill))),
  };
  const reply = await submit(asking, `a2a/${key.slice(-40)}`, 'case.open', body);
  if (reply.ok) return String(reply.result.case);
  const first = reply.rejection.rule === 'CAS6' ? await knownAs(asking, key, said) : null;
  if (first === null) throw refused(reply.rejection);
  return first;
}

/** @throws A2aError when the message was another one. */
async function knownAs({ runtime, archive }: Asking, key: string, said: string): Promise<string | null> {
  const id = await runtime.read(
    ({ cases, archive: past }) => cases.byExternalId.get(key) ?? past.externalIds.get(key) ?? null,
  );
  if (id === null) return null;
  const before = await lookAt(runtime, archive, id, ({ cases }) => askedOf(cases.cases.get(id) ?? { data: null }));
  if (before.digest === said) return id;
  throw new A2aError('INVALID_PARAMS', 'message.messageId: it was used for another message; use a new one');
}

const subjectOf = (text: string): string => text.split('\n', 1)[0]!.trim().slice(0, 200) || 'A request';

/** [SRV235] A service that is offered, and to this peer, goes to the seat that provides it; anything else finds its own way. */
function ownerFor({ organisation }: State, peer: Peer, skill: unknown): { owner?: string } {
  if (skill === undefined || skill === 'request') return {};
  const services = organisation.definition ? offeredBy(organisation.definition) : [];
  const service = services.find(({ id }) => id === skill);
  if (service && (peer.services === null || peer.services.includes(service.id))) return { owner: service.seat };
  throw new A2aError('INVALID_PARAMS', 'metadata.skill: there is no such skill for you; the agent card lists them');
}

async function goOn(asking: Asking, message: Message, text: string): Promise<string> {
  const { id, contextId, open: isOpen } = await findTask(asking, message.taskId as string);
  if (message.contextId !== undefined && message.contextId !== contextId)
    throw new A2aError('INVALID_PARAMS', `message.contextId: the task ${id} is of the context ${contextId}`);
  const command = `a2a/${externalId(asking.peer, message.messageId).slice(-40)}`;
  const done = await asking.runtime.read((state) => state.commands.has(command));
  if (!isOpen && !done)
    throw new A2aError('UNSUPPORTED_OPERATION', `the task ${id} is over; send a message without taskId`);
  const reply = await submit(asking, command, 'case.message', { case: id, text });
  if (!reply.ok) throw refused(reply.rejection);
  return id;
}

/** [CAS25] @throws A2aError */
export async function withdraw(asking: Asking, id: string): Promise<void> {
  await findTask(asking, id);
  const body = { case: id, reason: 'the peer that asked for it took it back' };
  const reply = await submit(asking, '', 'case.cancel', body);
  if (!reply.ok)
    throw new A2aError('TASK_NOT_CANCELABLE', `the task ${id} cannot be cancelled: ${reply.rejection.message}`);
}

function submit({ runtime, peer }: Asking, id: string, kind: CommandKind, body: Record<string, unknown>) {
  const actor: Actor = { principal: customerOf(peer) };
  return runtime.submit({ id, kind, actor, body });
}

/** Why the organisation does not take it now; its inner names are not told. */
function refused({ code, message }: Rejection): A2aError {
  if (code === 'invalid' || code === 'conflict') return new A2aError('INVALID_PARAMS', message);
  return new A2aError('UNAVAILABLE', `${message}; try again later`);
}

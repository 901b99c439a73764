/** An agent of another organisation on loopback, which does what a test tells it, and an organisation that asks it. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { type AgentCard, signedCard, type TaskState } from '@reeve/workers/a2a';
import { closeServer, listen } from '../src/serve.ts';
import { agentPack, type Served } from './agents.ts';
import { later } from './support.ts';

interface Received {
  readonly method: string;
  readonly params: { message?: { messageId: string; taskId?: string; parts: { text: string }[] }; id?: string };
  readonly token: string | undefined;
  readonly version: string | undefined;
}

export interface Fake {
  readonly url: string;
  readonly jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string };
  readonly seen: Received[];
  /** Where its task stands, and what it says. */
  state: TaskState;
  text: string;
  /** Changes the card after it was signed. */
  forge: (card: AgentCard) => AgentCard;
  /** HTTP status of every answer to a request. */
  status: number;
  /** Drops the connection once it has taken a message, so many times. */
  drops: number;
  tasksMade(): number;
}

export async function fakeRemote(): Promise<Fake> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const tasks = new Map<string, string>();
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith('agent-card.json'))
      return void response.end(JSON.stringify(fake.forge(card(fake.url, privateKey))));
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, params } = JSON.parse(body) as Received;
    const { authorization, 'a2a-version': version } = request.headers;
    fake.seen.push({ method, params, token: authorization, version: version as string | undefined });
    const made = params.message
      ? (params.message.taskId ?? tasks.get(params.message.messageId) ?? `t-${tasks.size + 1}`)
      : params.id!;
    if (params.message && params.message.taskId === undefined) tasks.set(params.message.messageId, made);
    if (params.message && fake.drops-- > 0) return void request.socket.destroy();
    response.statusCode = fake.status;
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: answer(method, made, fake) }));
  });
  const port = await listen(server, 0, '127.0.0.1');
  later(() => {
    server.closeAllConnections();
    return closeServer(server);
  });
  const { x } = publicKey.export({ format: 'jwk' });
  const fake: Fake = {
    ...{ url: `http://127.0.0.1:${port}`, jwk: { kty: 'OKP', crv: 'Ed25519', x: x! }, seen: [] },
    ...{ state: 'TASK_STATE_WORKING', text: '', forge: (card) => card, status: 200, drops: 0 },
    tasksMade: () => tasks.size,
  };
  return fake;
}

function answer(method: string, id: string, { state, text }: Fake): unknown {
  const message = { messageId: 'r', role: 'ROLE_AGENT', parts: [{ text }] };
  const artifacts = state === 'TASK_STATE_COMPLETED' ? [{ artifactId: 'a', parts: [{ text }] }] : [];
  const task = { id, contextId: 'theirs', status: { state, message }, artifacts };
  return method === 'SendMessage' ? { task: { ...task, status: { state: 'TASK_STATE_SUBMITTED' } } } : task;
}

const card = (url: string, key: KeyObject): AgentCard =>
  signedCard(
    {
      ...{ name: 'Quotes', description: 'Gives quotes.', version: '1', capabilities: {} },
      supportedInterfaces: [{ url: `${url}/rpc`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
      ...{ defaultInputModes: ['text/plain'], defaultOutputModes: ['text/plain'] },
      skills: [{ id: 'quote', name: 'Quote', description: 'A quote.', tags: ['quote'] }],
    },
    'k1',
    (text) => sign(null, Buffer.from(text), key),
  );

/** The pack of the example with a remote agent at its desk. */
export const remotePack = (url: string, jwk: object, more = ''): Promise<string> =>
  agentPack(
    `{ principal: quotes, kind: a2a, remote: { card: "${url}/.well-known/agent-card.json", key: ${JSON.stringify(jwk)}, addresses: [127.0.0.1], poll: 50ms${more} } }`,
  );

/** Kim gives the desk a task on a case of his own; gives its id. */
export async function delegated({ server }: Served, subproblem = 'What does a new lid cost?'): Promise<string> {
  const { runtime } = server.house;
  const actor = { principal: 'kim', seat: 'owner' };
  const opened = await runtime.submit({
    ...{ id: '', kind: 'case.open', actor },
    body: { subject: 'Lid', text: 'The lid is broken, says Sam.', customer: 'sam@example.com', owner: 'owner' },
  });
  const id = opened.ok ? String(opened.result.case) : '';
  await runtime.submit({ id: '', kind: 'case.start', actor, body: { case: id } });
  const packet = { subproblem, output: 'a price', success: 'a price in dollars' };
  const given = await runtime.submit({
    id: '',
    kind: 'task.delegate',
    actor,
    body: { case: id, to: 'refunds', packet },
  });
  if (!given.ok) throw new Error(given.rejection.message);
  return String(given.result.task);
}

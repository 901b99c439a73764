/**
 * `npm run example:langgraph`: the agent of examples/langgraph-agent in a seat of a shop, offline. Its model is a provider on
 * loopback that speaks the wire format of OpenAI; what it installs is in its own folder and no part of Reeve.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient, type ResponseOf } from '@reeve/protocol';
import { startServer } from '@reeve/server';
import { type FakeAnswer, type FakeRequest, fakeProvider } from '@reeve/workers/fake-provider';
import { hasKey, KEY, lastDone, type Say, until, use } from './parts.ts';

const AGENT = join(import.meta.dirname, 'langgraph-agent');
const TICKET = { subject: 'Kettle', text: 'Order K-100 leaks.', customer: 'sam@example.com' };

/** Whether what the agent needs is there. */
export const isInstalled = (): boolean => existsSync(join(AGENT, 'node_modules/@langchain/langgraph/package.json'));

/** Installs what its lock file says. @throws Error when the registry cannot be reached */
export function install(say: Say): void {
  say('installing LangGraph, once …');
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: AGENT, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`npm ci failed in ${AGENT}: ${done.stderr.trim().split('\n').at(-1)}`);
}

/** What the model says, turn by turn: takes the work, reads, asks, and ends as the last answer allows. */
function answer(request: FakeRequest): FakeAnswer {
  if (!hasKey(request)) return { status: 401 };
  const said = JSON.stringify(request.body.messages).replaceAll('\\', '');
  const _work = /"work":"([^"]+)"/.exec(said)?.[1] ?? '';
  const amount = Number(/"paid":(\d+)/.exec(said)?.[1] ?? 0);
  const evidence = [lastDone(request)];
  const turns: readonly FakeAnswer[] = [
    use('work_take', { wait: 20 }),
    use('orders_get', { order_id: 'K-100', _work, _key: 'look' }),
    use('orders_refund', { order_id: 'K-100', amount, _work, _why: 'It leaks.', _key: 'refund' }),
    use('case_resolve', { summary: 'Paid back.', evidence, _work, _key: 'resolve' }),
    use('report', { outcome: 'Paid back.', evidence, _work, _key: 'report' }),
  ];
  return turns[request.turn] ?? { text: 'Done.' };
}

export interface Played {
  readonly case: ResponseOf<'case'>;
  readonly why: ResponseOf<'why'>;
}

/** Plays it in a folder of its own, which is gone afterwards. */
export async function play(say: Say): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-langgraph-'));
  const provider = await fakeProvider({ answer });
  const server = await startServer({ data: join(folder, 'data'), port: 0 });
  try {
    await server.house.applyPack(join(import.meta.dirname, 'agent-desk/pack'), { base: '', reason: 'the example' });
    const client = createClient({ url: server.url, token: server.house.token });
    const { token } = await client.giveToken({ seat: 'refunds', name: 'LangGraph' });
    const { case: id } = await client.openCase(TICKET);
    const agent = run(say, { REEVE_URL: server.url, REEVE_TOKEN: token, OPENAI_BASE_URL: provider.url });
    const waiting = await until(async () => (await client.approvals({ status: 'pending' })).approvals[0]);
    await client.decide({ id: waiting.id, verdict: 'approve', note: 'It leaks.' });
    await agent;
    return { case: await client.case({ id }), why: await client.why({ id }) };
  } finally {
    await server.close();
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(say: Say, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, ['agent.mjs'], {
    cwd: AGENT,
    env: { ...process.env, ...env, OPENAI_API_KEY: KEY, MODEL: 'clerk-1', LANGSMITH_TRACING: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  for await (const line of createInterface(child.stdout)) say(line);
  const [code] = await ended;
  if (code !== 0) throw new Error(`agent.mjs ended with ${code}`);
}

if (process.argv[1] === import.meta.filename) {
  const say = (line: string) => console.log(line);
  if (!isInstalled()) install(say);
  const { case: done, why } = await play(say);
  const by = why.hands?.map(({ title, principal, occupant }) => `${title} (${principal}, ${occupant})`) ?? [];
  say(`${done.id} is ${done.status}; it went through ${by.join(' → ')}`);
}

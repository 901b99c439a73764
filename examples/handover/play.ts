/**
 * One ticket passes through a script, a model, an agent over MCP and a person, on real parts: a server process with its ledger, a
 * provider on loopback that speaks the wire format of OpenAI, an MCP client, and the API the console uses for the person.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, ResponseOf, Why } from '@reeve/protocol';
import { fakeProvider } from '@reeve/workers/fake-provider';
import { packAt, type Say, until } from '../parts.ts';
import { workPayments } from './agent.ts';
import { clerk } from './model.ts';
import { prepare, Server } from './server.ts';

const TICKET = {
  subject: 'Kettle leaks',
  text: 'The kettle of order K-100 leaks. I want my money back.',
  customer: 'sam@example.com',
  name: 'Sam',
};

/** When the server is killed: while the person is asked, or right after he decided. */
export type Moment = 'asked' | 'decided';

export interface PlayOptions {
  readonly say: Say;
  /** The server is killed (SIGKILL) at these moments, and started again. */
  readonly kill?: readonly Moment[];
  /** The user is the person: nothing is decided for him, and the server stays up until this is aborted. */
  readonly serve?: { readonly port: number; readonly signal: AbortSignal };
}

export interface Played {
  readonly approval: ResponseOf<'approval'>;
  readonly case: ResponseOf<'case'>;
  readonly why: Why;
  /** Requests the model's provider was paid for. */
  readonly paid: number;
  /** What the order shows in the end. */
  readonly order: Readonly<Record<string, unknown>>;
}

/** Plays it in a folder of its own, which is gone afterwards. */
export async function play(options: PlayOptions): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-handover-'));
  const provider = await fakeProvider({ answer: clerk });
  const stop = new AbortController();
  try {
    const pack = await packAt(join(import.meta.dirname, 'pack'), join(folder, 'pack'), provider);
    const data = join(folder, 'data');
    const server = new Server(data, await prepare(data, pack), options.serve?.port ?? 0);
    await server.start();
    const { token } = await server.client.giveToken({ seat: 'payments', name: 'payments agent' });
    const agent = workPayments({ url: server.url, token, say: options.say, signal: stop.signal });
    try {
      const ended = agent.then(() => Promise.reject(new Error('the agent ended')));
      const told = await Promise.race([follow(server, options, data), ended]);
      return { ...told, paid: provider.paid.length };
    } finally {
      stop.abort();
      await agent;
      await server.stop('SIGTERM');
    }
  } finally {
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function follow(server: Server, options: PlayOptions, data: string): Promise<Omit<Played, 'paid'>> {
  const { say, serve } = options;
  const { client } = server;
  const { case: id } = await client.openCase(TICKET);
  say(`${id} came in: ${TICKET.text}`);
  const approval = await asked(client);
  say(`${approval.id} waits for Kim: ${approval.capability} of ${approval.cost / 1_000_000} USD`);
  await strike('asked', server, options);
  if (serve) await byUser(server, approval.id, data, serve.signal, say);
  else await decide(server, approval, say);
  await strike('decided', server, options);
  const closed = await until(async () => {
    const found = await client.case({ id });
    return found.status === 'closed' || found.status === 'escalated' ? found : undefined;
  });
  say('');
  say(`$ reeve why ${id}`);
  await server.command(say, 'why', id);
  const why = await client.why({ id });
  if (serve) await stays(server, id, serve.signal, say);
  else say('With --serve you are Kim, and look at all of it in the console: Why? of the case, and Approvals.');
  return { approval, case: closed, why, order: orderIn(why) };
}

/** The review packet, as the console shows it, when there is one. */
async function asked(client: Client): Promise<ResponseOf<'approval'>> {
  const { id } = await until(async () => (await client.approvals({ status: 'pending' })).approvals[0]);
  return client.approval({ id });
}

/** What the console sends when Kim presses the button: exactly what was shown is approved, by its digest. */
async function decide({ client }: Server, { id, packet }: ResponseOf<'approval'>, say: Say): Promise<void> {
  await client.decide({ id, verdict: 'approve', note: 'It leaks, and he paid for it.', digest: packet.argsDigest });
  say(`Kim approved ${id}`);
}

async function strike(moment: Moment, server: Server, { kill = [], say }: PlayOptions): Promise<void> {
  if (!kill.includes(moment)) return;
  await server.stop('SIGKILL');
  say(
    `the server was killed (kill -9) when Kim ${moment === 'asked' ? 'was asked' : 'had decided'}, and is started again`,
  );
  await server.start();
}

/** Waits for the user, however long he takes. */
async function byUser(server: Server, id: string, data: string, signal: AbortSignal, say: Say): Promise<void> {
  say('');
  say(`You are Kim. Decide it in the console, under Approvals: ${server.link}`);
  say(`or in another terminal:  REEVE_DATA=${data} npm run reeve -- approve ${id}`);
  say('');
  while ((await server.client.approval({ id })).status === 'pending') {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function stays(server: Server, id: string, signal: AbortSignal, say: Say): Promise<void> {
  say(`It keeps running: ${server.url}/why/${id} shows the same as graphs. ctrl-C stops it and removes its folder.`);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** The order as the last check of the refund read it. */
function orderIn({ operations }: Why): Readonly<Record<string, unknown>> {
  const refund = operations.find(({ operation }) => operation.capability === 'orders.refund');
  return refund?.verification.after?.value ?? {};
}

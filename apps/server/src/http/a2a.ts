/** `/a2a` and the agent card, beside the API: for agents of other organisations. Loaded when the first one comes. */
import { digest } from '@reeve/kernel';
import type { Context } from 'hono';
import { archiveOf } from '../archive.ts';
import { Refusal } from '../errors.ts';
import type { Services } from './handler.ts';
import { readBytes } from './input.ts';

type A2aServices = Pick<
  Services,
  'runtime' | 'store' | 'peers' | 'evidence' | 'heartbeat' | 'ended' | 'url' | 'patience'
>;

/** [SRV233] For everybody, as the protocol wants it; but nobody looks before somebody was admitted. */
export async function agentCard({ runtime, peers, evidence, url }: A2aServices, given: Headers): Promise<Response> {
  const { cardOf, signed } = await import('../a2a/card.ts');
  const admits = peers.list().length > 0 && url !== undefined;
  const card = admits ? await runtime.read((state) => cardOf(state, url)) : null;
  if (!card) throw new Refusal('not-found', 'no agent of others is admitted here', '`reeve peer admit` admits one');
  const body = signed(card, await evidence.signer());
  const etag = `"${digest(body).slice(0, 32)}"`;
  const headers = { etag, 'cache-control': 'public, max-age=300' };
  if (given.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return Response.json(body, { headers });
}

/** Who asks. @throws Refusal `unauthorised` */
function peerOf({ peers }: A2aServices, c: Context) {
  const token = /^Bearer ([\w-]{1,500})$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const peer = token === undefined ? null : peers.find(token);
  if (peer) return peer;
  throw new Refusal('unauthorised', 'this needs `Authorization: Bearer <token of a peer>`', 'ask whom it is for');
}

const endpointOf = ({ runtime, store, patience, heartbeat, ended }: A2aServices) => ({
  ...{ runtime, archive: archiveOf(runtime, store), patience, heartbeat, ended },
});
const bodyOf = async (c: Context): Promise<string> => new TextDecoder().decode(await readBytes(c));
const versionOf = (c: Context): string => c.req.header('a2a-version') ?? '';

/** [SRV230] */
export async function a2a(services: A2aServices, c: Context): Promise<Response> {
  const peer = peerOf(services, c);
  const { answerTo } = await import('../a2a/endpoint.ts');
  return answerTo(endpointOf(services), peer, await bodyOf(c), versionOf(c), c.req.raw.signal);
}

/** [SRV294] */
export async function a2aOverHttp(services: A2aServices, c: Context): Promise<Response> {
  const peer = peerOf(services, c);
  const { answerOverHttp } = await import('../a2a/http-json.ts');
  const { method, url, signal } = c.req.raw;
  const request = { method, url: new URL(url), body: await bodyOf(c), version: versionOf(c), signal };
  return answerOverHttp(endpointOf(services), peer, request);
}

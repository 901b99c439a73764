/** `GET /metrics`: who may read it, and how it is answered. */
import { createHmac } from 'node:crypto';
import { sameToken } from '../cluster/secret.ts';
import { Refusal } from '../errors.ts';
import type { Telemetry } from './telemetry.ts';

/** [OBS2] A token that reads metrics and nothing else, derived from one that may do everything. */
export const metricsToken = (token: string): string =>
  createHmac('sha256', token).update('reeve metrics').digest('base64url');

/**
 * @param tokens those that may do everything
 * @throws Refusal `unauthorised` unless the request has one of these or one derived from it.
 */
export async function scraped(request: Request, tokens: readonly string[], telemetry: Telemetry): Promise<Response> {
  const given = /^Bearer ([\w-]{1,500})$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;
  const good = tokens.flatMap((token) => [token, metricsToken(token)]).map((token) => sameToken(given, token));
  if (!good.includes(true))
    throw new Refusal(
      'unauthorised',
      'metrics need `Authorization: Bearer <token>`',
      '`reeve metrics --token` prints a token that reads metrics and nothing else',
    );
  const text = await telemetry.scrape();
  return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
}

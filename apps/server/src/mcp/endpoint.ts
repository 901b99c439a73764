/**
 * The MCP server of an organisation: streamable HTTP of both protocol eras on `/mcp`. Nothing is kept between requests: who asks
 * is said by his token, which work he has by its handle, what he waits for by the task; so nothing is lost by a restart.
 */
import { type AuthInfo, createMcpHandler, type McpRequestContext, type Server } from '@modelcontextprotocol/server';
import type { Log } from '../house.ts';
import { BODY_LIMIT } from '../http/input.ts';

export interface McpEndpointOptions<B> {
  /** Whose token it is, or why he is not let in. */
  readonly authorise: (token: string | null) => Promise<B | { readonly refused: string }>;
  /** What he is served: a fresh one for each request. */
  readonly serve: (bearer: B, context: Pick<McpRequestContext, 'era'>) => Server;
  /** May a page of this origin ask? None unless told; programs send no origin. */
  readonly origin?: (origin: string) => boolean;
  readonly log: Log;
}

export interface McpEndpoint {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

const refusal = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ jsonrpc: '2.0', id: null, error: { code: -32_000, message } }, { status, headers });

/** [SRV114] [SRV115] */
export function mcpEndpoint<B extends object>(options: McpEndpointOptions<B>): McpEndpoint {
  const { authorise, serve, origin: allows = () => false, log } = options;
  const handler = createMcpHandler(({ era, authInfo }) => serve(bearerOf<B>(authInfo), { era }), {
    maxRequestBodySize: BODY_LIMIT,
    onerror: (error) => log('warn', 'an MCP request was refused', { error: error.message.slice(0, 200) }),
  });
  return {
    fetch: async (request) => {
      const origin = request.headers.get('origin');
      if (origin !== null && !allows(origin)) return refusal(403, 'pages of this origin may not ask here');
      const token = /^Bearer ([\w-]{1,500})$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;
      const bearer = await authorise(token);
      if ('refused' in bearer) return refusal(401, bearer.refused, { 'www-authenticate': 'Bearer' });
      const authInfo: AuthInfo = { token: '', clientId: 'seat', scopes: [], extra: { bearer } };
      return handler.fetch(request, { authInfo });
    },
    close: () => handler.close(),
  };
}

const bearerOf = <B>(authInfo: AuthInfo | undefined): B => authInfo?.extra?.bearer as B;

/** `/mcp`, beside the API: for agents that work a seat. Loaded when the first one comes. */
import type { State } from '@reeve/kernel';
import { type Bearer, barred } from '../agents/tokens.ts';
import { archiveOf } from '../archive.ts';
import type { McpEndpoint } from '../mcp/endpoint.ts';
import type { SeatServices } from '../mcp/seat-server.ts';
import type { Services } from './handler.ts';

type McpServices = Pick<Services, 'runtime' | 'store' | 'agents' | 'seatTokens' | 'answer' | 'log' | 'ended'>;

export function mcpOf(services: McpServices): (request: Request) => Promise<Response> {
  let opened: Promise<McpEndpoint> | null = null;
  return async (request) => {
    opened ??= open(services);
    return (await opened).fetch(request);
  };
}

/** Pages of this machine may ask, with a token; no other page may. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

async function open({ runtime, store, agents, seatTokens, answer, log, ended }: McpServices): Promise<McpEndpoint> {
  const { mcpEndpoint } = await import('../mcp/endpoint.ts');
  const { seatServer } = await import('../mcp/seat-server.ts');
  const seats: SeatServices = { runtime, archive: archiveOf(runtime, store), agents, answer };
  const endpoint = mcpEndpoint<Bearer>({
    log,
    origin: (origin) => URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname),
    authorise: async (token) => {
      const bearer = token === null ? null : seatTokens.find(token);
      if (!bearer)
        return { refused: 'this needs `Authorization: Bearer <token of a seat>`; `reeve token give` makes one' };
      const why = await runtime.read((state: State) => barred(state, bearer));
      return why === null ? bearer : { refused: `this token is of no use: ${why}` };
    },
    serve: (bearer) => seatServer(seats, bearer),
  });
  ended.addEventListener('abort', () => void endpoint.close(), { once: true });
  return endpoint;
}

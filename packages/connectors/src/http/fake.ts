import type { Call, CallResult, Connector } from '../port.ts';
import { landed } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { httpConnector } from './client.ts';
import {
  changes,
  type HttpCapability,
  httpCapability,
  httpConfig,
  type Incoming,
  type Outgoing,
  outgoingOf,
  resultOf,
} from './wire.ts';

/** What a server of a simulation answers; by default it keeps what was put or posted under its address. */
export type FakeServer = (request: Outgoing, stored: Map<string, Buffer>) => Omit<Incoming, 'headers'>;

/** Servers in memory behind the same checks of addresses, headers and bodies; no names are resolved, no secrets used. */
export function fakeHttp(server: FakeServer = storing): Connector {
  return fakeConnector(httpConnector, httpCapability, (context) => {
    const config = parseConfig(httpConfig, context.tool.config, `tool ${context.tool.id}`);
    const stored = new Map<string, Buffer>();
    return {
      writes: changes,
      run: (call: Call, capability: HttpCapability): CallResult => {
        const outgoing = outgoingOf(call, config, capability);
        const result = resultOf(capability, { headers: {}, ...server(outgoing, stored) });
        const { origin, pathname } = outgoing.url;
        return changes(capability) ? landed(`http:${origin}${pathname}`, call, result.value) : result;
      },
    };
  });
}

const storing: FakeServer = ({ method, url, body = Buffer.from('null') }, stored) => {
  const before = stored.get(url.href);
  if (method === 'GET' || method === 'HEAD')
    return before ? { status: 200, body: before } : { status: 404, body: Buffer.alloc(0) };
  if (method === 'DELETE') stored.delete(url.href);
  else stored.set(url.href, body);
  return { status: 200, body };
};

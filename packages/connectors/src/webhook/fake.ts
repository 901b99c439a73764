import type { Call, CallResult, Connector } from '../port.ts';
import { landed } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { webhookConnector } from './client.ts';
import { eventOf, webhookCapability, webhookConfig } from './wire.ts';

/** Events that go nowhere; `sent` lists their bodies. */
export function fakeWebhook(sent: string[] = []): Connector {
  return fakeConnector(webhookConnector, webhookCapability, (context) => {
    const config = parseConfig(webhookConfig, context.tool.config, `tool ${context.tool.id}`);
    return {
      writes: () => true,
      run: (call: Call, capability): CallResult => {
        const { id, body } = eventOf(call, config, capability);
        sent.push(body);
        return landed(`webhook:${config.send?.url ?? ''}`, call, { id, status: 200 });
      },
    };
  });
}

import type { Connector } from '../port.ts';
import { landed } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { mailboxConnector } from './client.ts';
import { compose, draftOf, mailboxCapability, mailboxConfig, sentList, sentValue } from './wire.ts';

/** Mail that goes nowhere: composed and checked as the real one is, and remembered. */
export function fakeMailbox(): Connector {
  return fakeConnector(mailboxConnector, mailboxCapability, (context) => {
    const { from, outbox } = parseConfig(mailboxConfig, context.tool.config, `tool ${context.tool.id}`);
    const sent: Record<string, unknown>[] = [];
    return {
      writes: ({ action }) => action === 'send',
      run: (call, config) => {
        if (config.action === 'list') return sentList(call, config.limit, sent);
        const draft = draftOf(call, from);
        compose(draft);
        sent.push(sentValue(draft));
        return landed(`mailbox:${outbox}`, call, sentValue(draft));
      },
    };
  });
}

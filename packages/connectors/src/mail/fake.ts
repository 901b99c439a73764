import { compose, draftOf, sentValue } from '../mailbox/wire.ts';
import type { Call, CallResult, Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { mailConnector } from './client.ts';
import {
  assertServers,
  criteriaOf,
  fits,
  type MailCapability,
  mailCapability,
  mailConfig,
  messageIdOf,
  writesMail,
} from './wire.ts';

interface Stored extends Record<string, unknown> {
  readonly message_id: string;
  folder: string;
}

/** Mailboxes in memory; what is sent lies in the folder of sent mail and goes nowhere. */
export function fakeMail(): Connector {
  return fakeConnector(mailConnector, mailCapability, (context) => {
    const config = parseConfig(mailConfig, context.tool.config, `tool ${context.tool.id}`);
    for (const one of context.capabilities)
      assertServers(one.id, config, parseConfig(mailCapability, one.config, one.id));
    const stored: Stored[] = [];
    const sent = (call: Call): CallResult => {
      const draft = draftOf(call, config.from);
      compose(draft);
      const value = sentValue(draft);
      const { subject, body: text, messageId: message_id } = draft;
      stored.push({
        message_id,
        from: config.from.address,
        to: value.to,
        subject,
        date: value.sent_at,
        text,
        folder: config.folders.sent,
      });
      return landed(`mail:${config.from.address}/${message_id}`, call, value);
    };
    const moved = (call: Call, from: string, to: string): CallResult => {
      const id = messageIdOf(call);
      const found = stored.find((one) => one.message_id === id && one.folder === from);
      if (!found) throw refused(`there is no message ${id} in "${from}"; list the folder again`);
      found.folder = to;
      return landed(`mail:${config.user}/${to}`, call, { message_id: id, folder: to });
    };
    return {
      writes: writesMail,
      run: (call: Call, action: MailCapability): CallResult => {
        if (action.action === 'send') return sent(call);
        const folder = action.folder ?? config.folders.inbox;
        if (action.action === 'move') return moved(call, folder, action.to);
        const here = stored.filter((one) => one.folder === folder);
        if (action.action === 'read') {
          const found = here.find((one) => one.message_id === messageIdOf(call));
          return { value: found ? { found: true, ...shown(found) } : { found: false } };
        }
        const criteria = criteriaOf(call);
        const rows = here
          .filter((one) => fits(one, criteria))
          .slice(-action.limit)
          .map(shown);
        return { value: { rows, count: rows.length } };
      },
    };
  });
}

const shown = ({ folder: _, ...rest }: Stored): Record<string, unknown> => structuredClone(rest);

import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { syncFolder } from '../shared/folder.ts';
import { type Journal, openJournal } from '../shared/journal.ts';
import {
  compose,
  draftOf,
  MAX_LOOKBACK,
  type Mailbox,
  mailboxCapability,
  mailboxConfig,
  nameOf,
  sentList,
  sentValue,
} from './wire.ts';

/** Outbound mail as a Maildir folder: a transport or a person takes messages from `new/`. */
export const mailboxConnector: Connector = {
  id: 'mailbox',
  config: mailboxConfig,
  capabilityConfig: mailboxCapability,
  open: async (context) => openMailbox(context),
};

function openMailbox(context: OpenContext): Tool {
  const { from, outbox } = parseConfig(mailboxConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, mailboxCapability, ({ action }) => action === 'send');
  const folder = join(context.directory, outbox);
  for (const part of ['tmp', 'new', 'cur']) mkdirSync(join(folder, part), { recursive: true });
  const journal = openJournal({
    database: join(context.directory, '.reeve', 'effects.db'),
    staging: join(folder, 'tmp'),
    check: () => undefined,
    publish: (staged, target) => {
      renameSync(staged, join(folder, 'new', target));
      syncFolder(join(folder, 'new'));
    },
  });
  return closable({
    call: async (call) => {
      const config = capabilities.get(call.capability.id)?.config;
      if (!config) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return config.action === 'send' ? send(journal, from, outbox, call) : list(journal, config.limit, call);
    },
    lookup: async (key) => journal.find(key)?.result ?? null,
    health: async () => healthOf(folder),
    close: async () => journal.close(),
  });
}

async function send(journal: Journal, from: Mailbox, outbox: string, call: Call): Promise<CallResult> {
  const draft = draftOf(call, from);
  const message = await compose(draft).build();
  return journal.publish(
    call,
    `${nameOf(call.key)}.reeve`,
    message,
    landed(`mailbox:${outbox}`, call, sentValue(draft)),
  );
}

function list(journal: Journal, limit: number, call: Call): CallResult {
  assertWanted(call);
  const sent = journal.recent(MAX_LOOKBACK).map(({ value }) => value);
  return sentList(call, limit, sent);
}

function healthOf(folder: string): { ok: boolean; message: string } {
  const missing = ['tmp', 'new', 'cur'].find((part) => !existsSync(join(folder, part)));
  if (missing === undefined) return { ok: true, message: `outbox ${folder} is in place` };
  return { ok: false, message: `outbox ${folder} has no "${missing}" folder any more; restart to create it` };
}

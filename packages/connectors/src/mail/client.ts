import { join } from 'node:path';
import type { ImapFlow, SearchObject } from 'imapflow';
import { compose, type Draft, draftOf, sentValue } from '../mailbox/wire.ts';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned, type Secrets } from '../shared/credentials.ts';
import { targetOf } from '../shared/endpoint.ts';
import { openPlans, unknownOutcome } from '../shared/planned.ts';
import { findById, list, move, read, withImap } from './imap.ts';
import { loginOf, type Mail, type MailPlan, mailSecrets } from './mail.ts';
import { submit } from './smtp.ts';
import { watchMailbox } from './watch.ts';
import {
  assertServers,
  criteriaOf,
  type MailCapability,
  type MailConfig,
  mailCapability,
  mailConfig,
  messageIdOf,
  writesMail,
} from './wire.ts';

/** Mail over SMTP and IMAP. */
export const mailConnector: Connector = {
  id: 'mail',
  config: mailConfig,
  capabilityConfig: mailCapability,
  open: async (context) => openMail(context),
};

function openMail(context: OpenContext): Tool {
  const config = parseConfig(mailConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, mailCapability, writesMail);
  for (const [id, one] of capabilities) assertServers(id, config, one.config);
  const closing = new AbortController();
  const plans = openPlans<MailPlan>(join(context.directory, '.reeve', 'plans.db'), {
    find: (plan) => find(mail, plan),
  });
  const mail: Mail = { context, config, plans, closing };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return carryOut(mail, found, call);
    },
    lookup: (key) => plans.lookup(key),
    ...(config.intake ? { watch: (take, signal) => watchMailbox(mail, take, signal) } : {}),
    health: () => healthOf(mail),
    close: async () => {
      closing.abort();
      plans.close();
    },
  });
}

async function carryOut(mail: Mail, action: MailCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const secrets = await mailSecrets(mail, call.seat);
  assertNoSecret(call, secrets);
  try {
    if (action.action === 'send') return await send(mail, secrets, call);
    if (action.action === 'move') return await relocate(mail, secrets, action, call);
    const folder = action.folder ?? mail.config.folders.inbox;
    const looking =
      action.action === 'find'
        ? (
            (criteria) => (client: ImapFlow) =>
              list(client, folder, criteria as SearchObject, action.limit)
          )(criteriaOf(call))
        : (
            (id) => (client: ImapFlow) =>
              read(client, folder, id)
          )(messageIdOf(call));
    return secrets.redactor.clean(await imap(mail, secrets, call.signal, looking));
  } catch (error) {
    throw cleaned(error, secrets.redactor, `${call.capability.id}`);
  }
}

async function imap<T>(
  mail: Mail,
  secrets: Secrets,
  signal: AbortSignal,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const { config, context } = mail;
  if (!config.imap) throw refused('this tool has no "imap"; add it to its config');
  const target = await targetOf(config.imap, context.packDirectory);
  const options = { target, login: loginOf(mail, secrets), time: config.time };
  return withImap(options, AbortSignal.any([signal, mail.closing.signal]), work);
}

/** Where a message that was sent shows afterwards. The own copy arrives in the inbox and is filed from there. */
const witnessesOf = ({ witness, folders }: MailConfig): string[] =>
  witness === 'none' ? [] : witness === 'sent' ? [folders.sent] : [folders.sent, folders.inbox];

function send(mail: Mail, secrets: Secrets, call: Call): Promise<CallResult> {
  const { config, context, plans } = mail;
  const draft = draftOf(call, config.from);
  const composed = compose(draft);
  const plan = (): MailPlan => ({
    ...{ capability: call.capability.id, seat: call.seat, name: draft.messageId },
    ...{ folders: witnessesOf(config), result: sentResult(mail, draft, call) },
  });
  return plans.once(call, plan, async ({ result }, mark) => {
    if (!config.smtp) throw refused('this tool has no "smtp"; add it to its config');
    const message = await composed.build();
    const to = draft.to.map(({ address }) => address);
    const envelope = {
      from: config.from.address,
      to: [...new Set(config.witness === 'copy' ? [...to, config.from.address] : to)],
    };
    const target = await targetOf(config.smtp, context.packDirectory);
    const login = loginOf(mail, secrets);
    const rejected = await submit(target, login, config, envelope, message, mark, call.signal);
    return rejected.length === 0 ? result : { ...result, value: { ...result.value, rejected: [...rejected] } };
  });
}

const sentResult = ({ config }: Mail, draft: Draft, call: Call): CallResult =>
  landed(`mail:${config.from.address}/${draft.messageId}`, call, sentValue(draft));

function relocate(
  mail: Mail,
  secrets: Secrets,
  action: MailCapability & { action: 'move' },
  call: Call,
): Promise<CallResult> {
  const { config, plans } = mail;
  const id = messageIdOf(call);
  const from = action.folder ?? config.folders.inbox;
  const result = landed(`mail:${config.user}/${action.to}`, call, { message_id: id, folder: action.to });
  const plan = { capability: call.capability.id, seat: call.seat, name: id, folders: [action.to], result };
  return plans.once(
    call,
    () => plan,
    (_, mark) =>
      imap(mail, secrets, call.signal, async (client) => {
        if (await move(client, id, from, action.to, mark)) return result;
        throw refused(`there is no message ${id} in "${from}"; list the folder again`);
      }),
  );
}

/**
 * Look where the message would show. One that is there was accepted. One that is not may still be on its way, when the
 * server got all of it: only a person, or a later look, can tell.
 */
async function find(mail: Mail, plan: MailPlan): Promise<CallResult | null> {
  if (plan.folders.length === 0) throw unknownOutcome('nothing tells whether the message was sent (witness: none)');
  const secrets = await mailSecrets(mail, plan.seat);
  const folder = await imap(mail, secrets, mail.closing.signal, (client) =>
    findById(client, plan.name, plan.folders),
  ).catch((error: unknown) => {
    throw unknownOutcome(cleaned(error, secrets.redactor, 'looking').message);
  });
  if (folder !== undefined) return plan.result;
  if (!plan.name.startsWith('<') || plan.result.value.folder !== undefined) return null;
  throw unknownOutcome(
    `the server had the whole message ${plan.name}, and it is not (yet) in ${plan.folders.join(' or ')}`,
  );
}

async function healthOf(mail: Mail): Promise<{ ok: boolean; message: string }> {
  const { config } = mail;
  if (!config.imap)
    return {
      ok: true,
      message: `sends as ${config.from.address}; whether the server answers is seen when it is asked`,
    };
  try {
    const secrets = await mailSecrets(mail, undefined);
    await imap(mail, secrets, mail.closing.signal, async (client) => client.noop());
    return { ok: true, message: `${config.user} can be read at ${config.imap.host}` };
  } catch (error) {
    return { ok: false, message: `${config.user} at ${config.imap.host}: ${(error as Error).message}` };
  }
}

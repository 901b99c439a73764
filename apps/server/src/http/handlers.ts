import { isAbsolute } from 'node:path';
import type { State } from '@reeve/kernel';
import { proofText } from '@reeve/ledger';
import { openApi, type ParsedOf, type ResponseOf, type RouteName } from '@reeve/protocol';
import type { RuntimeHealth } from '@reeve/runtime';
import { archiveOf } from '../archive.ts';
import { actorFor } from '../caller.ts';
import { sentBytes } from '../data/sent-pack.ts';
import { Refusal, refusalOf } from '../errors.ts';
import { EXECUTOR_HANDLERS } from '../executors/handlers.ts';
import { MEMORY_HANDLERS } from '../memory/handlers.ts';
import { lookAt } from '../recalled.ts';
import { timelineOf } from '../timeline.ts';
import { VERSION } from '../version.ts';
import { caseDetail, caseList } from '../views/cases.ts';
import { diagnosis } from '../views/diagnosis.ts';
import { archivedCases, historyOf } from '../views/history.ts';
import { historyPage, ledgerQuery } from '../views/ledger.ts';
import { approvalDetail, approvalList, operationDetail, operationList } from '../views/operations.ts';
import { inboxView, overview, switchList } from '../views/organisation.ts';
import { whyOf } from '../why/gather.ts';
import { AGENT_HANDLERS } from './agent-handlers.ts';
import { AUTHORITY_HANDLERS } from './authority.ts';
import { BACKUP_HANDLERS } from './backups.ts';
import { CONSOLE_HANDLERS } from './console-handlers.ts';
import { eventStream, resumeAfter } from './events.ts';
import { type Answer, type Call, type Handler, type Services, view } from './handler.ts';
import { INBOX_HANDLERS } from './inbox.ts';
import { LANE_HANDLERS } from './lanes.ts';
import { MONEY_HANDLERS } from './money.ts';
import { ORGANISATION_HANDLERS } from './organisation.ts';
import { OVERSIGHT_HANDLERS } from './oversight.ts';
import { PURPOSE_HANDLERS } from './purpose.ts';
import { ROUTING_HANDLERS } from './routing.ts';
import { RUN_HANDLERS } from './runs.ts';
import { SERVICE_HANDLERS } from './services.ts';
import { write } from './write.ts';

/** One thing, in memory or on the ledger. */
const shown =
  <R>(look: (state: State, id: string) => R) =>
  async ({ runtime, store }: Services, { params }: { params: { id: string } }): Promise<Answer<R>> => ({
    body: await lookAt(runtime, archiveOf(runtime, store), params.id, (state) => look(state, params.id)),
  });

/** A write on one case. */
async function onCase(services: Services, call: Call, kind: 'case.message' | 'case.feedback', body: { case: string }) {
  const { result, seq, repeated } = await write(services, call, kind, body);
  const follows = typeof result.follows === 'string' ? { case: result.case as string, follows: result.follows } : {};
  return { body: { case: body.case, seq, ...follows }, repeated };
}

/** Have the customer of a case forgotten; answers when the state has been loaded without him. */
async function forget({ runtime, history }: Services, body: { case: string; reason: string }, { id }: Call) {
  const actor = await runtime.read((state) => actorFor(state, id, 'customer.forget', body));
  const reply = await runtime.forget({ id, actor, ...body });
  if (!reply.ok) throw refusalOf(reply.rejection);
  // What the index holds of him goes before this is answered.
  await history.catchUp();
  return { body: { case: body.case, seq: reply.result.seq as number }, repeated: reply.repeated };
}

/** [SRV30] A running organisation whose ledger cannot be signed says so. */
function healthOf({ runtime, evidence }: Services): RuntimeHealth {
  const found = runtime.health();
  return { ...found, reason: found.reason ?? evidence.problem };
}

async function health(services: Services): Promise<Answer<ResponseOf<'health'>>> {
  const { runtime } = services;
  const { status, reason, tools, seq } = healthOf(services);
  const name = await runtime.read((state) => state.organisation.definition?.name ?? '').catch(() => '');
  const uptime = Math.round(process.uptime() * 1000);
  const body = { status, organisation: runtime.org, name, seq, version: VERSION, reason, tools, uptime };
  return { body, status: status === 'running' ? 200 : 503 };
}

async function apply(services: Services, { body }: ParsedOf<'apply'>, { id }: Call) {
  const { directory, archive, ...plan } = body;
  if (!archive && !isAbsolute(directory))
    throw new Refusal('malformed', 'directory: must be an absolute path', 'send the absolute path of the pack');
  const sent = archive && { archive: sentBytes(archive) };
  const { digest, seq, repeated } = await services.applyPack(directory, { ...plan, ...sent, id });
  return { body: { digest, seq }, repeated };
}

/** One handler per route; the type makes the compiler demand every one of them. */
export const HANDLERS: { readonly [K in RouteName]: Handler<K> } = {
  health: (services) => health(services),
  openapi: async () => ({ body: openApi(VERSION) }),
  status: view((state, { query }, services) => overview(state, healthOf(services), query)),
  organisation: async ({ runtime, packs }) => {
    const { digest, definition, pack, restructured } = await runtime.read((state) => ({
      ...state.organisation,
      restructured: [...new Set(state.organisation.drift.values())],
    }));
    return { body: { digest, definition, pack: await packs.origin(pack), restructured } };
  },
  apply,
  cases: async ({ runtime, store, history }, { query }) => ({
    body: query.archived
      ? await archivedCases(runtime, archiveOf(runtime, store), history, query)
      : await runtime.read((state) => caseList(state, query)),
  }),
  openCase: async (services, { body }, call) => {
    const { result, seq, repeated } = await write(services, call, 'case.open', body);
    return { status: 201, body: { case: result.case as string, seq }, repeated };
  },
  case: shown((state, id) => caseDetail(state, id)),
  timeline: async ({ runtime, store }, { params, query }) => {
    const exists = await runtime.read((state) => state.cases.cases.has(params.id));
    return { body: await timelineOf(archiveOf(runtime, store), params.id, exists, query) };
  },
  addMessage: (services, { params, body }, call) =>
    onCase(services, call, 'case.message', { case: params.id, ...body }),
  forget: (services, { params, body }, call) => forget(services, { case: params.id, ...body }, call),
  addFeedback: (services, { params, body }, call) =>
    onCase(services, call, 'case.feedback', { case: params.id, ...body }),
  command: async (services, { body }, call) => {
    const { result, seq, repeated } = await write(services, call, body.kind, body.body);
    return { body: { ...result, seq }, repeated };
  },
  inbox: view((state, { query }) => inboxView(state, query.seat)),
  approvals: view((state, { query }) => approvalList(state, query)),
  approval: shown((state, id) => approvalDetail(state, id)),
  decide: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'approval.decide', { approval: params.id, ...body });
    return { body: { approval: params.id, seq }, repeated };
  },
  operations: view((state, { query }) => operationList(state, query)),
  operation: shown((state, id) => operationDetail(state, id)),
  why: async ({ runtime, store }, { params }) => ({ body: await whyOf(runtime, archiveOf(runtime, store), params.id) }),
  ledger: async ({ runtime, store }, { query }) => ({
    body: await historyPage(archiveOf(runtime, store), ledgerQuery(query)),
  }),
  history: async ({ history }, { query }) => ({ body: await historyOf(history, query) }),
  ledgerHead: async ({ store, evidence }) => ({ body: { ...(await store.head()), ...(await evidence.head()) } }),
  ledgerProof: async ({ evidence }, { params }) => {
    // As a file, byte for byte: what verifies a proof takes no other spelling.
    const file = proofText(await evidence.prove(params.seq));
    return new Response(file, { headers: { 'content-type': 'application/json' } });
  },
  switches: view((state) => ({ switches: switchList(state) })),
  trip: async (services, { body }, call) => {
    const { seq, repeated } = await write(services, call, 'switch.trip', body);
    return { body: { scope: body.scope, id: body.id, seq }, repeated };
  },
  rearm: async (services, { params, query }, call) => {
    const { seq, repeated } = await write(services, call, 'switch.rearm', { ...params, ...query });
    return { body: { ...params, seq }, repeated };
  },
  events: ({ runtime, heartbeat, ended, telemetry, notices }, { query }, { request }) =>
    eventStream({
      ...{ runtime, heartbeat, after: resumeAfter(request, query.after), signals: [request.signal, ended] },
      notices: query.notices ? notices : null,
      subscribed: () => telemetry.subscribed(),
    }),
  diagnosis: view((state, _, services) => ({
    findings: diagnosis(state, healthOf(services), { live: services.works, now: Date.now() }),
  })),
  ...AUTHORITY_HANDLERS,
  ...ORGANISATION_HANDLERS,
  ...SERVICE_HANDLERS,
  ...MONEY_HANDLERS,
  ...PURPOSE_HANDLERS,
  ...LANE_HANDLERS,
  ...OVERSIGHT_HANDLERS,
  ...ROUTING_HANDLERS,
  ...INBOX_HANDLERS,
  ...CONSOLE_HANDLERS,
  ...RUN_HANDLERS,
  ...MEMORY_HANDLERS,
  ...EXECUTOR_HANDLERS,
  ...AGENT_HANDLERS,
  ...BACKUP_HANDLERS,
};

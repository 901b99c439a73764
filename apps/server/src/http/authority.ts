import type { AUTHORITY_ROUTES, ViolationDetail } from '@reeve/protocol';
import { archiveOf } from '../archive.ts';
import {
  delegationList,
  deputyList,
  grantList,
  incidentDetail,
  incidentList,
  reviewNumbers,
  violationList,
  violationOf,
} from '../views/authority.ts';
import { historyPage } from '../views/ledger.ts';
import { type Handler, present, view } from './handler.ts';
import { write } from './write.ts';

type Raised = ViolationDetail['raised'][number];

/** What a seat was told and what was done about it is read from the ledger: memory holds only its latest violation. */
const violation: Handler<'violation'> = async ({ runtime, store }, { params, query }) => {
  const { line, status } = await runtime.read((state) => violationOf(state, params.id, present(state)));
  const found = line ?? { seat: params.id, level: 0, correction: null, points: 0, total: 0, latest: null };
  const page = await historyPage(archiveOf(runtime, store), {
    ...{ limit: query.limit, order: 'newest', kind: 'violation.raised', stream: `seat/${params.id}` },
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
  });
  const raised = page.records.map(({ seq, at, body }) => {
    const { level, correction, points, rule, operation } = body as unknown as Raised;
    return { seq, at, level, correction, points, rule, operation };
  });
  return { body: { ...found, status, raised, ...(page.next === undefined ? {} : { next: page.next }) } };
};

export const AUTHORITY_HANDLERS: { readonly [K in keyof typeof AUTHORITY_ROUTES]: Handler<K> } = {
  grants: view((state, { query }) => grantList(state, query, present(state))),
  giveGrant: async (services, { body }, call) => {
    const { result, seq, repeated } = await write(services, call, 'approval.grant', body);
    return { body: { grant: result.grant as string, seq }, repeated };
  },
  revokeGrant: async (services, { params, query }, call) => {
    const { seq, repeated } = await write(services, call, 'grant.revoke', { grant: params.id, ...query });
    return { body: { grant: params.id, seq }, repeated };
  },
  deputies: view((state, { query }) => deputyList(state, query, present(state))),
  nameDeputy: async (services, { body }, call) => {
    const { result, seq, repeated } = await write(services, call, 'deputy.name', body);
    return { body: { deputy: result.deputy as string, seq }, repeated };
  },
  withdrawDeputy: async (services, { params, query }, call) => {
    const { seq, repeated } = await write(services, call, 'deputy.withdraw', { deputy: params.id, ...query });
    return { body: { deputy: params.id, seq }, repeated };
  },
  delegations: view((state, { query }) => delegationList(state, query)),
  violations: view((state, { query }) => violationList(state, query, present(state))),
  violation,
  incidents: view((state, { query }) => incidentList(state, query)),
  incident: view((state, { params }) => incidentDetail(state, params.id)),
  closeIncident: async (services, { params, body }, call) => {
    const { seq, repeated } = await write(services, call, 'incident.close', { incident: params.id, ...body });
    return { body: { incident: params.id, seq }, repeated };
  },
  reviews: view((state, { query }) => reviewNumbers(state, query)),
  override: async (services, { params, body }, call) => {
    const { result, seq, repeated } = await write(services, call, 'operation.override', {
      operation: params.id,
      ...body,
    });
    return { body: { operation: params.id, again: result.operation as string, seq }, repeated };
  },
};

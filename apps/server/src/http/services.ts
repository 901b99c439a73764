import { type Complaint, directory, type State } from '@reeve/kernel';
import type { ComplaintView, SERVICE_ROUTES } from '@reeve/protocol';
import type { Call, Handler, Services } from './handler.ts';
import { view } from './handler.ts';
import { write } from './write.ts';

const viewOf = ({ joined: _joined, ...complaint }: Complaint): ComplaintView => complaint;

const complaintList = ({ complaints }: State, status: 'open' | 'all'): ComplaintView[] =>
  [...complaints.all.values()]
    .filter(({ id }) => status === 'all' || complaints.open.has(id))
    .map(viewOf)
    .reverse();

type Kind = 'complaint.raise' | 'complaint.account' | 'complaint.answer';
async function complain(services: Services, call: Call, kind: Kind, body: object) {
  const { result, seq, repeated } = await write(services, call, kind, body);
  return { body: { complaint: result.complaint as string, seq }, repeated };
}

export const SERVICE_HANDLERS: { readonly [K in keyof typeof SERVICE_ROUTES]: Handler<K> } = {
  directory: view((state, { query }) => ({
    services: directory(state, query).map(({ score: _score, ...entry }) => entry),
  })),
  requestService: async (services, { params, body }, call) => {
    const request = { service: params.id, ...body };
    const { result, seq, repeated } = await write(services, call, 'service.request', request);
    return { body: { task: result.task as string, seq }, repeated };
  },
  complaints: view((state, { query }) => ({ complaints: complaintList(state, query.status) })),
  raiseComplaint: (services, { body }, call) => complain(services, call, 'complaint.raise', body),
  giveAccount: (services, { params, body }, call) =>
    complain(services, call, 'complaint.account', { complaint: params.id, ...body }),
  answerComplaint: (services, { params, body }, call) =>
    complain(services, call, 'complaint.answer', { complaint: params.id, ...body }),
};

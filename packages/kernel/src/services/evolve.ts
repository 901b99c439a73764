import { type FollowUp, followUp } from '../core/context.ts';
import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import { type Fulfilment, unmeasured } from './state.ts';

function measured({ services }: State, service: string): Fulfilment {
  let found = services.measured.get(service);
  if (!found) {
    found = unmeasured();
    services.measured.set(service, found);
  }
  return found;
}

const loaded = ({ services: { load } }: State, service: string, change: 1 | -1): void =>
  void load.set(service, (load.get(service) ?? 0) + change);

export const servicesEvolve = {
  'service.requested': (state: State, r: RecordOf<'service.requested'>) => {
    const { request: id, service, by, case: about, task, due, price } = r.body;
    countId(state, id);
    state.services.requests.set(task, { id, service, by, case: about, task, at: r.at, due, late: false });
    loaded(state, service, 1);
    const all = measured(state, service);
    all.requested += 1;
    all.charged += price;
    setTimer(state, due, `service.late:${task}`);
  },
  'service.overdue': (state: State, r: RecordOf<'service.overdue'>) => {
    for (const request of state.services.requests.values()) if (request.id === r.body.request) request.late = true;
  },
  'service.ended': (state: State, r: RecordOf<'service.ended'>) => {
    const { service, task, declined, took, met } = r.body;
    state.services.requests.delete(task);
    loaded(state, service, -1);
    const all = measured(state, service);
    if (declined) all.declined += 1;
    else {
      all.fulfilled += 1;
      all.time += took;
      all.inTime += Number(met);
    }
  },
};

/** A case that ends takes its open requests along. */
const caseOver = (state: State, r: { body: { case: string } }): FollowUp[] => {
  const c = state.cases.cases.get(r.body.case);
  return (c?.tasks ?? []).flatMap((task) =>
    state.services.requests.has(task) ? [followUp('service.end', { task, declined: true })] : [],
  );
};

export const servicesReact = {
  'task.completed': (state: State, r: RecordOf<'task.completed'>): FollowUp[] => {
    const { task, declined } = r.body;
    return state.services.requests.has(task) ? [followUp('service.end', { task, declined })] : [];
  },
  'case.closed': caseOver,
  'case.cancelled': caseOver,
  'service.overdue': (state: State, r: RecordOf<'service.overdue'>): FollowUp[] => {
    const to = state.organisation.seats.get(r.body.to)?.supervisor;
    if (to === undefined) return [];
    const text = `"${r.body.to}" has not given the service "${r.body.service}" in time (${r.body.request})`;
    return [followUp('inbox.deliver', { to, from: r.body.to, type: 'reminder', text, case: r.body.case })];
  },
};

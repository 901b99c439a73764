import type { z } from 'zod';
import { stillOpen } from '../cases/decide.ts';
import type { Task } from '../cases/state.ts';
import { participant } from '../cases/views.ts';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { type Checked, compileFields } from '../fields/index.ts';
import { afterWork } from '../hours/calendar.ts';
import { OWNER } from '../organisation/views.ts';
import type { ServiceDef } from './definition.ts';
import type { serviceCommands } from './schema.ts';
import { directory, mayAsk } from './views.ts';

type Body = z.output<(typeof serviceCommands)['service.request']>;

const problemsOf = (checked: Checked & { ok: false }): string =>
  checked.problems.map(({ path, message }) => `${path || 'it'}: ${message}`).join('; ');

function serviceOf(state: State, id: string, asker: string): ServiceDef {
  const found = state.organisation.services.get(id);
  if (!found) {
    const near = directory(state, { text: id, asker }).slice(0, 3);
    reject('not-found', `there is no service "${id}"`, {
      rule: 'SVC1',
      hint: near.length > 0 ? `did you mean ${near.map((one) => one.id).join(', ')}?` : 'look in `reeve directory`',
    });
  }
  if (found.deprecated)
    reject('conflict', `the service "${id}" is no longer given: ${found.deprecated.because}`, {
      rule: 'SVC1',
      hint:
        found.deprecated.instead === undefined ? 'look in `reeve directory`' : `ask for "${found.deprecated.instead}"`,
    });
  return found;
}

function available(state: State, service: ServiceDef, asker: string): void {
  if (!mayAsk(state, service, asker))
    reject('forbidden', `"${asker}" may not ask for "${service.id}"`, { rule: 'SVC2', hint: 'ask your supervisor' });
  const status = state.organisation.seats.get(service.seat)?.status;
  if (status !== 'active' && status !== 'paused')
    reject('conflict', `"${service.seat}", which gives "${service.id}", is ${status ?? 'gone'}`, {
      rule: 'SVC1',
      hint: 'look in `reeve directory` for another one',
    });
  if (service.capacity !== undefined && (state.services.load.get(service.id) ?? 0) >= service.capacity)
    reject('exhausted', `"${service.id}" works on ${service.capacity} requests, as many as it can`, {
      rule: 'SVC2',
      hint: 'ask again later, or look in `reeve directory` for another one',
    });
}

function request(state: State, body: Body, ctx: Context): Draft[] {
  const { c, seat } = participant(state, body.case, ctx.actor);
  stillOpen(c);
  const by = seat === OWNER ? c.owner : seat;
  const service = serviceOf(state, body.service, by);
  available(state, service, by);
  if (service.seat === by) reject('invalid', `"${by}" gives this service itself`, { rule: 'SVC2', hint: 'just do it' });
  const input = compileFields(service.input).check(body.input);
  if (!input.ok)
    reject('invalid', `the input is not what "${service.id}" takes: ${problemsOf(input)}`, {
      rule: 'SVC3',
      hint: `see \`reeve directory show ${service.id}\``,
    });
  const hours = state.organisation.seats.get(service.seat)?.hours;
  const due = hours === undefined ? ctx.now + service.within : afterWork(hours, ctx.now, service.within);
  const task = nextId(state, 'T');
  const request = nextId(state, 'SQ');
  const at = { case: c.id, task };
  const packet = {
    subproblem: body.why === '' ? service.title : `${service.title}: ${body.why}`,
    context: { service: service.id, input: body.input, due },
    tried: [],
    output: Object.keys(service.output).join(', ') || 'a report',
    success: service.success,
  };
  return [
    event('task.delegated', `case/${c.id}`, { ...at, from: by, to: service.seat, packet }, c.id),
    event(
      'service.requested',
      `service/${service.id}`,
      { request, service: service.id, by, to: service.seat, ...at, price: service.price, due },
      c.id,
    ),
  ];
}

/** [SVC4] What comes back is what the catalogue promises; who cannot give it declines. Called when a task is reported on. */
export function checkOutput(state: State, task: Task, report: Record<string, unknown>): void {
  const asked = state.services.requests.get(task.id);
  const service = asked === undefined ? undefined : state.organisation.services.get(asked.service);
  if (!service || Object.keys(service.output).length === 0) return;
  const output = compileFields(service.output).check(report);
  if (!output.ok)
    reject('invalid', `the report is not what "${service.id}" promises: ${problemsOf(output)}`, {
      rule: 'SVC4',
      hint: 'report these fields, or decline the task and say why',
    });
}

export const servicesDecide = { 'service.request': request };

export const servicesFollowUps = {
  'service.end': (state: State, body: { task: string; declined: boolean }, ctx: Context): Draft[] => {
    const found = state.services.requests.get(body.task);
    if (!found) return [];
    const { id: request, service, task, case: about, at, due } = found;
    const took = ctx.now - at;
    const met = !body.declined && ctx.now <= due;
    const ended = { request, service, task, case: about, declined: body.declined, took, met };
    return [event('service.ended', `service/${service}`, ended, about)];
  },
  /** [SVC5] Said once, to who directs the provider. */
  'service.late': (state: State, body: { id: string }, ctx: Context): Draft[] => {
    const found = state.services.requests.get(body.id);
    if (!found || found.late || found.due > ctx.now) return [];
    const to = state.cases.tasks.get(found.task)?.to ?? '';
    const { id: request, service, case: about } = found;
    return [event('service.overdue', `service/${service}`, { request, service, to, case: about }, about)];
  },
};

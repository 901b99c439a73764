import type { State } from '../../core/state.ts';
import type { Time } from '../../core/types.ts';
import type { Operation } from '../../operations/state.ts';

/** The variables of every condition: `args, reads, resource, case, actor, org, now`. */
export function conditionScope(state: State, op: Operation, now: Time): Record<string, unknown> {
  const c = op.case === null ? undefined : state.cases.cases.get(op.case);
  const seat = state.organisation.seats.get(op.seat);
  const reads: Record<string, unknown> = {};
  for (const name in op.reads) reads[name] = op.reads[name]!.value;
  return {
    args: op.args,
    reads,
    resource: op.resource ?? '',
    case: c
      ? {
          id: c.id,
          topic: c.topic ?? '',
          priority: c.priority,
          customer: c.customer,
          status: c.status,
          owner: c.owner,
          areas: c.areas,
          evidence: c.evidence,
          reopened: c.reopened,
          openedAt: c.openedAt,
          data: c.data ?? {},
        }
      : {
          id: '',
          topic: '',
          priority: '',
          customer: '',
          status: '',
          owner: '',
          areas: [],
          evidence: [],
          reopened: 0,
          openedAt: 0,
          data: {},
        },
    actor: { seat: op.seat, unit: seat?.unit ?? '', tier: seat?.charter.tier ?? '', principal: op.principal },
    org: { id: state.org, currency: state.organisation.settings.currency },
    now,
  };
}

import type { CelScope, CelType } from '../../cel/types.ts';
import type { State } from '../../core/state.ts';
import type { Time } from '../../core/types.ts';
import type { Operation } from '../../operations/state.ts';

/**
 * What conditions may ask about, beside `args` and `reads`, which depend on the capability. The types expressions are checked
 * against when a pack is loaded and, through `Described`, what the gate must give them.
 */
export const CONDITION_TYPES = {
  resource: 'string',
  case: {
    fields: {
      id: 'string',
      topic: 'string',
      priority: 'string',
      customer: 'string',
      status: 'string',
      owner: 'string',
      areas: { list: 'string' },
      evidence: { list: { fields: { kind: 'string', ref: 'string' } } },
      reopened: 'number',
      openedAt: 'number',
      data: 'dyn',
    },
  },
  actor: { fields: { seat: 'string', unit: 'string', tier: 'string', principal: 'string' } },
  org: { fields: { id: 'string', currency: 'string' } },
  now: 'number',
} as const satisfies CelScope;

/** The values of a CEL type. */
type Described<T extends CelType> = T extends 'string'
  ? string
  : T extends 'number'
    ? number
    : T extends { readonly list: infer E extends CelType }
      ? readonly Described<E>[]
      : T extends { readonly fields: infer F extends CelScope }
        ? { readonly [K in keyof F]: Described<F[K]> }
        : unknown;

type Conditions = { readonly [K in keyof typeof CONDITION_TYPES]: Described<(typeof CONDITION_TYPES)[K]> };

/** The variables of every condition: `args`, `reads` and those of `CONDITION_TYPES`. */
export function conditionScope(
  state: State,
  op: Operation,
  now: Time,
): Conditions & { args: Record<string, unknown>; reads: Record<string, unknown> } {
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

import type { KernelRecord } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Grouping } from './definition.ts';

type Named = Readonly<Partial<Record<string, unknown>>>;

const textOf = (body: Named, name: string): string | undefined => {
  const found = body[name];
  return typeof found === 'string' ? found : undefined;
};

const operationOf = (state: State, body: Named) => state.operations.operations.get(textOf(body, 'operation') ?? '');
const caseOf = (state: State, body: Named) => state.cases.cases.get(textOf(body, 'case') ?? '');

/** The seat an event is about: the one it names, that of its operation, the owner of its case, else the one that acted. */
const seatOf = (state: State, body: Named, record: KernelRecord): string | undefined =>
  textOf(body, 'seat') ?? operationOf(state, body)?.seat ?? caseOf(state, body)?.owner ?? record.actor.seat;

function laneOf(state: State, body: Named): string | undefined {
  const contract = operationOf(state, body)?.contract;
  if (contract === undefined || contract === null) return undefined;
  return state.organisation.definition?.flows.find((flow) => flow.steps.includes(contract))?.id;
}

const GROUP: Record<Grouping, (state: State, body: Named, record: KernelRecord) => string | null | undefined> = {
  seat: seatOf,
  unit: (state, body, record) => state.organisation.seats.get(seatOf(state, body, record) ?? '')?.unit,
  lane: laneOf,
  topic: (state, body) => textOf(body, 'topic') ?? caseOf(state, body)?.topic,
  capability: (state, body) => textOf(body, 'capability') ?? operationOf(state, body)?.capability,
};

/** [PUR9] The group of a metric that an event belongs to; null for none. */
export const groupOf = (state: State, by: Grouping, record: KernelRecord): string | null =>
  GROUP[by](state, record.body as unknown as Named, record) ?? null;

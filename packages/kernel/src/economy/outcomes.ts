/** What events are worth [ECO2]: worked out once per definition, so an event costs what it is counted for. */
import { compileCondition } from '../cel/index.ts';
import type { KernelRecord } from '../core/events.ts';
import type { OrganisationState } from '../organisation/state.ts';
import type { MetricDef } from '../purpose/definition.ts';
import type { OutcomeDef } from './definition.ts';

interface Selection {
  readonly event: string;
  readonly where?: string | undefined;
}

interface Valued {
  readonly selection: Selection;
  /** Worth of each, times this field of the event's body when given. */
  readonly value: number;
  readonly field: string | null;
}

interface Index {
  readonly byTopic: ReadonlyMap<string, number>;
  readonly byEvent: ReadonlyMap<string, readonly Valued[]>;
}

const indexes = new WeakMap<OrganisationState, Index>();

function ofMetric(metric: MetricDef | undefined, value: number): Valued[] {
  if (!metric) return [];
  const { measure } = metric;
  if ('count' in measure) return [{ selection: measure.count, value, field: null }];
  // A ratio or a mean has no units that could be worth something.
  return 'sum' in measure ? [{ selection: measure.sum, value, field: measure.sum.field }] : [];
}

function valuedBy(outcome: OutcomeDef, metrics: readonly MetricDef[]): Valued[] {
  if (outcome.when) return [{ selection: outcome.when, value: outcome.value, field: null }];
  if (outcome.metric === undefined) return [];
  return ofMetric(
    metrics.find(({ id }) => id === outcome.metric),
    outcome.value,
  );
}

function indexOf(organisation: OrganisationState): Index {
  let index = indexes.get(organisation);
  if (index) return index;
  const { outcomes = [], metrics = [] } = organisation.definition ?? {};
  const byTopic = new Map<string, number>();
  const byEvent = new Map<string, Valued[]>();
  for (const outcome of outcomes) {
    if (outcome.topic !== undefined) byTopic.set(outcome.topic, (byTopic.get(outcome.topic) ?? 0) + outcome.value);
    for (const valued of valuedBy(outcome, metrics)) {
      const { event } = valued.selection;
      byEvent.set(event, [...(byEvent.get(event) ?? []), valued]);
    }
  }
  index = { byTopic, byEvent };
  indexes.set(organisation, index);
  return index;
}

/** What a closed case of a topic is worth. */
export const worthOfTopic = (organisation: OrganisationState, topic: string): number =>
  indexOf(organisation).byTopic.get(topic) ?? 0;

/** What an event is worth by itself. */
export function worthOf(organisation: OrganisationState, record: KernelRecord): number {
  const found = indexOf(organisation).byEvent.get(record.kind);
  return found ? found.reduce((sum, valued) => sum + worth(valued, record), 0) : 0;
}

function worth({ selection, value, field }: Valued, record: KernelRecord): number {
  if (selection.where !== undefined) {
    const held = compileCondition(selection.where)({ body: record.body as never, actor: record.actor as never });
    if (!held.ok || !held.value) return 0;
  }
  if (field === null) return value;
  const quantity = (record.body as unknown as Record<string, unknown>)[field];
  return typeof quantity === 'number' ? Math.round(value * quantity) : 0;
}

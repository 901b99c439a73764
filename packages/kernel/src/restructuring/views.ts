import type { Draft } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { asApplied } from '../organisation/evolve.ts';
import { orphans } from '../runs/withdraw.ts';
import { planned } from './decide.ts';
import { effectsOf } from './effects.ts';
import { relocation } from './relocate.ts';
import type { RestructuringStep } from './schema.ts';
import { spanOf } from './span.ts';

/** One step in words. */
export function describeStep(step: RestructuringStep): string {
  switch (step.do) {
    case 'unit':
      return `the unit ${step.unit.id} is new`;
    case 'split':
      return `${step.seat} gives work to ${step.into.map((part) => part.id).join(', ')}`;
    case 'merge':
      return `${step.seats.filter((id) => id !== step.into).join(', ')} merged into ${step.into}`;
    case 'reassign':
      return [
        step.supervisor === undefined ? [] : [`${step.seat} reports to ${step.supervisor}`],
        step.unit === undefined ? [] : [`${step.seat} belongs to ${step.unit}`],
      ]
        .flat()
        .join(', ');
    case 'add-layer':
      return `${step.seat.id} now stands over ${step.over.join(', ')}`;
    case 'remove-layer':
      return `${step.seat} is taken out of the line`;
    case 'occupy':
      return step.occupant === null ? `${step.seat} is vacant` : `${step.occupant.principal} takes ${step.seat}`;
  }
}

/** What moves, by kind: ids in the order in which they move. */
export interface Moving {
  from: string;
  to: string;
  cases: string[];
  tasks: string[];
  messages: string[];
  approvals: string[];
  operations: string[];
  runs: string[];
}

const FIELDS = {
  'case.assigned': ['cases', 'case'],
  'task.moved': ['tasks', 'task'],
  'task.completed': ['tasks', 'task'],
  'message.moved': ['messages', 'message'],
  'approval.moved': ['approvals', 'approval'],
  'operation.moved': ['operations', 'operation'],
  'run.withdrawn': ['runs', 'run'],
} as const;

function movingOf(from: string, to: string, drafts: readonly Draft[]): Moving {
  const moving: Moving = { from, to, cases: [], tasks: [], messages: [], approvals: [], operations: [], runs: [] };
  for (const draft of drafts) {
    const field = FIELDS[draft.kind as keyof typeof FIELDS];
    if (field) moving[field[0]].push((draft.body as unknown as Record<string, string>)[field[1]]!);
  }
  return moving;
}

/**
 * [RST8] What a restructuring would do, worked out by the code that does it, on a copy of the tree. Changes nothing.
 * Throws `Rejected` when it cannot be done.
 */
export function restructuringPlan(state: State, steps: readonly RestructuringStep[]) {
  const { body, definition } = planned(state, steps);
  const after: State = { ...state, organisation: { ...state.organisation, heirs: new Map(state.organisation.heirs) } };
  for (const { seat, heir } of body.retired) after.organisation.heirs.set(seat, heir);
  after.organisation = asApplied(after, definition, body.digest);
  const moving = body.work.map(({ from, to, topics }) =>
    movingOf(from, to, relocation(after, { from, to, topics, reason: '', tasks: 'move' })),
  );
  const ended = new Set(moving.flatMap((one) => one.runs));
  const stopped = orphans(after).flatMap((run) => (ended.has(run.id) ? [] : [run.id]));
  const effects = effectsOf(state, after, [...Object.keys(body.places), ...body.told]);
  return {
    ...body,
    sentences: steps.map(describeStep),
    moving,
    stopped,
    effects,
    allowed: spanOf(after).reports,
    definition,
  };
}
export type RestructuringPlan = ReturnType<typeof restructuringPlan>;

import { type FollowUp, followUp } from '../core/context.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { layersReact } from './layers.ts';
import { describeStep } from './views.ts';

const why = (id: string, reason: string): string => `restructuring ${id}: ${reason}`;

/** [RST7] Everybody concerned hears of it, after his work has moved. */
function restructured(_state: State, r: RecordOf<'organisation.restructured'>): FollowUp[] {
  const { restructuring: id, reason, by, steps, told, work } = r.body;
  const text = `The organisation was restructured (${id}) by ${by}: ${reason}. ${steps.map(describeStep).join('; ')}.`;
  return [
    ...work.map((move) => followUp('work.move', { ...move, reason: why(id, reason) })),
    ...told.map((to) =>
      followUp('inbox.deliver', { to, type: 'inform', text, data: { restructuring: id }, priority: 'low' }),
    ),
  ];
}

export const restructuringReact = {
  ...layersReact,
  'organisation.restructured': restructured,
  'seat.occupied': (_state: State, r: RecordOf<'seat.occupied'>): FollowUp[] =>
    r.body.takesOver === true ? [followUp('work.adopt', { seat: r.body.seat })] : [],
  /** Who does it now is told, unless the message about it came along. */
  'task.moved': (state: State, r: RecordOf<'task.moved'>): FollowUp[] => {
    const task = state.cases.tasks.get(r.body.task)!;
    if (r.body.told || r.body.as === 'giver') return [];
    return [
      followUp('inbox.deliver', {
        to: r.body.to,
        from: task.from,
        type: 'task',
        text: task.packet.subproblem,
        case: task.case,
        data: { task: task.id },
      }),
    ];
  },
  'approval.moved': (state: State, r: RecordOf<'approval.moved'>): FollowUp[] => {
    const a = state.governance.approvals.get(r.body.approval)!;
    return r.body.asked.map((to) =>
      followUp('inbox.deliver', {
        to,
        type: 'approval_request',
        text: a.packet.recommendation,
        case: a.case,
        data: { approval: a.id, operation: a.operation },
        priority: 'high',
      }),
    );
  },
};

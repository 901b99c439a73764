import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';

export const governanceEvolve = {
  'approval.requested': (state: State, r: RecordOf<'approval.requested'>) => {
    const { approval, ...b } = r.body;
    countId(state, approval);
    state.governance.approvals.set(approval, {
      ...b,
      id: approval,
      status: 'pending',
      requestedAt: r.at,
      decidedBy: null,
      note: null,
    });
    state.governance.pending.add(approval);
    setTimer(state, b.silence.at, `approval.silence:${approval}`);
  },
  'approval.decided': (state: State, r: RecordOf<'approval.decided'>) => {
    const a = state.governance.approvals.get(r.body.approval)!;
    a.status = r.body.verdict === 'approve' ? 'approved' : r.body.verdict === 'reject' ? 'rejected' : 'revised';
    a.decidedBy = r.body.by;
    a.note = r.body.note;
    state.governance.pending.delete(a.id);
  },
  'approval.escalated': (state: State, r: RecordOf<'approval.escalated'>) => {
    const a = state.governance.approvals.get(r.body.approval)!;
    a.approvers = r.body.approvers;
    a.silence = r.body.silence;
    setTimer(state, r.body.silence.at, `approval.silence:${a.id}`);
  },
  'switch.tripped': (state: State, r: RecordOf<'switch.tripped'>) => {
    state.governance.switches.set(`${r.body.scope}:${r.body.id}`, {
      reason: r.body.reason,
      by: r.body.by,
      at: r.at,
      ...(r.body.condition === undefined ? {} : { condition: r.body.condition }),
    });
  },
  'switch.rearmed': (state: State, r: RecordOf<'switch.rearmed'>) => {
    state.governance.switches.delete(`${r.body.scope}:${r.body.id}`);
  },
};

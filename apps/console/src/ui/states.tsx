/** States of cases, operations, approvals and seats, each with its word and its tone. */
import type { ApprovalSummary, CaseSummary, GapView, OperationSummary, SeatView } from '@reeve/protocol';
import { t } from '../text/en.ts';
import { Badge, State, type Tone } from './parts.tsx';

const CASE_TONES: Record<CaseSummary['status'], Tone> = {
  new: 'info',
  assigned: 'info',
  in_progress: 'accent',
  waiting_internal: 'warn',
  waiting_customer: 'warn',
  blocked: 'bad',
  escalated: 'bad',
  resolved: 'good',
  verified: 'good',
  closed: 'plain',
  cancelled: 'plain',
};
export const CaseState = ({ status }: { status: CaseSummary['status'] }) => (
  <State tone={CASE_TONES[status]} busy={status === 'in_progress'}>
    {t.cases.statuses[status]}
  </State>
);

const OP_TONES: Record<OperationSummary['status'], Tone> = {
  requested: 'info',
  denied: 'plain',
  deferred: 'warn',
  awaiting_approval: 'warn',
  recorded: 'plain',
  admitted: 'info',
  leased: 'accent',
  succeeded: 'good',
  verified: 'good',
  verification_failed: 'bad',
  retry_wait: 'warn',
  failed: 'bad',
  unknown: 'bad',
  reconciling: 'warn',
  compensating: 'warn',
  compensated: 'plain',
  escalated: 'bad',
};
export const OpState = ({ status }: { status: OperationSummary['status'] }) => (
  <State tone={OP_TONES[status]} busy={status === 'leased'}>
    {t.ops.statuses[status]}
  </State>
);

export const VERDICT_TONES = {
  allow: 'good',
  ask: 'warn',
  deny: 'bad',
  defer: 'warn',
  'record-only': 'plain',
} as const;

const APPROVAL_TONES: Record<ApprovalSummary['status'], Tone> = {
  pending: 'warn',
  approved: 'good',
  rejected: 'bad',
  revised: 'info',
};
export const ApprovalState = ({ status }: { status: ApprovalSummary['status'] }) => (
  <State tone={APPROVAL_TONES[status]}>{t.approvals.status[status]}</State>
);

export const Priority = ({ priority }: { priority: CaseSummary['priority'] }) =>
  priority === 'high' ? (
    <Badge tone="bad">{t.cases.priorities.high}</Badge>
  ) : (
    <span className="text-faint">{t.cases.priorities[priority]}</span>
  );

export const GAP_TONES: Record<GapView['status'], Tone> = {
  met: 'good',
  on_track: 'info',
  behind: 'warn',
  missed: 'bad',
  unknown: 'plain',
};

export const SEAT_TONES: Record<SeatView['status'], Tone> = {
  active: 'good',
  paused: 'warn',
  suspended: 'bad',
  retired: 'plain',
};

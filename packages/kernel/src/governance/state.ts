import type { Time } from '../core/types.ts';
import { type ControlState, emptyControl } from './control-state.ts';
import type { ReviewPacket } from './schema.ts';

export interface Approval {
  id: string;
  operation: string;
  case: string | null;
  requester: string;
  approvers: string[];
  packet: ReviewPacket;
  status: 'pending' | 'approved' | 'rejected' | 'revised';
  silence: { at: Time; rule: 'stop' | 'proceed' | 'escalate' };
  expires: Time;
  nonce: string;
  requestedAt: Time;
  decidedBy: string | null;
  note: string | null;
}

export interface GovernanceState {
  approvals: Map<string, Approval>;
  pending: Set<string>;
  /** `scope:id` → why and by whom it was tripped. */
  switches: Map<string, { reason: string; by: string; at: Time; condition?: string }>;
  control: ControlState;
}

export const emptyGovernance = (): GovernanceState => ({
  approvals: new Map(),
  pending: new Set(),
  switches: new Map(),
  control: emptyControl(),
});

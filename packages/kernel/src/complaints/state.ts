import type { Time } from '../core/types.ts';

export interface Complaint {
  id: string;
  by: string | null;
  case: string | null;
  text: string;
  about: string[];
  units: string[];
  handler: string;
  accounts: Record<string, string>;
  accountsBy: Time;
  due: Time;
  raisedAt: Time;
  joins: string | null;
  /** Those that are answered with it. */
  joined: string[];
  escalations: number;
  answer: { by: string; text: string; compensation: string | null; improvements: string[]; at: Time } | null;
}

export interface ComplaintState {
  all: Map<string, Complaint>;
  open: Set<string>;
}
export const emptyComplaints = (): ComplaintState => ({ all: new Map(), open: new Set() });

import { z } from 'zod';
import { id, text } from '../core/names.ts';

const caseId = z.string().regex(/^C-\d+$/);
const complaintId = z.string().regex(/^CO-\d+$/);

export const complaintCommands = {
  /** By a seat about others (R-C8), or from outside, on the customer's case. */
  'complaint.raise': z.strictObject({
    text: text(20_000).min(1),
    case: caseId.optional(),
    seats: z.array(id).max(50).default([]),
    units: z.array(id).max(50).default([]),
  }),
  'complaint.account': z.strictObject({ complaint: complaintId, text: text(20_000).min(1) }),
  'complaint.answer': z.strictObject({
    complaint: complaintId,
    text: text(20_000).min(1),
    compensation: text(2000).optional(),
    improvements: z.array(text(1000).min(1)).max(20).default([]),
  }),
} as const;

export interface ComplaintEvents {
  'complaint.raised': {
    complaint: string;
    by: string | null;
    case: string | null;
    text: string;
    /** Seats whose account is asked for. */
    about: string[];
    units: string[];
    handler: string;
    accountsBy: number;
    due: number;
    /** The open complaint on the same matter: it is answered with that one. */
    joins: string | null;
  };
  'complaint.explained': { complaint: string; by: string; text: string };
  'complaint.escalated': { complaint: string; from: string; to: string; reason: string; due: number };
  'complaint.answered': {
    complaint: string;
    by: string;
    text: string;
    compensation?: string;
    improvements: string[];
    /** All that are answered by it, itself first. */
    answers: string[];
    /** Asked for an account, and silent. */
    silent: string[];
    took: number;
  };
}

import { z } from 'zod';
import { id, text } from '../core/names.ts';
import type { Stage } from '../rollout/definition.ts';
import type { Needs } from './definition.ts';
import { needs } from './definition.ts';

const caseId = z.string().regex(/^C-\d+$/);
const reason = text(1000).min(1);

/** Why a case is handed on (R-C30). The first four say that it should not have come here. */
export const TRANSFER_REASONS = [
  'missing_skills',
  'wrong_domain',
  'complexity_too_high',
  'low_confidence',
  'overloaded',
  'unavailable',
] as const;
export type TransferReason = (typeof TRANSFER_REASONS)[number];

/** What the next one must know (R-C29): done already, found, in the way, milliseconds spent. */
const handover = z.strictObject({
  tried: z.array(text(1000)).max(50).default([]),
  findings: z.array(text(2000)).max(50).default([]),
  blockers: z.array(text(1000)).max(50).default([]),
  spent: z.number().int().min(0).optional(),
  notes: text(4000).optional(),
});
export type Handover = z.infer<typeof handover>;

export const routingCommands = {
  'case.route': z.strictObject({ case: caseId, needs: needs.optional() }),
  'case.transfer': z.strictObject({
    case: caseId,
    reason: z.enum(TRANSFER_REASONS),
    note: text(2000).default(''),
    needs: needs.optional(),
    /** Asked first, if it can. */
    suggest: id.optional(),
    context: handover.prefault({}),
  }),
  'seat.lend': z.strictObject({ seat: id, unit: id, until: z.number().int().positive().optional(), reason }),
  'seat.return': z.strictObject({ seat: id, reason }),
  'intake.throttle': z.strictObject({ reason }),
  'intake.open': z.strictObject({ reason }),
} as const;

/** One seat that was compared, all parts scaled 0–100. */
export interface Scored {
  seat: string;
  score: number;
  load: number;
  experience: number;
  context: number;
  success: number;
  /** Share of similar work it got right, 0–1; null for a newcomer. */
  confidence: number | null;
}

/** How many seats were left out, and why. */
export interface LeftOut {
  /** Not active, nobody in them, stopped, or outside their hours. */
  away: number;
  full: number;
  /** Gave it away before. */
  gave: number;
  unsure: number;
}

export type RouteCause = 'open' | 'request' | 'transfer' | 'queue' | 'rebalance' | 'classify';
type RouteOutcome = 'assigned' | 'waiting' | 'direct' | 'nobody';

interface At {
  case: string;
}

/** Where the case fell in the traffic of a lane [RTE17]. */
export interface LaneShare {
  lane: string;
  stage: Stage;
  /** Points of a hundred; agents have what is below `share`. */
  point: number;
  share: number;
  /** Works on it beside, and carries nothing out. */
  shadow?: string;
}

/** A routing decision with its reasons. */
export interface Decision {
  outcome: RouteOutcome;
  to: string | null;
  because: string;
  needs: Needs;
  /** The rule of the definition that said what is needed, or whose line it is. */
  rule?: string;
  /** The lane whose traffic it belongs to, where one shares it out. */
  lane?: LaneShare;
  /** The best, best first; five at most. */
  candidates: Scored[];
  /** Seats that were compared. */
  considered: number;
  out: LeftOut;
}

export interface RoutingEvents {
  'case.routed': At &
    Decision & {
      cause: RouteCause;
      /** Who had it. */
      from: string | null;
      /** Place in line, when it waits: the smaller is first. */
      rank?: number;
      /** What the customer is to be told. */
      answer?: string;
      deferred?: boolean;
    };
  'case.transferred': At & {
    from: string;
    reason: TransferReason;
    note: string;
    context: Handover;
    hop: number;
    topic: string | null;
  };
  'skill.missing': { case: string; needs: Needs; missing: string[]; told: string | null };
  'seat.lent': { seat: string; unit: string; from: string; until: number; by: string; reason: string };
  'seat.returned': { seat: string; unit: string; by: string; reason: string };
  'intake.throttled': { by: string; reason: string };
  'intake.opened': { by: string; reason: string };
  'surge.entered': { waiting: number; incoming: number; ended: number; because: string };
  'surge.checked': { waiting: number; incoming: number; ended: number };
  'surge.left': { waiting: number; incoming: number; ended: number; lasted: number };
  'load.balanced': { moved: { case: string; from: string; to: string }[]; before: number; after: number };
  'case.reminded': At & { line: string; to: string };
  'task.routed': At & { task: string } & Decision;
  'task.released': { case: string; task: string; after: string[] };
}

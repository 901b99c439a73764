/**
 * Words that everybody uses: the kernel, its callers over HTTP, the command line and the pages in a browser. Written once, here, in
 * a file that imports nothing, so that a browser gets the words without the kernel (`@reeve/kernel/words`).
 */

export const STATUSES = [
  'new',
  'assigned',
  'in_progress',
  'waiting_internal',
  'waiting_customer',
  'blocked',
  'escalated',
  'resolved',
  'verified',
  'closed',
  'cancelled',
] as const;
export type CaseStatus = (typeof STATUSES)[number];

export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type CasePriority = (typeof PRIORITIES)[number];

export const OPERATION_STATUSES = [
  'requested',
  'denied',
  'deferred',
  'awaiting_approval',
  'recorded',
  'admitted',
  'leased',
  'succeeded',
  'verified',
  'verification_failed',
  'retry_wait',
  'failed',
  'unknown',
  'reconciling',
  'compensating',
  'compensated',
  'escalated',
] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

/** Four tiers of rights (R-E36): what a seat can do at most, whatever its list of rights says. */
export const TIERS = ['read-only', 'bounded', 'executor', 'coordinator'] as const;
export type Tier = (typeof TIERS)[number];

export const OCCUPANT_KINDS = ['human', 'script', 'model', 'mcp', 'command', 'a2a'] as const;
export type OccupantKind = (typeof OCCUPANT_KINDS)[number];

export const VERDICTS = ['allow', 'record-only', 'defer', 'ask', 'deny'] as const;
/** In order of strength; the strongest reason wins: deny > ask > defer > record-only > allow. */
export type Verdict = (typeof VERDICTS)[number];

/** What a kill switch can stop. */
export const SWITCH_SCOPES = ['organisation', 'unit', 'seat', 'capability', 'tool', 'lane'] as const;
export type SwitchScope = (typeof SWITCH_SCOPES)[number];

/** What an incident is about: a switch, a seat's violations, a seat in trouble, a tool that is down. */
export const INCIDENT_CAUSES = ['switch', 'violation', 'seat', 'tool'] as const;
export type IncidentCause = (typeof INCIDENT_CAUSES)[number];

/** What a seat can be in that does not pass by itself, the worst first: of several, the first one counts. */
export const TROUBLES = ['unresponsive', 'looping', 'spinning', 'stuck', 'idle_with_work'] as const;
export type TroubleKind = (typeof TROUBLES)[number];

/** What is done about it, the mildest first. */
export const ACTIONS = ['nudge', 'restart', 'reassign', 'pause', 'escalate'] as const;
export type Action = (typeof ACTIONS)[number];

/** Why somebody is woken at once, whatever the ladder does meanwhile (R-E5). */
export const WAKE_REASONS = ['security', 'opportunity', 'unclear', 'failure'] as const;
export type WakeReason = (typeof WAKE_REASONS)[number];

export const MODES = ['supervisor', 'tool', 'store'] as const;
export type Mode = (typeof MODES)[number];

/** What seats say to each other (B §4, D3 structured kinds). */
export const MESSAGE_TYPES = [
  'assign',
  'task',
  'report',
  'verify',
  'verified',
  'rejected',
  'customer',
  'reminder',
  'escalation',
  'complaint',
  'accept',
  'decline',
  'bid',
  'question',
  'answer',
  'approval_request',
  'approval_decision',
  'inform',
  'guidance',
  'control',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export const LANES = ['urgent', 'high', 'normal', 'low'] as const;
export type Lane = (typeof LANES)[number];

/** How a customer reached the organisation. */
export const CHANNELS = ['email', 'web', 'phone', 'chat', 'api'] as const;

/** Reeve's kernel: the whole organisation as a pure state machine over its ledger. Start reading at core/step.ts. */

export { RETENTION } from './archive/links.ts';
export { recall } from './archive/recall.ts';
export { existed } from './archive/views.ts';
export { answersFor } from './budget/alerts.ts';
export { book as bookUse } from './budget/decide.ts';
export * from './budget/definition.ts';
export { overAllocations } from './budget/lint.ts';
export { DAYS, type Period, periodOf, spanOf } from './budget/periods.ts';
export { PRICE_UNITS, type PriceDef, type PriceUnit, type PriceUse, priceAt, priceVersion } from './budget/prices.ts';
export { type AccountLine, accountLines, type BudgetLine, budgetLines } from './budget/views.ts';
export { TRANSITIONS } from './cases/machine.ts';
export { type CasePriority, type CaseStatus, PRIORITIES, STATUSES } from './cases/schema.ts';
export type { Case, Task } from './cases/state.ts';
export { caseCounts, isOpen, pastCases, tasksOf } from './cases/views.ts';
export * from './cel/index.ts';
export { handlerOf } from './complaints/handler.ts';
export type { Complaint } from './complaints/state.ts';
export { canonical, digest } from './core/canonical.ts';
export {
  type Draft,
  EVENT_VERSIONS,
  type EventKind,
  type Events,
  event,
  type KernelRecord,
  type RecordOf,
} from './core/events.ts';
export { evolve, resultOf } from './core/evolve.ts';
export { capabilityPattern, covers, id } from './core/names.ts';
export { plainText, quote } from './core/plain-text.ts';
export {
  DAY,
  duration,
  formatDuration,
  formatMoney,
  HOUR,
  MICRO,
  MINUTE,
  money,
  parseDuration,
  parseMoney,
} from './core/quantities.ts';
export { COMMANDS, type CommandKind, EVOLVE } from './core/registry.ts';
export { REJECTION_CODES, Rejected, type Rejection, type RejectionCode } from './core/rejection.ts';
export { useSha256 } from './core/sha256.ts';
export { createState, STATE_VERSION, type State } from './core/state.ts';
export {
  type Command,
  type CommandBody,
  dropSpentTimers,
  nextDue,
  type Reply,
  type StepResult,
  step,
  tick,
} from './core/step.ts';
export {
  type Actor,
  type Causation,
  type CommandEnvelope,
  type EventDraft,
  type Inputs,
  type RecordEntry,
  SYSTEM,
  type Time,
  type Visibility,
} from './core/types.ts';
export { type Definition, definition, RESOURCE_KINDS, RESOURCES, type ResourceKind } from './definition.ts';
export * from './economy/definition.ts';
export {
  bandOf,
  type CostOptions,
  type Costs,
  costPerOutcome,
  type OutcomeCosts,
  type ProfitAndLoss,
  type ProfitLine,
  type ProfitOptions,
  paid,
  profitAndLoss,
  type SeatCost,
  seatsWithCosts,
  type TopicCost,
} from './economy/views.ts';
export * from './fields/index.ts';
export { type Carried, carriedBy } from './governance/carried.ts';
export { CONDITION_TYPES } from './governance/checks/scope.ts';
export { switchesThatTrip } from './governance/conditions.ts';
export { type Correction, type GrantLimits, INCIDENT_CAUSES, type IncidentCause } from './governance/control-schema.ts';
export type { Deputy, Grant, Incident } from './governance/control-state.ts';
export * from './governance/controls.ts';
export { type Damage, damageOf } from './governance/damage.ts';
export * from './governance/definition.ts';
export { lineage } from './governance/delegation.ts';
export { standIns } from './governance/deputies.ts';
export { conditionScope, gate, switchOver, TIER_ALLOWS } from './governance/gate.ts';
export { incidents, incidentText } from './governance/incidents.ts';
export { type ReviewLine, type ReviewSignals, reviewSentence, reviewSignals, reviewsOf } from './governance/reviews.ts';
export type {
  Decision,
  Reason,
  ReviewPacket,
  Verdict,
} from './governance/schema.ts';
export type { Approval } from './governance/state.ts';
export { maximumDamage } from './governance/views.ts';
export { type ViolationLine, violationLevel, violationLines } from './governance/violations.ts';
export { afterWork, dutyAt } from './hours/calendar.ts';
export { covering, onDuty } from './hours/views.ts';
export { zoneOf } from './hours/zones.ts';
export { INBOX_TYPES } from './inbox/judge.ts';
export { type Foreseen, foreseen } from './inbox/post.ts';
export * from './inbox/rules-definition.ts';
export { LANES, type Lane, MESSAGE_TYPES, type MessageType } from './inbox/schema.ts';
export { blockedBy } from './inbox/standing.ts';
export type { Message } from './inbox/state.ts';
export { messagesOf } from './inbox/views.ts';
export * from './memory/definition.ts';
export { standingOf } from './memory/standing.ts';
export type { Belief, Collaboration, Desk, Experience, Skill, Snapshot, Team } from './memory/state.ts';
export { proposal, scoreOf, sumOf } from './memory/team.ts';
export { type Member, type ScoreParts, TOPOLOGIES, type Topology, type Wanted, wanted } from './memory/team-schema.ts';
export * from './notices/definition.ts';
export type { Notice } from './notices/state.ts';
export { ANSWERS, type NoticeStanding, noticeStanding, REPLIES, STANDINGS } from './notices/views.ts';
export * from './operations/definition.ts';
export { type Evidence, OPERATION_STATUSES, type OperationStatus, type Reading } from './operations/schema.ts';
export type { Job, Operation } from './operations/state.ts';
export { contractOf, isSettled, jobOf } from './operations/views.ts';
export { LEASE, PROFILES, type Profile, type Program, type Remote, type RemoteKey } from './organisation/agent.ts';
export { definitionDigest, supervisorCycle } from './organisation/decide.ts';
export {
  type Charter,
  OCCUPANT_KINDS,
  type Occupant,
  type OccupantKind,
  type Right,
  type SeatDef,
  TIERS,
  type Tier,
  type UnitDef,
} from './organisation/schema.ts';
export type { RestructuringLine, Seat } from './organisation/state.ts';
export { chain, commonSupervisor, humanAbove, inUnit, isAbove, isHuman, OWNER } from './organisation/views.ts';
export { type Compliance, type ComplianceLine, compliance } from './oversight/compliance.ts';
export {
  ACTIONS as INTERVENTIONS,
  type Action as InterventionKind,
  COMPLIANCE,
  type ComplianceCategory,
  type OversightSettings,
  oversightSettings,
  TROUBLES,
  type TroubleKind,
  WAKE_REASONS,
  type WakeReason,
} from './oversight/definition.ts';
export { between, quantile, seatBetween } from './oversight/numbers.ts';
export { type Figures, figures, latestReport, reportText } from './oversight/reports.ts';
export { MODES, type Mode, REPORT_PERIODS, type ReportPeriod } from './oversight/schema.ts';
export { type Scorecard, scorecard } from './oversight/scorecard.ts';
export { oversightOf } from './oversight/settings.ts';
export type { Activity, Degraded, Numbers, Report, WakeUp } from './oversight/state.ts';
export { seatTrends, TREND_MEASURES, type TrendLine, type TrendMeasure } from './oversight/trends.ts';
export { conditionOf, type SeatState, troubleOf } from './oversight/troubles.ts';
export {
  type Alert,
  type Dashboard,
  dashboard,
  type OversightView,
  openCasesBySeat,
  oversightView,
  type Rates,
  type SeatHealth,
  type Standup,
  seatHealth,
  standup,
  type Waits,
  waitsBySeat,
} from './oversight/views.ts';
export { provenanceOf } from './provenance/decide.ts';
export { GROUNDS, type Ground, type Provenance } from './provenance/definition.ts';
export { leaked } from './provenance/leaks.ts';
export { metricSamples, metricValue, standsAt } from './purpose/cells.ts';
export * from './purpose/definition.ts';
export { purposeOf, unitOf, WHOLE } from './purpose/effective.ts';
export { kindsOf } from './purpose/folds.ts';
export { maturityOf } from './purpose/people.ts';
export type { Change, Effect, Option, Outcome, Proposal, Standing, Status as TargetStatus } from './purpose/schema.ts';
export { SKETCH_ERROR } from './purpose/sketch.ts';
export type { Version } from './purpose/state.ts';
export {
  type Gap,
  type GapLine,
  gapLines,
  gaps,
  type MetricLine,
  metricLine,
  metricLines,
  proposalsOf,
  type UnitPurpose,
  unitPurposes,
  versionsOf,
} from './purpose/views.ts';
export { type SpanSettings, USUAL_SPAN } from './restructuring/definition.ts';
export { type Undone, undoneBy } from './restructuring/drift.ts';
export { reverseOf } from './restructuring/reverse.ts';
export { type RestructuringStep, restructuringStep } from './restructuring/schema.ts';
export { describeStep, type Moving, type RestructuringPlan, restructuringPlan } from './restructuring/views.ts';
export { type Answer, type Check, laneChecklist, type NinetyDays, ninetyDays } from './rollout/checklist.ts';
export * from './rollout/definition.ts';
export { switchesOf } from './rollout/lanes.ts';
export type { Comparison, MeasureLine, Proved, SelectionLine } from './rollout/schema.ts';
export { type Assignment, shareOf, shareOfTopic } from './rollout/share.ts';
export { type CompetitorView, type LaneMoney, type LaneView, laneIds, laneMoney, laneView } from './rollout/views.ts';
export { ROUTING_TYPES } from './routing/arrive.ts';
export { choose } from './routing/choose.ts';
export * from './routing/definition.ts';
export { BANDS as LOAD_BANDS, type Band as LoadBand } from './routing/load.ts';
export { type Decision as RoutingDecision, TRANSFER_REASONS, type TransferReason } from './routing/schema.ts';
export { stagesOf, type WorkMode } from './routing/tasks.ts';
export { type Assessment, assess, type LoadReport, loadReport, type SeatLoadLine } from './routing/views.ts';
export { type ModelDef, PROVIDERS, type Provider } from './runs/definition.ts';
export type { RunReport, StopReason } from './runs/schema.ts';
export type { Seen } from './runs/seen.ts';
export type { Run, RunStatus } from './runs/state.ts';
export type { ServiceDef } from './services/definition.ts';
export { type DirectoryEntry, directory } from './services/views.ts';
export { CHANNELS } from './words.ts';

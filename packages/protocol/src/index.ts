/** The HTTP API, written once: shapes, routes, OpenAPI document and typed client. Start reading at routes.ts. */

import './jitless.ts';

export type { AGENT_ROUTES } from './agent-routes.ts';
export type { AUTHORITY_ROUTES } from './authority-routes.ts';
export type { BACKUP_ROUTES } from './backup-routes.ts';
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type EventsOptions,
  type FollowOptions,
  STREAM_SEQ,
  type WriteOptions,
} from './client.ts';
export type { Finding } from './diagnosis-routes.ts';
export { ApiProblem, Unreachable } from './errors.ts';
export type { OrderOutcome, ToolOrder } from './executor-routes.ts';
export type { INBOX_ROUTES } from './inbox-routes.ts';
export type { LANE_ROUTES } from './lane-routes.ts';
export type { MEMORY_ROUTES } from './memory-routes.ts';
export type { MONEY_ROUTES } from './money-routes.ts';
export { openApi } from './openapi.ts';
export type { ORGANISATION_ROUTES } from './organisation-routes.ts';
export type { OVERSIGHT_ROUTES } from './oversight-routes.ts';
export type { PURPOSE_ROUTES } from './purpose-routes.ts';
export {
  isWrite,
  type ParsedOf,
  type RequestOf,
  type ResponseOf,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  type RouteName,
} from './routes.ts';
export type { ROUTING_ROUTES } from './routing-routes.ts';
export type { RUN_ROUTES } from './run-routes.ts';
export type { SERVICE_ROUTES } from './service-routes.ts';
export type {
  DelegationView,
  DeputyView,
  GrantView,
  IncidentView,
  ReviewLineView,
  Reviews,
  ViolationDetail,
  ViolationView,
} from './shapes/authority.ts';
export type { BackupListView, BackupProgress, BackupView } from './shapes/backups.ts';
export type { CaseSummary, CaseView, Entry, TaskView } from './shapes/cases.ts';
export { PERSON_COMMANDS, type PersonCommand } from './shapes/common.ts';
export type {
  Catalogue,
  Damage,
  MatrixSeat,
  Plan,
  PlanChange,
  RunView,
  SeatDetail,
  Sessions,
  ToolView,
  WhatIf,
  WhatIfAnswer,
} from './shapes/console.ts';
export type { Hand } from './shapes/hands.ts';
export type {
  CheckView,
  LaneChecklist,
  LaneDetail,
  LaneMoneyView,
  LaneMove,
  LaneSummary,
  MeasureView,
  NinetyDaysView,
} from './shapes/lanes.ts';
export type { HistoryEntry, LedgerHead, LedgerProof, LedgerRecord } from './shapes/ledger.ts';
export type {
  BeliefDetail,
  BeliefView,
  ContextView,
  DeskDetail,
  DeskHit,
  DeskSummary,
  GraphView,
  SkillView,
  SnapshotView,
  TeamProposal,
  TeamView,
} from './shapes/memory.ts';
export type {
  BudgetDetail,
  BudgetView,
  OutcomeCostsView,
  PricesView,
  ProfitLineView,
  ProfitView,
} from './shapes/money.ts';
export type {
  ApprovalSummary,
  ApprovalView,
  Explanation,
  OperationSummary,
  OperationView,
  Why,
} from './shapes/operations.ts';
export type { Health, Inbox, MessageView, Organisation, SeatView, Status, SwitchView } from './shapes/organisation.ts';
export type {
  ComplianceView,
  DashboardView,
  InterventionView,
  OversightPage,
  PostMortem,
  ReportView,
  ScorecardView,
  SeatHealthView,
  StandupView,
  WakeUpView,
} from './shapes/oversight.ts';
export { type Mistake, PROBLEM_STATUS, type Problem, type ProblemCode, problem } from './shapes/problem.ts';
export type { GapView, MetricView, ProposalView, PurposeDetail, UnitPurposeView, WhyGap } from './shapes/purpose.ts';
export type {
  RestructuringPlanView,
  RestructuringStep,
  RestructuringView,
} from './shapes/restructuring.ts';
export type { LoadView, RoutingDecisionView, RoutingView } from './shapes/routing.ts';
export type { RunDetail, RunOutput } from './shapes/runs.ts';
export type { ComplaintView, ServiceEntry } from './shapes/services.ts';
export type { Structure } from './shapes/structure.ts';
export { readEvents, type ServerEvent } from './sse.ts';

/** The HTTP API, written once: shapes, routes, OpenAPI document and typed client. Start reading at routes.ts. */

import './jitless.ts';

export type { AUTHORITY_ROUTES } from './authority-routes.ts';
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type EventsOptions,
  STREAM_SEQ,
  type WriteOptions,
} from './client.ts';
export type { Finding } from './diagnosis-routes.ts';
export { ApiProblem, Unreachable } from './errors.ts';
export type { OrderOutcome, ToolOrder } from './executor-routes.ts';
export type { MONEY_ROUTES } from './money-routes.ts';
export { openApi } from './openapi.ts';
export type { ORGANISATION_ROUTES } from './organisation-routes.ts';
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
export type { HistoryEntry, LedgerHead, LedgerProof, LedgerRecord } from './shapes/ledger.ts';
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
export { type Mistake, PROBLEM_STATUS, type Problem, type ProblemCode, problem } from './shapes/problem.ts';
export type { RestructuringPlanView, RestructuringView } from './shapes/restructuring.ts';
export type { RunDetail } from './shapes/runs.ts';
export type { ComplaintView, ServiceEntry } from './shapes/services.ts';
export { readEvents, type ServerEvent } from './sse.ts';

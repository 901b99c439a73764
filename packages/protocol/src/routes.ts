import { z } from 'zod';
import { AGENT_ROUTES } from './agent-routes.ts';
import { AUTHORITY_ROUTES } from './authority-routes.ts';
import { BACKUP_ROUTES } from './backup-routes.ts';
import { CONSOLE_ROUTES } from './console-routes.ts';
import { DIAGNOSIS_ROUTES } from './diagnosis-routes.ts';
import { EXECUTOR_ROUTES } from './executor-routes.ts';
import { INBOX_ROUTES } from './inbox-routes.ts';
import { LANE_ROUTES } from './lane-routes.ts';
import { MEMORY_ROUTES } from './memory-routes.ts';
import { MONEY_ROUTES } from './money-routes.ts';
import { ORGANISATION_ROUTES } from './organisation-routes.ts';
import { OVERSIGHT_ROUTES } from './oversight-routes.ts';
import { PURPOSE_ROUTES } from './purpose-routes.ts';
import { id, type Route } from './route.ts';
import { ROUTING_ROUTES } from './routing-routes.ts';
import { RUN_ROUTES } from './run-routes.ts';
import { SERVICE_ROUTES } from './service-routes.ts';
import { caseSummary, caseView, entry, openCase } from './shapes/cases.ts';
import {
  approvalId,
  caseId,
  caseStatus,
  more,
  name,
  operationId,
  operationStatus,
  PERSON_COMMANDS,
  paging,
  seq,
  switchScope,
  values,
  written,
} from './shapes/common.ts';
import { head, historyEntry, ledgerRecord, proof } from './shapes/ledger.ts';
import { approval, approvalSummary, operation, operationSummary, why } from './shapes/operations.ts';
import { applyPack, health, inbox, organisation, PACK_LIMIT, status, switchView } from './shapes/organisation.ts';

const follows = caseId.optional().describe('the archived case asked for: it goes on in a new one, `case`');
const moment = z.coerce.number<number>().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const after = z.coerce.number<number>().int().nonnegative();
const approvalStatus = approvalSummary.shape.status;

export const ROUTES = {
  health: {
    method: 'GET',
    path: '/v1/health',
    summary: 'Is the organisation running? 503 with the same body when not.',
    open: true,
    responses: { 200: health, 503: health },
  },
  openapi: {
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'This description of the API.',
    open: true,
    responses: { 200: values },
  },
  status: {
    method: 'GET',
    path: '/v1/status',
    summary: 'Overview: work, targets, money, seats, switches, runtime.',
    query: z.object({
      seats: z.enum(['all', 'none']).default('all').describe('`none` leaves the list of seats empty'),
    }),
    responses: { 200: status },
  },
  organisation: {
    method: 'GET',
    path: '/v1/organisation',
    summary: 'The definition in force and the pack it came from.',
    responses: { 200: organisation },
  },
  apply: {
    method: 'POST',
    path: '/v1/organisation/apply',
    summary: 'Apply a planned pack: whole or not at all. 409 when the pack or the organisation changed since the plan.',
    limit: PACK_LIMIT,
    body: applyPack,
    responses: { 200: z.object({ digest: z.string(), seq }) },
  },
  cases: {
    method: 'GET',
    path: '/v1/cases',
    summary: 'Cases, the newest first.',
    query: z.object({
      status: z
        .union([z.literal('open'), caseStatus])
        .optional()
        .describe('`open`: all that still need work'),
      owner: name.optional(),
      customer: z.string().max(320).optional(),
      q: z.string().max(200).optional().describe('found in id, subject, customer or name, letter case ignored'),
      archived: z.stringbool().optional().describe('those that have left memory instead, the latest to leave first'),
      ...paging,
    }),
    responses: { 200: z.object({ cases: z.array(caseSummary), ...more }) },
  },
  openCase: {
    method: 'POST',
    path: '/v1/cases',
    summary: 'Open a case. A known externalId gives 409 and names the existing case in the hint.',
    body: openCase,
    responses: { 201: z.object({ case: caseId, seq }) },
  },
  case: {
    method: 'GET',
    path: '/v1/cases/:id',
    summary: 'One case with its tasks, notes, evidence, operations and approvals.',
    params: id(caseId),
    responses: { 200: caseView },
  },
  timeline: {
    method: 'GET',
    path: '/v1/cases/:id/timeline',
    summary: 'What happened on a case, as sentences from the ledger, oldest first.',
    params: id(caseId),
    query: z.object(paging),
    responses: { 200: z.object({ entries: z.array(entry), ...more }) },
  },
  addMessage: {
    method: 'POST',
    path: '/v1/cases/:id/messages',
    summary: 'Something the customer wrote about a case.',
    params: id(caseId),
    body: z.strictObject({ text: z.string().min(1).max(100_000) }),
    responses: { 200: z.object({ case: caseId, seq, follows }) },
  },
  forget: {
    method: 'POST',
    path: '/v1/cases/:id/forget',
    summary: 'Forget the customer of a case: what he wrote and what names him is unreadable from then on, for good.',
    params: id(caseId),
    body: z.strictObject({ reason: z.string().min(1).max(2000) }),
    responses: { 200: z.object({ case: caseId, seq }) },
  },
  addFeedback: {
    method: 'POST',
    path: '/v1/cases/:id/feedback',
    summary: 'Was the customer satisfied?',
    params: id(caseId),
    body: z.strictObject({ satisfied: z.boolean(), text: z.string().max(8000).optional() }),
    responses: { 200: z.object({ case: caseId, seq }) },
  },
  command: {
    method: 'POST',
    path: '/v1/commands',
    summary: 'Any command a person may give; the answer names what it made.',
    body: z.strictObject({ kind: z.enum(PERSON_COMMANDS), body: values }),
    responses: { 200: written },
  },
  inbox: {
    method: 'GET',
    path: '/v1/inbox',
    summary: "Open messages and decisions of a seat; the caller's own by default.",
    query: z.object({ seat: name.optional() }),
    responses: { 200: inbox },
  },
  approvals: {
    method: 'GET',
    path: '/v1/approvals',
    summary: 'Approvals, the newest first.',
    query: z.object({ status: approvalStatus.optional(), ...paging }),
    responses: { 200: z.object({ approvals: z.array(approvalSummary), ...more }) },
  },
  approval: {
    method: 'GET',
    path: '/v1/approvals/:id',
    summary: 'One approval with everything the decision needs.',
    params: id(approvalId),
    responses: { 200: approval },
  },
  decide: {
    method: 'POST',
    path: '/v1/approvals/:id/decision',
    summary: 'Approve, reject, or send back for revision (which needs a note).',
    params: id(approvalId),
    body: z.strictObject({
      verdict: z.enum(['approve', 'reject', 'revise']),
      note: z.string().max(4000).optional(),
      digest: z.string().max(100).optional().describe('argsDigest of the packet that was read'),
    }),
    responses: { 200: z.object({ approval: approvalId, seq }) },
  },
  operations: {
    method: 'GET',
    path: '/v1/operations',
    summary: 'Operations, the newest first.',
    query: z.object({ case: caseId.optional(), status: operationStatus.optional(), seat: name.optional(), ...paging }),
    responses: { 200: z.object({ operations: z.array(operationSummary), ...more }) },
  },
  operation: {
    method: 'GET',
    path: '/v1/operations/:id',
    summary: 'One operation.',
    params: id(operationId),
    responses: { 200: operation },
  },
  why: {
    method: 'GET',
    path: '/v1/why/:id',
    summary: 'Who did this, by what right, on what facts and rules, who approved, what it cost, how it was checked.',
    params: id(z.string().regex(/^(OP|A|C)-\d{1,15}$/, 'expected OP-…, A-… or C-…')),
    responses: { 200: why },
  },
  ledger: {
    method: 'GET',
    path: '/v1/ledger',
    summary: 'Records of the ledger.',
    query: z.object({
      after: after.optional(),
      kind: z.string().max(100).optional().describe('beginning of the kind: `operation.` finds all of operations'),
      correlation: z.string().max(500).optional(),
      stream: z.string().max(500).optional(),
      text: z.string().max(200).optional(),
      order: z.enum(['newest', 'oldest']).optional().describe('oldest first with `after`, else newest first'),
      ...paging,
    }),
    responses: { 200: z.object({ records: z.array(ledgerRecord), ...more }) },
  },
  history: {
    method: 'GET',
    path: '/v1/history',
    summary: 'Records by case, seat, actor, kind, time and words, by an index; all given conditions hold.',
    query: z.object({
      case: caseId.optional(),
      seat: name.optional(),
      actor: z.string().max(200).optional().describe('principal'),
      kind: z.string().max(100).optional().describe('a kind, or its part before the dot: `operation`'),
      from: moment.optional().describe('milliseconds since 1970, included'),
      to: moment.optional().describe('milliseconds since 1970, included'),
      text: z
        .string()
        .max(500)
        .optional()
        .describe('words that all occur, letter case ignored; "in quotes" as it stands'),
      order: z.enum(['newest', 'oldest']).default('newest'),
      ...paging,
    }),
    responses: { 200: z.object({ records: z.array(historyEntry), ...more }) },
  },
  ledgerHead: {
    method: 'GET',
    path: '/v1/ledger/head',
    summary: 'Place and hash of the last record, the key that signs the ledger, and its latest checkpoint.',
    responses: { 200: head },
  },
  ledgerProof: {
    method: 'GET',
    path: '/v1/ledger/proof/:seq',
    summary: 'Proof that a record is in the signed ledger: a file that convinces without it.',
    params: z.object({ seq: z.coerce.number<number>().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
    responses: { 200: proof },
  },
  switches: {
    method: 'GET',
    path: '/v1/switches',
    summary: 'Kill switches that are tripped.',
    responses: { 200: z.object({ switches: z.array(switchView) }) },
  },
  trip: {
    method: 'POST',
    path: '/v1/switches',
    summary: 'Trip a kill switch: nothing it covers acts any more.',
    body: z.strictObject({ scope: switchScope, id: name.default('all'), reason: z.string().min(1).max(1000) }),
    responses: { 200: z.object({ scope: switchScope, id: z.string(), seq }) },
  },
  rearm: {
    method: 'DELETE',
    path: '/v1/switches/:scope/:id',
    summary: 'Re-arm a kill switch.',
    params: z.object({ scope: switchScope, id: name }),
    query: z.object({ reason: z.string().min(1).max(1000) }),
    responses: { 200: z.object({ scope: switchScope, id: z.string(), seq }) },
  },
  events: {
    method: 'GET',
    path: '/v1/events',
    summary: 'Records as they become durable, as server-sent events; resumes after `Last-Event-ID` or `after`.',
    stream: true,
    query: z.object({
      after: after.optional(),
      notices: z
        .stringbool()
        .optional()
        .describe('also `event: notice`, for what changes without a record: its data names it'),
    }),
    responses: { 200: ledgerRecord },
  },
  ...AUTHORITY_ROUTES,
  ...ORGANISATION_ROUTES,
  ...SERVICE_ROUTES,
  ...MONEY_ROUTES,
  ...PURPOSE_ROUTES,
  ...LANE_ROUTES,
  ...OVERSIGHT_ROUTES,
  ...CONSOLE_ROUTES,
  ...RUN_ROUTES,
  ...ROUTING_ROUTES,
  ...INBOX_ROUTES,
  ...DIAGNOSIS_ROUTES,
  ...MEMORY_ROUTES,
  ...EXECUTOR_ROUTES,
  ...AGENT_ROUTES,
  ...BACKUP_ROUTES,
} as const satisfies Record<string, Route>;

export type { Route } from './route.ts';

type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
export const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[];

/** Routes that change something: these take an `Idempotency-Key`. */
export const isWrite = (route: Route): boolean => route.method !== 'GET';

type Part<R, P extends 'params' | 'query' | 'body'> = R extends { readonly [K in P]: infer S extends z.ZodType }
  ? S
  : never;
type In<S> = [S] extends [never] ? unknown : S extends z.ZodType ? z.input<S> : unknown;
type Out<S> = [S] extends [never] ? Record<never, never> : S extends z.ZodType ? z.output<S> : never;

/** What a caller gives: path parameters, query and body in one object. */
export type RequestOf<K extends RouteName> = In<Part<Routes[K], 'params'>> &
  In<Part<Routes[K], 'query'>> &
  In<Part<Routes[K], 'body'>>;

/** What a handler gets: checked, with defaults filled in. */
export interface ParsedOf<K extends RouteName> {
  readonly params: Out<Part<Routes[K], 'params'>>;
  readonly query: Out<Part<Routes[K], 'query'>>;
  readonly body: Out<Part<Routes[K], 'body'>>;
}

type Responses<K extends RouteName> = Routes[K]['responses'];
/** What a route answers. */
export type ResponseOf<K extends RouteName> = z.output<Responses<K>[keyof Responses<K>] & z.ZodType>;

import { z } from 'zod';
import { standing } from './authority.ts';
import { caseId, lane, money, name, occupantKind, operationId, span, tier, time, values, verdict } from './common.ts';
import { reason } from './operations.ts';
import { seat } from './organisation.ts';
import { mistake } from './problem.ts';

const session = z.object({
  id: z.string(),
  created: time,
  expires: time,
  current: z.boolean().describe('the one this request was made with'),
});

/** Who is asking, and who else is signed in. */
export const sessions = z.object({
  principal: z.string(),
  seat: z.string().nullable(),
  title: z.string().nullable().describe('of the seat'),
  sessions: z.array(session),
});

export const signedIn = z.object({ id: z.string(), token: z.string(), expires: time });
export const signInCode = z.object({ code: z.string(), expires: time });

const reach = z.object({
  capability: z.string(),
  effect: z.enum(['reversible', 'compensable', 'irreversible']),
  edges: z.array(z.string()),
  movesMoney: z.boolean(),
  most: money.nullable().describe('of one operation, with approval; null where nothing limits it'),
  alone: money.nullable().describe('the same without approval; 0: never'),
  asks: z.boolean(),
  rate: z.object({ id: z.string(), limit: z.number(), window: span }).nullable(),
  granted: z.number().int().describe('uses left of standing grants'),
});

/** The most a seat can do when it is wrong. */
const damage = z.object({
  seat: z.string(),
  tier,
  stopped: z.string().nullable(),
  reach: z.array(reach),
  entrusts: z.array(z.string()),
  budgets: z.array(
    z.object({
      id: z.string(),
      allocation: money,
      period: z.string(),
      left: money,
      perTransaction: money.nullable(),
      perCase: money.nullable(),
    }),
  ),
  money: money.nullable(),
  aloneAtOnce: money.nullable(),
});

const right = z.object({ capability: z.string(), when: z.string().optional(), limit: money.optional() });

export const run = z.object({
  id: z.string(),
  seat: z.string(),
  principal: z.string(),
  message: z.string(),
  case: z.string().nullable(),
  status: z.enum(['active', 'parked', 'ready', 'retry_wait', 'interrupted']),
  worker: z.string(),
  attempt: z.number().int(),
  retryAt: time.nullable(),
  steps: z.number().int(),
  refused: z.number().int().describe('steps that were refused'),
  waiting: z.string().nullable().describe('operation it is parked on'),
  spent: money,
  startedAt: time,
  deadline: time,
});

/** A seat with its charter and what it is doing. */
export const seatDetail = z.object({
  ...seat.shape,
  unitTitle: z.string(),
  line: z.array(z.object({ id: z.string(), title: z.string() })).describe('supervisors, the nearest first'),
  reports: z.array(z.object({ id: z.string(), title: z.string(), status: seat.shape.status })),
  charter: z.object({
    purpose: z.string(),
    tier,
    metrics: z.array(z.string()),
    rights: z.array(right),
    entrusts: z.array(right),
    evidence: z.string(),
    escalation: z.string().nullable(),
    stop: z.object({ steps: z.number().int(), time: span, repeats: z.number().int(), money: money.nullable() }),
  }),
  abilities: z.object({ skills: z.array(z.string()), topics: z.array(z.string()), domains: z.array(z.string()) }),
  limits: z.object({ cases: z.number().int(), runs: z.number().int() }),
  damage: damage.nullable(),
  damageText: z.string(),
  openCases: z.number().int(),
  lanes: z.record(lane, z.number().int()).describe('open messages by priority'),
  ...standing,
});

export const tool = z.object({
  id: z.string(),
  title: z.string(),
  connector: z.string(),
  capabilities: z.array(z.object({ id: z.string(), title: z.string(), effect: z.string() })),
  health: z.object({ ok: z.boolean(), message: z.string() }).nullable().describe('null while it is not open'),
  stopped: z.boolean().describe('by a kill switch'),
  operations: z.object({ total: z.number().int(), unsettled: z.number().int(), failed: z.number().int() }),
  lastFailure: z.object({ operation: operationId, message: z.string(), at: time }).nullable(),
});

const change = z.object({
  action: z.enum(['add', 'change', 'remove']),
  kind: z.string(),
  id: z.string(),
  lines: z.array(z.string()).describe('as `reeve plan` words it'),
});

/** What applying a pack would change; with `ok: false`, what is wrong with it. */
export const plan = z.object({
  ok: z.boolean(),
  pack: z.object({ id: z.string(), version: z.number().int(), name: z.string(), digest: z.string() }).nullable(),
  base: z.string().describe('digest of the definition in force; empty when there is none'),
  changes: z.array(change),
  problems: z.array(mistake),
  warnings: z.array(mistake),
});

/** One seat's line of the authorisation matrix. */
export const matrixSeat = z.object({
  seat: z.string(),
  title: z.string(),
  unit: z.string(),
  tier,
  damage: z.string(),
  entrusts: z.array(z.string()),
  rows: z.array(
    z.object({
      capability: z.string(),
      may: z.string().describe('`may`, `may when …` or `no`'),
      effect: z.string(),
      asks: z.string(),
      contract: z.string(),
      policies: z.string(),
      limit: z.string(),
    }),
  ),
});

const fieldTypes = z.record(z.string(), z.object({ type: z.string(), optional: z.boolean() }));

/** What the words of operations mean: capabilities with the types of their fields, contracts, units. Small, unlike a definition. */
export const catalogue = z.object({
  currency: z.string(),
  capabilities: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      tool: z.string(),
      effect: z.enum(['read', 'reversible', 'compensable', 'irreversible']),
      args: fieldTypes,
      returns: fieldTypes,
    }),
  ),
  contracts: z.array(
    z.object({
      id: z.string(),
      capability: z.string(),
      title: z.string(),
      reads: z.record(z.string(), z.string()).describe('name → capability'),
      verify: z.string().nullable(),
    }),
  ),
  units: z.array(z.object({ id: z.string(), title: z.string(), kind: z.string(), parent: z.string().nullable() })),
  topics: z.array(z.string()),
});

export const whatIf = z.strictObject({
  seat: name,
  capability: name,
  args: values.default({}),
  confidence: z.number().min(0).max(1).optional(),
  reads: z.record(name, values).optional().describe("what the contract's reads find"),
  case: z.strictObject({ customer: z.string().max(320).optional(), topic: name.optional() }).optional(),
  on: caseId.optional().describe('take customer, topic and data of this case'),
});

export const whatIfAnswer = z.object({
  verdict: verdict.nullable().describe('null when the question does not lead to a decision'),
  reasons: z.array(reason),
  problem: z.string().nullable(),
});

export const openSession = z.strictObject({ code: z.string().min(16).max(200) });
export const seatQuery = {
  q: z.string().max(200).optional().describe('found in id, title or unit, letter case ignored'),
  unit: name.optional(),
  supervisor: name.optional(),
  status: seat.shape.status.optional(),
  kind: occupantKind.optional(),
};
export const runQuery = { seat: name.optional(), case: caseId.optional(), status: run.shape.status.optional() };

export type Sessions = z.output<typeof sessions>;
export type SeatDetail = z.output<typeof seatDetail>;
export type Catalogue = z.output<typeof catalogue>;
export type Damage = z.output<typeof damage>;
export type RunView = z.output<typeof run>;
export type ToolView = z.output<typeof tool>;
export type Plan = z.output<typeof plan>;
export type PlanChange = z.output<typeof change>;
export type MatrixSeat = z.output<typeof matrixSeat>;
export type WhatIf = z.input<typeof whatIf>;
export type WhatIfAnswer = z.output<typeof whatIfAnswer>;

import type { Definition } from '@reeve/kernel';
import { z } from 'zod';
import { lane, messageType, money, occupantKind, seq, span, switchScope, time, values } from './common.ts';
import { approvalSummary } from './operations.ts';

const runtimeStatus = z.enum(['starting', 'running', 'recovering', 'stopped', 'deposed']);

const toolsProblem = z
  .string()
  .nullable()
  .describe('why the tools of the definition in force could not be opened; those before it are still used');

export const health = z.object({
  status: runtimeStatus,
  organisation: z.string(),
  name: z.string(),
  seq,
  version: z.string(),
  reason: z.string().nullable(),
  tools: toolsProblem,
  uptime: span,
});

export const target = z.object({
  target: z.string(),
  metric: z.string(),
  title: z.string(),
  unit: z.enum(['percent', 'count', 'money', 'duration', 'number']),
  direction: z.enum(['at-least', 'at-most']),
  target_value: z.number(),
  current: z.number().nullable(),
  met: z.boolean().nullable(),
  owner: z.string().nullable(),
});

export const budget = z.object({
  id: z.string(),
  title: z.string(),
  currency: z.string(),
  scope: z.object({ kind: z.enum(['organisation', 'unit', 'seat']), id: z.string() }),
  lane: z.string().nullable().describe('the flow whose work it counts; null when it counts all'),
  allocation: money,
  available: money,
  reserved: money,
  spent: money,
  period: z.string(),
  until: time.nullable().describe('first millisecond after the period, UTC; null when it never ends'),
  used: z.number().describe('percent of the allocation that is reserved or spent'),
  thresholds: z.array(z.object({ percent: z.number().int(), passed: z.boolean() })),
  perDay: z.number().nullable().describe('spent per day over the last seven days and today'),
  runway: z.number().nullable().describe('days until nothing is left at that rate'),
  lasts: z.boolean().nullable().describe('does it last until the period ends?'),
  accounts: z.number().int().nullable().describe('how many cases have an account; null for one account'),
});

export const seat = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  supervisor: z.string().nullable(),
  status: z.enum(['active', 'paused', 'suspended', 'retired']),
  occupant: z.object({ kind: occupantKind, principal: z.string(), name: z.string().nullable() }).nullable(),
  inbox: z.number().int().describe('open messages'),
  runs: z.number().int().describe('runs at work now'),
});

export const switchView = z.object({
  scope: switchScope,
  id: z.string(),
  reason: z.string(),
  by: z.string(),
  at: time,
  condition: z.string().optional().describe('the switch of the definition that tripped by itself'),
});

const runtime = z.object({
  status: runtimeStatus,
  reason: z.string().nullable(),
  tools: toolsProblem,
  seq,
  queued: z.number().int(),
  executing: z.number().int(),
  waitingJobs: z.number().int(),
  activeRuns: z.number().int(),
});

const counts = z.record(z.string(), z.number().int());

export const status = z.object({
  organisation: z.string(),
  name: z.string(),
  digest: z.string(),
  seq,
  now: time.describe('time of the newest record'),
  currency: z.string(),
  cases: z.object({ open: z.number().int(), byStatus: counts, overdue: z.number().int() }),
  operations: z.object({ total: z.number().int(), byStatus: counts }),
  approvalsPending: z.number().int(),
  targets: z.array(target),
  paid: money.describe(
    'what operations moved and their calls cost, once each, whatever budgets count it; what was undone not',
  ),
  budgets: z.array(budget),
  seats: z.array(seat),
  switches: z.array(switchView),
  runtime,
});

// Checked when a pack is loaded and again by the kernel; here it only passes through, so the kernel's type is enough.
const definition = values as unknown as z.ZodType<Definition>;

export const organisation = z.object({
  digest: z.string(),
  definition: definition.nullable(),
  pack: z.object({ directory: z.string(), id: z.string(), version: z.number().int() }).nullable(),
  restructured: z.array(z.string()).describe('restructurings that the pack does not have'),
});

/** Largest request with a pack in it, in bytes. */
export const PACK_LIMIT = 24 * 1024 * 1024;

/** A pack that comes with the request: its files, path → content in base64, as JSON that was compressed with gzip. */
const archive = z.strictObject({
  content: z.base64().describe('the compressed JSON'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
    .describe('of the compressed JSON'),
});

export const applyPack = z.strictObject({
  directory: z
    .string()
    .min(1)
    .max(4096)
    .describe("absolute path of the pack's folder, on the server's machine; with `archive`, where it was sent from"),
  archive: archive.optional().describe('the pack itself, when its folder is elsewhere: at most 24 MiB of request'),
  base: z.string().max(100).describe('digest of the definition the plan was made against; empty the first time'),
  digest: z.string().max(100).describe('digest of the planned definition'),
  reason: z.string().min(1).max(1000),
  undo: z.boolean().optional().describe('also when that takes back restructurings made since the last apply'),
});

export const message = z.object({
  id: z.string(),
  to: z.string(),
  from: z.string(),
  type: messageType,
  text: z.string(),
  case: z.string().nullable(),
  data: values,
  priority: lane,
  at: time,
});

export const inbox = z.object({
  seat: z.string().nullable().describe('null for an owner without a seat'),
  messages: z.array(message),
  approvals: z.array(approvalSummary).describe('pending decisions this seat may make'),
});

export type Health = z.output<typeof health>;
export type Status = z.output<typeof status>;
export type SeatView = z.output<typeof seat>;
export type SwitchView = z.output<typeof switchView>;
export type Organisation = z.output<typeof organisation>;
export type MessageView = z.output<typeof message>;
export type Inbox = z.output<typeof inbox>;

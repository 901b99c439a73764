/** An organisation big enough to measure: 20 seats, 50 rules; its tool answers at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallResult, Tool } from '@reeve/connectors';
import { createState, type Definition, definition, type State, step } from '@reeve/kernel';
import type { ToolHost } from '@reeve/runtime';

export const OWNER = { principal: 'owner' };

/** `REEVE_BENCH_DIR` names a directory on the disk to measure; the system's temporary directory otherwise. */
export async function temporary<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(process.env.REEVE_BENCH_DIR ?? tmpdir(), 'reeve-bench-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const seat = (i: number, rules: number) => ({
  id: `clerk-${i}`,
  title: `Clerk ${i}`,
  unit: 'office',
  supervisor: 'boss',
  runs: 64,
  charter: {
    purpose: 'Work.',
    tier: 'executor',
    rights: [
      { capability: 'book.*' },
      ...Array.from({ length: Math.floor(rules / 20) }, (_, n) => ({ capability: `other-${n}.*`, limit: 100_000_000 })),
    ],
  },
  occupant: { principal: `p-${i}`, kind: 'script', script: 'clerk.ts' },
});

const policy = (i: number) => ({
  id: `policy-${i}`,
  on: ['book.*'],
  effect: i % 2 === 0 ? 'deny' : 'ask',
  when: `args.amount > ${1_000_000 + i} && case.priority == "high" && args.entry.startsWith("never-${i}")`,
  because: 'For the measurement.',
});

/** `seats` clerks under one boss; `rules` policies and conditions on one capability. */
export const organisation = (seats = 20, rules = 50): Definition =>
  definition.parse({
    name: 'Bench',
    settings: { intake: 'clerk-0', earned: ['book.*'], reviews: { perHour: 10_000 } },
    units: [{ id: 'office', title: 'Office' }],
    seats: [
      {
        ...{ id: 'boss', title: 'Boss', unit: 'office' },
        charter: { purpose: 'Decide.', tier: 'executor' },
        occupant: { principal: 'anna', kind: 'human' },
      },
      ...Array.from({ length: seats - 1 }, (_, i) => seat(i, rules)),
    ],
    tools: [{ id: 'book', connector: 'book' }],
    capabilities: [
      { id: 'book.read', tool: 'book', effect: 'read', args: { entry: 'string' } },
      {
        ...{ id: 'book.write', tool: 'book', effect: 'compensable', settle: 'native-key' },
        args: { entry: 'string', amount: 'integer' },
        cost: { expr: 'args.amount' },
      },
    ],
    contracts: [
      {
        ...{ id: 'write', capability: 'book.write', resource: '"entry/" + args.entry' },
        pre: Array.from({ length: Math.floor(rules / 5) }, (_, i) => ({
          rule: `pre-${i}`,
          that: `args.amount >= 0 && size(args.entry) < ${200 + i}`,
          else: 'no',
        })),
        verify: { capability: 'book.read', args: { entry: 'args.entry' } },
        post: [{ rule: 'there', that: 'after.found', else: 'not there' }],
      },
    ],
    policies: Array.from({ length: Math.floor((rules * 4) / 5) }, (_, i) => policy(i)),
    budgets: [{ id: 'all', title: 'All', allocation: 1e15, period: 'month' }],
  });

/** Answers at once and remembers nothing but keys. */
export class InstantTool implements Tool {
  calls = 0;
  async call(): Promise<CallResult> {
    this.calls += 1;
    return { value: { found: true } };
  }
  async lookup(): Promise<CallResult | null> {
    return null;
  }
  async health() {
    return { ok: true, message: 'instant' };
  }
  async close() {}
}

export const hostOf = (tool: Tool): ToolHost => ({ get: () => tool, use: async () => {}, close: async () => {} });

/** The organisation applied in a fresh state, for measurements of the kernel alone. */
export function appliedState(of: Definition = organisation()): State {
  const state = createState('bench');
  const body = { base: '', reason: 'bench', definition: of };
  const command = { id: 'apply', kind: 'organisation.apply', actor: OWNER, body };
  const { reply } = step(state, command, { now: 1, entropy: 'x' });
  if (!reply.ok) throw new Error(reply.rejection.message);
  return state;
}

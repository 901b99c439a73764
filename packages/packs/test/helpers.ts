import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { type Connectors, type LoadedPack, type LoadResult, loadPack, type Problem } from '../src/index.ts';

/** Connectors as the loader sees them: two schemas. */
export const CONNECTORS: Connectors = {
  sqlite: {
    config: z.strictObject({ file: z.string() }),
    capabilityConfig: z.strictObject({ sql: z.string().min(1), rows: z.enum(['one', 'many']).default('one') }),
  },
};

const EVENT_KINDS = ['operation.settled', 'case.closed'];

/** A small valid pack: a shop that refunds orders. Every test breaks one thing in it. */
export const SHOP: Readonly<Record<string, string>> = {
  'pack.yaml': `pack: shop
version: 1
name: The shop
settings:
  intake: desk
  tiers: { flag: "$5.00", ask: "$50.00" }
`,
  'organisation.yaml': `units:
  - { id: company, title: Company, kind: company }
  - { id: support, title: Support, parent: company }
seats:
  - id: owner
    title: Owner
    unit: company
    charter: { purpose: Decide, tier: coordinator, metrics: [refunds], evidence: A decision }
    occupant: { principal: ann, kind: human }
  - id: desk
    title: Refund desk
    unit: support
    supervisor: owner
    charter:
      purpose: Refund what is owed
      tier: bounded
      metrics: [refunds]
      evidence: The refund's number
      escalation: owner
      rights:
        - { capability: orders.get }
        - capability: orders.refund
          when: args.amount <= money("100.00")
          limit: "$100.00"
        - { capability: orders.unrefund }
      stop: { steps: 20 }
    abilities: { topics: [refund] }
    occupant: { principal: refunder, kind: script, script: agents/desk.ts }
`,
  'tools/orders.yaml': `tools:
  - { id: orders, connector: sqlite, config: { file: orders.db } }
capabilities:
  - id: orders.get
    tool: orders
    effect: read
    args: { order_id: string }
    returns: { order_id: string, total: money, status: string }
    config: { sql: "select 1" }
  - id: orders.refund
    tool: orders
    effect: compensable
    args: { order_id: string, amount: money, note: { type: string, optional: true } }
    returns: { refund_id: string }
    sensitive: [amount]
    settle: check-before-write
    check: { capability: orders.get, args: { order_id: args.order_id }, landed: result.status == "refunded" }
    cost: { expr: args.amount }
    config: { sql: "update orders" }
  - id: orders.unrefund
    tool: orders
    effect: reversible
    args: { refund_id: string }
    config: { sql: "update refunds" }
`,
  'contracts.yml': `contracts:
  - id: refund
    capability: orders.refund
    reads:
      order: { capability: orders.get, args: { order_id: args.order_id } }
    resource: '"order/" + args.order_id'
    requires: [order_id, amount]
    pre:
      - { rule: not-too-much, that: args.amount <= reads.order.total, else: More than was paid }
    verify: { capability: orders.get, args: { order_id: args.order_id } }
    post:
      - { rule: refunded, that: after.status == "refunded", else: Not refunded }
    emits: [refund_id]
    compensate: { capability: orders.unrefund, args: { refund_id: result.refund_id } }
    escalate: owner
    separation: ["orders.*"]
    approval: { when: args.amount > money("20.00"), approvers: [owner], expires: 7d }
    metric: refunds
  - id: unrefund
    capability: orders.unrefund
    requires: [refund_id]
flows:
  - { id: there-and-back, input: [order_id, amount], steps: [refund, unrefund] }
`,
  'rules.yaml': `policies:
  - { id: office-hours, on: ["orders.*"], effect: ask, when: now > 0 && case.priority == "high", because: Late, unit: support }
rates:
  - { id: mails, on: [orders.refund], per: recipient, argument: order_id, limit: 3, window: 1h, unit: support }
switches:
  - { id: brake, scope: tool, target: orders, metrics: [refunds], when: metrics.refunds > 9, because: Many, rearm: [owner] }
budgets:
  - { id: desk-month, seat: desk, allocation: "$500.00", perTransaction: "$80.00", perCase: "$120.00" }
metrics:
  - { id: refunds, title: Refunds, measure: { count: { event: operation.settled, where: body.ok == true } } }
targets:
  - { id: few, metric: refunds, unit: support, owner: owner, value: 10, direction: at-most }
`,
  'agents/desk.ts': 'export default {};\n',
};

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Write files to a temporary folder that is gone after the test; gives its path. */
export async function folder(files: Files): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'reeve-pack-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  return dir;
}

const OPTIONS = { connectors: CONNECTORS, eventKinds: EVENT_KINDS };

export const load = async (files: Files): Promise<LoadResult> => loadPack(await folder(files), OPTIONS);
export const loadDir = (dir: string): Promise<LoadResult> => loadPack(dir, OPTIONS);

/** The shop with one text replaced in one file. Fails when the text is not there exactly as given. */
export function shopWith(file: string, from: string, to: string, files: Readonly<Record<string, string>> = SHOP) {
  const text = files[file];
  if (!text?.includes(from)) throw new Error(`${file} does not contain ${from}`);
  return { ...files, [file]: text.replace(from, to) };
}

/** The problems of a pack that must not load. */
export async function problemsOf(files: Files): Promise<Problem[]> {
  const result = await load(files);
  if (result.ok) throw new Error('the pack loaded, though it should not');
  return result.problems;
}

/** The pack, which must load. */
export async function packOf(files: Files): Promise<LoadedPack> {
  const result = await load(files);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.pack;
}

import type { z } from 'zod';
import { type Definition, definition } from '../../src/definition.ts';

export type DefinitionInput = z.input<typeof definition>;

const agent = (id: string, unit: string, supervisor: string, rights: string[]) => ({
  id,
  title: id,
  unit,
  supervisor,
  occupant: { principal: `${id}-agent`, kind: 'script' as const, script: `scripts/${id}.ts` },
  charter: { purpose: 'Work', tier: 'executor' as const, rights: rights.map((capability) => ({ capability })) },
});

const human = (id: string, unit: string, principal: string, supervisor?: string) => ({
  id,
  title: id,
  unit,
  ...(supervisor === undefined ? {} : { supervisor }),
  occupant: { principal, kind: 'human' as const },
  charter: { purpose: 'Decide', tier: 'executor' as const, rights: [{ capability: 'orders.get' }] },
});

/** boss (ann, company) › lead (bob, support) › desk, mate (support); boss › clerk (finance). */
const seats = () => [
  human('boss', 'company', 'ann'),
  human('lead', 'support', 'bob', 'boss'),
  agent('desk', 'support', 'lead', ['orders.*', 'stock.*', 'mail.send']),
  agent('mate', 'support', 'lead', ['orders.*', 'mail.send']),
  agent('clerk', 'finance', 'boss', ['orders.*']),
];

const capabilities = () => [
  { id: 'orders.get', tool: 'shop', effect: 'read' as const, args: { order_id: 'string' as const } },
  {
    id: 'orders.note',
    tool: 'shop',
    effect: 'reversible' as const,
    settle: 'native-key' as const,
    args: { order_id: 'string' as const, text: 'string' as const },
    retry: { attempts: 3, first: 1000, factor: 2, max: 10_000 },
  },
  {
    id: 'orders.refund',
    tool: 'shop',
    effect: 'compensable' as const,
    settle: 'native-key' as const,
    args: { order_id: 'string' as const, amount: 'money' as const },
    cost: { expr: 'args.amount' },
  },
  {
    id: 'orders.unrefund',
    tool: 'shop',
    effect: 'compensable' as const,
    settle: 'ask' as const,
    args: { refund_id: 'string' as const },
  },
  {
    id: 'orders.ship',
    tool: 'shop',
    effect: 'irreversible' as const,
    settle: 'ask' as const,
    args: { order_id: 'string' as const },
  },
  {
    id: 'stock.set',
    tool: 'stock',
    effect: 'reversible' as const,
    settle: 'check-before-write' as const,
    check: { capability: 'stock.get', args: { sku: 'args.sku' }, landed: 'result.count == args.count' },
    args: { sku: 'string' as const, count: 'integer' as const },
  },
  { id: 'stock.get', tool: 'stock', effect: 'read' as const, args: { sku: 'string' as const } },
  {
    id: 'mail.send',
    tool: 'mail',
    effect: 'irreversible' as const,
    edges: ['customer-facing' as const],
    args: { to: 'string' as const, text: 'string' as const },
  },
];

const contracts = () => [
  { id: 'note', capability: 'orders.note', resource: '"order/" + args.order_id' },
  {
    id: 'refund',
    capability: 'orders.refund',
    reads: { order: { capability: 'orders.get', args: { order_id: 'args.order_id' } } },
    resource: '"order/" + args.order_id',
    pre: [
      {
        rule: 'within-paid',
        that: 'args.amount <= reads.order.paid',
        else: 'more than was paid',
        instead: 'refund what was paid at most',
      },
    ],
    verify: { capability: 'orders.get', args: { order_id: 'args.order_id' } },
    post: [{ rule: 'refunded', that: 'after.refunded == args.amount', else: 'the refund is not on the order' }],
    compensate: { capability: 'orders.unrefund', args: { refund_id: 'result.refund_id' } },
    metric: 'refunds',
  },
  { id: 'unrefund', capability: 'orders.unrefund' },
  { id: 'ship', capability: 'orders.ship', resource: '"order/" + args.order_id' },
  { id: 'stock', capability: 'stock.set', resource: '"stock/" + args.sku' },
  { id: 'mail', capability: 'mail.send' },
];

/** A small shop. Decision edges count as earned, so that each test turns on the one it is about. */
export const shop = () => ({
  name: 'Shop',
  settings: { intake: 'desk', earned: ['*'] } as NonNullable<DefinitionInput['settings']>,
  units: [
    { id: 'company', title: 'Company', kind: 'company' as const },
    { id: 'support', title: 'Support', parent: 'company' },
    { id: 'finance', title: 'Finance', parent: 'company' },
  ],
  seats: seats() as NonNullable<DefinitionInput['seats']>,
  tools: [
    { id: 'shop', connector: 'memory' },
    { id: 'stock', connector: 'memory' },
    { id: 'mail', connector: 'memory' },
  ],
  capabilities: capabilities() as NonNullable<DefinitionInput['capabilities']>,
  contracts: contracts() as NonNullable<DefinitionInput['contracts']>,
  policies: [] as NonNullable<DefinitionInput['policies']>,
  budgets: [] as NonNullable<DefinitionInput['budgets']>,
  rates: [] as NonNullable<DefinitionInput['rates']>,
  switches: [] as NonNullable<DefinitionInput['switches']>,
  metrics: [] as NonNullable<DefinitionInput['metrics']>,
  flows: [] as NonNullable<DefinitionInput['flows']>,
  outcomes: [] as NonNullable<DefinitionInput['outcomes']>,
  prices: [] as NonNullable<DefinitionInput['prices']>,
});
export type Shop = ReturnType<typeof shop>;

export const find = <T extends { id: string }>(list: readonly T[], id: string): T => {
  const found = list.find((item) => item.id === id);
  if (!found) throw new Error(`the shop has no ${id}`);
  return found;
};

export const defined = (input: Shop): Definition => definition.parse(input);

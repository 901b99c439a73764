import { type Draft, seat, shop } from './org-shop.ts';

export const human = (id: string) => ({ occupant: { principal: `p-${id}`, kind: 'human' as const } });
export const charter = (id: string, maturity?: number) => ({
  ...{ purpose: id, tier: 'executor' as const, rights: [{ capability: '*' }] },
  ...(maturity === undefined ? {} : { maturity }),
});

type Target = NonNullable<Draft['targets']>[number];
export const target = (id: string, more: Partial<Target> = {}): Target => ({
  ...{ id, metric: 'cases', unit: 'support', value: 100, direction: 'at-least' as const },
  ...more,
});

/** Boss (human) over two units: support led by the agent `head`, sales led by the human `seller`. */
export const goals = (more: Partial<Draft> = {}, delegate: object | null = {}): Draft =>
  shop({
    settings: { intake: 'desk', ...(delegate === null ? {} : { purpose: { delegate } }) },
    units: [
      { id: 'company', title: 'Company', kind: 'company', purpose: 'Be useful.' },
      { id: 'support', title: 'Support', parent: 'company', purpose: 'Answer.' },
      { id: 'sales', title: 'Sales', parent: 'company' },
    ],
    seats: [
      seat('boss', undefined, human('boss')),
      seat('head', 'boss', { unit: 'support', charter: charter('head', 3) }),
      seat('desk', 'head', { unit: 'support' }),
      seat('seller', 'boss', { unit: 'sales', ...human('seller') }),
      seat('clerk', 'seller', { unit: 'sales', ...human('clerk') }),
    ],
    metrics: [{ id: 'cases', title: 'Cases', measure: { count: { event: 'case.opened' } } }],
    targets: [target('many'), target('money', { unit: 'sales', value: 50 }), target('zero', { value: 0 })],
    ...more,
  });

import type { Definition } from '../definition.ts';
import { type BudgetDef, countsPart, mostOf } from './definition.ts';
import { DAYS } from './periods.ts';

/** Budgets that together allocate more than the one above them. */
export interface OverAllocation {
  readonly budget: string;
  readonly allocation: number;
  readonly children: readonly string[];
  /** What the children allocate in the parent's period, on average. */
  readonly sum: number;
}

/** Budgets of a part of the work or of each case divide the work otherwise than units and seats do, and are left out. */
const inTheTree = (budget: BudgetDef): boolean => !countsPart(budget) && !budget.each;

/** What a child allocates in a period of its parent; null when they cannot be compared. */
function share(child: BudgetDef, parent: BudgetDef): number | null {
  if (child.period === parent.period) return mostOf(child);
  if (child.period === 'once' || parent.period === 'once') return null;
  return (mostOf(child) * DAYS[parent.period]) / DAYS[child.period];
}

/** The scopes around a budget, the nearest first; '' is the organisation. */
function scopesAround(definition: Definition, budget: BudgetDef): string[] {
  const units = new Map(definition.units.map((unit) => [unit.id, unit.parent]));
  const around: string[] = [];
  const own = definition.seats.find(({ id }) => id === budget.seat)?.unit;
  let unit = budget.seat === undefined ? units.get(budget.unit ?? '') : own;
  for (; unit !== undefined && !around.includes(unit); unit = units.get(unit)) around.push(unit);
  return budget.seat === undefined && budget.unit === undefined ? [] : [...around, ''];
}

/** The budgets that bound this one: those of the nearest scope around it that has any in its currency. */
function parentsOf(definition: Definition, tree: readonly BudgetDef[], child: BudgetDef): BudgetDef[] {
  const at = (scope: string): BudgetDef[] =>
    tree.filter((each) => each.currency === child.currency && each.seat === undefined && (each.unit ?? '') === scope);
  for (const scope of scopesAround(definition, child)) {
    const found = at(scope);
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * [BUD14] A budget always bounds those inside it. Where they allocate more than it holds, some of them will be refused
 * although their own budget has room: worth knowing at plan.
 */
export function overAllocations(definition: Definition): OverAllocation[] {
  const tree = definition.budgets.filter(inTheTree);
  const children = new Map<BudgetDef, { id: string; share: number }[]>();
  for (const child of tree) {
    for (const parent of parentsOf(definition, tree, child)) {
      const part = share(child, parent);
      if (part !== null) children.set(parent, [...(children.get(parent) ?? []), { id: child.id, share: part }]);
    }
  }
  return [...children].flatMap(([{ id: budget, allocation }, below]) => {
    const sum = Math.round(below.reduce((total, each) => total + each.share, 0));
    return sum > allocation ? [{ budget, allocation, children: below.map((each) => each.id), sum }] : [];
  });
}

import { available, budgetsOf, onCase } from '../../budget/views.ts';
import { formatMoney } from '../../core/quantities.ts';
import { UNKNOWN_COST } from '../../operations/definition.ts';
import { type Ask, say } from './ask.ts';

export function money(ask: Ask): void {
  const { op, state, now } = ask;
  if (ask.phase === 'lease' || op.compensates !== null) return;
  if (op.cost === UNKNOWN_COST) {
    say(ask, 'money', 'cost', 'deny', `how much money ${op.capability} moves cannot be worked out`);
    return;
  }
  const { tiers } = state.organisation.settings;
  const cost = formatMoney(op.cost);
  if (op.cost > tiers.ask)
    say(ask, 'money', 'tier-ask', 'ask', `${cost} is above ${formatMoney(tiers.ask)} and needs a decision`);
  else if (op.cost >= tiers.flag) say(ask, 'money', 'tier-flag', 'allow', `${cost} proceeds and is flagged for review`);
  for (const currency of ['money', 'calls'] as const) {
    const amount = currency === 'money' ? op.cost : 1;
    if (amount === 0) continue;
    for (const budget of budgetsOf(state, op.seat, currency)) {
      const left = available(state, budget, now);
      const show = (n: number) => (currency === 'money' ? formatMoney(n) : String(n));
      if (amount > left)
        say(
          ask,
          'money',
          `${budget.id}/allocation`,
          'deny',
          `the budget "${budget.id}" has ${show(left)} left, this needs ${show(amount)}`,
          'ask for a larger allocation',
        );
      if (budget.perTransaction !== undefined && amount > budget.perTransaction)
        say(
          ask,
          'money',
          `${budget.id}/per-transaction`,
          'ask',
          `${show(amount)} is above ${show(budget.perTransaction)} for one transaction`,
        );
      const sum = onCase(state, budget.id, op.case) + amount;
      if (budget.perCase !== undefined && sum > budget.perCase)
        say(
          ask,
          'money',
          `${budget.id}/per-case`,
          'ask',
          `${show(sum)} in all on this case is above ${show(budget.perCase)}`,
        );
    }
  }
}

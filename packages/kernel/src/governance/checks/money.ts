import { type Account, accountsOf } from '../../budget/accounts.ts';
import type { Currency } from '../../budget/definition.ts';
import { type Applied, limitsOn, sumOf } from '../../budget/limits.ts';
import { available, onCase } from '../../budget/views.ts';
import { formatDuration, formatMoney } from '../../core/quantities.ts';
import { UNKNOWN_COST } from '../../operations/definition.ts';
import { type Ask, say } from './ask.ts';

/** [GOV1] Tiers, what is left, and the limits on one transaction, case, recipient, customer and requester (R-E2, T17, T18). */
export function money(ask: Ask): void {
  const { op, state } = ask;
  if (ask.phase === 'lease' || op.compensates !== null) return;
  if (op.cost === UNKNOWN_COST) {
    say(ask, 'money', 'cost', 'deny', `how much money ${op.capability} moves cannot be worked out`);
    return;
  }
  tiers(ask);
  for (const currency of ['money', 'calls'] as const) {
    const amount = currency === 'money' ? op.cost : 1;
    if (amount === 0) continue;
    for (const one of accountsOf(state, op, currency)) {
      allocation(ask, one, amount);
      limits(ask, one, amount);
    }
  }
}

function tiers(ask: Ask): void {
  const { tiers } = ask.state.organisation.settings;
  const { cost } = ask.op;
  if (cost > tiers.ask)
    say(
      ask,
      'money',
      'tier-ask',
      'ask',
      `${formatMoney(cost)} is above ${formatMoney(tiers.ask)} and needs a decision`,
    );
  else if (cost >= tiers.flag)
    say(ask, 'money', 'tier-flag', 'allow', `${formatMoney(cost)} proceeds and is flagged for review`);
}

const show = (currency: Currency, amount: number): string =>
  currency === 'money' ? formatMoney(amount) : `${amount} ${amount === 1 ? currency.slice(0, -1) : currency}`;

function allocation(ask: Ask, one: Account, amount: number): void {
  const left = available(ask.state, one, ask.now);
  if (amount <= left) return;
  const { currency } = one.budget;
  say(
    ask,
    'money',
    `${one.budget.id}/allocation`,
    'deny',
    `the budget "${one.key}" has ${show(currency, left)} left, this needs ${show(currency, amount)}`,
    'ask for a larger allocation',
  );
}

function limits(ask: Ask, one: Account, amount: number): void {
  const { id, currency, perTransaction, perCase } = one.budget;
  if (perTransaction !== undefined && amount > perTransaction)
    say(
      ask,
      'money',
      `${id}/per-transaction`,
      'ask',
      `${show(currency, amount)} is above ${show(currency, perTransaction)} for one transaction`,
    );
  const sum = onCase(ask.state, one.key, ask.op.case) + amount;
  if (perCase !== undefined && sum > perCase)
    say(
      ask,
      'money',
      `${id}/per-case`,
      'ask',
      `${show(currency, sum)} in all on this case is above ${show(currency, perCase)}`,
    );
  for (const applied of limitsOn(ask.state, one, ask.op)) salami(ask, one, applied, amount);
}

const WHO = { recipient: 'to', customer: 'for the customer', requester: 'by' } as const;

/** [BUD10] Many small sums become a large one. */
function salami(ask: Ask, one: Account, { kind, limit, who, key }: Applied, amount: number): void {
  const before = sumOf(ask.state, key, ask.now);
  if (before + amount <= limit.amount) return;
  const { currency, id } = one.budget;
  const [sum, most] = [show(currency, before + amount), show(currency, limit.amount)];
  say(
    ask,
    'money',
    `${id}/per-${kind}`,
    limit.verdict,
    `${show(currency, amount)} more ${WHO[kind]} "${who}" makes ${sum} within ${formatDuration(limit.window)}; the limit is ${most}`,
    limit.verdict === 'deny' ? 'wait until earlier amounts are old enough, or ask for a larger limit' : undefined,
  );
}

/** Budgets, costs, profit and loss, prices. */
import type {
  BudgetDetail,
  BudgetView,
  OutcomeCostsView,
  PricesView,
  ProfitLineView,
  ProfitView,
  ResponseOf,
} from '@reeve/protocol';
import { optional, type View } from './lists.ts';
import { countText, moneyText, plural, spanText } from './quantities.ts';
import { linesOf, safe, table } from './table.ts';

/** An amount in the currency of its budget: money, or a count of tokens, runs or calls. */
const amountText = (amount: number, currency: string, view: View): string =>
  currency === 'money' ? moneyText(amount, view.currency) : countText(amount);
const percentText = (value: number | null): string =>
  value === null ? '-' : `${countText(Math.round(value * 10) / 10)} %`;
const moneyOr = (amount: number | null, view: View): string =>
  amount === null ? '-' : moneyText(amount, view.currency);

/** Whose it is, and of what part of the work: "unit support, lane refunds, each case". */
const scopeText = ({ scope, lane, accounts }: BudgetView): string =>
  [
    scope.kind === 'organisation' ? 'organisation' : `${scope.kind} ${scope.id}`,
    ...(lane === null ? [] : [`lane ${lane}`]),
    ...(accounts === null ? [] : ['each case']),
  ].join(', ');

/** How long it lasts: "12 days", with a warning when that is before the period ends. */
function runwayText({ runway, lasts }: BudgetView, { paint }: View): string {
  if (runway === null) return '-';
  const text = plural(Math.floor(runway), 'day');
  return lasts === false ? paint('bad', `${text}!`) : text;
}

const passedText = ({ thresholds }: BudgetView): string => {
  const passed = thresholds.filter((each) => each.passed).map(({ percent }) => percent);
  return passed.length === 0 ? '-' : `${Math.max(...passed)} %`;
};

export function budgetsText(found: ResponseOf<'budgets'>, view: View): string {
  const columns = [
    { title: 'budget', shrink: true },
    { title: 'of', shrink: true },
    { title: 'currency' },
    { title: 'period' },
    { title: 'spent', align: 'right' },
    { title: 'held', align: 'right' },
    { title: 'left', align: 'right' },
    { title: 'of', align: 'right' },
    { title: 'used', align: 'right' },
    { title: 'passed', align: 'right' },
    { title: 'lasts', align: 'right' },
  ] as const;
  const rows = found.budgets.map((each) => {
    const text = (amount: number) => amountText(amount, each.currency, view);
    const sums = [each.spent, each.reserved, each.available, each.allocation].map(text);
    const period = each.period || 'once';
    const rest = [percentText(each.used), passedText(each), runwayText(each, view)];
    return [each.id, scopeText(each), each.currency, period, ...sums, ...rest];
  });
  const paid = `paid in all ${moneyText(found.paid, found.currency)}, each operation once; more: reeve money costs, reeve money pnl\n`;
  return rows.length === 0 ? `no budgets\n${paid}` : `${table(columns, rows, view.width)}${paid}`;
}

function limitLines({ limits, budget, only, answers }: BudgetDetail, view: View): string[] {
  const text = (amount: number) => amountText(amount, budget.currency, view);
  const sliding = (name: string, limit: { amount: number; window: number; verdict: string } | null) =>
    limit === null
      ? []
      : [`${name}: ${text(limit.amount)} within ${spanText(limit.window)}, beyond it ${limit.verdict}`];
  return [
    ...(limits.perTransaction === null ? [] : [`one operation: ${text(limits.perTransaction)}, beyond it ask`]),
    ...(limits.perCase === null ? [] : [`one case: ${text(limits.perCase)}, beyond it ask`]),
    ...sliding(`one ${limits.perRecipient?.argument.join(' or ') ?? 'recipient'}`, limits.perRecipient),
    ...sliding('one customer', limits.perCustomer),
    ...sliding('one requester', limits.perRequester),
    ...(limits.spike === null ? [] : [`announced when a day has more than ${limits.spike} times the usual`]),
    ...(only === null ? [] : [`counts only: ${[...only.topics, ...only.capabilities].join(', ')}`]),
    `thresholds: ${budget.thresholds.map(({ percent }) => `${percent} %`).join(', ') || 'none'}; told: ${answers ?? 'nobody'}`,
  ];
}

export function budgetText(found: BudgetDetail, view: View): string {
  const { budget, accounts } = found;
  const { currency } = budget;
  const columns = [
    { title: 'account' },
    { title: 'spent', align: 'right' },
    { title: 'held', align: 'right' },
    { title: 'left', align: 'right' },
    { title: 'used', align: 'right' },
  ] as const;
  const rows = accounts.map((each) => [
    each.case ?? 'all of it',
    ...[each.spent, each.reserved, each.available].map((amount) => amountText(amount, currency, view)),
    percentText(each.used),
  ]);
  const rate =
    budget.perDay === null
      ? ''
      : `; ${amountText(budget.perDay, currency, view)} a day, lasts ${runwayText(budget, view)}`;
  const head = `${view.paint('bold', `${budget.id}: ${safe(budget.title) || scopeText(budget)}`)}\n${scopeText(budget)}; ${amountText(budget.allocation, currency, view)} for ${budget.period || 'ever'}${rate}\n`;
  const lines = rows.length === 0 ? ['none has been touched yet'] : linesOf(table(columns, rows, view.width - 2));
  return head + optional('Accounts', lines) + optional('Limits', limitLines(found, view));
}

export function costsText({ seats, topics, months }: OutcomeCostsView, view: View): string {
  const columns = [
    { title: 'seat', shrink: true },
    { title: 'runs', align: 'right' },
    { title: 'per run', align: 'right' },
    { title: 'success', align: 'right' },
    { title: 'per success', align: 'right' },
    { title: 'outcomes', align: 'right' },
    { title: 'per outcome', align: 'right' },
    { title: 'landed', align: 'right' },
    { title: 'rework', align: 'right' },
    { title: 'per correction', align: 'right' },
    { title: 'human min', align: 'right' },
    { title: 'tokens', align: 'right' },
    { title: 'total', align: 'right' },
  ] as const;
  const rows = seats.map((each) => [
    each.seat,
    countText(each.runs),
    moneyOr(each.perRun, view),
    percentText(each.success),
    moneyOr(each.perSuccess, view),
    countText(each.outcomes),
    moneyOr(each.perOutcome, view),
    percentText(each.landedShare),
    moneyText(each.rework, view.currency),
    moneyOr(each.perCorrection, view),
    each.minutes.toFixed(1),
    countText(each.tokens),
    moneyText(each.costs.total, view.currency),
  ]);
  const unpriced = seats.reduce((sum, each) => sum + each.unpriced, 0);
  const missing =
    unpriced === 0
      ? ''
      : `${plural(unpriced, 'use or review', 'uses or reviews')} had no price and are missing above\n`;
  const over = `over ${months.length === 0 ? 'nothing yet' : months.join(', ')}; costs are compute, operations and human reviews together\n`;
  return `${rows.length === 0 ? 'no costs yet\n' : table(columns, rows, view.width)}${over}${missing}${topicText(topics, view)}`;
}

function topicText(topics: OutcomeCostsView['topics'], view: View): string {
  const columns = [
    { title: 'topic', shrink: true },
    { title: 'closed', align: 'right' },
    { title: 'cost', align: 'right' },
    { title: 'per closed case', align: 'right' },
    { title: 'worth', align: 'right' },
    { title: 'return', align: 'right' },
  ] as const;
  const rows = topics.map((each) => [
    safe(each.topic) || '(none)',
    countText(each.closed),
    moneyText(each.cost, view.currency),
    moneyOr(each.perOutcome, view),
    moneyText(each.value, view.currency),
    percentText(each.roi),
  ]);
  return rows.length === 0 ? '' : `\n${table(columns, rows, view.width)}`;
}

const PROFIT_COLUMNS = [
  { title: '' },
  { title: '', shrink: true },
  { title: 'value', align: 'right' },
  { title: 'compute', align: 'right' },
  { title: 'operations', align: 'right' },
  { title: 'review', align: 'right' },
  { title: 'profit', align: 'right' },
  { title: 'margin', align: 'right' },
  { title: 'return', align: 'right' },
  { title: 'band' },
  { title: 'before', align: 'right' },
] as const;

const profitRow = (kind: string, line: ProfitLineView, { currency, paint }: View): string[] => [
  kind,
  line.id,
  ...[line.value, line.costs.compute, line.costs.operations, line.costs.review].map((each) =>
    moneyText(each, currency),
  ),
  line.profit < 0 ? paint('bad', moneyText(line.profit, currency)) : moneyText(line.profit, currency),
  percentText(line.margin),
  percentText(line.roi),
  line.band ?? '-',
  moneyText(line.previous.profit, currency),
];

export function profitText(found: ProfitView, view: View): string {
  const rows = [
    profitRow('all', found.organisation, view),
    ...found.units.map((line) => profitRow('unit', line, view)),
    ...found.seats.map((line) => profitRow('seat', line, view)),
  ];
  const note =
    "a unit has all inside it; a seat's value is that of the cases it owns; `before` is the profit of the period before\n";
  return `${found.period}\n${table(PROFIT_COLUMNS, rows, view.width)}${note}`;
}

export function pricesText({ version, lines }: PricesView, view: View): string {
  const columns = [
    { title: 'line' },
    { title: 'of', shrink: true },
    { title: 'unit' },
    { title: 'price', align: 'right' },
    { title: 'for', align: 'right' },
    { title: 'from' },
    { title: 'in force' },
  ] as const;
  const rows = lines.map((each) => [
    each.id,
    safe(each.of),
    each.unit,
    moneyText(each.price, view.currency),
    countText(each.per),
    each.from,
    each.inForce ? view.paint('good', 'yes') : 'no',
  ]);
  const head = `version ${version}\n`;
  return rows.length === 0 ? `${head}no prices: metered use has no cost\n` : head + table(columns, rows, view.width);
}

/** Groups of commands about authority and money: names, options, help. What they do is in commands/. */
import type { Spec } from './spec.ts';

const REASON = ['--reason <text>', 'why, for the ledger'] as const;
const PAGE = [
  ['--limit <n>', 'how many, at most 1000', '50'],
  ['--cursor <cursor>', '`next` of the page before'],
] as const;
const PERIOD = '--period <period>';

const SEAT: readonly Spec[] = [
  {
    name: 'show <SEAT>',
    summary: 'one seat: rights, what it may have done, deputies, violations, and the most damage it could do',
    example: 'reeve seat show refund-specialist',
    run: async (context, [id]) => (await import('./commands/seats.ts')).seatShow(context, id!),
  },
];

const GRANTS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'standing grants that may still be used, the newest first',
    example: 'reeve grants list --seat refund-specialist --all',
    options: [
      ['--seat <seat>', 'of one seat'],
      ['--capability <capability>', 'for one capability'],
      ['--all', 'also those that are used up, over or revoked'],
      ...PAGE,
    ],
    run: async (context, _, options) => (await import('./commands/grants.ts')).grants(context, options),
  },
  {
    name: 'give <SEAT> <CAPABILITY>',
    summary: 'let a seat use a capability so many times without asking, within limits, for a time',
    example: 'reeve grants give refund-specialist orders.refund --uses 5 --for 2d --each 80 --reason "holiday"',
    required: [['--uses <n>', 'how many times'], ['--for <span>', 'for how long, such as 8h or 2d'], REASON],
    options: [
      ['--each <amount>', 'the most of one use, such as 80 or 12.50'],
      ['--total <amount>', 'the most of all uses together'],
      ['--customer <customer>', 'only for this customer'],
      ['--case <case>', 'only on this case'],
      ['--only <argument=value...>', 'only where an argument has this value'],
    ],
    run: async (context, [seat, capability], options) =>
      (await import('./commands/grants.ts')).give(context, seat!, capability!, options),
  },
  {
    name: 'revoke <GRANT>',
    summary: 'end a standing grant: from the next decision on it is asked again',
    example: 'reeve grants revoke G-3 --reason "back from holiday"',
    required: [REASON],
    run: async (context, [id], options) => (await import('./commands/grants.ts')).revoke(context, id!, options),
  },
];

const DEPUTIES: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'who decides for whom now or later',
    example: 'reeve deputies list --seat operator',
    options: [['--seat <seat>', 'of this seat, on either side'], ...PAGE],
    run: async (context, _, options) => (await import('./commands/deputies.ts')).deputies(context, options),
  },
  {
    name: 'name <SEAT> <DEPUTY>',
    summary: 'let another seat decide what this one may decide, for a time: absence, holiday',
    example: 'reeve deputies name operator finance --until 14d --reason holiday',
    required: [['--until <time>', 'a day (2026-12-01), a time, or a span from now (14d)'], REASON],
    options: [['--from <time>', 'from when on; now unless given']],
    run: async (context, [seat, deputy], options) =>
      (await import('./commands/deputies.ts')).nameDeputy(context, seat!, deputy!, options),
  },
  {
    name: 'withdraw <DEPUTY>',
    summary: 'end the time of a deputy now',
    example: 'reeve deputies withdraw D-2 --reason "back early"',
    required: [REASON],
    run: async (context, [id], options) => (await import('./commands/deputies.ts')).withdraw(context, id!, options),
  },
];

const VIOLATIONS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'seats that ran into boundaries, the worst first, with the correction in force',
    example: 'reeve violations list',
    options: PAGE,
    run: async (context, _, options) => (await import('./commands/violations.ts')).violations(context, options),
  },
  {
    name: 'show <SEAT>',
    summary: 'one seat: its level, each time one was reached, and what was done about it',
    example: 'reeve violations show refund-specialist',
    options: PAGE,
    run: async (context, [id], options) =>
      (await import('./commands/violations.ts')).violationShow(context, id!, options),
  },
];

const INCIDENTS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'incidents that are open, the newest first',
    example: 'reeve incidents list --all',
    options: [['--all', 'also closed ones'], ...PAGE],
    run: async (context, _, options) => (await import('./commands/incidents.ts')).incidents(context, options),
  },
  {
    name: 'show <INCIDENT>',
    summary: 'one incident: what happened, what was done, and how it came about once it is closed',
    example: 'reeve incidents show I-1',
    run: async (context, [id]) => (await import('./commands/incidents.ts')).incidentShow(context, id!),
  },
  {
    name: 'close <INCIDENT>',
    summary: 'close an incident with its cause, what was done, and what keeps it from happening again',
    example: 'reeve incidents close I-1 --cause "wrong price" --done "refunded 3" --prevention "price check"',
    required: [
      ['--cause <text>', 'how it came about'],
      ['--done <text>', 'what was done about it'],
      ['--prevention <text>', 'what keeps it from happening again'],
    ],
    run: async (context, [id], options) =>
      (await import('./commands/incidents.ts')).closeIncident(context, id!, options),
  },
];

const MONEY: readonly Spec[] = [
  {
    name: 'budgets',
    usual: true,
    summary: 'budgets: used, held, left, thresholds passed, and how long they last',
    example: 'reeve money budgets --unit support',
    options: [
      ['--seat <seat>', 'of one seat'],
      ['--unit <unit>', 'of a unit and all inside it'],
      ['--lane <flow>', 'of one lane'],
      ...PAGE,
    ],
    run: async (context, _, options) => (await import('./commands/money.ts')).budgets(context, options),
  },
  {
    name: 'show <BUDGET>',
    summary: 'one budget with its limits and accounts (one for each case, if it is so defined)',
    example: 'reeve money show refunds',
    options: [['--case <case>', 'only the account of this case'], ...PAGE],
    run: async (context, [id], options) => (await import('./commands/money.ts')).budgetShow(context, id!, options),
  },
  {
    name: 'costs',
    summary:
      'cost per run, success and outcome of each seat, rework and human minutes, and per closed case of each topic',
    example: 'reeve money costs --period 2026-11',
    options: [[PERIOD, 'a month (2026-11) or a quarter (2026-Q4); all that is kept unless given'], ...PAGE],
    run: async (context, _, options) => (await import('./commands/money.ts')).costs(context, options),
  },
  {
    name: 'pnl',
    summary: 'profit and loss of the organisation, its units and seats, with the band of each return',
    example: 'reeve money pnl --period 2026-Q4',
    options: [[PERIOD, 'a month (2026-11) or a quarter (2026-Q4); this month unless given'], ...PAGE],
    run: async (context, _, options) => (await import('./commands/money.ts')).profit(context, options),
  },
  {
    name: 'prices',
    summary: 'the price table in force and its version, which is on every record priced by it',
    example: 'reeve money prices',
    run: async (context) => (await import('./commands/money.ts')).prices(context),
  },
];

export const GOVERNING = [
  ['seat', 'one seat', SEAT],
  ['grants', 'standing grants: list, give, revoke', GRANTS],
  ['deputies', 'who decides in whose absence: list, name, withdraw', DEPUTIES],
  ['violations', 'seats that ran into boundaries, and what was done about it', VIOLATIONS],
  ['incidents', 'what went wrong: list, show, close with its cause', INCIDENTS],
  ['money', 'budgets, costs, profit and loss, prices', MONEY],
] as const;

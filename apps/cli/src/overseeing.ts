/** Commands about how those who work are, what was done about it, and what it came to. */
import type { Spec } from './spec.ts';

const PAGE = [
  ['--limit <n>', 'how many, at most 1000', '50'],
  ['--cursor <cursor>', '`next` of the page before'],
] as const;

export const OVERSEEING: readonly Spec[] = [
  {
    name: 'health',
    summary: 'what each seat is in, alerts, degraded modes, compliance, wake-ups',
    example: 'reeve health --all',
    options: [['--all', 'also seats that are well']],
    run: async (context, _, options) => (await import('./commands/oversight.ts')).health(context, options),
  },
  {
    name: 'trends <SEAT>',
    summary: 'what a seat closed, how busy it was, how often it succeeded and how long cases took, day by day',
    example: 'reeve trends front-desk',
    run: async (context, [seat]) => (await import('./commands/oversight.ts')).trends(context, seat!),
  },
  {
    name: 'interventions',
    summary: 'what was done about seats in trouble, with the reason of each, the newest first',
    example: 'reeve interventions --seat order-specialist',
    options: [['--seat <seat>', 'of one seat'], ...PAGE],
    run: async (context, _, options) => (await import('./commands/oversight.ts')).interventions(context, options),
  },
  {
    name: 'report <PERIOD>',
    summary: 'the report of a day, a week or a month (daily, weekly, monthly): so far, or --last',
    example: 'reeve report weekly --last',
    options: [['--last', 'the latest that is over, instead of the running one']],
    run: async (context, [period], options) =>
      (await import('./commands/oversight.ts')).report(context, period!, options),
  },
  {
    name: 'scorecard',
    summary: 'completion, recovery, safety, cost of people: each number with its formula, or "not measured"',
    example: 'reeve scorecard --days 7 --formulas',
    options: [
      ['--days <n>', 'of so many days, at most 400', '30'],
      ['--formulas', 'show how each number is made'],
    ],
    run: async (context, _, options) => (await import('./commands/oversight.ts')).scorecard(context, options),
  },
  {
    name: 'standup [SEAT]',
    summary: 'numbers, done, blocked, next: of one seat or all of them',
    example: 'reeve standup router',
    options: PAGE,
    run: async (context, [seat], options) => (await import('./commands/oversight.ts')).standup(context, seat, options),
  },
  {
    name: 'wakeups',
    summary: 'who was woken for what; --acknowledge says that it was seen',
    example: 'reeve wakeups --acknowledge W-1',
    options: [
      ['--all', 'also those that were seen'],
      ['--acknowledge <wakeup>', 'say that this one was seen'],
      ['--note <text>', 'with --acknowledge: what you make of it'],
      ...PAGE,
    ],
    run: async (context, _, options) => (await import('./commands/oversight.ts')).wakeups(context, options),
  },
];

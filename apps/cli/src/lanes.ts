/** Commands about lanes and checks: names, options, help. What they do is in commands/. */
import type { Spec } from './spec.ts';

const REASON = ['--reason <text>', 'why, for the ledger'] as const;
const PAGE = [
  ['--limit <n>', 'how many, at most 1000', '50'],
  ['--cursor <cursor>', '`next` of the page before'],
] as const;
const SEAT = ['--seat <seat>', 'only how far this seat is trusted in the lane'] as const;

const LANES_SPECS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'lanes: how far agents are trusted, what part of the work they get, how they do',
    example: 'reeve lanes list',
    options: PAGE,
    run: async (context, _, options) => (await import('./commands/lanes.ts')).lanes(context, options),
  },
  {
    name: 'show <LANE>',
    summary: 'one lane: measures, what the next stage needs, traffic and fitness, differences, kill switches, money',
    example: 'reeve lanes show refund-and-tell',
    run: async (context, [id]) => (await import('./commands/lanes.ts')).laneShow(context, id!),
  },
  {
    name: 'explain <LANE>',
    summary: 'why the lane is where it is: each stage and each move of traffic with its numbers, the newest first',
    example: 'reeve lanes explain refund-and-tell --all',
    options: [['--all', 'also each comparison with a person'], ...PAGE],
    run: async (context, [id], options) => (await import('./commands/lanes.ts')).explain(context, id!, options),
  },
  {
    name: 'check <LANE>',
    summary: 'the ten questions to a lane, answered from data or with "no data"',
    example: 'reeve lanes check refund-and-tell',
    run: async (context, [id]) => (await import('./commands/lanes.ts')).check(context, id!),
  },
  {
    name: 'money <LANE>',
    summary: 'cost per success, outcome and correction of each seat in the lane, human minutes, landed work, profit',
    example: 'reeve lanes money refund-and-tell --month 2026-11',
    options: [['--month <month>', 'one month, such as 2026-11; all that is kept unless given']],
    run: async (context, [id], options) => (await import('./commands/lanes.ts')).money(context, id!, options),
  },
  {
    name: 'raise <LANE> <STAGE>',
    summary: 'trust a lane one stage more; says what is not met when it is not',
    example: 'reeve lanes raise refund-and-tell shadow --reason "two weeks observed"',
    required: [REASON],
    options: [SEAT, ['--despite <criterion...>', 'criteria that are not met, each by name; on the record']],
    run: async (context, [id, stage], options) =>
      (await import('./commands/lanes.ts')).raise(context, id!, stage!, options),
  },
  {
    name: 'lower <LANE> <STAGE>',
    summary: 'trust a lane less, from the next decision on',
    example: 'reeve lanes lower refund-and-tell assist --reason "new prices"',
    required: [REASON],
    options: [SEAT],
    run: async (context, [id, stage], options) =>
      (await import('./commands/lanes.ts')).lower(context, id!, stage!, options),
  },
  {
    name: 'report <LANE> <CASE> <CAPABILITY>',
    summary: 'say what a person did about a case outside, to be held against what was proposed',
    example: 'reeve lanes report refund-and-tell C-12 orders.refund --args \'{"order_id":"AC-1","amount":5000000}\'',
    required: [['--args <json>', 'what was done, as the capability takes it']],
    run: async (context, [id, about, capability], options) =>
      (await import('./commands/lanes.ts')).report(
        context,
        { id: id!, about: about!, capability: capability! },
        options,
      ),
  },
];

const CHECKS: readonly Spec[] = [
  {
    name: '90-days',
    summary: 'the ten questions after ninety days, answered from data or with "no data"',
    example: 'reeve check 90-days',
    run: async (context) => (await import('./commands/lanes.ts')).ninetyDays(context),
  },
];

export const LANES = [
  ['lanes', 'lanes: stages, traffic, comparison with people, fitness', LANES_SPECS],
  ['check', 'questions to the whole organisation', CHECKS],
] as const;

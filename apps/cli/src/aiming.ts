/** Groups of commands about what should be true: names, options, help. What they do is in commands/purpose.ts. */
import type { Spec } from './spec.ts';

const REASON = ['--reason <text>', 'why, for the ledger'] as const;
const PAGE = [
  ['--limit <n>', 'how many, at most 1000', '50'],
  ['--cursor <cursor>', '`next` of the page before'],
] as const;

const load = () => import('./commands/purpose.ts');

const PURPOSE: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'what each unit should achieve, who decides about it, and which seats aim at nothing',
    example: 'reeve purpose list',
    run: async (context) => (await load()).purpose(context),
  },
  {
    name: 'show <UNIT>',
    summary: 'one unit with the versions of its desired state; `organisation` for what belongs to no unit',
    example: 'reeve purpose show support',
    run: async (context, [unit]) => (await load()).purposeShow(context, unit!),
  },
  {
    name: 'set <TARGET> <VALUE>',
    summary: 'change the value of a target, in the unit of its metric: 90, 4.8, $2500, 5m',
    example: 'reeve purpose set solve-nine-in-ten 92 --reason "the new guides help"',
    required: [REASON],
    run: async (context, [target, value], options) => (await load()).setTarget(context, target!, value!, options),
  },
  {
    name: 'amend <UNIT> <FILE>',
    summary: 'change a unit by a JSON file: [{"set":…,"to":…},{"add":…},{"remove":…},{"measure":…},{"purpose":…}]',
    example: 'reeve purpose amend support changes.json --reason "second quarter"',
    required: [REASON],
    run: async (context, [unit, file], options) => (await load()).amend(context, unit!, file!, options),
  },
  {
    name: 'revert <UNIT> <VERSION>',
    summary: 'take an amendment back, unless something it changed was changed again',
    example: 'reeve purpose revert support 4 --reason "it was too much"',
    required: [REASON],
    run: async (context, [unit, version], options) => (await load()).revert(context, unit!, version!, options),
  },
  {
    name: 'metrics',
    summary: 'every metric with its value, and what it rests on',
    example: 'reeve purpose metrics --groups',
    options: [['--groups', 'also each seat, unit, lane, topic or capability'], ...PAGE],
    run: async (context, _, options) => (await load()).metricValues(context, options),
  },
];

const GAPS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'targets as they stand: what is, what was expected by now, the trend, and the case that closes the gap',
    example: 'reeve gaps list --open --unit support',
    options: [
      ['--open', 'only those behind or missed'],
      ['--unit <unit>', 'of one unit'],
      ['--owner <seat>', 'of one seat, or closed by it'],
      ...PAGE,
    ],
    run: async (context, _, options) => (await load()).gaps(context, options),
  },
];

const PROPOSALS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'proposals, the newest first',
    example: 'reeve proposals list --status open',
    options: [['--unit <unit>', 'of one unit'], ['--status <status>', 'open, accepted, rejected or revise'], ...PAGE],
    run: async (context, _, options) => (await load()).proposals(context, options),
  },
  {
    name: 'show <PROPOSAL>',
    summary: 'options, evidence, decision, and what came of it beside what was expected',
    example: 'reeve proposals show P-1',
    run: async (context, [id]) => (await load()).proposalShow(context, id!),
  },
  {
    name: 'make <FILE>',
    summary: 'propose options with evidence, cost (micro-units) and expected effect, as JSON',
    example: 'reeve proposals make faster-answers.json',
    run: async (context, [file]) => (await load()).propose(context, file!),
  },
  {
    name: 'accept <PROPOSAL>',
    summary: 'accept one option, make its changes, and restructure as it says',
    example: 'reeve proposals accept P-1 --option two-shifts --reason "worth the money"',
    required: [REASON],
    options: [
      ['--option <option>', 'the recommended one unless given'],
      ['--steps <file>', "restructure as this file says instead of the option's own steps"],
    ],
    run: async (context, [id], options) => (await load()).decideOn(context, 'accept', id!, options),
  },
  {
    name: 'reject <PROPOSAL>',
    summary: 'decline a proposal',
    example: 'reeve proposals reject P-1 --reason "not this quarter"',
    required: [REASON],
    run: async (context, [id], options) => (await load()).decideOn(context, 'reject', id!, options),
  },
  {
    name: 'revise <PROPOSAL>',
    summary: 'send a proposal back to be made differently',
    example: 'reeve proposals revise P-1 --reason "what does it cost?"',
    required: [REASON],
    run: async (context, [id], options) => (await load()).decideOn(context, 'revise', id!, options),
  },
];

export const AIMING = [
  ['purpose', 'what should be true: show it, change it, its metrics', PURPOSE],
  ['gaps', 'what should be true and is not yet', GAPS],
  ['proposals', 'proposals about it: list, show, make, decide', PROPOSALS],
] as const;

/** Groups of commands about what desks know: beliefs, skills, snapshots, teams. What they do is in commands/. */
import type { Spec } from './spec.ts';

const REASON = ['--reason <text>', 'why, for the ledger'] as const;
const PAGE = [
  ['--limit <n>', 'how many, at most 1000', '50'],
  ['--cursor <cursor>', '`next` of the page before'],
] as const;
const beliefs = () => import('./commands/beliefs.ts');
const skills = () => import('./commands/skills.ts');
const desks = () => import('./commands/desks.ts');
const snapshots = () => import('./commands/snapshots.ts');
const teams = () => import('./commands/teams.ts');

const BELIEFS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'what seats hold to be so, how sure they are, where it comes from and until when it holds',
    example: 'reeve beliefs list --seat front-desk --standing contested',
    options: [
      ['--seat <seat>', 'of one desk'],
      ['--standing <standing>', 'confirmed, held, unconfirmed or contested'],
      ['--layer <layer>', 'stable, state or working'],
      ['--case <case>', 'learned on one case'],
      ['--customer <customer>', 'about one customer'],
      ['--key <key>', 'of one thing, such as supplier.day'],
      ['--text <text>', 'with these words'],
      ...PAGE,
    ],
    run: async (context, _, options) => (await beliefs()).list(context, options),
  },
  {
    name: 'show <BELIEF>',
    summary: 'one belief with its sources and what says otherwise',
    example: 'reeve beliefs show BL-3',
    run: async (context, [id]) => (await beliefs()).show(context, id!),
  },
  {
    name: 'record <SEAT> <STATEMENT>',
    summary: 'write something down at a desk; as the word of a person it is confirmed',
    example: 'reeve beliefs record buying "They deliver on Mondays" --key supplier.day --value Monday --layer stable',
    options: [
      ['--key <key>', 'what it is a value of'],
      ['--value <value>', 'the value; one that reads as JSON (a number, true) is that'],
      ['--layer <layer>', 'stable, state or working', 'state'],
      ['--customer <customer>', 'whom it is about: it is erased with him'],
      ['--for <span>', 'how long it holds, such as 14d'],
      ['--private', 'not to be said to other seats'],
    ],
    run: async (context, [seat, statement], options) => (await beliefs()).record(context, seat!, statement!, options),
  },
  {
    name: 'confirm <BELIEF>',
    summary: 'stand behind a belief: it may steer what is done, and what contradicts it is refuted',
    example: 'reeve beliefs confirm BL-3 --note "asked them"',
    options: [['--note <text>', 'how you know']],
    run: async (context, [id], options) => (await beliefs()).confirm(context, id!, options),
  },
  {
    name: 'dispute <BELIEF>',
    summary: 'say that a belief does not hold: it steers nothing until somebody has decided',
    example: 'reeve beliefs dispute BL-3 --reason "they came on Tuesday"',
    required: [REASON],
    run: async (context, [id], options) => (await beliefs()).dispute(context, id!, options),
  },
  {
    name: 'correct <BELIEF> <STATEMENT>',
    summary: 'put a belief right; the old one stays on the ledger',
    example: 'reeve beliefs correct BL-3 "They deliver on Tuesdays" --value Tuesday --reason "asked them"',
    required: [REASON],
    options: [['--value <value>', 'the value it has instead']],
    run: async (context, [id, statement], options) => (await beliefs()).correct(context, id!, statement!, options),
  },
  {
    name: 'forget <BELIEF>',
    summary: 'end a belief',
    example: 'reeve beliefs forget BL-3 --reason "no longer our supplier"',
    required: [REASON],
    run: async (context, [id], options) => (await beliefs()).forget(context, id!, options),
  },
];

const SKILLS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'patterns, templates and known issues of desks, with how often they helped',
    example: 'reeve skills list --seat front-desk --topic billing',
    options: [
      ['--seat <seat>', 'of one desk'],
      ['--kind <kind>', 'pattern, template or issue'],
      ['--topic <topic>', 'for one topic'],
      ['--text <text>', 'with these words'],
      ...PAGE,
    ],
    run: async (context, _, options) => (await skills()).list(context, options),
  },
  {
    name: 'show <SKILL>',
    summary: 'one skill in full',
    example: 'reeve skills show SK-2',
    run: async (context, [id]) => (await skills()).show(context, id!),
  },
  {
    name: 'record <SEAT> <KIND> <TITLE> <TEXT>',
    summary: 'write down how something is done: a pattern, a template, or an issue with its solution',
    example: 'reeve skills record front-desk issue "Double payment" "Compare both receipts first" --topic billing',
    options: [['--topic <topic...>', 'what it is good for; may be given again']],
    run: async (context, given, options) => (await skills()).record(context, given, options),
  },
  {
    name: 'adopt <SKILL> <TITLE> <TEXT>',
    summary: 'take a skill learned on a case over for general use, in words that say nothing of that customer',
    example: 'reeve skills adopt SK-2 "Double payment" "Compare both receipts first"',
    run: async (context, [id, title, text]) => (await skills()).adopt(context, id!, title!, text!),
  },
  {
    name: 'judge <SKILL> <HOW>',
    summary: 'say whether a skill helped (`helped` or `failed`) where no case tells',
    example: 'reeve skills judge SK-2 helped',
    options: [['--note <text>', 'why']],
    run: async (context, [id, how], options) => (await skills()).judge(context, id!, how!, options),
  },
  {
    name: 'retire <SKILL>',
    summary: 'have a skill used no more',
    example: 'reeve skills retire SK-2 --reason "the shop changed"',
    required: [REASON],
    run: async (context, [id], options) => (await skills()).retire(context, id!, options),
  },
];

const DESK: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'what the desks of all seats hold, in numbers',
    example: 'reeve desk list',
    options: PAGE,
    run: async (context, _, options) => (await desks()).list(context, options),
  },
  {
    name: 'show <SEAT>',
    summary: 'one desk: purposes, branches, snapshots',
    example: 'reeve desk show front-desk',
    run: async (context, [seat]) => (await desks()).show(context, seat!),
  },
  {
    name: 'search <TEXT>',
    summary: 'words in beliefs, skills, snapshots and briefings, also in what has ended',
    example: 'reeve desk search "double payment" --seat front-desk',
    options: [
      ['--seat <seat>', 'of one desk'],
      ['--what <what>', 'belief, skill, snapshot, recall or briefing'],
      ...PAGE,
    ],
    run: async (context, [text], options) => (await desks()).search(context, text!, options),
  },
  {
    name: 'begin <SEAT> <PURPOSE>',
    summary: 'give a desk a new purpose: state resets, skills and what is stable stay',
    example: 'reeve desk begin buying "the winter sale" --reason "autumn is over"',
    required: [REASON],
    options: [['--mode <mode>', 'fresh, continuation (state stays) or reference', 'fresh']],
    run: async (context, [seat, purpose], options) => (await desks()).begin(context, seat!, purpose!, options),
  },
  {
    name: 'snapshot <SEAT> <DIR>',
    summary:
      'keep the files of a folder as a snapshot of the desk; what is under cases/C-12/ is erased with its customer',
    example: 'reeve desk snapshot builder ./workspace --purpose "before the rewrite"',
    options: [
      ['--branch <branch>', 'on this branch', 'main'],
      ['--purpose <text>', 'what for', ''],
    ],
    run: async (context, [seat, dir], options) => (await snapshots()).take(context, seat!, dir!, options),
  },
  {
    name: 'branch <SEAT> <BRANCH> <SNAPSHOT>',
    summary: 'begin a branch of a desk at a snapshot: experiments, rewrites',
    example: 'reeve desk branch builder rewrite DS-3 --purpose "another parser"',
    required: [['--purpose <text>', 'what for']],
    run: async (context, [seat, name, from], options) =>
      (await snapshots()).branch(context, [seat!, name!, from!], options),
  },
  {
    name: 'close-branch <SEAT> <BRANCH>',
    summary: 'end a branch: merged, or given up; its snapshots stay',
    example: 'reeve desk close-branch builder rewrite --reason merged',
    required: [REASON],
    run: async (context, [seat, name], options) => (await snapshots()).closeBranch(context, seat!, name!, options),
  },
  {
    name: 'merge <SEAT> <BRANCH>',
    summary: 'merge a branch of a desk; what both sides changed is named, with both kept',
    example: 'reeve desk merge builder rewrite --into main',
    options: [
      ['--into <branch>', 'where to', 'main'],
      ['--purpose <text>', 'what for', ''],
    ],
    run: async (context, [seat, name], options) => (await snapshots()).merge(context, seat!, name!, options),
  },
  {
    name: 'restore <SEAT> <SNAPSHOT> <DIR>',
    summary: 'write a snapshot out to an empty folder, byte for byte',
    example: 'reeve desk restore builder DS-3 ./as-it-was',
    run: async (context, [seat, id, dir]) => (await snapshots()).restore(context, seat!, id!, dir!),
  },
  {
    name: 'changes <SEAT> <FROM> <TO>',
    summary: 'which files differ between two snapshots',
    example: 'reeve desk changes builder DS-2 DS-3',
    run: async (context, [seat, from, to]) => (await snapshots()).changes(context, seat!, from!, to!),
  },
  {
    name: 'contracts',
    summary: 'context contracts: what seats may tell each other of what they believe',
    example: 'reeve desk contracts',
    run: async (context) => (await desks()).contracts(context),
  },
];

const TEAM: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'teams that were formed, the newest first',
    example: 'reeve team list',
    options: PAGE,
    run: async (context, _, options) => (await teams()).list(context, options),
  },
  {
    name: 'propose <FILE>',
    summary: 'who would be in a team for the purpose in a JSON file, with every score; forms nothing',
    example: 'reeve team propose refunds.json',
    run: async (context, [file]) => (await teams()).propose(context, file!),
  },
  {
    name: 'form <FILE>',
    summary: 'form the team for the purpose in a JSON file',
    example: 'reeve team form refunds.json',
    run: async (context, [file]) => (await teams()).form(context, file!),
  },
  {
    name: 'close <TEAM> <HOW>',
    summary: 'say how a team did (`reached` or `missed`): it counts when the next one is formed',
    example: 'reeve team close TM-1 reached',
    options: [['--note <text>', 'why']],
    run: async (context, [id, how], options) => (await teams()).close(context, id!, how!, options),
  },
  {
    name: 'graph',
    summary: 'who worked with whom on what, and how it went',
    example: 'reeve team graph --topic billing',
    options: [
      ['--seat <seat>', 'around one seat'],
      ['--topic <topic>', 'on one topic'],
      ['--limit <n>', 'edges, at most 5000', '100'],
    ],
    run: async (context, _, options) => (await teams()).graph(context, options),
  },
];

export const REMEMBERING = [
  ['beliefs', 'what seats hold to be so: list, confirm, correct', BELIEFS],
  ['skills', 'what seats know how to do: list, adopt, judge', SKILLS],
  ['desk', 'desks: purposes, search, snapshots', DESK],
  ['team', 'teams and who worked with whom', TEAM],
] as const;

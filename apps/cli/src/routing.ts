/** Groups of commands about load, routing and inboxes: names, options, help. What they do is in commands/. */
import type { Spec } from './spec.ts';

const REASON = ['--reason <text>', 'why, for the ledger'] as const;
const PAGE = [
  ['--limit <n>', 'how many, at most 1000', '50'],
  ['--cursor <cursor>', '`next` of the page before'],
] as const;
const NEEDS = [
  ['--topic <topic>', 'what it is about'],
  ['--domain <domain>', 'the field it is in'],
  ['--skills <skill...>', 'all of these'],
  ['--complexity <complexity>', 'low, medium or high'],
  ['--unit <unit>', 'only seats of this unit'],
] as const;

const LOAD: readonly Spec[] = [
  {
    name: 'show',
    usual: true,
    summary:
      'what every seat has to do, what waits, who holds others up, which skills are missing, what to do about it',
    example: 'reeve load show --unit support',
    options: [['--unit <unit>', 'seats of this unit, and inside it'], ...PAGE],
    run: async (context, _, options) => (await import('./commands/routing.ts')).load(context, options),
  },
  {
    name: 'lend <SEAT> <UNIT>',
    summary: 'let a seat work for another unit for a time; who directs the seat decides',
    example: 'reeve load lend orders-b billing --until 4h --reason "invoices of the whole month"',
    required: [REASON],
    options: [['--until <time>', 'a day (2026-12-01), a time, or a span from now (4h)']],
    run: async (context, [seat, unit], options) =>
      (await import('./commands/routing.ts')).lend(context, seat!, unit!, options),
  },
  {
    name: 'return <SEAT>',
    summary: 'end a loan now; the seat finishes what it has',
    example: 'reeve load return orders-b --reason "enough done"',
    required: [REASON],
    run: async (context, [seat], options) => (await import('./commands/routing.ts')).endLoan(context, seat!, options),
  },
  {
    name: 'throttle',
    summary: 'put off what is not urgent until intake is opened again; customers are told',
    example: 'reeve load throttle --reason "half of us are ill"',
    required: [REASON],
    run: async (context, _, { reason }) => (await import('./commands/routing.ts')).intake(context, 'throttle', reason),
  },
  {
    name: 'open',
    summary: 'take everything as usual again',
    example: 'reeve load open --reason "all are back"',
    required: [REASON],
    run: async (context, _, { reason }) => (await import('./commands/routing.ts')).intake(context, 'open', reason),
  },
];

const ROUTE: readonly Spec[] = [
  {
    name: 'explain <CASE>',
    summary: 'why a case is where it is: every decision with candidates, scores and reasons',
    example: 'reeve route explain C-12',
    run: async (context, [id]) => (await import('./commands/routing.ts')).explain(context, id!),
  },
  {
    name: 'who',
    summary: 'who would get such a case now, and why; changes nothing',
    example: 'reeve route who --topic refund --skills orders',
    options: [...NEEDS, ['--customer <customer>', 'of this customer']],
    run: async (context, _, options) => (await import('./commands/routing.ts')).who(context, options),
  },
  {
    name: 'case <CASE>',
    summary: 'find the seat for a case now',
    example: 'reeve route case C-12 --topic refund',
    options: NEEDS,
    run: async (context, [id], options) => (await import('./commands/routing.ts')).route(context, id!, options),
  },
  {
    name: 'transfer <CASE>',
    summary: 'hand a case on with what the next one must know; never back to who gave it away',
    example: 'reeve route transfer C-12 --reason wrong_domain --topic invoice --tried "looked at the parcel"',
    required: [
      [
        '--reason <reason>',
        'missing_skills, wrong_domain, complexity_too_high, low_confidence, overloaded or unavailable',
      ],
    ],
    options: [
      ...NEEDS,
      ['--note <text>', 'more about why'],
      ['--suggest <seat>', 'asked first, if it can'],
      ['--tried <text...>', 'what was done already'],
      ['--found <text...>', 'what was found out'],
      ['--blocker <text...>', 'what is in the way'],
    ],
    run: async (context, [id], options) => (await import('./commands/routing.ts')).transfer(context, id!, options),
  },
];

const INBOX: readonly Spec[] = [
  {
    name: 'show',
    usual: true,
    summary: 'decisions and messages that wait for you (or for a seat)',
    example: 'reeve inbox show --seat front-desk',
    options: [['--seat <seat>', 'of another seat']],
    run: async (context, _, options) => (await import('./commands/inbox.ts')).inbox(context, options),
  },
  {
    name: 'rules',
    summary: 'what inboxes let in, which messages wait for a word, and what supervisors will hear of today',
    example: 'reeve inbox rules --seat front-desk',
    options: [['--seat <seat>', 'of this seat, on either side']],
    run: async (context, _, options) => (await import('./commands/inbox-rules.ts')).rules(context, options),
  },
  {
    name: 'check',
    summary: "what the receiver's rules would say to a message; nothing is sent",
    example: 'reeve inbox check --from router --to front-desk --text "please look at this"',
    required: [
      ['--from <seat>', 'who would send it'],
      ['--to <seat>', 'who would get it'],
      ['--text <text>', 'what it would say'],
    ],
    options: [['--kind <kind>', 'what the sender calls it, such as bug-report']],
    run: async (context, _, options) => (await import('./commands/inbox-rules.ts')).check(context, options),
  },
  {
    name: 'pass <MESSAGE>',
    summary: 'let a held message through; its sender is told',
    example: 'reeve inbox pass M-17 --reason "the budget allows it"',
    required: [REASON],
    run: async (context, [id], options) =>
      (await import('./commands/inbox-rules.ts')).decideMessage(context, 'approve', id!, options),
  },
  {
    name: 'stop <MESSAGE>',
    summary: 'do not let a held message through; its sender is told why',
    example: 'reeve inbox stop M-17 --reason "ask the other team yourself"',
    required: [REASON],
    run: async (context, [id], options) =>
      (await import('./commands/inbox-rules.ts')).decideMessage(context, 'deny', id!, options),
  },
];

const UNTIL = [
  '--until <time>',
  'a day (2026-12-01), a time, or a span from now (4h); until lifted unless given',
] as const;

const BLOCK: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'senders that a seat does not hear now, and customers that nobody hears',
    example: 'reeve block list',
    run: async (context) => (await import('./commands/inbox-rules.ts')).blocks(context),
  },
  {
    name: 'sender <SEAT> <SENDER>',
    summary: 'a seat does not hear a sender any more; what comes from above is always heard',
    example: 'reeve block sender router product-specialist --until 4h --reason "the same question all day"',
    required: [REASON],
    options: [UNTIL],
    run: async (context, [seat, sender], options) =>
      (await import('./commands/inbox-rules.ts')).blockSender(context, seat!, sender!, options),
  },
  {
    name: 'customer <CASE>',
    summary: 'refuse requests of the customer of a case, and tell him until when',
    example: 'reeve block customer C-12 --until 30d --reason threats',
    required: [REASON],
    options: [UNTIL],
    run: async (context, [id], options) =>
      (await import('./commands/inbox-rules.ts')).blockCustomer(context, id!, options),
  },
  {
    name: 'lift <SEAT-OR-CASE> [SENDER]',
    summary: 'hear a sender, or the customer of a case, again',
    example: 'reeve block lift router product-specialist --reason "he has learnt"',
    required: [REASON],
    run: async (context, [what, sender], options) =>
      (await import('./commands/inbox-rules.ts')).lift(context, what!, sender, options),
  },
];

export const ROUTING = [
  ['load', 'who has how much to do: look, lend, throttle', LOAD],
  ['route', 'who gets a case and why: explain, ask, hand on', ROUTE],
  ['inbox', 'what waits for you, and what inboxes let in', INBOX],
  ['block', 'who is not heard', BLOCK],
] as const;

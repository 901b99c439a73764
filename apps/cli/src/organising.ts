/** Commands about the shape of the organisation: names, options, help. What they do is in commands/. */
import type { Spec } from './spec.ts';

const REASON = ['--reason <text>', 'why, for the ledger'] as const;
const BASE = ['--base <digest>', 'do it only if the organisation is as it was planned for'] as const;

const RESTRUCTURE: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'the latest restructurings, and which of them the pack does not have yet',
    example: 'reeve restructure list',
    run: async (context) => (await import('./commands/restructure.ts')).list(context),
  },
  {
    name: 'plan <FILE>',
    summary: 'say exactly what the steps of a file would move, and change nothing',
    example: 'reeve restructure plan merge.yaml',
    run: async (context, [file]) => (await import('./commands/restructure.ts')).plan(context, file!),
  },
  {
    name: 'do <FILE>',
    summary: 'restructure the organisation by the steps of a file: whole or not at all',
    example: 'reeve restructure do merge.yaml --reason "one team for orders and billing"',
    required: [REASON],
    options: [BASE],
    run: async (context, [file], options) =>
      (await import('./commands/restructure.ts')).restructure(context, file!, options),
  },
  {
    name: 'show <RESTRUCTURING>',
    summary: 'one restructuring: who, why, what, who was told, and everything that moved',
    example: 'reeve restructure show RS-1',
    run: async (context, [id]) => (await import('./commands/restructure.ts')).show(context, id!),
  },
  {
    name: 'write <DIR>',
    summary: 'write what was restructured into the files of the pack, so that the next apply keeps it',
    example: 'reeve restructure write my-shop && reeve plan my-shop',
    run: async (context, [dir]) => (await import('./commands/restructure.ts')).write(context, dir!),
  },
  {
    name: 'occupy <SEAT>',
    summary: 'put a person in a seat, or the occupant the pack names, also in the middle of a case; its desk stays',
    example: 'reeve restructure occupy orders --human kim --reason "look at this by hand"',
    required: [REASON],
    options: [
      ['--human <principal>', 'the person who sits there from now on'],
      ['--back', 'the occupant that the definition names'],
      ['--take-over', 'what the desk has asked for goes on under the new name'],
    ],
    run: async (context, [seat], options) =>
      (await import('./commands/restructure.ts')).occupy(context, seat!, options),
  },
];

const DIRECTORY: readonly Spec[] = [
  {
    name: 'find [NEED]',
    usual: true,
    summary: 'what seats do for others: the services that fit, with promise, price and what was measured',
    example: 'reeve directory find "track a parcel"',
    options: [
      ['--capability <capability>', 'only of providers that may use it'],
      ['--asker <seat>', 'only what this seat may ask for'],
    ],
    run: async (context, [need], options) => (await import('./commands/services.ts')).directory(context, need, options),
  },
  {
    name: 'request <SERVICE>',
    summary: 'ask for a service on a case: a task at its provider, with checked input',
    example: 'reeve directory request track --case C-1 --input parcel=P1',
    required: [['--case <case>', 'what it is for']],
    options: [
      ['--input <name=value...>', 'a field of the input; may be given again'],
      ['--why <text>', 'what it is needed for'],
    ],
    run: async (context, [service], options) =>
      (await import('./commands/services.ts')).request(context, service!, options),
  },
];

const COMPLAINTS: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'open complaints: who answers, by when, and the accounts so far',
    example: 'reeve complaints list --all',
    options: [['--all', 'also those that are answered']],
    run: async (context, _, options) => (await import('./commands/services.ts')).complaints(context, options),
  },
  {
    name: 'raise <TEXT>',
    summary: 'complain about seats, units, or how a case is handled: the lowest supervisor of all of them answers',
    example: 'reeve complaints raise "no answer for a week" --seat billing-specialist',
    options: [
      ['--seat <seat...>', 'a seat it is about; may be given again'],
      ['--unit <unit...>', 'a unit it is about; may be given again'],
      ['--case <case>', 'the case it is about'],
    ],
    run: async (context, [text], options) => (await import('./commands/services.ts')).raise(context, text!, options),
  },
  {
    name: 'account <COMPLAINT> <TEXT>',
    summary: 'say how you see what a complaint is about',
    example: 'reeve complaints account CO-1 "we were three people short"',
    run: async (context, [id, text]) => (await import('./commands/services.ts')).account(context, id!, text!),
  },
  {
    name: 'answer <COMPLAINT> <TEXT>',
    summary: 'give the one answer to a complaint and all that were joined to it',
    example: 'reeve complaints answer CO-1 "you will have it tomorrow" --improve "a weekly call"',
    options: [
      ['--compensation <text>', 'what the customer gets for it'],
      ['--improve <text...>', 'what will be better; may be given again'],
    ],
    run: async (context, [id, text], options) =>
      (await import('./commands/services.ts')).answer(context, id!, text!, options),
  },
];

export const ORGANISING = [
  ['directory', 'what seats do for each other: find a service, ask for it', DIRECTORY],
  ['complaints', 'complaints about seats and units: raise, hear, answer once', COMPLAINTS],
  ['restructure', 'split, merge, move seats and change who sits there; open work moves along', RESTRUCTURE],
] as const;

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

export const ORGANISING = [
  ['restructure', 'split, merge, move seats and change who sits there; open work moves along', RESTRUCTURE],
] as const;

/** Groups of commands about who works and with what: secrets, runs. What they do is in commands/. */
import type { Spec } from './spec.ts';

const BOUND = [
  ['--tool <tool...>', 'a tool that may have it; may be given again'],
  ['--model <model...>', 'a model that may have it; may be given again'],
  ['--seat <seat...>', 'only for these seats; every seat unless given'],
] as const;

const SECRET: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'names of the secrets, and what may have them; never a value',
    example: 'reeve secret list',
    run: async (context) => (await import('./commands/secrets.ts')).list(context),
  },
  {
    name: 'set <NAME>',
    summary: 'store a secret for tools or models; its value is read from standard input, or typed unseen',
    example: 'reeve secret set anthropic --model big < key.txt',
    options: BOUND,
    run: async (context, [name], options) => (await import('./commands/secrets.ts')).set(context, name!, options),
  },
  {
    name: 'rotate <NAME>',
    summary: 'give a secret another value, for the same users; it counts at once, also in a running server',
    example: 'reeve secret rotate anthropic < new-key.txt',
    run: async (context, [name]) => (await import('./commands/secrets.ts')).rotate(context, name!),
  },
  {
    name: 'remove <NAME>',
    summary: 'delete a secret: what needs it fails from then on, and says so',
    example: 'reeve secret remove anthropic',
    run: async (context, [name]) => (await import('./commands/secrets.ts')).remove(context, name!),
  },
];

export const RUN: Spec = {
  name: 'run <RUN>',
  summary: 'one run step by step: what its worker said and did, what it cost, and its report',
  example: 'reeve run R-12 --follow',
  options: [['--follow', 'go on until it ends, or ctrl-C']],
  run: async (context, [id], options) => (await import('./commands/runs.ts')).runShow(context, id!, options),
};

export const SEATS_AND_SECRETS = [
  ['secret', 'keys and passwords of tools and models: list, set, rotate, remove', SECRET],
] as const;

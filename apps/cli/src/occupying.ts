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
    local: true,
    usual: true,
    summary: 'names of the secrets, and what may have them; never a value',
    example: 'reeve secret list',
    run: async (context) => (await import('./commands/secrets.ts')).list(context),
  },
  {
    name: 'set <NAME>',
    local: true,
    summary: 'store a secret for tools or models; its value is read from standard input, or typed unseen',
    example: 'reeve secret set anthropic --model big < key.txt',
    options: BOUND,
    run: async (context, [name], options) => (await import('./commands/secrets.ts')).set(context, name!, options),
  },
  {
    name: 'rotate <NAME>',
    local: true,
    summary: 'give a secret another value, for the same users; it counts at once, also in a running server',
    example: 'reeve secret rotate anthropic < new-key.txt',
    run: async (context, [name]) => (await import('./commands/secrets.ts')).rotate(context, name!),
  },
  {
    name: 'remove <NAME>',
    local: true,
    summary: 'delete a secret: what needs it fails from then on, and says so',
    example: 'reeve secret remove anthropic',
    run: async (context, [name]) => (await import('./commands/secrets.ts')).remove(context, name!),
  },
];

export const MCP_TOOLS: Spec = {
  name: 'mcp-tools <DIR> <TOOL>',
  summary: 'what an MCP server of a pack says of its tools, with the pins to write into the pack once you agree',
  example: 'reeve mcp-tools my-org files',
  run: async (context, [dir, tool]) => (await import('./commands/mcp-tools.ts')).mcpTools(context, dir!, tool!),
};

export const RUN: Spec = {
  name: 'run <RUN>',
  summary: 'one run step by step: what its worker said and did, what it cost, and its report',
  example: 'reeve run R-12 --follow',
  options: [
    ['--follow', 'go on until it ends, or ctrl-C'],
    ['--stop <reason>', 'end it now, with all that its program started'],
  ],
  run: async (context, [id], options) => (await import('./commands/runs.ts')).runShow(context, id!, options),
};

const TOKEN: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'tokens of seats (for agents from outside) and of executors; never their texts',
    example: 'reeve token list',
    run: async (context) => (await import('./commands/tokens.ts')).tokens(context),
  },
  {
    name: 'give <SEAT>',
    summary: 'make a token for a seat whose occupant is of kind "mcp"; it is printed once',
    example: 'reeve token give refunds --name "desk agent" --life 30d',
    options: [
      ['--name <text>', 'what it is for'],
      ['--life <span>', 'how long it counts; until it is revoked unless given'],
    ],
    run: async (context, [seat], options) => (await import('./commands/tokens.ts')).give(context, seat!, options),
  },
  {
    name: 'executor',
    summary: 'make a token with which `reeve executor` makes calls of tools, good for nothing else; it is printed once',
    example: "reeve token executor --name 'rack 4' --capability 'mail.*' --life 30d",
    options: [
      ['--name <text>', 'what it is for'],
      ['--capability <pattern...>', 'whose calls it may claim: exact, `mail.*`, or `*` (`*` unless given)'],
      ['--life <span>', 'how long it counts; until it is revoked unless given'],
    ],
    run: async (context, _, options) => (await import('./commands/tokens.ts')).executorToken(context, options),
  },
  {
    name: 'revoke <ID>',
    summary: 'take a token back: it counts for nothing from now on',
    example: 'reeve token revoke 3fa9c2d81b04e675',
    run: async (context, [id]) => (await import('./commands/tokens.ts')).revoke(context, id!),
  },
];

const PEER: readonly Spec[] = [
  {
    name: 'list',
    usual: true,
    summary: 'agents of other organisations that may ask for something over A2A; never their tokens',
    example: 'reeve peer list',
    run: async (context) => (await import('./commands/peers.ts')).peers(context),
  },
  {
    name: 'admit <NAME>',
    summary: 'let an agent of another organisation ask for something; its token is printed once',
    example: 'reeve peer admit acme --service quotes --life 90d',
    options: [
      ['--service <ids...>', 'services it may ask for by name; all that are offered unless given'],
      ['--life <span>', 'how long it counts; until it is revoked unless given'],
    ],
    run: async (context, [peer], options) => (await import('./commands/peers.ts')).admit(context, peer!, options),
  },
  {
    name: 'revoke <ID>',
    summary: 'take the token of a peer back: it counts for nothing from now on',
    example: 'reeve peer revoke 3fa9c2d81b04e675',
    run: async (context, [id]) => (await import('./commands/peers.ts')).revoke(context, id!),
  },
];

export const SEATS_AND_SECRETS = [
  ['peer', 'agents of other organisations: list, admit, revoke', PEER],
  ['token', 'tokens of seats and of executors: list, give, executor, revoke', TOKEN],
  ['secret', 'keys and passwords of tools and models: list, set, rotate, remove', SECRET],
] as const;

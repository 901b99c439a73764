/** The command line: names, options, help. What a command does is in commands/, loaded when it is called. */
import { Command } from 'commander';
import { AIMING } from './aiming.ts';
import { createContext, DEFAULT_PORT, type GlobalOptions, usage } from './context.ts';
import { EXIT, EXIT_MEANINGS, type Exit } from './failure.ts';
import { GOVERNING } from './governing.ts';
import type { Io } from './io.ts';
import { LANES } from './lanes.ts';
import { LIFE } from './life.ts';
import { MCP_TOOLS, RUN, SEATS_AND_SECRETS } from './occupying.ts';
import { OPENING } from './opening.ts';
import { ORGANISING } from './organising.ts';
import { OVERSEEING } from './overseeing.ts';
import { REMEMBERING } from './remembering.ts';
import { ROUTING } from './routing.ts';
import type { Options, Spec } from './spec.ts';
import { VERSION } from './version.ts';

/** Which records of the history. */
const WHICH = [
  ['--case <case>', 'of one case'],
  ['--seat <seat>', 'done in a seat'],
  ['--actor <principal>', 'done by a person or a worker'],
  ['--kind <kind>', 'a kind, or its part before the dot, such as operation'],
  ['--since <time>', 'a date, or an age such as 3d'],
  ['--until <time>', 'a date, or an age such as 3d'],
  ['--oldest', 'the oldest first'],
  ['--limit <n>', 'how many, at most 1000', '50'],
  ['--cursor <cursor>', 'go on where a page ended'],
] as const;

const WORK: readonly Spec[] = [
  {
    name: 'status',
    summary: 'targets, money, cases, what waits for you, switches, health',
    example: 'reeve status',
    run: async (context) => (await import('./commands/status.ts')).status(context),
  },
  {
    name: 'cases',
    summary: 'list cases, the newest first',
    example: 'reeve cases --status open --limit 20',
    options: [
      ['--status <status>', '`open`, or one status such as waiting_customer'],
      ['--owner <seat>', 'whose cases'],
      ['--customer <customer>', 'of one customer'],
      ['--query <text>', 'found in id, subject, customer or name'],
      ['--limit <n>', 'how many, at most 1000', '50'],
    ],
    run: async (context, _, options) => (await import('./commands/cases.ts')).cases(context, options),
  },
  {
    name: 'approve <APPROVAL>',
    summary: 'let an operation happen that waits for you',
    example: 'reeve approve A-3 --note "good customer"',
    options: [['--note <text>', 'why, for the ledger']],
    run: async (context, [id], options) =>
      (await import('./commands/inbox.ts')).decide(context, 'approve', id!, options),
  },
  {
    name: 'reject <APPROVAL>',
    summary: 'refuse an operation that waits for you',
    example: 'reeve reject A-3 --note "already refunded by phone"',
    required: [['--note <text>', 'why; the seat is told']],
    run: async (context, [id], options) =>
      (await import('./commands/inbox.ts')).decide(context, 'reject', id!, options),
  },
  {
    name: 'revise <APPROVAL>',
    summary: 'send an operation back to be asked for differently',
    example: 'reeve revise A-3 --note "half the amount"',
    required: [['--note <text>', 'what to change; the seat is told']],
    run: async (context, [id], options) =>
      (await import('./commands/inbox.ts')).decide(context, 'revise', id!, options),
  },
  {
    name: 'message <CASE> <TEXT>',
    summary: 'add what the customer wrote to a case',
    example: 'reeve message C-12 "The order number is AC-7906"',
    run: async (context, [id, text]) => (await import('./commands/cases.ts')).message(context, id!, text!),
  },
  {
    name: 'why <ID>',
    summary: 'who did this, by what right, on what facts and rules, at what cost, checked how',
    example: 'reeve why OP-17',
    run: async (context, [id]) => (await import('./commands/why.ts')).why(context, id!),
  },
  {
    name: 'history',
    summary: 'what happened, as sentences: by case, seat, person, kind and time',
    example: 'reeve history --seat billing-specialist --kind operation --since 2d',
    options: WHICH,
    run: async (context, _, options) => (await import('./commands/history.ts')).history(context, null, options),
  },
  {
    name: 'search <WORDS>',
    summary: 'records in which all words occur, letter case ignored; "in quotes" as it stands',
    example: 'reeve search "zipper broken" --kind case',
    options: WHICH,
    run: async (context, [words], options) => (await import('./commands/history.ts')).history(context, words!, options),
  },
  {
    name: 'kill <SCOPE> [ID]',
    summary: 'stop everything, a unit, a seat, a capability, a tool or a lane at once; --rearm lets it act again',
    example: 'reeve kill capability orders.refund --reason "wrong amounts"',
    required: [['--reason <text>', 'why, for the ledger']],
    options: [['--rearm', 'let it act again']],
    run: async (context, [scope, id], options) =>
      (await import('./commands/kill.ts')).kill(context, scope!, id, options),
  },
  {
    name: 'override <OPERATION>',
    summary: 'have a refused operation done in your name, after a warning; never for identity, money or kill switches',
    example: 'reeve override OP-17 --reason "agreed by phone with the customer"',
    required: [['--reason <text>', 'why, for the ledger']],
    options: [['--acknowledge <rule...>', 'the rules that refused, each by name; asked for on a terminal']],
    run: async (context, [id], options) => (await import('./commands/override.ts')).override(context, id!, options),
  },
  {
    name: 'reviews',
    summary: 'decisions in numbers: where people decide too much or too late, their minutes and what these cost',
    example: 'reeve reviews',
    options: [
      ['--limit <n>', 'how many lines, at most 1000', '100'],
      ['--cursor <cursor>', '`next` of the page before'],
    ],
    run: async (context, _, options) => (await import('./commands/reviews.ts')).reviews(context, options),
  },
  {
    name: 'delegations',
    summary: 'delegated tasks with the rights they carry: what both sides have',
    example: 'reeve delegations --seat refund-specialist',
    options: [
      ['--seat <seat>', 'given by or to this seat'],
      ['--all', 'also those that are done'],
      ['--limit <n>', 'how many, at most 1000', '50'],
      ['--cursor <cursor>', '`next` of the page before'],
    ],
    run: async (context, _, options) => (await import('./commands/seats.ts')).delegations(context, options),
  },
  {
    name: 'forget <CASE>',
    summary: 'forget the customer of a case: what he wrote and what names him is unreadable from then on',
    example: 'reeve forget C-12 --reason "he asked for it"',
    required: [['--reason <text>', 'why, for the ledger']],
    run: async (context, [id], options) => (await import('./commands/forget.ts')).forget(context, id!, options),
  },
];

const CASE: readonly Spec[] = [
  {
    name: 'show <CASE>',
    summary: 'one case with its tasks, operations, notes and history',
    example: 'reeve case show C-12',
    run: async (context, [id]) => (await import('./commands/cases.ts')).caseShow(context, id!),
  },
];

const KEY = [
  '--key <key...>',
  'a verifier key of this ledger that you know from elsewhere; may be given again',
] as const;
const EXPORT = '--file <export>';

const LEDGER: readonly Spec[] = [
  {
    name: 'verify',
    local: true,
    summary: 'check every record and signature of the ledger; works without a server, on an export, on a proof',
    example: "reeve ledger verify --file ledger.jsonl --key 'reeve/main+…' --witness seen.jsonl",
    options: [
      [EXPORT, 'verify an export instead of the data directory'],
      KEY,
      ['--witness <witness>', 'a witness file, or SEQ:HASH: shows if anything was cut off or rewritten'],
      ['--proof <file>', 'verify a proof of one record instead; needs --key and no ledger'],
    ],
    run: async (context, _, options) => (await import('./commands/ledger-verify.ts')).verify(context, options),
  },
  {
    name: 'tail',
    local: true,
    summary: 'the newest records',
    example: 'reeve ledger tail -n 20 --follow',
    options: [
      ['-n, --lines <n>', 'how many, at most 1000', '20'],
      ['--kind <kind>', 'only kinds that begin so, such as operation.'],
      ['--follow', 'go on as records are written, until ctrl-C'],
    ],
    run: async (context, _, options) => (await import('./commands/ledger-tail.ts')).tail(context, options),
  },
  {
    name: 'export <FILE>',
    local: true,
    summary: 'sign the whole ledger and write it to a file that anybody can verify',
    example: 'reeve ledger export ledger.jsonl',
    run: async (context, [file]) => (await import('./commands/ledger-evidence.ts')).exportLedger(context, file!),
  },
  {
    name: 'key',
    local: true,
    summary: 'the public key that verifies this ledger: give it to everybody, by another way than the export',
    example: 'reeve ledger key',
    run: async (context) => (await import('./commands/ledger-evidence.ts')).key(context),
  },
  {
    name: 'prove',
    local: true,
    summary: 'write one record with its proof to a file that convinces without the ledger',
    example: 'reeve ledger prove --seq OP-17 --out proof.json',
    required: [
      ['--seq <seq>', 'number of the record, or an operation (its newest record)'],
      ['--out <file>', 'where the proof is written; never over a file'],
    ],
    options: [[EXPORT, 'prove from an export instead of the data directory']],
    run: async (context, _, options) => (await import('./commands/ledger-evidence.ts')).prove(context, options),
  },
  {
    name: 'witness',
    local: true,
    summary: 'keep the latest checkpoint in a file of your own, if the ledger still contains all it had',
    example: "reeve ledger witness --file ledger.jsonl --key 'reeve/main+…' --seen seen.jsonl",
    required: [KEY, ['--seen <file>', 'the witness file; made on first use']],
    options: [
      [EXPORT, 'look at an export instead of the data directory'],
      ['--sign <file>', 'cosign with the key in this file; made on first use'],
      ['--name <name>', 'name of a new cosigning key'],
    ],
    run: async (context, _, options) => (await import('./commands/ledger-evidence.ts')).witness(context, options),
  },
];

const POLICY: readonly Spec[] = [
  {
    name: 'test <DIR>',
    summary: "play the pack's scenarios against the gate, and say which rules none of them exercises",
    example: 'reeve policy test my-shop --mutate',
    options: [
      ['--mutate', 'take each safeguard away in turn; fail when no scenario notices'],
      ['--verbose', 'show every scenario with every reason'],
    ],
    run: async (context, [dir], options) => (await import('./commands/policy.ts')).policyTest(context, dir!, options),
  },
  {
    name: 'matrix <DIR>',
    summary: 'who may do what: print it, agree to it (golden/matrix.txt), or compare with what was agreed',
    example: 'reeve policy matrix my-shop --check',
    options: [
      ['--write', 'write it to golden/matrix.txt of the pack'],
      ['--check', 'compare it with golden/matrix.txt of the pack'],
    ],
    run: async (context, [dir], options) => (await import('./commands/policy.ts')).matrix(context, dir!, options),
  },
];

/** The whole command line. `done` is told the exit code of the command that ran. */
export function createProgram(io: Io, done: (exit: Exit) => void): Command {
  const program = new Command('reeve')
    .description('Runs an organisation of agents and people: authority, money, evidence, and a ledger for all of it.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--data <dir>', 'data directory (REEVE_DATA, else ./.reeve)')
    .option('--store <url>', 'PostgreSQL database of the ledger, postgres://… (REEVE_STORE, else the data directory)')
    .option(
      '--at <url>',
      'an organisation elsewhere, e.g. https://n1:4600/o/shop (REEVE_AT, token in REEVE_TOKEN or REEVE_TOKEN_FILE)',
    )
    .option('--port <port>', `port of the server (REEVE_PORT, else ${DEFAULT_PORT})`)
    .option('--json', 'print machine-readable JSON on standard output, and nothing else there')
    .option('--no-color', 'no colours (NO_COLOR too)')
    .addHelpText('after', helpAfter())
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: () => {},
      getOutHelpWidth: () => Math.min(io.columns, 110),
      getErrHelpWidth: () => Math.min(io.columns, 110),
    });
  const adder = addTo(io, program, done);
  for (const spec of [...LIFE, OPENING, ...WORK, RUN, MCP_TOOLS, ...OVERSEEING]) adder(program, spec);
  const groups = [
    ['case', 'one case', CASE],
    ['policy', 'what the rules of a pack decide: test them, list them', POLICY],
    ['ledger', 'the history: verify, read, export, prove, witness', LEDGER],
    ...GOVERNING,
    ...AIMING,
    ...LANES,
    ...ROUTING,
    ...SEATS_AND_SECRETS,
    ...REMEMBERING,
    ...ORGANISING,
  ] as const;
  for (const [name, summary, specs] of groups) {
    const group = program.command(name).description(summary);
    for (const spec of specs) adder(group, spec);
  }
  return program;
}

type Add = (parent: Command, spec: Spec) => void;

function addTo(io: Io, program: Command, done: (exit: Exit) => void): Add {
  return (parent, spec) => {
    const command = parent.command(spec.name, { isDefault: spec.usual ?? false }).description(spec.summary);
    for (const [flags, text, value] of spec.options ?? []) command.option(flags, text, value);
    for (const [flags, text] of spec.required ?? []) command.requiredOption(flags, text);
    command.addHelpText('after', `\nExample:\n  ${spec.example}`);
    command.action(async (...given: unknown[]) => {
      const args = given.slice(0, -2).filter((one): one is string => typeof one === 'string');
      const context = createContext(io, program.opts<GlobalOptions>());
      if (spec.local && context.at !== undefined) throw onlyHere(spec);
      done((await spec.run(context, args, given.at(-2) as Options)) ?? EXIT.done);
    });
  };
}

const onlyHere = ({ name }: Spec) =>
  usage(
    `${name.split(' ')[0]} does not work on an organisation elsewhere`,
    'it reads or writes the data directory on this machine',
    'leave --at (REEVE_AT) out, or run it there',
  );

const helpAfter = (): string => `
Exit codes:
${EXIT_MEANINGS.map(([code, meaning]) => `  ${code}  ${meaning}`).join('\n')}

Begin with:
  reeve init my-shop && reeve plan my-shop     write a pack and look at it
  reeve apply my-shop && reeve up              put it into force and start it
  reeve <command> --help                       more about a command, with an example`;

/** Commands of processes that work together: nodes of one database, executors of a server. */
import type { Spec } from './spec.ts';

/** How a process that stays logs. */
export const LOGGING = [
  ['--log-level <level>', 'info, warn or error', 'warn'],
  ['--log-format <format>', 'json or text', 'json'],
] as const;

export const JOINING: readonly Spec[] = [
  {
    name: 'node',
    summary: 'serve many organisations together with other nodes of one PostgreSQL database',
    example: 'reeve node --store postgres://db/reeve --name n1 --url http://n1:4600 --secret-file /etc/reeve/secret',
    options: [
      ['--host <host>', 'address to listen on', '127.0.0.1'],
      ['--name <name>', 'of this node, unique (REEVE_NODE, else the name of the machine)'],
      ['--url <url>', 'where the other nodes reach this one (REEVE_NODE_URL, else what it listens on)'],
      ['--secret-file <file>', 'with the secret all nodes have, 32 bytes or more (REEVE_SECRET_FILE)'],
      ['--previous-secret-file <file>', 'with the secret before, while it is changed (REEVE_PREVIOUS_SECRET_FILE)'],
      [
        '--public-url <url>',
        'where people reach the nodes: mails to them link there; without it none is sent (REEVE_PUBLIC_URL)',
      ],
      ['--tls-cert <file>', 'certificate to be asked over https, with those that signed it, PEM (REEVE_TLS_CERT)'],
      ['--tls-key <file>', 'its key, PEM (REEVE_TLS_KEY)'],
      ['--tls-ca <file>', 'certificates by which other nodes are believed, PEM (REEVE_CA)'],
      ['--tools <dir>', 'folder all nodes see, for what tools keep in files (REEVE_TOOLS, else the data directory)'],
      ['--remote-tools <pattern...>', 'tools whose calls are left to `reeve executor`: exact, `mail*`, or `*`'],
      ...LOGGING,
      [
        '--token <organisation>',
        'print the token of an organisation (`admin`: of the administration, `metrics`: for scraping) and end',
      ],
    ],
    run: async (context, _, options) => (await import('./commands/node.ts')).node(context, options),
  },
  {
    name: 'executor',
    summary: 'make calls of tools for a server or node that leaves them to executors (--remote-tools)',
    example: "reeve executor --join http://n1:4600/o/shop --token-file token --capability 'orders.*'",
    required: [['--join <url>', 'the server, or a node with the path of the organisation']],
    options: [
      ['--token-file <file>', 'with a token of executors, see `reeve token executor` (REEVE_TOKEN)'],
      ['--capability <pattern...>', 'which calls: exact, `orders.*`, or `*` (`*` unless given)'],
      ['--width <n>', 'calls at once', '8'],
      ['--name <name>', 'unique among the executors; machine and process unless told otherwise'],
      ...LOGGING,
    ],
    run: async (context, _, options) => (await import('./commands/executor.ts')).executor(context, options),
  },
  {
    name: 'mcp',
    summary: 'the MCP server of a seat over standard input and output, for agents that only start programs',
    example: 'reeve mcp --seat refunds',
    required: [['--seat <seat>', 'the seat, whose occupant is of kind "mcp"']],
    options: [
      ['--url <url>', 'a server elsewhere; that of the data directory unless given'],
      ['--token-file <file>', 'with the token of the seat (REEVE_SEAT_TOKEN); one is made unless given'],
    ],
    run: async (context, _, options) => (await import('./commands/mcp.ts')).mcp(context, options),
  },
];

/** The texts about tokens of seats. */
export const TOKENS = {
  title: 'Tokens of seats',
  none: 'No agent from outside has a token.',
  revoke: 'Revoke',
  revoked: 'The token counts for nothing from now on',
  told: 'Copy it now: it is shown this once.',
  seat: 'Seat',
  seatHint: 'Of an agent over MCP.',
  name: 'What it is for',
  nameHint: 'Optional.',
  give: 'Give a token',
  executors: 'Tokens of executors',
  executorsWhy: 'Machines that make calls of tools. `reeve token executor` makes one.',
};

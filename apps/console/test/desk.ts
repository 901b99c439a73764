/** The shop of the agents' example: its refunds are worked by a program, and a second desk waits for an agent that never comes. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLE = join(import.meta.dirname, '../../../examples/agent-desk/pack');

/** Tries everything a terminal could be made to do, starts a child, and works until a file tells it to end. */
const PROGRAM = `
const { existsSync } = require('node:fs');
require('node:child_process').spawn('/bin/sleep', ['1000'], { stdio: 'ignore' });
console.log('\\x1b[31mred\\x1b[0m and plain and \\x1b[38;2;10;200;120mgreen\\x1b[0m');
process.stdout.write('\\x1b]0;owned title\\x07\\x1b]52;c;b3duZWQ=\\x07\\x1b]8;;https://evil.example\\x1b\\\\click\\x1b]8;;\\x1b\\\\\\x07\\n');
console.log('\\x1b[2J\\x1b[?1049h\\x1b[8mhidden\\x1b[0m \\u202Ereversed');
let n = 0;
const look = setInterval(() => {
  if (existsSync(process.env.HOME + '/more-' + n)) console.log('part ' + n++ + ' of the work');
}, 20);
`;

const OVERSIGHT = `  oversight:
    heartbeat: 300ms
    waiting: 300ms
    patience: 300ms
    reports: { daily: record, weekly: record, monthly: record }
    ladders: { idle_with_work: [reassign, pause] }
`;

const NIGHT = `
  - id: night
    title: Night desk
    unit: shop
    supervisor: owner
    charter: { purpose: "Answers at night.", tier: bounded, escalation: owner }
    occupant: { principal: night-agent, kind: mcp }
`;

/** A folder with the pack. */
export function deskPack(): string {
  const pack = join(mkdtempSync(join(tmpdir(), 'reeve-desk-')), 'pack');
  cpSync(EXAMPLE, pack, { recursive: true });
  const change = (name: string, how: (text: string) => string) =>
    writeFileSync(join(pack, name), how(readFileSync(join(pack, name), 'utf8')));
  const command = { profile: 'plain', program: process.execPath, args: ['-e', PROGRAM], isolation: 'preferred' };
  const occupant = JSON.stringify({ principal: 'refund-agent', kind: 'command', command: { ...command, starts: 1 } });
  change(
    'organisation.yaml',
    (text) => text.replace(/occupant: \{ principal: refund-agent.*\}/, `occupant: ${occupant}`) + NIGHT,
  );
  change('pack.yaml', (text) => text.replace('settings:\n', `settings:\n${OVERSIGHT}`));
  return pack;
}

/** Has the program of a case write its next part. */
export const goOn = (data: string, of: string, part: number): void =>
  writeFileSync(join(workspace(data, of), `more-${part}`), '');

const workspace = (data: string, of: string): string => join(data, 'data/tools/.workspaces', of);

/** Command lines of what works in the workspace of a case. */
export const working = (data: string, of: string): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    const path = `/proc/${pid}/environ`;
    try {
      const mine = /^\d+$/.test(pid) && existsSync(path) && readFileSync(path, 'utf8').includes(workspace(data, of));
      return mine ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
    } catch {
      return [];
    }
  });

import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { outputText } from '../src/text/run.ts';
import { reeve, serving, temporary } from './support/cli.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Writes a word, waits until a file is there, writes another one and ends. */
const PROGRAM = `
console.log('\\x1b]0;title\\x07one');
const look = setInterval(() => {
  if (!require('node:fs').existsSync(process.env.HOME + '/go')) return;
  clearInterval(look);
  console.log('two');
}, 20);
`;

describe('following a run', () => {
  it('[CLI101] shows what its program writes while it does, until it is over', async () => {
    const cwd = temporary();
    cpSync(join(ROOT, 'examples/agent-desk/pack'), join(cwd, 'pack'), { recursive: true });
    const data = join(cwd, 'data');
    await reeve({ data }, 'apply', join(cwd, 'pack'), '--yes', '--reason', 'test');
    await serving(data, async ({ url, house }) => {
      const client = createClient({ url, token: house.token });
      const command = { profile: 'plain', program: process.execPath, args: ['-e', PROGRAM], isolation: 'preferred' };
      const occupant = { principal: 'refund-agent', kind: 'command', command: { ...command, starts: 1 } };
      await client.command({ kind: 'seat.occupy', body: { seat: 'refunds', occupant, reason: 'test' } });
      const { case: id } = await client.openCase({ subject: 'Kettle', text: 'It leaks.', customer: 's@x.example' });
      await expect.poll(async () => (await client.runs({})).runs.length, { timeout: 10_000 }).toBe(1);
      let seen = '';
      const onOut = (text: string) => {
        seen += text;
        if (seen.includes('one')) writeFileSync(join(data, 'tools/.workspaces', id, 'go'), '');
      };
      const { code, out } = await reeve({ data, onOut }, 'run', 'r-1', '--follow');
      expect(code).toBe(0);
      expect(out).toMatch(
        /R-1 {2}refunds, played by refund-agent, on C-1: active[\s\S]*one\ntwo\n- the program ended with 0\n/,
      );
      expect(out).toContain('Ended because the program ended once without a report');
      expect(out).not.toContain('\u0007');
      await client.openCase({ subject: 'Again', text: 'It leaks.', customer: 's@x.example' });
      await expect.poll(async () => (await client.runs({})).runs[0]?.id, { timeout: 10_000 }).toBe('R-2');
      expect((await reeve({ data }, 'run', 'R-2', '--stop', 'enough')).out).toMatch(/^ended: R-2/);
      expect(await client.run({ id: 'R-2' })).toMatchObject({ reason: expect.stringContaining('enough') });
    });
  });

  it('[CLI101] calls stand on lines of their own, and nothing a worker wrote acts on the terminal', () => {
    const entry = (kind: 'text' | 'call' | 'result' | 'stdout', text: string) => ({ at: 1, kind, text });
    const entries = [
      entry('text', 'I look'),
      entry('call', 'orders.get {}\n'),
      entry('result', 'OP-1 done\n'),
      entry('stdout', '\u001b[2J10 %\r20 %\u0008\n\u202egnp'),
    ];
    expect(outputText(entries, true)).toEqual({
      text: 'I look\n> orders.get {}\n< OP-1 done\n10 %\n20 %\ngnp',
      line: false,
    });
    expect(outputText([entry('call', 'x\n')], false).text).toBe('\n> x\n');
  });
});

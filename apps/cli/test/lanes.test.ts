/** Lanes over the command line, in the order of docs/how-to/rollout.md, against a server that nobody works in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { autoSwitch, flow } from '@reeve/kernel';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { reeve } from './support/cli.ts';
import { office } from './support/office.ts';

const { here, text, order } = office();
const LANE = 'refund-and-tell';
beforeAll(() => order('case.open', { subject: 'Broken', customer: 'lee@post.example', text: 'It broke.' }));

describe('[CLI110] lanes', () => {
  it('are listed, and shown one by one', async () => {
    expect(await text('lanes')).toMatch(/refund-and-tell +end-to-end .*billing-specialist 100 %.*refunds-come-back/);
    const shown = await text('lanes', 'show', LANE);
    expect(shown).toContain('Money that is owed is back with the customer');
    expect(shown).toContain('falls by itself unless success >= 70 (from 50 pieces of work)');
    expect(shown).toContain('refunds-come-back: metrics["reopen-rate"] >= 25');
    expect(JSON.parse(await text('lanes', 'show', LANE, '--json'))).toMatchObject({ id: LANE, stage: 'end-to-end' });
  });

  it('move by a person, who is told what is not met and may take it upon himself', async () => {
    expect(await text('lanes', 'lower', LANE, 'assist', '--reason', 'new prices')).toContain('is in the stage assist');
    const refused = await reeve(here, 'lanes', 'raise', LANE, 'bounded', '--reason', 'x');
    expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('not met: days >= 14 (0 days in assist)')]);
    const despite = ['days >= 14', 'sample >= 50', 'agreement >= 90', 'corrections <= 20'];
    const raised = await text('lanes', 'raise', LANE, 'bounded', '--reason', 'known', '--despite', ...despite);
    expect(raised).toContain('is in the stage bounded');
    const wrong = await reeve(here, 'lanes', 'raise', LANE, 'heaven', '--reason', 'x');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('stages are observe, shadow')]);
  });

  it('are explained move by move, and checked from data', async () => {
    const moves = await text('lanes', 'explain', LANE);
    expect(moves).toMatch(/founder|operator/);
    expect(moves).toContain('raised the lane refund-and-tell from assist to bounded: known; not met: days >= 14');
    expect(moves).toContain('begins in the stage end-to-end');
    expect(await text('lanes', 'check', LANE)).toContain('no data  What does a successful outcome cost?');
    expect(await text('lanes', 'money', LANE)).toBe('no data\n');
    expect(await text('check', '90-days')).toMatch(
      /^0 days so far: what follows is early\nno data {2}Is a lane clearly better/,
    );
  });

  it('hear what was done outside', async () => {
    const args = '{"order_id":"AC-1","amount":5000000,"reason":"damaged"}';
    expect(await text('lanes', 'report', LANE, 'c-1', 'orders.refund', '--args', args)).toContain(
      'reported: orders.refund on C-1',
    );
    expect((await reeve(here, 'lanes', 'report', LANE, 'C-1', 'orders.refund', '--args', 'x')).code).toBe(2);
    expect((await reeve(here, 'lanes', 'report', LANE, 'C-1', 'mail.send', '--args', '{}')).code).toBe(3);
  });
});

describe('[CLI110] docs/how-to/rollout.md', () => {
  it('names commands and measures there are, and its description of a lane loads', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/how-to/rollout.md'), 'utf8');
    const commands = page
      .split('\n')
      .flatMap((line) => /^ {4}reeve (lanes|check) ?([a-z0-9-]*)/.exec(line)?.slice(1) ?? []);
    expect(commands.length).toBeGreaterThan(14);
    for (const name of new Set(page.match(/reeve lanes [a-z]+/g)))
      expect((await reeve(here, ...name.split(' ').slice(1), '--help')).code).toBe(0);
    const block = /^ {4}flows:\n(?: {4}.*\n|\n)+/m.exec(page)![0].replace(/^ {4}/gm, '');
    const { flows, switches } = parse(block);
    expect(flow.parse(flows[0]).rollout?.selection?.step).toBe(10);
    expect(autoSwitch.parse(switches[0]).target).toBe(flows[0].id);
  });
});

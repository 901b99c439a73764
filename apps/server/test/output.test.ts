import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOutput } from '@reeve/protocol';
import { fakeProvider } from '@reeve/workers/fake-provider';
import { describe, expect, it } from 'vitest';
import { type Binding, Secrets } from '../src/index.ts';
import { Output, Outputs } from '../src/output/output.ts';
import { agentPack, type Served, serve, TICKET, until } from './agents.ts';
import { modelPack } from './model-pack.ts';
import { folder, later } from './support.ts';

const textOf = ({ entries }: Pick<RunOutput, 'entries'>): string => entries.map(({ text }) => text).join('');

describe('what is kept of what a run writes', () => {
  it('[SRV196] is the latest of it in order, within its bound, and says how much is gone', () => {
    let size = 0;
    const output = new Output(1000, (by) => {
      size += by;
    });
    for (let n = 0; n < 500; n++) output.write(n % 2 === 0 ? 'stdout' : 'stderr', `${String(n).padStart(9)}\n`);
    expect(size).toBeLessThanOrEqual(1250);
    const { entries, next, dropped } = output.since(0);
    expect(next).toBe(5000);
    expect(textOf({ entries })).toBe(
      Array.from({ length: entries.length }, (_, at) => `${String(500 - entries.length + at).padStart(9)}\n`).join(''),
    );
    expect(dropped).toBe(5000 - textOf({ entries }).length);
    expect(output.since(4995)).toMatchObject({ entries: [{ kind: 'stderr', text: ' 499\n' }], dropped: 0 });
    output.write('text', 'x'.repeat(5000));
    expect(textOf(output.since(0))).toHaveLength(1000 - 64);
    output.empty();
    expect([size, output.since(0)]).toEqual([0, { entries: [], next: 10_000, dropped: 10_000 }]);
  });

  it('[SRV196] joins pieces of the same kind, and begins anew for who counted in another process', () => {
    const output = new Output(
      1000,
      () => {},
      () => 7,
    );
    for (const piece of ['He', 'l', 'lo']) output.write('text', piece);
    output.write('call', 'orders.get {}\n');
    expect(output.since(0).entries).toEqual([
      { at: 7, kind: 'text', text: 'Hello' },
      { at: 7, kind: 'call', text: 'orders.get {}\n' },
    ]);
    expect(textOf(output.since(3))).toBe('loorders.get {}\n');
    expect(textOf(output.since(999))).toBe('Helloorders.get {}\n');
  });

  it('[SRV196] of all runs together is bounded: the oldest that are not at work are forgotten first', () => {
    const outputs = new Outputs({ run: 1000, all: 5000 });
    const over = outputs.of('R-1').begin();
    for (let n = 1; n <= 20; n++) outputs.of(`R-${n}`).write('stdout', 'x'.repeat(900));
    expect(outputs.find('R-1')?.since(0).entries).toHaveLength(1);
    expect(outputs.find('R-2')).toBeNull();
    expect(outputs.find('R-20')).not.toBeNull();
    over();
    for (let n = 21; n <= 30; n++) outputs.of(`R-${n}`).write('stdout', 'x'.repeat(900));
    expect(outputs.find('R-1')).toBeNull();
  });
});

/** Writes a word and its token, waits until a file is there, and writes another word. */
const PATIENT = `
const { existsSync } = require('node:fs');
console.log('one');
process.stderr.write(process.env.REEVE_MCP_TOKEN.slice(0, 10));
const look = setInterval(() => {
  if (!existsSync(process.env.HOME + '/go')) return;
  clearInterval(look);
  process.stderr.write(process.env.REEVE_MCP_TOKEN.slice(10) + '\\n');
  console.log('two');
}, 20);
`;

const patient = async (): Promise<{ place: Served; go: () => void }> => {
  const command = { profile: 'plain', program: process.execPath, args: ['-e', PATIENT], isolation: 'preferred' };
  const occupant = { principal: 'refund-agent', kind: 'command', command: { ...command, starts: 1 } };
  const place = await serve({ pack: await agentPack(JSON.stringify(occupant)) });
  const id = await place.open();
  return { place, go: () => writeFileSync(join(place.data, 'tools/.workspaces', id, 'go'), '') };
};

/** What is heard until `enough`. */
async function heard(output: AsyncIterable<RunOutput>, enough: (text: string) => boolean): Promise<string> {
  let text = '';
  for await (const found of output) {
    text += textOf(found);
    if (enough(text)) return text;
  }
  return text;
}

describe('what a run writes, over HTTP', () => {
  it('[SRV197] [SRV195] [T14] comes while it is written, without secrets, and ends with the run', async () => {
    const { place, go } = await patient();
    const { client } = place;
    await until(async () => client.run({ id: 'R-1' }).catch(() => null));
    expect(await heard(client.followOutput({ id: 'R-1' }), (text) => text.includes('one'))).toContain('one\n');
    expect((await client.run({ id: 'R-1' })).endedAt).toBeNull();
    const { next, live } = await client.runOutput({ id: 'R-1' });
    expect(live).toBe(true);
    const rest = heard(client.followOutput({ id: 'R-1', after: next }), () => false);
    go();
    const text = await rest;
    expect(text).toMatch(/two\n/);
    expect(text).not.toContain('one');
    expect(text).toContain('the program ended with 0\n');
    expect((await client.run({ id: 'R-1' })).status).toBe('failed');
    const whole = await client.runOutput({ id: 'R-1' });
    expect(whole.live).toBe(false);
    expect(textOf(whole)).toContain('[secret removed]\n');
    expect(textOf(whole)).not.toContain('seat_');
    const late = await fetch(`${place.url}/v1/runs/R-1/output`, {
      headers: {
        ...{ authorization: `Bearer ${place.server.house.token}`, accept: 'text/event-stream' },
        'last-event-id': String(next),
      },
    });
    expect(await late.text()).toMatch(/^id: \d+\n\nid: \d+\nevent: output\ndata: .*"live":false\}\n\n$/);
  });

  it('[SRV196] is refused without a token and for a run that never was, and forgotten with a customer', async () => {
    const { place, go } = await patient();
    const { client } = place;
    await expect(client.runOutput({ id: 'R-7' })).rejects.toMatchObject({ status: 404 });
    expect((await fetch(`${place.url}/v1/runs/R-1/output`)).status).toBe(401);
    await until(async () =>
      textOf(await client.runOutput({ id: 'R-1' }).catch(() => ({ entries: [] }))).includes('one'),
    );
    go();
    await until(async () => (await client.run({ id: 'R-1' })).endedAt);
    await client.command({ kind: 'case.cancel', body: { case: 'C-1', reason: 'asked for' } });
    await client.forget({ id: 'C-1', reason: 'asked for' });
    expect(await client.runOutput({ id: 'R-1' })).toMatchObject({ entries: [], live: false });
  });
});

const KEY = 'sk-canary/7+f00?ba=r-0123456789';
const FOR_BIG: Binding = { tools: [], models: ['big'], seats: [] };

describe('what a model writes', () => {
  it('[SRV196] [WRK14] [T14] is shown with the calls it makes and what came of them, without its key', async () => {
    const answers = [
      { text: `I look. My key is ${KEY}.`, calls: [{ tool: 'case_note', args: { text: 'seen' } }] },
      { text: '', calls: [{ tool: 'report', args: { outcome: 'Done.' } }] },
    ];
    const provider = await fakeProvider({ answer: ({ turn }) => answers[turn]! });
    later(() => provider.close());
    const pack = await modelPack(provider.url, { stream: true });
    const data = await folder();
    await new Secrets(data, undefined).set('key', KEY, FOR_BIG, 0);
    const { client } = await serve({ data, pack });
    await client.openCase(TICKET);
    await until(async () => (await client.run({ id: 'R-1' }).catch(() => null))?.endedAt);
    const output = await client.runOutput({ id: 'R-1' });
    expect(output.entries.map(({ kind, text }) => [kind, text])).toEqual([
      ['note', 'asks the model big\n'],
      ['text', 'I look. My key is [secret removed].'],
      ['call', 'note "seen"\n'],
      ['result', 'done\n'],
      ['note', 'asks the model big\n'],
    ]);
  });
});

import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTools, type Tool } from '@reeve/connectors';
import { type Definition, definition, type Operation } from '@reeve/kernel';
import { memoryStore } from '@reeve/ledger/memory';
import { afterEach, describe, expect, it } from 'vitest';
import { openRuntime, type Runtime } from '../src/index.ts';
import { Book, OWNER, until } from './support/world.ts';

const right = (capability: string) => ({ capability });
const seat = (id: string, unit: string, rights: string[]) => ({
  ...{ id, title: id, unit, supervisor: 'boss', runs: 9 },
  charter: { purpose: 'Work.', tier: 'executor', rights: rights.map(right) },
  occupant: { principal: `p-${id}`, kind: 'human' },
});

/** `baker` bakes: programs that run for a long time. `clerk`, elsewhere, writes into a book. `text` is what the programs sleep for. */
const organisation = (text: string): Definition =>
  definition.parse({
    name: 'Bakery',
    settings: { intake: 'clerk', earned: ['oven.bake', 'oven.look', 'book.note'] },
    units: [
      { id: 'house', title: 'House' },
      { id: 'kitchen', title: 'Kitchen', parent: 'house' },
      { id: 'office', title: 'Office', parent: 'house' },
    ],
    seats: [
      {
        ...{ id: 'boss', title: 'Boss', unit: 'house' },
        charter: { purpose: 'Decide.', tier: 'coordinator' },
        occupant: { principal: 'p-boss', kind: 'human' },
      },
      seat('baker', 'kitchen', ['oven.bake', 'oven.look']),
      seat('clerk', 'office', ['book.note']),
    ],
    tools: [
      {
        ...{ id: 'oven', connector: 'shell' },
        config: { programs: { sh: '/bin/sh' }, workspace: 'tool', isolation: 'preferred' },
      },
      { id: 'book', connector: 'book' },
    ],
    capabilities: [
      {
        ...{ id: 'oven.bake', tool: 'oven', effect: 'reversible', args: { n: 'string' }, timeout: '5m' },
        config: {
          ...{ program: 'sh', time: 300_000 },
          args: ['-c', `echo "$1" >> started; sleep ${text} & sleep ${text}`, 'x', { arg: 'n' }],
        },
      },
      {
        ...{ id: 'oven.look', tool: 'oven', effect: 'read', args: { n: 'string' }, timeout: '5m' },
        config: {
          ...{ program: 'sh', action: 'read', time: 300_000 },
          args: ['-c', `sleep ${text}`, 'x', { arg: 'n' }],
        },
      },
      { id: 'book.note', tool: 'book', effect: 'reversible', args: { entry: 'string' }, settle: 'native-key' },
    ],
    contracts: [
      { id: 'bake', capability: 'oven.bake' },
      { id: 'note', capability: 'book.note' },
    ],
    flows: [{ id: 'bread', steps: ['bake'] }],
  });

/** Processes of this user with the text among their arguments. */
const processesWith = (text: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(text);
    } catch {
      return false;
    }
  });

interface Bakery {
  readonly runtime: Runtime;
  readonly book: Book;
  readonly text: string;
  /** How often a program has begun. */
  started(): number;
  ask(seat: string, capability: string, args: object): Promise<Operation>;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function bakery(): Promise<Bakery> {
  // By this number a process is found wherever it went.
  const text = `9${randomInt(10_000, 99_999)}.${randomInt(10_000, 99_999)}`;
  const data = mkdtempSync(join(tmpdir(), 'reeve-switches-'));
  cleanups.push(() => rmSync(data, { recursive: true, force: true }));
  const defined = organisation(text);
  const ovens = { tools: [defined.tools[0]!], capabilities: defined.capabilities.filter((c) => c.tool === 'oven') };
  const tools = new Map<string, Tool>(await openTools(ovens, { data, pack: data }));
  const book = new Book();
  tools.set('book', book);
  const runtime = await openRuntime({
    ...{ org: 'bakery', store: memoryStore(), occupants: () => null },
    tools: { get: (id) => tools.get(id), use: async () => {}, close: async () => {} },
  });
  cleanups.push(async () => {
    await runtime.stop(0);
    await tools.get('oven')!.close();
  });
  const body = { base: '', reason: 'x', definition: defined };
  await runtime.submit({ id: 'apply', kind: 'organisation.apply', actor: OWNER, body });
  for (const owner of ['baker', 'clerk'])
    await runtime.submit({
      ...{ id: `case-${owner}`, kind: 'case.open', actor: OWNER },
      body: { subject: 'x', customer: 'c@d.example', owner },
    });
  let asked = 0;
  return {
    ...{ runtime, book, text },
    started: () => {
      try {
        return readFileSync(join(data, 'oven/files/started'), 'utf8').split('\n').length - 1;
      } catch {
        return 0;
      }
    },
    ask: async (by, capability, args) => {
      const about = { capability, args, case: by === 'baker' ? 'C-1' : 'C-2', key: `${++asked}` };
      const actor = { principal: `p-${by}`, seat: by };
      const reply = await runtime.submit({ id: `ask-${asked}`, kind: 'operation.request', actor, body: about });
      if (!reply.ok) throw new Error(reply.rejection.message);
      return runtime.read((s) => s.operations.operations.get(String(reply.result.operation))!);
    },
  };
}

const SCOPES = [
  ['organisation', 'all'],
  ['unit', 'kitchen'],
  ['seat', 'baker'],
  ['capability', 'oven.*'],
  ['tool', 'oven'],
  ['lane', 'bread'],
] as const;
const WIDTH = 3;

describe.skipIf(process.platform !== 'linux')('[RT13] [GOV13] [T8] a switch tripped under load (needs /proc)', () => {
  it.each(SCOPES)('on the %s %s: nothing begins there any more, programs are gone, others go on', async (scope, id) => {
    const made = await bakery();
    const { runtime, book, text } = made;
    const send = (kind: 'switch.trip' | 'switch.rearm', who: string) =>
      runtime.submit({
        ...{ id: `${kind}-${who}`, kind, body: { scope, id, reason: 'fire' } },
        actor: who === 'owner' ? OWNER : { principal: `p-${who}`, seat: who },
      });
    const baking: Operation[] = [];
    for (let n = 0; n < WIDTH; n++) baking.push(await made.ask('baker', 'oven.bake', { n: `${n}` }));
    const looking = scope === 'lane' ? null : await made.ask('baker', 'oven.look', { n: '9' });
    await until(() => made.started() === WIDTH && processesWith(text).length >= 2 * WIDTH + (looking ? 1 : 0));

    expect((await send('switch.trip', 'boss')).ok).toBe(true);
    // From the acknowledgement on.
    const begun = made.started();
    const later = await Promise.all(
      Array.from({ length: WIDTH }, (_, n) => made.ask('baker', 'oven.bake', { n: `l${n}` })),
    );
    expect(later.map(({ status }) => status)).toEqual(Array(WIDTH).fill('denied'));
    expect(await runtime.read((s) => s.operations.leased.size)).toBe(0);
    await until(() => processesWith(text).length === 0);
    expect(made.started()).toBe(begun);

    const other = await made.ask('clerk', 'book.note', { entry: 'open' });
    if (scope === 'organisation') expect([other.status, book.entries.size]).toEqual(['denied', 0]);
    else await until(() => book.entries.size === 1);

    // Not by who was stopped; what it did meanwhile is found out, not repeated.
    expect((await send('switch.rearm', 'baker')).ok).toBe(false);
    expect((await send('switch.rearm', 'owner')).ok).toBe(true);
    const statuses = await runtime.read((s) => baking.map((op) => s.operations.operations.get(op.id)!.status));
    expect(statuses.some((status) => status === 'leased' || status === 'admitted')).toBe(false);
    await made.ask('baker', 'oven.bake', { n: 'again' });
    await until(() => made.started() === begun + 1);
    if (looking) expect((await runtime.read((s) => s.operations.operations.get(looking.id)!)).status).toBe('admitted');
  });
});

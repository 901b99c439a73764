/** R-E23: whoever takes a seat over goes on from the briefing alone, and the case ends the same way. */
import type { State } from '@reeve/kernel';
import { type KeyStore, memoryKeys } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import type { Briefing, Desk } from '@reeve/workers';
import { expect, it } from 'vitest';
import type { Runtime } from '../src/index.ts';
import { dying } from './support/model-world.ts';
import { BOSS, Book, type ClerkScript, openCase, until, world } from './support/world.ts';

const LINES = ['one', 'two', 'three', 'four', 'five'];

/** What is left to do, told from nothing but the briefing. */
const left = ({ memory }: Briefing): string[] =>
  LINES.filter((line) => !memory.beliefs.some((b) => b.key === `line.${line}` && b.value === 'written'));

/** Writes what is left, one line after the other, and keeps in mind how far it is. */
const clerk =
  (seen: Briefing[]): ClerkScript =>
  async (desk: Desk) => {
    seen.push(desk.briefing);
    const evidence: string[] = [];
    for (const line of left(desk.briefing)) {
      const done = await desk.request({ capability: 'book.write', args: { entry: line } });
      if (done.status !== 'done') return { outcome: `${line}: ${done.status}` };
      evidence.push(done.operation);
      await desk.remember({
        statement: `Line ${line} is written`,
        key: `line.${line}`,
        value: 'written',
        layer: 'working',
      });
    }
    const all = [...(desk.briefing.case?.evidence ?? []).map(({ ref }) => ref), ...evidence];
    await desk.resolve({ summary: `${LINES.length} lines are written`, evidence: [all.at(-1)!] });
    return { outcome: 'done' };
  };

const ending = (s: State) => {
  const c = s.cases.cases.get('C-1')!;
  return {
    status: c.status,
    summary: c.resolution?.summary,
    written: c.acted.filter((a) => a.capability === 'book.write').length,
  };
};
const settled = (runtime: Runtime) =>
  until(() => runtime.read((s) => s.cases.cases.get('C-1')?.resolution !== null), 20_000);

/** The one who worked on it is gone for good: his run is stopped, somebody else sits down, and the boss says to go on. */
async function replace(runtime: Runtime): Promise<void> {
  const ok = async (kind: never, body: object) => {
    const reply = await runtime.submit({ id: '', kind, actor: BOSS, body: body as never });
    expect(reply.ok, JSON.stringify(reply)).toBe(true);
  };
  await ok('seat.suspend' as never, { seat: 'clerk', reason: 'the machine broke' });
  expect(await runtime.read((s) => [...s.runs.runs.values()].filter((run) => run.seat === 'clerk'))).toEqual([]);
  const occupant = { principal: 'fresh-script', kind: 'script', script: 'fresh.ts' };
  await ok('seat.occupy' as never, { seat: 'clerk', occupant, reason: 'a new one' });
  await ok('seat.resume' as never, { seat: 'clerk', reason: 'go on' });
  await ok('message.send' as never, { to: 'clerk', type: 'guidance', text: 'Go on with it.', case: 'C-1' });
}

/** How often somebody took over in the middle. */
const taken = { count: 0 };

/** Dies at its n-th append; then a fresh occupant in another process finishes. False when it did not die before the end. */
async function killedAt(n: number, keys: KeyStore, control: ReturnType<typeof ending>): Promise<boolean> {
  const inner = memoryStore();
  const book = new Book();
  const { store, died } = dying(inner, n, 'after');
  const first = await world({ store, keys, book, script: clerk([]) });
  let over = false;
  const playing = (async () => {
    await openCase(first.runtime, 'five lines');
    await settled(first.runtime);
    over = true;
  })().catch(() => {});
  await Promise.race([died, playing]);
  if (over) return first.runtime.stop(0).then(() => false);
  const seen: Briefing[] = [];
  const idle = await world({ store: inner, keys, book, apply: false, script: () => new Promise(() => {}) });
  await openCase(idle.runtime, 'five lines');
  await replace(idle.runtime);
  await idle.runtime.stop(0);
  const second = await world({ store: inner, keys, book, apply: false, script: clerk(seen) });
  await settled(second.runtime);
  expect(await second.runtime.read(ending)).toEqual(control);
  expect([...book.entries.keys()]).toEqual(LINES);
  // None when the case was resolved before.
  for (const briefing of seen) expect(JSON.stringify(briefing).length).toBeLessThan(10_000);
  taken.count += seen.length;
  await second.runtime.stop(0);
  void first.runtime.stop(0).catch(() => {});
  return true;
}

it('[R-E23] [MEM11] [WRK20] a run killed at any record ends the same way with a fresh occupant and only the briefing (R-D13)', async () => {
  const keys = memoryKeys();
  const whole = await world({ keys, script: clerk([]) });
  await openCase(whole.runtime, 'five lines');
  await settled(whole.runtime);
  const control = await whole.runtime.read(ending);
  await whole.runtime.stop(0);
  expect(control).toMatchObject({ summary: '5 lines are written', written: 5 });
  let deaths = 0;
  // The first two are the definition and the case: nobody has begun.
  for (let n = 3; await killedAt(n, keys, control); n++) {
    deaths += 1;
    expect(n).toBeLessThan(200);
  }
  expect(deaths).toBeGreaterThan(20);
  expect(taken.count).toBeGreaterThan(20);
}, 120_000);

it('[MEM10] [WRK2] what a script recalls and remembers is a step: a run that is played again does it once', async () => {
  const found: string[][] = [];
  const script: ClerkScript = async (desk) => {
    await desk.remember({ statement: 'The ledger is in the left drawer', layer: 'stable', general: true });
    const recalled = await desk.recall('where is the ledger?');
    found.push(recalled.ok ? recalled.result.beliefs.map(({ id, statement }) => `${id} ${statement}`) : []);
    const asked = await desk.request({ capability: 'book.ask', args: { entry: 'left' } });
    return { outcome: asked.status };
  };
  const { runtime } = await world({ script, limits: { parkAfter: 5 } });
  await openCase(runtime, 'look it up');
  await until(() => runtime.read((s) => s.governance.pending.size > 0));
  const approval = await runtime.read((s) => [...s.governance.pending][0]!);
  await runtime.submit({ id: '', kind: 'approval.decide', actor: BOSS, body: { approval, verdict: 'approve' } });
  await runtime.idle();
  expect(found).toEqual([['BL-1 The ledger is in the left drawer'], ['BL-1 The ledger is in the left drawer']]);
  expect(await runtime.read((s) => s.memory.beliefs.size)).toBe(1);
  await runtime.stop(0);
});

it('[MEM14] [T20] what is remembered of a customer is unreadable once he is forgotten, and the ledger replays without it', async () => {
  const store = memoryStore();
  const keys = memoryKeys();
  const script: ClerkScript = async (desk) => {
    await desk.remember({ statement: 'Has a secret garden', key: 'garden', value: 'secret', layer: 'stable' });
    await desk.remember({ statement: 'Opening hours are nine to five', layer: 'stable', customer: 'shop@own.example' });
    await desk.learn({ kind: 'pattern', title: 'Gardens', text: 'Ask about the secret garden' });
    await desk.recall('secret garden');
    await desk.cancel({ reason: 'done' });
    return { outcome: 'kept in mind' };
  };
  const { runtime } = await world({ store, keys, script });
  await openCase(runtime, 'about a garden');
  await runtime.idle();
  expect(await runtime.read((s) => s.memory.beliefs.size)).toBe(2);
  const forgotten = await runtime.forget({ id: 'f', actor: BOSS, case: 'C-1', reason: 'asked' });
  expect(forgotten.ok).toBe(true);
  expect(await runtime.read((s) => [...s.memory.beliefs.values()].map((b) => b.statement))).toEqual([
    'Opening hours are nine to five',
  ]);
  const read: string[] = [];
  for await (const sealed of store.load(0)) read.push(sealed.body, JSON.stringify(runtime.recordOf(sealed)));
  expect(read.join('\n')).not.toMatch(/secret garden|Has a secret|Gardens/);
  await runtime.stop(0);
});

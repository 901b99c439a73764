import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { type Notifier, notifying, outbox } from '../src/oversight/notify.ts';
import { folder, type Place, supported, ticket } from './support.ts';

const SYSTEM: Actor = { principal: 'system' };
const OWNER: Actor = { principal: 'owner' };
const submit = async ({ house }: Place, kind: string, body: Record<string, unknown>, actor = OWNER) => {
  const reply = await house.runtime.submit({ id: '', kind: kind as 'case.note', actor, body });
  if (!reply.ok) throw new Error(JSON.stringify(reply.rejection));
  return reply.result;
};
const until = async (done: () => Promise<boolean> | boolean) => {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('[SRV122] oversight over HTTP (R-C16, R-D8)', () => {
  it('says what seats are in, and keeps its numbers by their formulas', async () => {
    const at = await supported();
    await at.client.openCase(ticket(1));
    const page = await at.client.oversight();
    expect(page.seats.find(({ seat }) => seat === 'front-desk')?.state).toBe('idle_with_work');
    expect(page.compliance.score).toBeNull();
    const { scores } = await at.client.scorecard({ days: 7 });
    expect(scores.find(({ id }) => id === 'completion')).toMatchObject({ value: null, note: expect.any(String) });
    const day = await at.client.report({ period: 'daily' });
    expect([day.over, day.numbers['cases.opened']]).toEqual([false, 1]);
    await expect(at.client.report({ period: 'weekly', which: 'last' })).rejects.toMatchObject({ status: 404 });
    const { standups } = await at.client.standups({});
    expect(standups.find(({ seat }) => seat === 'front-desk')?.next[0]).toBe('1 open case');
    expect((await at.client.dashboard({ id: 'front-desk' })).openCases).toBe(1);
    expect((await at.client.interventions({})).interventions).toEqual([]);
  });

  it('gives the seats in pages, those in trouble or of one state alone, and leaves them out when told (R-C16)', async () => {
    const at = await supported();
    await at.client.openCase(ticket(1));
    const all = (await at.client.oversight()).seats.map(({ seat }) => seat);
    const first = await at.client.seatsHealth({ limit: 3 });
    const rest = await at.client.seatsHealth({ cursor: first.next! });
    expect([...first.seats, ...rest.seats].map(({ seat }) => seat)).toEqual(all);
    const { seats } = await at.client.seatsHealth({ state: 'idle_with_work' });
    expect(seats.map(({ seat }) => seat)).toEqual(['front-desk']);
    expect((await at.client.seatsHealth({ state: 'trouble' })).seats.every(({ problem }) => problem)).toBe(true);
    expect((await at.client.seatsHealth({ q: 'FRONT-d' })).seats.map(({ seat }) => seat)).toEqual(['front-desk']);
    expect((await at.client.oversight({ seats: 'none' })).seats).toEqual([]);
    await expect(at.client.seatsHealth({ cursor: 'nobody' })).rejects.toMatchObject({ status: 400 });
  });

  it('a wake-up is shown until somebody says that he has seen it', async () => {
    const at = await supported();
    await submit(at, 'oversight.observe', { store: 5000 }, SYSTEM);
    expect((await at.client.oversight()).modes).toMatchObject([{ mode: 'store', about: 'ledger' }]);
    const { wakeups } = await at.client.wakeups({});
    expect(wakeups).toMatchObject([{ id: 'W-1', why: 'failure', acknowledged: null }]);
    const { findings } = await at.client.diagnosis();
    expect(findings.filter(({ level }) => level === 'warn').map(({ name }) => name)).toEqual(['degraded', 'wake-ups']);
    await at.client.acknowledge({ id: 'W-1', note: 'on it' });
    expect((await at.client.wakeups({})).wakeups).toEqual([]);
  });
});

describe('[SRV120] the post-mortem of an incident, from the ledger (R-D66)', () => {
  it('tells how it came about, what happened meanwhile, what it touched, and what was done', async () => {
    const at = await supported();
    await at.client.openCase(ticket(1));
    await submit(at, 'switch.trip', { scope: 'seat', id: 'front-desk', reason: 'odd' });
    await submit(
      at,
      'operation.request',
      { capability: 'orders.get', args: {}, case: 'C-1' },
      await seatOf(at, 'front-desk'),
    );
    await submit(at, 'switch.rearm', { scope: 'seat', id: 'front-desk', reason: 'fine' });
    await at.client.closeIncident({ id: 'I-1', cause: 'a script', done: 'mended', prevention: 'a test' });
    const told = await at.client.postMortem({ id: 'I-1' });
    expect(told.chain.map(({ kind }) => kind)).toEqual(['switch.tripped', 'incident.opened']);
    expect(told.timeline.map(({ kind }) => kind)).toEqual([
      'incident.opened',
      'operation.decided',
      'switch.rearmed',
      'incident.closed',
    ]);
    expect(told).toMatchObject({ level: 1, earlier: null, prevention: 'a test', complete: true });
    expect(told.impact).toMatchObject({ cases: ['C-1'], operations: { refused: 1 } });
    expect(told.done.at(-1)).toBe('mended');
    await submit(at, 'switch.trip', { scope: 'seat', id: 'front-desk', reason: 'odd again' });
    expect(await at.client.postMortem({ id: 'I-2' })).toMatchObject({ level: 2, earlier: 'I-1', closedAt: null });
  });
});

const seatOf = ({ house }: Place, seat: string): Promise<Actor> =>
  house.runtime.read((state) => ({ seat, principal: state.organisation.seats.get(seat)!.occupant!.principal }));

describe('[SRV121] who is woken is told (R-E5)', () => {
  const wake = (at: Place, ms: number) => submit(at, 'oversight.observe', { store: ms }, SYSTEM);

  it('in the outbox, one line each, going on where it ended, also after a line that was cut off', async () => {
    const at = await supported();
    const data = await folder();
    const path = join(data, 'outbox.jsonl');
    const lines = async () => (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    const end = notifying(at.house.runtime, outbox(data), () => {});
    await wake(at, 5000);
    await until(async () => (await lines()).length === 1);
    await end();
    expect(JSON.parse((await lines())[0]!)).toMatchObject({ wakeup: 'W-1', why: 'failure', about: 'ledger' });
    const whole = await readFile(path, 'utf8');
    await truncate(path, whole.length - 5);
    const again = notifying(at.house.runtime, outbox(data), () => {});
    await until(async () => (await lines()).length === 2);
    await again();
    expect(JSON.parse((await lines())[1]!)).toMatchObject({ wakeup: 'W-1' });
    expect(await outbox(data).last()).toBeGreaterThan(0);
  });

  it('a notifier that fails is told again, and nothing else waits for it', async () => {
    const at = await supported();
    const told: string[] = [];
    let tries = 0;
    const flaky: Notifier = {
      name: 'flaky',
      last: async () => 0,
      tell: async ({ wakeup }) => {
        tries += 1;
        if (tries === 1) throw new Error('no network');
        told.push(wakeup);
      },
    };
    const warned: string[] = [];
    const end = notifying(at.house.runtime, flaky, (_, message) => warned.push(message));
    await wake(at, 5000);
    await until(() => warned.length > 0);
    await at.client.openCase({ ...ticket(2), priority: 'high' });
    await end();
    expect([tries, warned[0]]).toEqual([1, expect.stringContaining('"flaky" failed')]);
  });
});

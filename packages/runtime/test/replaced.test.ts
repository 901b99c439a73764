import { afterEach, describe, expect, it } from 'vitest';
import type { Runtime } from '../src/index.ts';
import { BOSS, kinds, openCase, until, world } from './support/world.ts';

const opened: Runtime[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((runtime) => runtime.stop(0)));
});

const HUMAN = { principal: 'kim', kind: 'human' };
const SCRIPT = { principal: 'clerk-script', kind: 'script', script: 'clerk.ts' };

/** The seat's script writes `first`, waits for a decision, then writes `second`. */
const start = async () => {
  const made = await world({
    script: async (desk) => {
      await desk.request({ capability: 'book.write', args: { entry: 'first' } });
      await desk.request({ capability: 'book.ask', args: { entry: 'asked' } });
      await desk.request({ capability: 'book.write', args: { entry: 'second' } });
      return { outcome: 'done' };
    },
  });
  opened.push(made.runtime);
  return made;
};

const occupy = (runtime: Runtime, occupant: object, takesOver = false) =>
  runtime.submit({
    id: '',
    kind: 'seat.occupy',
    actor: BOSS,
    body: { seat: 'clerk', occupant, reason: 'swap', takesOver },
  });

describe('an agent replaced by a person in the middle of a case, and back', () => {
  it('[RUN11] [RST6] [RST10] [R-A1] goes on at the same desk: nothing is lost and nothing is done twice (R-D60)', async () => {
    const { runtime, book, store } = await start();
    await openCase(runtime, 'a');
    const parked = () =>
      runtime.read((s) => [...s.runs.runs.values()].some((run) => run.status === 'parked' && run.waiting !== null));
    await until(parked);
    expect([...book.entries.keys()]).toEqual(['first']);

    expect((await occupy(runtime, HUMAN, true)).ok).toBe(true);
    // The run is over, its message waits for the person, and what was asked for goes on under his name.
    const seen = await runtime.read((s) => ({
      runs: s.runs.runs.size,
      waits: [...s.inbox.messages.values()].filter((m) => m.to === 'clerk').length,
      asked: [...s.operations.operations.values()].find((op) => op.capability === 'book.ask')!.principal,
    }));
    expect(seen).toEqual({ runs: 0, waits: 1, asked: 'kim' });
    const decided = { approval: 'A-1', verdict: 'approve' };
    expect(await runtime.submit({ id: '', kind: 'approval.decide', actor: BOSS, body: decided })).toMatchObject({
      ok: true,
    });
    await until(() => book.entries.has('asked'));
    const note = { case: 'C-1', text: 'I looked at it myself' };
    const kim = { principal: 'kim', seat: 'clerk' };
    expect(await runtime.submit({ id: '', kind: 'case.note', actor: kim, body: note })).toMatchObject({ ok: true });

    expect((await occupy(runtime, SCRIPT)).ok).toBe(true);
    await until(() => runtime.read((s) => (s.inbox.seats.get('clerk')?.depth ?? 0) === 0 && s.runs.runs.size === 0));
    // The script ran again from the start: what was done was answered, only the rest was done.
    expect([...book.entries.keys()]).toEqual(['first', 'asked', 'second']);
    expect(book.calls.filter((call) => !call.startsWith('book.read'))).toEqual([
      'book.write first',
      'book.ask asked',
      'book.write second',
    ]);
    expect((await kinds(store)).filter((kind) => kind === 'run.withdrawn')).toHaveLength(1);
  });
});

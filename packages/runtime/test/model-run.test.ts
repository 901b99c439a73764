import { memoryKeys, verify } from '@reeve/ledger';
import type { FakeAnswer, FakeRequest } from '@reeve/workers/fake-provider';
import { afterEach, describe, expect, it } from 'vitest';
import type { Runtime } from '../src/index.ts';
import { dying, type ModelWorld, type ModelWorldOptions, modelWorld } from './support/model-world.ts';
import { openCase, until } from './support/world.ts';

const worlds: ModelWorld[] = [];
const runtimes: Runtime[] = [];
afterEach(async () => {
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.stop(0)));
  await Promise.all(worlds.splice(0).map(({ provider }) => provider.close()));
});

const make = async (options: ModelWorldOptions): Promise<ModelWorld> => {
  const world = await modelWorld(options);
  worlds.push(world);
  return world;
};
const open = async (world: ModelWorld, over: Parameters<ModelWorld['open']>[0] = {}): Promise<Runtime> => {
  const runtime = await world.open(over);
  runtimes.push(runtime);
  return runtime;
};

const report = (evidence: string[] = []): FakeAnswer => ({
  calls: [{ tool: 'report', args: { outcome: 'all written', evidence } }],
});
/** Writes one line a turn, then reports. */
const writing =
  (turns: number) =>
  ({ turn }: FakeRequest): FakeAnswer =>
    turn < turns - 1
      ? { text: `line ${turn}`, calls: [{ tool: 'book_note', args: { entry: `e-${turn}` } }] }
      : report([`OP-${turns - 1}`]);

const finished = async (world: ModelWorld, runtime: Runtime) => (await world.of(runtime, 'run.finished')).length > 0;
const patient = { stop: { steps: 100, time: 60_000, repeats: 9 } };

/** Plays a run of `turns` steps in a process that dies at its n-th append, then in a new one; false when it did not die. */
async function killedAt(world: ModelWorld, at: number, when: 'before' | 'after'): Promise<boolean> {
  const { store, died } = dying(world.store, at, when);
  const first = await world.open({ store });
  let over = false;
  const playing = (async () => {
    await world.apply(first);
    await openCase(first, 'ten lines');
    await until(() => finished(world, first), 20_000);
    over = true;
  })().catch(() => {});
  await Promise.race([died, playing]);
  if (over) await first.stop(0);
  else {
    const second = await open(world);
    if ((await second.read((state) => state.organisation.digest)) === '') await world.apply(second);
    await openCase(second, 'ten lines');
    await until(() => finished(world, second), 20_000);
    expect((await world.of(second, 'run.finished'))[0]?.report.outcome).toBe('all written');
    void first.stop(0).catch(() => {});
  }
  return !over;
}

describe('[RT50] [RUN8] [RUN9] a run whose process dies', () => {
  it('after any of the records of ten steps goes on there, and no step is paid for twice', async () => {
    for (let at = 1; ; at++) {
      const world = await make({ answer: writing(10), ...patient });
      const died = await killedAt(world, at, 'after');
      expect(world.provider.paid.map(({ turn }) => turn)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(world.book.byKey.size).toBe(9);
      expect((await verify(world.store.load(0))).ok).toBe(true);
      if (!died) break;
      expect(at).toBeLessThan(200);
    }
  }, 120_000);

  it('before any record is durable pays again only for the reply that was lost, under the same key, and the ledger shows it', async () => {
    for (let at = 1; ; at++) {
      const world = await make({ answer: writing(3), ...patient });
      const died = await killedAt(world, at, 'before');
      const keys = new Set(world.provider.paid.map(({ key }) => key));
      expect(keys.size).toBe(3);
      const lost = world.provider.paid.length - 3;
      expect(lost).toBeLessThanOrEqual(1);
      const runtime = await open(world);
      const asked = await world.of(runtime, 'run.asked');
      const answered = await world.of(runtime, 'run.answered');
      expect(answered.length).toBe(3);
      expect(asked.length - answered.length).toBeGreaterThanOrEqual(lost);
      if (!died) break;
    }
  }, 60_000);
});

describe('what a run gets from a model', () => {
  it('[RUN9] is priced by the table when it is answered, and a repeated run books nothing again', async () => {
    const world = await make({ answer: writing(2), ...patient });
    const runtime = await open(world);
    await world.apply(runtime);
    await openCase(runtime, 'two');
    await until(() => finished(world, runtime));
    // 100 tokens in at $3 and 20 out at $15 per million, each rounded up.
    expect((await world.of(runtime, 'run.spent')).map(({ money, tokens }) => [money, tokens])).toEqual([
      [600, 120],
      [600, 120],
    ]);
  });

  it('[RT51] is sealed under the key of the customer, and gone when he is forgotten', async () => {
    const world = await make({
      answer: ({ turn }) => (turn === 0 ? { text: 'Mrs Canary lives in Basle' } : report()),
      ...patient,
    });
    const keys = memoryKeys();
    const put: Uint8Array[] = [];
    const { blob } = world.store;
    const inner = blob.put.bind(blob);
    blob.put = (bytes) => {
      put.push(bytes);
      return inner(bytes);
    };
    const runtime = await open(world, { keys });
    await world.apply(runtime);
    await openCase(runtime, 'secret');
    await until(() => finished(world, runtime));
    const stored = Buffer.concat(put).toString('utf8');
    expect(put.length).toBe(2);
    expect(stored).not.toContain('Canary');
  });
});

describe('[RUN3] [RUN6] limits end a run cleanly, with the reason on the ledger', () => {
  const endless = ({ turn }: FakeRequest): FakeAnswer => ({
    calls: [{ tool: 'book_note', args: { entry: `e-${turn}` } }],
  });
  const stoppedBy = async (options: Partial<ModelWorldOptions>) => {
    const world = await make({ answer: endless, ...options });
    const runtime = await open(world);
    await world.apply(runtime);
    await openCase(runtime, 'endless');
    await until(async () => (await world.of(runtime, 'run.stopped')).length > 0);
    await runtime.idle();
    expect(runtime.health().activeRuns).toBe(0);
    return { reason: (await world.of(runtime, 'run.stopped'))[0]!.reason, calls: world.provider.paid.length };
  };

  it('after its steps, before the model is asked again', async () => {
    expect(await stoppedBy({ stop: { steps: 6, time: 60_000, repeats: 9 } })).toEqual({ reason: 'steps', calls: 3 });
  });

  it('after its tokens', async () => {
    const stop = { steps: 100, time: 60_000, repeats: 9, tokens: 240 };
    expect(await stoppedBy({ stop })).toEqual({ reason: 'tokens', calls: 2 });
  });

  it('in the middle, when the money it reserved is used up', async () => {
    const stop = { steps: 100, time: 60_000, repeats: 9, money: 1500 };
    expect(await stoppedBy({ stop })).toEqual({ reason: 'money', calls: 3 });
  });

  it('when it does the same thing again and again', async () => {
    const answer = (): FakeAnswer => ({ calls: [{ tool: 'book_note', args: { entry: 'same' } }] });
    expect(await stoppedBy({ answer, stop: { steps: 100, time: 60_000, repeats: 3 } })).toEqual({
      reason: 'repeats',
      calls: 4,
    });
  });

  it('when a budget of tokens has none left', async () => {
    const budget = { id: 'tokens', seat: 'clerk', currency: 'tokens', allocation: 300 };
    const change: ModelWorldOptions['change'] = (draft) => {
      draft.budgets = [budget] as unknown as typeof draft.budgets;
    };
    const { reason, calls } = await stoppedBy({ change, ...patient });
    expect(['money', 'tokens']).toContain(reason);
    expect(calls).toBe(3);
  });
});

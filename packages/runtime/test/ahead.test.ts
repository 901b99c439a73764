/** The state runs ahead of what is durable while a transaction is written; nobody is told, and nothing is done, of it. */
import { createState, step, tick } from '@reeve/kernel';
import { GENESIS, type Store, StoreFull } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import type { Kernel, Runtime } from '../src/index.ts';
import { Loop } from '../src/loop.ts';
import {
  BOSS,
  Book,
  DEFINITION,
  kinds,
  nothing,
  OWNER,
  openCase,
  until,
  type World,
  world,
  writer,
} from './support/world.ts';

const running: Runtime[] = [];
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.stop(0);
});

/** A store that holds appends back while `held`, and counts them. */
function gated(): { store: Store; hold: () => void; release: (error?: Error) => void; appends: number[] } {
  const base = memoryStore();
  const appends: number[] = [];
  let gate: Promise<void> | null = null;
  let open: (error?: Error) => void = () => {};
  const append: Store['append'] = async (head, epoch, records) => {
    appends.push(records.length);
    await gate;
    return base.append(head, epoch, records);
  };
  const hold = () => {
    gate = new Promise((resolve, reject) => {
      open = (error) => (error ? reject(error) : resolve());
    });
    gate.catch(() => {});
  };
  const release = (error?: Error) => {
    open(error);
    gate = null;
  };
  return { store: { ...base, append }, hold, release, appends };
}

/** The kernel, with the ids of the commands it has decided. */
function watched(): { kernel: Kernel; decided: string[] } {
  const decided: string[] = [];
  const kernel: Kernel = {
    tick,
    step: (state, command, inputs) => {
      decided.push(command.id);
      return step(state, command, inputs);
    },
  };
  return { kernel, decided };
}

async function busy(options: { book?: Book; script?: typeof writer } = {}) {
  const { store, hold, release, appends } = gated();
  const { kernel, decided } = watched();
  const made: World = await world({ store, kernel, script: nothing, ...options });
  running.push(made.runtime);
  await made.runtime.idle();
  appends.length = 0;
  return { ...made, hold, release, appends, decided };
}

const pause = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

/** What has come of a promise by now. */
async function now(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([promise.catch((error: unknown) => error), pause().then(() => 'waiting')]);
}

describe('while a transaction is written', () => {
  it('[RT1, RT2] commands are decided, nobody is answered, and all of them go into the next one together', async () => {
    const { runtime, hold, release, appends, decided } = await busy();
    hold();
    const first = openCase(runtime, 'a');
    await until(() => appends.length === 1);
    const second = openCase(runtime, 'b');
    await until(() => decided.includes('case-b'));
    const third = openCase(runtime, 'c');
    await until(() => decided.includes('case-c'));
    expect(await now(Promise.race([first, second, third]))).toBe('waiting');
    expect(appends).toHaveLength(1);
    release();
    const replies = await Promise.all([first, second, third]);
    expect(replies.map((reply) => reply.ok)).toEqual([true, true, true]);
    expect(appends).toHaveLength(2);
  });

  it('[RT1, RT60] a view waits until what it would show is durable, and health tells of nothing else', async () => {
    const { runtime, hold, release, decided } = await busy();
    const before = runtime.health().seq;
    hold();
    const opened = openCase(runtime, 'a');
    await until(() => decided.includes('case-a'));
    const cases = runtime.read((state) => state.cases.cases.size);
    expect(await now(cases)).toBe('waiting');
    expect(runtime.health().seq).toBe(before);
    release();
    expect(await cases).toBe(1);
    expect((await opened).ok).toBe(true);
  });

  it('[RT60] a view is not kept waiting for ever by commands that keep coming', async () => {
    const { runtime, decided } = await busy();
    let go = true;
    const stream = (async () => {
      for (let n = 0; go; n++) await Promise.all([openCase(runtime, `${n}-a`), openCase(runtime, `${n}-b`)]);
    })();
    await until(() => decided.length > 20);
    expect(await runtime.read((state) => state.cases.cases.size)).toBeGreaterThan(0);
    go = false;
    await stream;
  });

  it('[RT7] a subscriber is told nothing that is not durable', async () => {
    const { runtime, store, hold, release, decided } = await busy();
    const stop = new AbortController();
    const told: string[] = [];
    const after = runtime.health().seq;
    const reading = (async () => {
      for await (const { record } of runtime.subscribe({ after, signal: stop.signal })) told.push(record.kind);
    })();
    hold();
    const opened = [openCase(runtime, 'a'), openCase(runtime, 'b')];
    await until(() => decided.includes('case-b'));
    await pause();
    expect(told).toEqual([]);
    release();
    await Promise.all(opened);
    await until(() => told.length > 0);
    stop.abort();
    await reading;
    expect((await kinds(store)).slice(after, after + told.length)).toEqual(told);
  });

  it('[RT8, RT61] no tool is called for what is decided and not durable', async () => {
    const book = new Book();
    const { runtime, hold, release } = await busy({ book, script: writer });
    await openCase(runtime, 'a');
    await until(() => runtime.health().activeRuns > 0);
    hold();
    await pause(50);
    const calls = book.calls.length;
    await pause(50);
    expect(book.calls).toHaveLength(calls);
    release();
    await until(() => book.entries.has('a'));
  });
});

/** Asks for an operation on a case of its own. @returns its id, once it is asked for */
async function operate(runtime: Runtime, capability: string, entry: string): Promise<string> {
  await openCase(runtime, entry);
  const body = { capability, case: 'C-1', args: { entry } };
  const reply = await runtime.submit({ id: `ask-${entry}`, kind: 'operation.request', actor: BOSS, body });
  if (!reply.ok) throw new Error(reply.rejection.message);
  return reply.result.operation as string;
}

const statusOf = (runtime: Runtime, operation: string) =>
  runtime.read((state) => state.operations.operations.get(operation)?.status);

describe('what follows at once', () => {
  it.each([
    ['book.note', [['operation.requested', 'operation.leased'], ['operation.succeeded']]],
    // What is pinned before the decision is read only when there is a record of who asked.
    [
      'book.write',
      [['operation.requested'], ['operation.read', 'operation.leased'], ['operation.succeeded', 'operation.verified']],
    ],
  ] as const)('[RT38] goes into the same transaction: %s', async (capability, expected) => {
    const { runtime, store, appends } = await busy();
    await openCase(runtime, 'a');
    await runtime.idle();
    const before = runtime.health().seq;
    appends.length = 0;
    const operation = await operate(runtime, capability, 'a');
    await runtime.idle();
    expect(await statusOf(runtime, operation)).toMatch(/verified|succeeded/);
    const all = (await kinds(store)).slice(before);
    const groups = appends.map((size) => all.splice(0, size));
    expect(groups).toHaveLength(expected.length);
    for (const [i, wanted] of expected.entries()) expect(groups[i]).toEqual(expect.arrayContaining([...wanted]));
  });

  it('[RT8] an effect is verified before its result is durable, and again when that result is lost', async () => {
    const book = new Book();
    const { runtime, hold, release, appends } = await busy({ book });
    book.after = () => {
      book.after = () => {};
      appends.length = 0;
      hold();
    };
    const operation = await operate(runtime, 'book.write', 'a');
    await until(() => book.calls.join() === 'book.read a,book.write a,book.read a' && appends.length === 1);
    release(new StoreFull('disk', null));
    await until(async () => (await statusOf(runtime, operation).catch(() => null)) === 'verified');
    expect(book.calls).toEqual(['book.read a', 'book.write a', 'book.read a', 'book.read a']);
    expect(book.entries.get('a')).toBe(operation);
  });

  it('[RT38] what was learnt last is written down when the runtime stops', async () => {
    const { runtime, store } = await busy();
    const operation = operate(runtime, 'book.write', 'a');
    await until(() => runtime.health().executing > 0);
    await runtime.stop(5000);
    await operation.catch(() => {});
    const done = await kinds(store);
    expect(done.filter((kind) => kind === 'operation.leased').length).toBe(
      done.filter((kind) => kind === 'operation.succeeded').length,
    );
  });
});

describe('what is acted upon outside', () => {
  it('[RT61] waits for all that is decided by then, and for nothing decided later', async () => {
    const { store, hold, release, appends } = gated();
    const lease = await store.lease.acquire('test', 60_000, 0);
    if (!('epoch' in lease)) throw new Error('no lease');
    const failures: unknown[] = [];
    const loop = new Loop({
      ...{ state: createState('acme'), head: GENESIS, epoch: lease.epoch, store, keys: undefined, clock: systemClock },
      ...{ kernel: { step, tick }, entropy: () => 'e', limits: { queue: 10, batch: 10 }, onDurable: () => {} },
      onFailure: (error) => failures.push(error),
    });
    await loop.settled();
    hold();
    const body = { base: '', reason: 'first', definition: DEFINITION };
    const first = loop.submit({ id: 'apply', kind: 'organisation.apply', actor: OWNER, body });
    await until(() => appends.length === 1);
    const settled = loop.settled();
    const second = loop.submit({ id: 'open', kind: 'case.open', actor: BOSS, body: { subject: 'a', customer: 'c' } });
    await until(() => loop.peek((state) => state.cases.cases.size) > 0);
    const later = loop.settled().catch((error: unknown) => error);
    expect(await now(Promise.race([settled, first]))).toBe('waiting');
    release();
    hold();
    await settled;
    expect(await now(Promise.race([later, second]))).toBe('waiting');
    release(new StoreFull('disk', null));
    expect(await later).toMatchObject({ reason: 'recovering' });
    await expect(second).rejects.toMatchObject({ reason: 'recovering' });
    expect((await first).ok && failures).toHaveLength(1);
    await expect(loop.settled()).rejects.toMatchObject({ reason: 'recovering' });
    expect(() => loop.peek(() => 0)).toThrow(/could not be written/);
  });
});

describe('when it cannot be written', () => {
  it('[RT3] all that was decided on top of it is gone too, and comes back when it is sent again', async () => {
    const { runtime, store, hold, release, appends, decided } = await busy();
    hold();
    const first = openCase(runtime, 'a').catch((error: unknown) => error);
    await until(() => appends.length === 1);
    const second = openCase(runtime, 'b').catch((error: unknown) => error);
    await until(() => decided.includes('case-b'));
    const view = runtime.read((state) => state.cases.cases.size).catch((error: unknown) => error);
    release(new StoreFull('disk', new Error('ENOSPC')));
    for (const answer of [first, second, view]) expect(await answer).toMatchObject({ reason: 'recovering' });
    await until(() => runtime.health().status === 'running');
    expect(await runtime.read((state) => state.cases.cases.size)).toBe(0);
    expect(await kinds(store)).not.toContain('case.opened');
    for (const name of ['b', 'a']) expect((await openCase(runtime, name)).ok).toBe(true);
  });

  it('[RT3] a bug met meanwhile does not undo what is being written: who asks again hears that it was done', async () => {
    const { runtime, hold, release, appends } = await busy();
    hold();
    const first = openCase(runtime, 'a').catch((error: unknown) => error);
    await until(() => appends.length === 1);
    const body = {
      customer: 'c@d.example',
      get subject(): string {
        throw new Error('poisoned');
      },
    };
    const poison = { id: 'p', kind: 'case.open', actor: BOSS, body } as const;
    await expect(runtime.submit(poison)).rejects.toMatchObject({ reason: 'failed', retryAfter: null });
    expect(await first).toMatchObject({ reason: 'recovering' });
    release();
    await until(() => runtime.health().status === 'running');
    expect(await openCase(runtime, 'a')).toMatchObject({ ok: true, repeated: true });
  });

  it('[RT2] a loop that ends writes nothing more than what it is writing', async () => {
    const { runtime, store, hold, release, appends, decided } = await busy();
    hold();
    const first = openCase(runtime, 'a');
    await until(() => appends.length === 1);
    const second = openCase(runtime, 'b').catch((error: unknown) => error);
    await until(() => decided.includes('case-b'));
    const stopped = runtime.stop(0);
    expect(await second).toMatchObject({ reason: 'stopped' });
    release();
    await stopped;
    expect((await first).ok).toBe(true);
    expect(appends).toHaveLength(1);
    expect((await kinds(store)).filter((kind) => kind === 'case.opened')).toHaveLength(1);
  });
});

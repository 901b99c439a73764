import { memoryStore } from '@reeve/ledger/memory';
import { describe, expect, it } from 'vitest';
import { type Published, type Runtime, Unavailable } from '../src/index.ts';
import { guarded } from './support/guarded.ts';
import { BOSS, Book, kinds, nothing, OWNER, openCase, started as start, until, writer } from './support/world.ts';

const statusOf = (runtime: Runtime, id: string) => runtime.read((s) => s.operations.operations.get(id)?.status);

describe('executors', () => {
  it('[RT8] read, lease, call, verify: the whole life of an operation from one request', async () => {
    const { runtime, store, book } = await start({ script: writer });
    await openCase(runtime, 'x');
    await runtime.idle();
    expect(await statusOf(runtime, 'OP-1')).toBe('verified');
    expect(book.calls).toEqual(['book.read x', 'book.write x', 'book.read x']);
    expect((await kinds(store)).filter((kind) => kind.startsWith('operation.'))).toEqual([
      'operation.requested',
      'operation.read',
      'operation.decided',
      'operation.leased',
      'operation.succeeded',
      'operation.verified',
    ]);
  });

  it('[RT9] [T16] a call that does not come back in time has an unknown outcome and is looked up, not repeated', async () => {
    const book = new Book();
    book.after = async (call) => {
      if (call.capability.id === 'book.note') await new Promise((resolve) => setTimeout(resolve, 400));
    };
    const note = async (desk: Parameters<typeof writer>[0]) => {
      const done = await desk.request({ capability: 'book.note', args: { entry: 'late' } });
      return { outcome: done.status };
    };
    const { runtime, store } = await start({ script: note, book });
    await openCase(runtime, 'x');
    await until(async () => (await statusOf(runtime, 'OP-1')) === 'succeeded');
    expect(book.calls).toEqual(['book.note late']);
    expect(await kinds(store)).toContain('operation.lapsed');
  });

  it('retries a transient failure and gives up on one that cannot pass', async () => {
    const { ToolError } = await import('@reeve/connectors');
    const book = new Book();
    let failures = 2;
    book.before = (call) => {
      if (call.capability.id === 'book.note' && failures-- > 0) throw new ToolError('transient', 'busy');
    };
    const note = async (desk: Parameters<typeof writer>[0]) => {
      const done = await desk.request({ capability: 'book.note', args: { entry: desk.briefing.case!.subject } });
      return { outcome: done.status };
    };
    const { runtime } = await start({ script: note, book });
    await openCase(runtime, 'x');
    await until(async () => (await statusOf(runtime, 'OP-1')) === 'succeeded');
    book.before = () => {
      throw new ToolError('deterministic', 'never');
    };
    await openCase(runtime, 'y');
    await until(async () => (await statusOf(runtime, 'OP-2')) === 'failed');
    expect(book.calls).toEqual(['book.note x', 'book.note x', 'book.note x', 'book.note y']);
  });

  it('a failed post-condition is undone through the gate', async () => {
    const book = new Book();
    book.after = (call) => {
      if (call.capability.id === 'book.write') book.entries.delete('x');
    };
    const { runtime } = await start({ script: writer, book });
    await openCase(runtime, 'x');
    await until(async () => (await statusOf(runtime, 'OP-1')) === 'compensated');
    expect(book.calls.at(-1)).toBe('book.erase x');
  });
});

describe('runs', () => {
  const asks = async (desk: Parameters<typeof writer>[0]) => {
    await desk.note(`before ${desk.briefing.case!.notes.length}`);
    const done = await desk.request({ capability: 'book.ask', args: { entry: desk.briefing.case!.subject } });
    await desk.note(`after: ${done.status}${done.status === 'refused' ? ` ${done.note}` : ''}`);
    return { outcome: done.status };
  };
  const notes = (runtime: Runtime, id = 'C-1') => runtime.read((s) => s.cases.cases.get(id)!.notes.map((n) => n.text));

  it('[RT10] a run that waits for a person is parked, survives a restart, and goes on where it was', async () => {
    const store = memoryStore();
    const book = new Book();
    const first = await start({ store, book, script: asks });
    await openCase(first.runtime, 'x');
    await first.runtime.idle();
    expect(first.runtime.health().activeRuns).toBe(0);
    expect(await first.runtime.read((s) => s.runs.runs.get('R-1')?.status)).toBe('parked');
    await first.runtime.stop();
    const second = await start({ store, book, script: asks, apply: false });
    const body = { approval: 'A-1', verdict: 'approve' };
    expect((await second.runtime.submit({ id: '', kind: 'approval.decide', actor: BOSS, body })).ok).toBe(true);
    await second.runtime.idle();
    expect(await notes(second.runtime)).toEqual(['before 0', 'after: done']);
    expect(book.calls).toEqual(['book.ask x']);
  });

  it('what a person says on rejecting reaches the script', async () => {
    const { runtime } = await start({ script: asks });
    await openCase(runtime, 'x');
    await runtime.idle();
    const body = { approval: 'A-1', verdict: 'reject', note: 'not today' };
    await runtime.submit({ id: '', kind: 'approval.decide', actor: BOSS, body });
    await runtime.idle();
    expect(await notes(runtime)).toEqual(['before 0', 'after: refused not today']);
  });

  it('parked runs do not keep a seat from other work', async () => {
    const { runtime } = await start({ script: asks });
    for (let i = 0; i < 8; i++) await openCase(runtime, `c${i}`);
    await runtime.idle();
    expect(await runtime.read((s) => s.governance.approvals.size)).toBe(8);
  });

  it('a script that throws is tried again with its finished steps answered from the ledger, and go on from there (R-E30)', async () => {
    let throws = true;
    const script = async (desk: Parameters<typeof writer>[0]) => {
      await desk.note('once');
      if (throws) throw new Error('broken script');
      return { outcome: 'ok' };
    };
    const { runtime, store } = await start({ script });
    await openCase(runtime, 'x');
    await until(async () => (await kinds(store)).includes('run.failed'));
    throws = false;
    await until(async () => (await kinds(store)).includes('run.finished'));
    expect(await notes(runtime)).toEqual(['once']);
  });

  it('[RT11] an organisation with nothing to do appends nothing and runs nothing', async () => {
    const { runtime, store } = await start({ script: nothing });
    await openCase(runtime, 'x');
    await runtime.idle();
    const before = (await store.head()).seq;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await store.head()).seq).toBe(before);
    expect(runtime.health()).toMatchObject({ activeRuns: 0, executing: 0, queued: 0, waitingJobs: 0 });
  });
});

describe('recovery', () => {
  it('[RT4] [T16] what a vanished process had leased is looked up, and its runs are run again', async () => {
    const store = memoryStore();
    const book = new Book();
    book.after = () => new Promise(() => {});
    const first = await start({ store, book, script: writer });
    await openCase(first.runtime, 'x');
    await until(() => book.entries.has('x'));
    // The process "dies" here: the first runtime is left hanging and a second takes the ledger over.
    book.after = () => {};
    const second = await start({ store, book, script: writer, apply: false });
    await until(async () => (await kinds(store)).includes('run.finished'));
    expect(await statusOf(second.runtime, 'OP-1')).toBe('verified');
    expect(book.calls.filter((call) => call.startsWith('book.write'))).toHaveLength(1);
    const all = await kinds(store);
    expect(all).toContain('operation.lapsed');
    expect(all).toContain('run.interrupted');
    expect(all.filter((kind) => kind === 'run.finished')).toHaveLength(1);
  });

  it('[RT12] [T-lease] a deposed process cannot write and says so', async () => {
    const store = memoryStore();
    const first = await start({ store });
    await start({ store, apply: false });
    const error = await openCase(first.runtime, 'x').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Unavailable);
    await until(() => first.runtime.health().status === 'deposed');
    await expect(openCase(first.runtime, 'y')).rejects.toMatchObject({ reason: 'deposed' });
  });

  it('[RT41] an owner that could not renew in time leaves the organisation to who took over, and names him', async () => {
    const store = memoryStore();
    const renew = () => Promise.reject(new Error('cut'));
    const cut = { ...guarded(store, () => {}), lease: { ...store.lease, renew } };
    const first = await start({ store: cut, holder: 'node-a', lease: { ttl: 300, renew: 50 } });
    // While nothing gets through, the lease lapses and another node takes it.
    await store.lease.acquire('node-b', 60_000, Date.now() + 10_000);
    await until(() => first.runtime.health().status === 'deposed');
    const refused = await openCase(first.runtime, 'x').catch((e: unknown) => e);
    expect(refused).toMatchObject({ reason: 'deposed', retryAfter: 500, message: expect.stringContaining('"node-b"') });
  });

  it('[RT6] starts from a snapshot, and the same without it or with one of another version', async () => {
    const store = memoryStore();
    const first = await start({ store, script: writer, limits: { snapshotEvery: 20 } });
    for (let i = 0; i < 20; i++) await openCase(first.runtime, `c${i}`);
    await first.runtime.idle();
    await first.runtime.stop();
    const snapshot = await store.snapshot.load();
    expect(snapshot?.seq).toBeGreaterThan(20);
    const view = async () => {
      const { runtime } = await start({ store, apply: false, script: writer });
      const seen = await runtime.read((s) =>
        structuredClone({ cases: s.cases, books: s.budget.books, ops: s.operations }),
      );
      await runtime.stop(0);
      return seen;
    };
    const withIt = await view();
    await store.snapshot.save(snapshot!.seq, 'another version', new Uint8Array([1, 2, 3]));
    expect(await view()).toEqual(withIt);
    await store.snapshot.delete();
    expect(await view()).toEqual(withIt);
  });

  it('the same command after a restart gives the first answer', async () => {
    const store = memoryStore();
    const first = await start({ store });
    const reply = await openCase(first.runtime, 'x', 'key-1');
    await first.runtime.stop();
    const second = await start({ store, apply: false });
    expect(await openCase(second.runtime, 'x', 'key-1')).toEqual({ ...reply, repeated: true });
  });
});

describe('subscriptions', () => {
  const collect = async (runtime: Runtime, after: number, count: number): Promise<Published[]> => {
    const got: Published[] = [];
    const stop = new AbortController();
    for await (const one of runtime.subscribe({ after, signal: stop.signal })) {
      got.push(one);
      if (got.length >= count) stop.abort();
    }
    return got;
  };

  it('[RT7] gives every record once and in order, from the past into the present', async () => {
    const { runtime, store } = await start({ script: writer });
    await openCase(runtime, 'a');
    await runtime.idle();
    const past = (await store.head()).seq;
    const all = collect(runtime, 0, past + 3);
    await openCase(runtime, 'b');
    expect((await all).map((one) => one.record.seq)).toEqual(Array.from({ length: past + 3 }, (_, i) => i + 1));
  });

  it('[RT7] resumes after any record, also from the ledger of an earlier process', async () => {
    const store = memoryStore();
    const first = await start({ store });
    for (let i = 0; i < 5; i++) await openCase(first.runtime, `c${i}`);
    await first.runtime.idle();
    await first.runtime.stop();
    const second = await start({ store, apply: false });
    const got = await collect(second.runtime, 3, 4);
    expect(got.map((one) => one.record.seq)).toEqual([4, 5, 6, 7]);
  });

  it('ends when the runtime stops', async () => {
    const { runtime } = await start();
    const reading = (async () => {
      for await (const _ of runtime.subscribe()) void _;
      return 'ended';
    })();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await runtime.stop();
    expect(await reading).toBe('ended');
  });
});

it('refuses what the owner of nothing asks, as data', async () => {
  const { runtime } = await start();
  const reply = await runtime.submit({ id: '', kind: 'case.close', actor: OWNER, body: { case: 'C-9' } });
  expect(reply).toMatchObject({ ok: false, rejection: { code: 'not-found' } });
});

describe('the briefing', () => {
  it('[WRK1] shows a run that is run again what it saw the first time, and its steps answer as they did', async () => {
    const seen: string[] = [];
    let fail = true;
    const script = async (desk: Parameters<typeof writer>[0]) => {
      const c = desk.briefing.case!;
      seen.push(`${c.topic} ${c.notes.length} ${c.status}`);
      const noted = await desk.note(`topic was ${c.topic}`);
      await desk.classify({ topic: 'later' });
      if (fail) throw new Error('once');
      return { outcome: String(noted.ok) };
    };
    const { runtime, store } = await start({ script });
    await openCase(runtime, 'x');
    await until(async () => (await kinds(store)).includes('run.failed'));
    fail = false;
    await until(async () => (await kinds(store)).includes('run.finished'));
    expect(seen).toEqual(['null 0 assigned', 'null 0 assigned']);
    expect((await kinds(store)).filter((kind) => kind === 'case.noted')).toHaveLength(1);
  });

  it('[WRK4] a stopped run does not go on', async () => {
    const after: string[] = [];
    const script = async (desk: Parameters<typeof writer>[0]) => {
      for (let i = 0; i < 100; i++) await desk.note(`note ${i}`);
      after.push('went on');
      return { outcome: 'done' };
    };
    const { runtime, store } = await start({ script });
    await openCase(runtime, 'x');
    await runtime.idle();
    expect(await kinds(store)).toContain('run.stopped');
    expect(after).toEqual([]);
  });
});

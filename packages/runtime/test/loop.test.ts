import { step, tick } from '@reeve/kernel';
import { StoreFull, verify } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { describe, expect, it } from 'vitest';
import type { Kernel, Unavailable } from '../src/index.ts';
import { guarded } from './support/guarded.ts';
import { BOSS, Book, hostOf, kinds, openCase, started as start, until, writer } from './support/world.ts';

describe('the loop', () => {
  it('[RT1] answers, publishes and lets itself be read only when the records are durable (R-B28)', async () => {
    let release = () => {};
    let hold: Promise<void> | null = null;
    const inner = memoryStore();
    const { runtime } = await start({ store: guarded(inner, () => hold ?? undefined) });
    hold = new Promise((resolve) => {
      release = resolve;
    });
    let answered = false;
    const before = await inner.head();
    const reply = openCase(runtime, 'a').then((r) => {
      answered = true;
      return r;
    });
    const seen = new Promise((resolve) => setTimeout(resolve, 20)).then(() => runtime.read((s) => s.cases.cases.size));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(answered).toBe(false);
    expect((await inner.head()).seq).toBe(before.seq);
    release();
    expect((await reply).ok).toBe(true);
    expect(await seen).toBe(1);
  });

  it('[RT2] appends what arrives together in one transaction', async () => {
    const sizes: number[] = [];
    const { runtime } = await start({ store: guarded(memoryStore(), (records) => void sizes.push(records.length)) });
    const before = sizes.length;
    await Promise.all(Array.from({ length: 50 }, (_, i) => openCase(runtime, `c${i}`)));
    // [RT37] The first goes out with what is decided at a stretch, the second with all the rest.
    expect(sizes[before]).toBeGreaterThanOrEqual(32);
    expect(sizes.slice(before, before + 2).reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(50);
  });

  it('[RT18] is not at rest while the tools of a new definition are being opened', async () => {
    let open = () => {};
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    const book = new Book();
    const { runtime } = await start({ book, script: writer, tools: { ...hostOf(book), use: () => held } });
    await openCase(runtime, 'a');
    let idle = false;
    const rest = runtime.idle().then(() => {
      idle = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(idle).toBe(false);
    open();
    await rest;
    expect(book.entries.has('a')).toBe(true);
  });

  it('[RT37] decides while what was decided before is being written', async () => {
    let release = () => {};
    let decided = 0;
    const kernel: Kernel = {
      tick,
      step: (state, command, inputs) => {
        decided += 1;
        return step(state, command, inputs);
      },
    };
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let writing = false;
    const store = guarded(memoryStore(), async () => {
      if (writing) await held;
    });
    const { runtime } = await start({ store, kernel });
    writing = true;
    decided = 0;
    const all = Promise.all(Array.from({ length: 100 }, (_, i) => openCase(runtime, `c${i}`)));
    await until(() => decided === 100);
    release();
    expect((await all).length).toBe(100);
  });

  it('[RT5] refuses with a clear error when more commands wait than the queue holds', async () => {
    const { runtime } = await start({ limits: { queue: 5 } });
    const all = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => openCase(runtime, `c${i}`)));
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as Unavailable] : []));
    expect(refused.length).toBe(15);
    expect(refused[0]).toMatchObject({ name: 'Unavailable', reason: 'overloaded', retryAfter: 100 });
    expect(await runtime.read((s) => s.cases.cases.size)).toBe(5);
  });

  it('[RT3] keeps nothing of a failed append, tells callers to repeat, and goes on from what is durable', async () => {
    let full = false;
    const store = guarded(memoryStore(), () => {
      if (full) throw new StoreFull('disk', new Error('ENOSPC'));
    });
    const { runtime } = await start({ store });
    await openCase(runtime, 'before');
    await runtime.idle();
    full = true;
    const error = await openCase(runtime, 'lost').catch((e: unknown) => e);
    expect(error).toMatchObject({ reason: 'recovering', next: expect.stringContaining('same id') });
    full = false;
    await until(() => runtime.health().status === 'running');
    expect(await runtime.read((s) => [...s.cases.cases.values()].map((c) => c.subject))).toEqual(['before']);
    expect((await openCase(runtime, 'lost')).ok).toBe(true);
    expect((await verify(store.load(0))).ok).toBe(true);
  });

  it('[RT3] a bug in the kernel is answered as such and does not stop the others', async () => {
    const { runtime } = await start();
    const poison = {
      get subject(): string {
        throw new Error('poisoned');
      },
      customer: 'c@d.example',
    };
    const error = await runtime
      .submit({ id: 'p', kind: 'case.open', actor: BOSS, body: poison })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ reason: 'failed', retryAfter: null });
    await until(() => runtime.health().status === 'running');
    expect((await openCase(runtime, 'fine')).ok).toBe(true);
  });

  it('fires timers that are due without any command', async () => {
    const { runtime, store } = await start();
    await runtime.read((s) => {
      s.organisation.settings.sla.normal = 7_200_050;
    });
    await openCase(runtime, 'soon');
    await until(async () => (await kinds(store)).includes('case.alerted'));
  });
});

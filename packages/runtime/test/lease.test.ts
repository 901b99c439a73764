import type { Lease } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { LeaseKeeper, LeaseLapsed } from '../src/lease.ts';
import { type Clock, Unavailable } from '../src/port.ts';

/** Time that passes when it is told to. */
class HandClock implements Clock {
  #now = 1000;
  #timers: { at: number; wake: () => void }[] = [];
  now = () => this.#now;
  soon = (run: () => void) => queueMicrotask(run);
  after(ms: number, wake: () => void): () => void {
    const timer = { at: this.#now + ms, wake };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  async pass(ms: number): Promise<void> {
    for (const end = this.#now + ms; this.#now < end; ) {
      this.#now += 10;
      const due = this.#timers.filter(({ at }) => at <= this.#now);
      this.#timers = this.#timers.filter(({ at }) => at > this.#now);
      for (const { wake } of due) wake();
      await new Promise(setImmediate);
    }
  }
}

describe('the lease of an owner', () => {
  let clock: HandClock;
  let inner: Lease;
  let renewals: 'pass' | 'fail' | 'hang';
  let lost: Error[];
  let keeper: LeaseKeeper;

  beforeEach(() => {
    clock = new HandClock();
    inner = memoryStore().lease;
    renewals = 'pass';
    lost = [];
    const renew: Lease['renew'] = (...args) => {
      if (renewals === 'hang') return new Promise(() => {});
      return renewals === 'fail' ? Promise.reject(new Error('the network is down')) : inner.renew(...args);
    };
    keeper = new LeaseKeeper({
      ...{ lease: { ...inner, renew }, clock, holder: 'a', times: { ttl: 1000, renew: 300 }, log: () => {} },
      lost: (error) => lost.push(error),
    });
  });

  it('[RT12] is kept as long as renewals come through', async () => {
    expect(await keeper.acquire()).toBe(1);
    await clock.pass(5000);
    expect(keeper.held).toBe(true);
    expect(await inner.acquire('b', 1000, clock.now())).toMatchObject({ heldBy: 'a' });
  });

  for (const how of ['fail', 'hang'] as const)
    it(`[RT40] is given up by its owner's own clock before anybody else can have it, when renewals ${how}`, async () => {
      await keeper.acquire();
      await clock.pass(500);
      renewals = how;
      while (lost.length === 0) await clock.pass(10);
      expect(lost[0]).toBeInstanceOf(LeaseLapsed);
      expect(keeper.held).toBe(false);
      expect(await inner.acquire('b', 1000, clock.now())).toMatchObject({ heldBy: 'a' });
      await clock.pass(1000);
      expect(await inner.acquire('b', 1000, clock.now())).toEqual({ epoch: 2 });
      expect(lost.length).toBe(1);
    });

  it('[RT40] outlives a renewal that failed when the next one comes through', async () => {
    await keeper.acquire();
    renewals = 'fail';
    await clock.pass(400);
    renewals = 'pass';
    await clock.pass(3000);
    expect(lost).toEqual([]);
    expect(keeper.held).toBe(true);
  });

  it('[RT12] says at the next renewal that somebody else has it, and who when it is asked for again', async () => {
    await keeper.acquire();
    await inner.release(1);
    await inner.acquire('b', 60_000, clock.now());
    await clock.pass(400);
    expect(lost[0]).toMatchObject({ name: 'Deposed' });
    const refused = await keeper.acquire().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Unavailable);
    expect(refused).toMatchObject({ reason: 'deposed', message: expect.stringContaining('"b"') });
  });
});

/** Agents that wait for work, and what becomes of whoever was about to get some. */

import type { Runtime } from '@reeve/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Agents } from '../src/agents/agents.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const OCCUPANT = { principal: 'somebody', kind: 'mcp' } as const;

it('[SRV192] whoever was kept for work that came to nothing is offered again, and says so', async () => {
  const woken: string[] = [];
  const runtime = { wake: (seat: string) => woken.push(seat) } as unknown as Runtime;
  const agents = new Agents();
  const stop = new AbortController();
  const bearer = { seat: 'refunds' } as Parameters<Agents['take']>[1];
  const taken = agents.take(runtime, bearer, 10_000, stop.signal);
  const ask = () => agents.occupant(OCCUPANT, 'refunds', [], null);
  expect(woken).toEqual(['refunds']);
  expect([ask() !== null, ask() !== null]).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(3500);
  expect(woken).toEqual(['refunds', 'refunds']);
  expect(ask()).not.toBeNull();
  // Who has gone is not offered.
  stop.abort();
  expect(await taken).toBeNull();
  await vi.advanceTimersByTimeAsync(3500);
  expect(woken).toHaveLength(2);
  expect(ask()).toBeNull();
});

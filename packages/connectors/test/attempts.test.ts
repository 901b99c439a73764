import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capability } from '@reeve/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { type CallResult, ToolError } from '../src/port.ts';
import { type Attempts, openAttempts } from '../src/shared/attempts.ts';

const SEND = capability.parse({ id: 'it.send', tool: 'it', effect: 'irreversible' });
const RESULT: CallResult = { value: { ok: true } };
let base: string;
let attempts: Attempts;
let done: string[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'reeve-attempts-'));
  attempts = openAttempts(join(base, 'attempts.db'));
  done = [];
});
afterEach(async () => {
  attempts.close();
  await rm(base, { recursive: true });
});

const once = (key: string, outcome: () => CallResult = () => RESULT, repeatable = false, args = {}) =>
  attempts.once(callOf(SEND, args, { key }), repeatable, async () => {
    done.push(key);
    return outcome();
  });
const lost = (): never => {
  throw new ToolError('transient', 'the answer was lost', { uncertain: true });
};
const failed = (): never => {
  throw new ToolError('transient', 'nothing was sent');
};

it('gives the first result to repeats, at once and later [CON99] [T16]', async () => {
  expect(await Promise.all([once('k'), once('k'), once('k')])).toEqual([RESULT, RESULT, RESULT]);
  attempts.close();
  attempts = openAttempts(join(base, 'attempts.db'));
  expect(await once('k')).toEqual(RESULT);
  expect(attempts.lookup('k', false)).toEqual(RESULT);
  expect(done).toEqual(['k']);
});

it('does not begin again what may have happened, also after a crash, unless repeats are recognised [CON99] [T16]', async () => {
  await expect(once('k', lost)).rejects.toThrow('lost');
  attempts.close();
  attempts = openAttempts(join(base, 'attempts.db'));
  await expect(once('k')).rejects.toMatchObject({ category: 'transient', uncertain: true });
  expect(() => attempts.lookup('k', false)).toThrow('unknown outcome');
  expect(attempts.lookup('k', true)).toBeNull();
  expect(await once('k', () => RESULT, true)).toEqual(RESULT);
  expect(done).toEqual(['k', 'k']);
});

it('frees the key when nothing happened, but not when an earlier attempt is open [CON99]', async () => {
  await expect(once('k', failed)).rejects.toThrow('nothing was sent');
  expect(attempts.lookup('k', false)).toBeNull();
  await expect(once('k', lost)).rejects.toThrow('lost');
  await expect(once('k', failed, true)).rejects.toThrow('nothing was sent');
  expect(() => attempts.lookup('k', false)).toThrow('unknown outcome');
});

it('refuses other arguments under a key that is open or in use [CON2] [T16]', async () => {
  await expect(once('k', lost)).rejects.toThrow('lost');
  await expect(once('k', () => RESULT, true, { other: 1 })).rejects.toMatchObject({ category: 'deterministic' });
  const running = once('j');
  await expect(once('j', () => RESULT, true, { other: 1 })).rejects.toMatchObject({ category: 'deterministic' });
  await running;
});

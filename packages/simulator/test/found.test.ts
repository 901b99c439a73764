/** What the simulation has found in Reeve, kept as tests. */
import type { ToolHost } from '@reeve/runtime';
import { describe, expect, it } from 'vitest';
import { loadPlay, simulate } from '../src/index.ts';
import { said } from './support.ts';

const withoutLookup = (host: ToolHost): ToolHost => ({
  get: (id) => {
    const tool = host.get(id);
    return tool && { ...tool, lookup: () => Promise.reject(new Error('the register is closed')) };
  },
  use: (definition) => host.use(definition),
  close: () => host.close(),
});

describe('found by simulation', () => {
  it('[RT42] an outcome that cannot be looked up goes to a person after a few tries, not to the tool for ever', async () => {
    const play = await loadPlay('support');
    const seams = { tools: withoutLookup };
    // In seed 8 of those that were played a call times out after its effect.
    for (const seed of [8, 10, 12, 14]) expect(said(await simulate({ seed, play, seams }))).toEqual([]);
  }, 120_000);

  it('[SIM4] support seed 2435: what a person has overridden knowingly is no breach of the pack', async () => {
    expect(said(await simulate({ seed: 2435, play: await loadPlay('support') }))).toEqual([]);
  }, 60_000);

  it('[RT14, SIM10] support seeds 36 and 54: who has lost a key and got another is forgotten wholly', async () => {
    const play = await loadPlay('support');
    // It was 54 when seeds were planned otherwise; today it is 36 in which the bug, planted again (`key-younger`), is found.
    for (const seed of [36, 54]) expect(said(await simulate({ seed, play }))).toEqual([]);
  }, 60_000);

  it('[RT14, SIM10] support seed 12: what a forgotten customer writes right behind is sealed under a new key', async () => {
    expect(said(await simulate({ seed: 12, play: await loadPlay('support') }))).toEqual([]);
  }, 60_000);

  it('[SIM4] support seed 109 with lies: to undo what never was, and only to say so, leaves everything right', async () => {
    const play = await loadPlay('support');
    expect(said(await simulate({ seed: 109, play, surely: 'tool-lies' }))).toEqual([]);
  }, 60_000);

  it('[SIM4] support seed 60118: a case for a target that is met again before anybody began with it is cancelled by the machine', async () => {
    expect(said(await simulate({ seed: 60118, play: await loadPlay('support') }))).toEqual([]);
  });

  it('[RT14, SIM10] support seeds 64944 and 65412: an older copy of the keys that can read the snapshot brings nobody back', async () => {
    const play = await loadPlay('support');
    for (const seed of [64944, 65412]) expect(said(await simulate({ seed, play }))).toEqual([]);
  });

  it('[OP14, SIM9] support seeds 60558 and 72528: who waits for a resource whose name was lost with a key is called in the end', async () => {
    const play = await loadPlay('support');
    for (const seed of [60558, 72528]) expect(said(await simulate({ seed, play }))).toEqual([]);
  });

  it('[RT18] support seed 83536: tools that could not be opened once are opened all the same', async () => {
    expect(said(await simulate({ seed: 83536, play: await loadPlay('support') }))).toEqual([]);
  });

  it('[SIM3] support seed 71737: who takes back what was only said to be done takes back nothing else', async () => {
    expect(said(await simulate({ seed: 71737, play: await loadPlay('support') }))).toEqual([]);
  });

  it('[SIM4] retail seed 61179: a look at the end waits for what is being written', async () => {
    expect(said(await simulate({ seed: 61179, play: await loadPlay('retail') }))).toEqual([]);
  });

  it('[CAS20] retail seed 1038: a late case that was assigned out of escalation was forgotten', async () => {
    expect(said(await simulate({ seed: 1038, play: await loadPlay('retail') }))).toEqual([]);
  }, 60_000);
});

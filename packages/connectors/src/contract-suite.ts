/**
 * What every connector promises, run over each of them, real and fake (SPEC, rules CON1 to CON10). A new connector
 * passes this suite before it is registered.
 */

import type { CapabilityDef } from '@reeve/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call, Connector, OpenContext, Tool } from './port.ts';

type Args = Readonly<Record<string, unknown>>;

/** One connector in a world of its own. */
export interface ContractSubject {
  readonly connector: Connector;
  readonly context: OpenContext;
  /** A writing capability; the arguments for different `n` ask for different effects. */
  readonly write: { readonly capability: CapabilityDef; args(n: number): Args };
  /** Left out by tools that only write. */
  readonly read?: { readonly capability: CapabilityDef; readonly args: Args };
  /** Writes that must be refused. */
  readonly bad: readonly { readonly why: string; readonly args: Args }[];
  /** Everything in the world that a write can change, as JSON data: from outside the tool where there is an outside. */
  world(tool: Tool): Promise<unknown>;
  /** How many effects are in that world. */
  count(world: unknown): number;
  /** Remove what `setup` made. */
  cleanup(): Promise<void>;
}

/** A call with sensible defaults. */
export function callOf(capability: CapabilityDef, args: Args, more: Partial<Call> = {}): Call {
  const { signal } = new AbortController();
  return { capability, args, key: 'key-1', operation: 'op-1', attempt: 1, now: 1_795_000_000_000, signal, ...more };
}

/** Run the contract. `setup` makes a fresh world for each test. */
export function connectorContract(name: string, setup: () => Promise<ContractSubject>): void {
  describe(`the connector contract over ${name}`, () => {
    let subject: ContractSubject;
    let tool: Tool;
    beforeEach(async () => {
      subject = await setup();
      tool = await subject.connector.open(subject.context);
    });
    afterEach(async () => {
      await tool.close();
      await subject.cleanup();
    });
    const reopen = async () => {
      await tool.close();
      tool = await subject.connector.open(subject.context);
    };
    const write = (n: number, key: string, more: Partial<Call> = {}) =>
      tool.call(callOf(subject.write.capability, subject.write.args(n), { ...more, key }));
    const effects = async () => subject.count(await subject.world(tool));
    const lookup = (key: string) => tool.lookup?.(key, subject.write.capability);

    it('has one effect for one key, whatever the attempt, and gives the first result again [CON1]', async () => {
      const before = await effects();
      const first = await write(1, 'k1');
      expect(await effects()).toBe(before + 1);
      const world = await subject.world(tool);
      expect(await write(1, 'k1', { attempt: 2, now: 1_795_000_999_000 })).toEqual(first);
      expect(await subject.world(tool)).toEqual(world);
    });

    it('has one effect for one key even when it was closed in between [CON1]', async () => {
      const first = await write(1, 'k1');
      const world = await subject.world(tool);
      await reopen();
      expect(await write(1, 'k1')).toEqual(first);
      expect(await subject.world(tool)).toEqual(world);
    });

    it('has an effect for each of several keys [CON1]', async () => {
      const before = await effects();
      await write(1, 'k1');
      await write(2, 'k2');
      await write(3, 'k3');
      expect(await effects()).toBe(before + 3);
    });

    it('refuses a key that was used with other arguments [CON2] [T16]', async () => {
      await write(1, 'k1');
      const world = await subject.world(tool);
      await expect(write(2, 'k1')).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
      expect(await subject.world(tool)).toEqual(world);
    });

    it('finds by its key an effect that landed, and nothing before [CON3]', async () => {
      expect(await lookup('k1')).toBeNull();
      const result = await write(1, 'k1');
      expect(await lookup('k1')).toEqual(result);
      expect(await lookup('k2')).toBeNull();
      await reopen();
      expect(await lookup('k1')).toEqual(result);
    });

    it('changes nothing by reading, and remembers no effect for it [CON4]', async () => {
      await write(1, 'k1');
      const world = await subject.world(tool);
      if (!subject.read) return;
      const { capability, args } = subject.read;
      const once = await tool.call(callOf(capability, args, { key: 'read' }));
      expect(await tool.call(callOf(capability, args, { key: 'read' }))).toEqual(once);
      expect(await subject.world(tool)).toEqual(world);
      expect(await lookup('read')).toBeNull();
    });

    it('refuses wrong arguments for certain and for good, and changes nothing [CON5]', async () => {
      const world = await subject.world(tool);
      for (const { why, args } of subject.bad) {
        const refusal = tool.call(callOf(subject.write.capability, args, { key: why }));
        await expect(refusal, why).rejects.toMatchObject({
          name: 'ToolError',
          category: 'deterministic',
          uncertain: false,
        });
        expect(await lookup(why), why).toBeNull();
      }
      expect(await subject.world(tool)).toEqual(world);
    });

    it('does nothing for a call that was cancelled before it began, and says so [CON6]', async () => {
      const world = await subject.world(tool);
      const signal = AbortSignal.abort();
      await expect(write(1, 'k1', { signal })).rejects.toMatchObject({ category: 'transient', uncertain: false });
      const { capability, args } = subject.read ?? { ...subject.write, args: subject.write.args(2) };
      const other = tool.call(callOf(capability, args, { signal, key: 'k2' }));
      await expect(other).rejects.toMatchObject({ category: 'transient', uncertain: false });
      expect(await subject.world(tool)).toEqual(world);
      expect(await lookup('k1')).toBeNull();
    });

    it('has one effect for concurrent calls with one key [CON7]', async () => {
      const before = await effects();
      const results = await Promise.all([1, 2, 3, 4, 5].map((attempt) => write(1, 'k1', { attempt })));
      expect(await effects()).toBe(before + 1);
      for (const result of results) expect(result).toEqual(results[0]);
    });

    it('proves an effect with evidence that names its key [CON8]', async () => {
      const { evidence } = await write(1, 'k1');
      const [proof] = evidence ?? [];
      expect(proof).toMatchObject({ kind: 'effect', ref: expect.stringMatching(/^[a-z-]+:.+#k1$/) });
      expect(proof?.digest).toMatch(/^[0-9a-f]{64}$/);
    });

    it('gives results that are plain JSON [CON8]', async () => {
      const result = await write(1, 'k1');
      const read = subject.read && (await tool.call(callOf(subject.read.capability, subject.read.args)));
      for (const one of read ? [result, read] : [result]) expect(JSON.parse(JSON.stringify(one))).toStrictEqual(one);
    });

    it('says that it is well [CON9]', async () => {
      const { ok, message } = await tool.health();
      expect(ok).toBe(true);
      expect(message).not.toBe('');
    });

    it('can be closed twice, and does not work after that [CON11]', async () => {
      await tool.close();
      await tool.close();
      const { capability, args } = subject.read ?? { ...subject.write, args: subject.write.args(1) };
      await expect(tool.call(callOf(capability, args))).rejects.toMatchObject({
        name: 'ToolError',
        uncertain: false,
      });
    });

    it('does not open with a write that is declared as a read [CON10]', async () => {
      const { context } = subject;
      const capabilities = context.capabilities.map((one) => ({ ...one, effect: 'read' as const }));
      await expect(subject.connector.open({ ...context, capabilities })).rejects.toThrow('declared as a read');
    });

    it('refuses a capability it was not opened with [CON10]', async () => {
      const capability = { ...subject.write.capability, id: 'something.else' };
      const call = tool.call(callOf(capability, subject.write.args(1)));
      await expect(call).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    });
  });
}

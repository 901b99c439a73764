import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { mcpConnector } from '../src/mcp/client.ts';
import type { OpenContext, Tool } from '../src/port.ts';
import { bookCapabilities, bookTool, of } from './mcp-subject.ts';
import { world } from './subjects.ts';

const after: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of after.splice(0).reverse()) await work();
});

async function opened(faults: readonly string[], time = 20_000): Promise<{ tool: Tool; context: OpenContext }> {
  const context = await world('mcp', { ...bookTool(...faults), time }, bookCapabilities);
  after.push(context.cleanup);
  const tool = await mcpConnector.open(context);
  after.push(() => tool.close());
  return { tool, context };
}

const add = (tool: Tool, key = 'k') => tool.call(callOf(of('book.add'), { n: 7 }, { key }));
const file = ({ directory }: OpenContext, name: string): string => {
  const path = join(directory, 'files', name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

describe('servers that answer with a task', () => {
  it('[CON126] are looked at until it is over, and what it ends with is the answer of the call, once', async () => {
    const { tool, context } = await opened(['task']);
    expect((await add(tool)).value).toEqual({ n: 7, total: 1 });
    expect((await add(tool)).value).toEqual({ n: 7, total: 1 });
    expect(file(context, 'book.jsonl')).toBe('{"n":7}\n');
    expect(file(context, 'cancelled')).toBe('');
  });

  it('[CON126] [CON124] fail with the reason of the task, and may have done something', async () => {
    const { tool } = await opened(['task-fails']);
    await expect(add(tool)).rejects.toMatchObject({
      ...{ category: 'deterministic', uncertain: true },
      message: expect.stringContaining('no ink left'),
    });
  });

  it('[CON126] are told to stop when the time of the call is over, and the outcome is unknown', async () => {
    const { tool, context } = await opened(['task-forever'], 3000);
    await expect(add(tool)).rejects.toMatchObject({ category: 'transient', uncertain: true });
    await expect.poll(() => file(context, 'cancelled')).toBe('x');
    await expect(tool.lookup?.('k', of('book.add'))).rejects.toThrow('unknown outcome');
  });
});

describe('servers that ask back', () => {
  it.each(['asks', 'task-asks'])(
    '[CON127] are refused by name of what they ask, here when the server %s',
    async (how) => {
      const { tool, context } = await opened([how]);
      await expect(add(tool)).rejects.toMatchObject({
        ...{ category: 'deterministic', uncertain: true },
        message: expect.stringContaining('elicitation/create'),
      });
      expect(file(context, 'book.jsonl')).toBe('');
      expect(file(context, 'cancelled')).toBe(how === 'asks' ? '' : 'x');
    },
  );
});

import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineSeat, defineTool, type Outcome, z } from '../src/index.ts';

const tool = defineTool({
  config: z.object({ url: z.url() }),
  capabilities: {
    'shelf.count': {
      ...{ effect: 'read', args: z.object({ shelf: z.string() }), returns: z.object({ books: z.int() }) },
      run: ({ args, config }) => {
        expectTypeOf(args).toEqualTypeOf<{ shelf: string }>();
        expectTypeOf(config).toEqualTypeOf<{ url: string }>();
        return { books: args.shelf.length };
      },
    },
    'shelf.clear': {
      ...{ effect: 'irreversible', args: z.object({ why: z.string() }), returns: z.object({ gone: z.boolean() }) },
      sensitive: ['why'],
      // @ts-expect-error: what it gives is not what "returns" says
      run: () => ({ gone: 'yes' }),
    },
  },
});

describe('types from schemas', () => {
  it('[SDK1] the functions of a capability are typed by its own schemas', () => {
    expect(Object.keys(tool.capabilities)).toEqual(['shelf.count', 'shelf.clear']);
    expectTypeOf(tool.capabilities['shelf.count'].args).toExtend<z.ZodObject>();
  });

  it('[SDK2] a seat asks by name, with arguments and results of the right type, through its desk', async () => {
    const asked: unknown[] = [];
    const script = defineSeat({
      tools: [tool],
      work: async ({ use }) => {
        const counted = await use('shelf.count', { shelf: 'abc' }, { why: 'to know' });
        expectTypeOf(counted).toEqualTypeOf<Outcome<{ books: number }>>();
        // @ts-expect-error: there is no such capability
        await use('shelf.burn', {});
        // @ts-expect-error: a shelf is named by text
        await use('shelf.count', { shelf: 1 });
        return { outcome: counted.status };
      },
    });
    const desk = { request: async (input: unknown) => ({ status: asked.push(input) > 0 ? 'refused' : 'done' }) };
    expect(await script(desk as never)).toEqual({ outcome: 'refused' });
    expect(asked[0]).toEqual({ capability: 'shelf.count', args: { shelf: 'abc' }, why: 'to know' });
  });
});

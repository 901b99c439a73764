import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import {
  fakeJsonStore,
  hashOf,
  type JsonStoreTool,
  jsonStoreConnector,
  mailboxConnector,
  type OpenContext,
  type Tool,
} from '../src/index.ts';
import { type CapabilityInput, capabilityOf, JSON_STORE, MAIL, SEED_JSON, world } from './subjects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe.each([
  ['the json store', () => jsonStoreConnector],
  ['the fake json store', fakeJsonStore],
])('%s', (_, connector) => {
  async function opened(seed: unknown = SEED_JSON) {
    const context = await world('json-store', { database: 'db.sqlite', seed: 'seed.json' }, JSON_STORE);
    cleanups.push(context.cleanup);
    await writeFile(join(context.packDirectory, 'seed.json'), JSON.stringify(seed));
    const tool = await connector().open(context);
    cleanups.push(() => tool.close());
    return { context, tool };
  }
  const ask = async (context: OpenContext, tool: Tool, id: string, args: Record<string, unknown>) =>
    (await tool.call(callOf(capabilityOf(context, id), args, { key: JSON.stringify(args) }))).value;
  const patch = (context: OpenContext, tool: Tool, ...changes: unknown[]) =>
    ask(context, tool, 'store.patch', { changes });

  it('hashes the sorted-key JSON of everything [CON52]', async () => {
    // Keys that look like array indices, which JavaScript would put first, and integral floats.
    const { tool } = await opened({ b: { '2': { z: 1.0, a: null }, '10': { y: 'é' } }, a: {} });
    expect(hashOf(tool)).toBe(sha256('{"a":{},"b":{"10":{"y":"é"},"2":{"a":null,"z":1}}}'));
  });

  it('hashes the same after a change and its reverse, and differently in between [CON52]', async () => {
    const { context, tool } = await opened();
    const before = hashOf(tool);
    await patch(context, tool, { path: ['orders', '#1', 'status'], old: 'pending', new: 'cancelled' });
    expect(hashOf(tool)).not.toBe(before);
    await patch(context, tool, { path: ['orders', '#1', 'status'], old: 'cancelled', new: 'pending' });
    expect(hashOf(tool)).toBe(before);
  });

  it('applies all changes of a patch in order [CON50]', async () => {
    const { context, tool } = await opened();
    const value = await patch(
      context,
      tool,
      { path: ['orders', '#1', 'note'], old: null, new: 'hurry' },
      { path: ['orders', '#1', 'gift'], old: null, new: true },
      { path: ['orders', '#1', 'items', 0, 'price'], old: 10.5, new: null },
      { path: ['orders', '#1', 'items', 1], new: { sku: 'b' } },
      { path: ['users', 'ann', 'address', 'zip'], new: '20095' },
      { path: ['users', 'cem'], op: 'add', new: { name: 'Cem' } },
    );
    expect(value).toEqual({ changed: 6 });
    expect(await ask(context, tool, 'orders.get', { order_id: '#1' })).toEqual({
      found: true,
      order_id: '#1',
      status: 'pending',
      note: 'hurry',
      gift: true,
      items: [{ sku: 'a', price: null }, { sku: 'b' }],
    });
    expect((await ask(context, tool, 'users.find', { zip: '20095' })).ids).toEqual(['ann']);
  });

  it('adds only what is absent, and removes only what is there [CON51]', async () => {
    const { context, tool } = await opened();
    const before = hashOf(tool);
    const field = ['orders', '#1', 'extra'];
    await expect(patch(context, tool, { path: ['orders', '#1', 'status'], op: 'add', new: 1 })).rejects.toThrow(
      'already there',
    );
    await expect(patch(context, tool, { path: field, op: 'remove' })).rejects.toThrow('not there');
    await patch(context, tool, { path: field, op: 'add', new: 1 });
    await patch(context, tool, { path: field, op: 'remove', old: 1 });
    expect(hashOf(tool)).toBe(before);
    await patch(
      context,
      tool,
      { path: ['orders', '#1', 'items', 0], op: 'remove' },
      { path: ['users', 'bob'], op: 'remove' },
    );
    expect((await ask(context, tool, 'orders.get', { order_id: '#1' })).items).toEqual([]);
    expect((await ask(context, tool, 'users.find', { zip: '10115' })).ids).toEqual(['ann']);
  });

  it.each([
    [{ path: ['orders', '#1', 'status'], old: 'shipped', new: 'x' }, 'not what was expected'],
    [{ path: ['orders', '#1', 'items', 2], new: 'x' }, 'not a place in a list'],
    [{ path: ['orders', '#1', 'items', 'length'], new: 0 }, 'not a place in a list'],
    [{ path: ['orders', '#1', 'status', 'x'], new: 1 }, 'nothing that could hold'],
    [{ path: ['orders', '#9', 'status'], new: 'x' }, 'nothing that could hold'],
    [{ path: ['ghosts', 'x'], new: {} }, 'no collection'],
    [{ path: ['orders', '#1'], new: 5 }, 'no longer be an object'],
    [{ path: ['orders', '#1', 'status'] }, 'no "new"'],
    [{ path: ['orders'], new: {} }, 'not a list of changes'],
    [{ path: ['orders', '#1', 'x'], new: 1, extra: 1 }, 'not a list of changes'],
    [{ path: ['orders', '#1', 'constructor', 'prototype', 'x'], new: 1 }, 'reserved name'],
    [{ path: ['__proto__', 'x'], new: { a: 1 } }, 'reserved name'],
  ])('refuses %j and everything with it [CON50] [CON54] [T22]', async (change, problem) => {
    const { context, tool } = await opened();
    const before = hashOf(tool);
    const good = { path: ['orders', '#1', 'note'], new: 'hurry' };
    await expect(patch(context, tool, good, change)).rejects.toMatchObject({
      category: 'deterministic',
      message: expect.stringContaining(problem),
    });
    expect(hashOf(tool)).toBe(before);
  });

  it('gets a document, and finds those whose fields equal the arguments [CON53]', async () => {
    const { context, tool } = await opened();
    expect(await ask(context, tool, 'orders.get', { order_id: '#9' })).toEqual({ found: false });
    expect(await ask(context, tool, 'users.find', { zip: '10115', name: 'Bob' })).toEqual({
      ids: ['bob'],
      rows: [SEED_JSON.users.bob],
      count: 1,
    });
    expect((await ask(context, tool, 'users.find', { zip: '10115' })).ids).toEqual(['ann', 'bob']);
    expect((await ask(context, tool, 'users.find', { zip: 10115 })).count).toBe(0);
    await expect(ask(context, tool, 'users.find', {})).rejects.toThrow('needs the argument "zip"');
    await expect(ask(context, tool, 'orders.get', { order_id: 1 })).rejects.toThrow('needs "order_id" as text');
  });

  const GUARDED: CapabilityInput = {
    ...{ id: 'orders.own', effect: 'read', args: { order_id: 'string', status: 'string' } },
    config: { action: 'get', collection: 'orders', id: 'order_id', where: { status: 'status' } },
  };
  const ENTRIES: CapabilityInput = {
    ...{ id: 'variants', effect: 'read', args: { keys: 'any' } },
    config: { action: 'entries', collection: 'products', field: 'variants', keys: 'keys' },
  };
  const CANCEL: CapabilityInput = {
    ...{ id: 'orders.cancel', effect: 'irreversible', args: { order_id: 'string' } },
    config: { action: 'prepared' },
  };
  const EFFECTS = [
    {
      ...{ capability: 'orders.cancel', args: { order_id: '#1' } },
      changes: [{ path: ['orders', '#1', 'status'], old: 'pending', new: 'cancelled' }],
    },
    { capability: 'orders.cancel', args: { order_id: '#2' }, changes: [] },
  ];

  /** A tool with one capability more, and with effects. */
  async function openedWith(capability: CapabilityInput, seed: unknown = SEED_JSON, effects: unknown = EFFECTS) {
    const config = { database: 'db.sqlite', seed: 'seed.json', effects: 'effects.json' };
    const context = await world('json-store', config, [...JSON_STORE, capability]);
    cleanups.push(context.cleanup);
    await writeFile(join(context.packDirectory, 'seed.json'), JSON.stringify(seed));
    await writeFile(join(context.packDirectory, 'effects.json'), JSON.stringify(effects));
    const tool = await connector().open(context);
    cleanups.push(() => tool.close());
    return { context, tool };
  }

  it('gets a document only with the fields it must have [CON56]', async () => {
    const { context, tool } = await openedWith(GUARDED);
    const own = await ask(context, tool, 'orders.own', { order_id: '#1', status: 'pending' });
    expect(own).toMatchObject({ found: true, order_id: '#1' });
    expect(await ask(context, tool, 'orders.own', { order_id: '#1', status: 'sent' })).toEqual({ found: false });
  });

  it('finds with the selected fields only [CON56]', async () => {
    const select: CapabilityInput = {
      ...{ id: 'users.names', effect: 'read', args: { zip: 'string' } },
      config: { action: 'find', collection: 'users', where: { 'address.zip': 'zip' }, select: ['name', 'age'] },
    };
    const { context, tool } = await openedWith(select);
    const found = await ask(context, tool, 'users.names', { zip: '10115' });
    expect(found).toEqual({ ids: ['ann', 'bob'], rows: [{ name: 'Ann' }, { name: 'Bob' }], count: 2 });
  });

  it('gives a row for each key of a map, found or not, in their order [CON57]', async () => {
    const products = { mug: { variants: { a: { price: 1 } } }, pen: { variants: { b: null } }, box: { size: 3 } };
    const { context, tool } = await openedWith(ENTRIES, { products });
    expect(await ask(context, tool, 'variants', { keys: ['b', 'x', 'a', 'b'] })).toEqual({
      rows: [
        { at: 0, key: 'b', found: true, id: 'pen', value: null },
        { at: 1, key: 'x', found: false },
        { at: 2, key: 'a', found: true, id: 'mug', value: { price: 1 } },
        { at: 3, key: 'b', found: true, id: 'pen', value: null },
      ],
      count: 4,
    });
    expect((await ask(context, tool, 'variants', { keys: 'a' })).count).toBe(1);
    expect((await ask(context, tool, 'variants', { keys: '__proto__' })).rows).toMatchObject([{ found: false }]);
    await expect(ask(context, tool, 'variants', { keys: [1] })).rejects.toThrow('text or a list of texts');
  });

  it('refuses a key that two documents have [CON57]', async () => {
    const { context, tool } = await openedWith(ENTRIES, {
      products: { a: { variants: { k: 1 } }, b: { variants: { k: 2 } } },
    });
    await expect(ask(context, tool, 'variants', { keys: 'k' })).rejects.toMatchObject({ category: 'deterministic' });
  });

  it('makes the changes prepared for a request, and those only [CON58]', async () => {
    const { context, tool } = await openedWith(CANCEL);
    const before = hashOf(tool);
    expect(await ask(context, tool, 'orders.cancel', { order_id: '#2' })).toEqual({ changed: 0 });
    await expect(ask(context, tool, 'orders.cancel', { order_id: '#3' })).rejects.toMatchObject({
      ...{ category: 'deterministic', uncertain: false },
      message: expect.stringContaining('no effect of orders.cancel is prepared'),
    });
    expect(hashOf(tool)).toBe(before);
    expect(await ask(context, tool, 'orders.cancel', { order_id: '#1' })).toEqual({ changed: 1 });
    expect(await ask(context, tool, 'orders.get', { order_id: '#1' })).toMatchObject({ status: 'cancelled' });
  });

  it('does not open with effects that are ambiguous or of another shape [CON58]', async () => {
    await expect(openedWith(CANCEL, SEED_JSON, [EFFECTS[0], EFFECTS[0]])).rejects.toThrow('same arguments twice');
    await expect(openedWith(CANCEL, SEED_JSON, [{ capability: 'x' }])).rejects.toThrow('[{capability, args, changes}]');
  });

  it('does not open a prepared write as a read [CON10] [CON58]', async () => {
    await expect(openedWith({ ...CANCEL, effect: 'read' })).rejects.toThrow('declared as a read');
  });

  it('does not open with a seed of another shape [CON55]', async () => {
    await expect(opened({ orders: { '#1': 'pending' } })).rejects.toThrow('{collection: {id: document}}');
  });

  it('loads its seed once [CON55]', async () => {
    const { context, tool } = await opened();
    const before = hashOf(tool);
    await writeFile(join(context.packDirectory, 'seed.json'), '{}');
    if (connector() !== jsonStoreConnector) return;
    await tool.close();
    const again = await jsonStoreConnector.open(context);
    cleanups.push(() => again.close());
    expect(hashOf(again)).toBe(before);
  });
});

it('lists its effects with their operations [CON59]', async () => {
  const context = await world('json-store', { database: 'db.sqlite', seed: 'seed.json' }, JSON_STORE);
  const tool = (await jsonStoreConnector.open(context)) as JsonStoreTool;
  const changes = [{ path: ['notes', 'n'], op: 'add', new: {} }];
  expect(tool.effects()).toEqual([]);
  await tool.call(callOf(capabilityOf(context, 'store.patch'), { changes }, { key: 'k', operation: 'OP-1' }));
  await tool.call(
    callOf(capabilityOf(context, 'store.patch'), { changes }, { key: 'k', operation: 'OP-1', attempt: 2 }),
  );
  expect(tool.effects()).toEqual([{ key: 'k', operation: 'OP-1' }]);
  await tool.close();
  await context.cleanup();
});

it('has no hash for another kind of tool [CON52]', async () => {
  const context = await world('mailbox', { from: 'a@b.example' }, MAIL);
  const tool = await mailboxConnector.open(context);
  expect(() => hashOf(tool)).toThrow('only a json-store');
  await tool.close();
  await context.cleanup();
});

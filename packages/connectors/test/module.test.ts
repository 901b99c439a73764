/** Tools that users write in a file of their pack, with effects in a world outside: a folder that any process can look into. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CapabilityDef, tool } from '@reeve/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { type ContractSubject, callOf, connectorContract } from '../src/contract-suite.ts';
import { type Connector, fakeModule, moduleConnector } from '../src/index.ts';
import { capabilityOf, world } from './subjects.ts';

const LIBRARIES = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules');

/** Notes in a folder, one file for each key. `lost` does it and then loses the answer; `leaks` says a secret aloud. */
const FILE = `
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTool, money, ToolError, z } from '@reeve/sdk';
const text = z.string().min(1).max(20).describe('What is noted');
const note = z.object({ noted: z.string() });
const at = (folder: string, key: string) => join(folder, encodeURIComponent(key));
const shape = { effect: 'reversible', args: z.object({ text, times: z.int().default(1) }), returns: note } as const;
export default defineTool({
  config: z.object({ folder: z.string() }),
  capabilities: {
    'notes.add': {
      ...shape,
      run: async ({ args, config, key, secret }) => {
        if (args.text === 'bad') throw new ToolError('deterministic', 'not that');
        writeFileSync(at(config.folder, key), args.text, { flag: 'wx' });
        if (args.text === 'lost') throw new Error('the answer was lost');
        if (args.text === 'leak') return { noted: 'with ' + (await secret('notes-key')) };
        return { noted: args.text };
      },
      lookup: ({ config, key }) => {
        const file = at(config.folder, key);
        return existsSync(file) ? { noted: readFileSync(file, 'utf8') } : null;
      },
      fake: ({ args }) => ({ noted: args.text }),
    },
    'notes.list': {
      ...{ effect: 'read', args: z.object({}), returns: z.object({ notes: z.array(z.string()) }) },
      run: ({ config }) => ({ notes: readdirSync(config.folder).sort() }),
      fake: ({ kept }) => ({ notes: kept.map((one) => JSON.stringify(one)) }),
    },
    'notes.pay': {
      ...{ effect: 'irreversible', args: z.object({ sum: money(), to: z.enum(['a', 'b']).optional(), on: z.array(z.string()) }) },
      ...{ returns: z.object({ odd: z.union([z.string(), z.number()]) }), run: () => ({ odd: 7 }), title: 'Pay' },
    },
  },
});
`;

/** What FILE says of itself: the same wherever it lies, and a process is not asked again. */
let said: Promise<CapabilityDef[]> | undefined;

async function opening(file = FILE) {
  const context = await world('module', {}, []);
  const folder = join(context.packDirectory, '..', 'notes');
  await Promise.all([mkdir(folder), mkdir(join(context.packDirectory, 'tools'))]);
  await writeFile(join(context.packDirectory, 'package.json'), '{"type":"module"}');
  await writeFile(join(context.packDirectory, 'tools/notes.ts'), file);
  await symlink(LIBRARIES, join(context.packDirectory, 'node_modules'));
  const config = { file: 'tools/notes.ts', with: { folder } };
  const it = tool.parse({ id: 'it', connector: 'module', config });
  const derive = () => moduleConnector.derive!(it, context.packDirectory);
  if (file === FILE) said ??= derive();
  const derived = file === FILE ? () => said! : derive;
  return { ...context, tool: it, folder, derived, secret: async () => 'correct horse battery' };
}

async function subject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const opened = await opening();
  const context = { ...opened, capabilities: await opened.derived() };
  const list = capabilityOf(context, 'notes.list');
  return {
    connector,
    context,
    cleanup: opened.cleanup,
    write: { capability: capabilityOf(context, 'notes.add'), args: (n) => ({ text: `note ${n}` }) },
    read: { capability: list, args: {} },
    bad: [
      { why: 'no text', args: {} },
      { why: 'too long', args: { text: 'x'.repeat(21) } },
      { why: 'another field', args: { text: 'x', other: 1 } },
    ],
    world: async (it) =>
      real ? readdir(opened.folder) : (await it.call(callOf(list, {}, { key: 'observer' }))).value.notes,
    count: (notes) => (notes as unknown[]).length,
  };
}
connectorContract('module', () => subject(moduleConnector, true));
connectorContract('the fake module', () => subject(fakeModule(), false));

describe('a tool in a file of the pack', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const ready = async () => {
    const context = await opening();
    const capabilities = await context.derived();
    const it = await moduleConnector.open({ ...context, capabilities });
    cleanups.push(context.cleanup, () => it.close());
    const add = (text: string, key: string, attempt = 1) =>
      it.call(callOf(capabilities.find(({ id }) => id === 'notes.add')!, { text }, { key, attempt }));
    return { context, capabilities, it, add };
  };

  it('has the capabilities its schemas say, written once [CON180]', async () => {
    const { capabilities } = await ready();
    const [add, , pay] = capabilities;
    expect(add).toMatchObject({
      ...{ id: 'notes.add', tool: 'it', effect: 'reversible', settle: 'native-key' },
      args: {
        text: { type: 'string', min: 1, max: 20, description: 'What is noted', optional: false },
        times: { type: 'integer', optional: true },
      },
      returns: { noted: { type: 'string' } },
    });
    expect(pay).toMatchObject({
      ...{ title: 'Pay', settle: 'ask', returns: { odd: { type: 'any' } } },
      args: { sum: { type: 'money', min: 0 }, to: { enum: ['a', 'b'], optional: true }, on: { type: 'strings' } },
    });
  });

  it('settles an answer that was lost by its own lookup, and does nothing twice [CON181] [T16]', async () => {
    const { context, add, it: notes } = await ready();
    await expect(add('lost', 'k1')).rejects.toMatchObject({ category: 'transient', uncertain: true });
    expect(await add('lost', 'k1', 2)).toMatchObject({ value: { noted: 'lost' } });
    expect(await readdir(context.folder)).toEqual(['k1']);
    expect(
      await notes.lookup?.('k1', capabilityOf({ ...context, capabilities: await context.derived() }, 'notes.add')),
    ).toMatchObject({ value: { noted: 'lost' }, evidence: [{ ref: 'module:it#k1' }] });
    await expect(add('bad', 'k2')).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    expect(await readdir(context.folder)).toEqual(['k1']);
  });

  it('says no secret in what comes out [CON182] [T14]', async () => {
    const { context, add } = await ready();
    expect(JSON.stringify(await add('leak', 'k1'))).toContain('with [secret removed]');
    expect(await readFile(join(context.folder, 'k1'), 'utf8')).toBe('leak');
  });

  it('does not open when the file says something else than what was applied [CON183] [T12]', async () => {
    const context = await opening(FILE.replace("'notes.list': {", "'notes.list': {\n      taints: true,"));
    cleanups.push(context.cleanup);
    const { capabilities } = await ready();
    await expect(moduleConnector.open({ ...context, capabilities })).rejects.toThrow('something else of notes.list');
  });

  it('is asked in a process that has nothing of this one, and says what is wrong with a file [CON184] [T14]', async () => {
    process.env.REEVE_TEST_SECRET = 'not for you';
    cleanups.push(() => delete process.env.REEVE_TEST_SECRET);
    const wrong = async (file: string) => {
      const context = await opening(file);
      cleanups.push(context.cleanup);
      return context.derived().catch((error: Error) => error.message);
    };
    expect(await wrong("throw new Error('saw ' + process.env.REEVE_TEST_SECRET);")).toContain('saw undefined');
    expect(await wrong('export const nothing = 1;')).toContain('tools/notes.ts has no default export');
    expect(await wrong(FILE.replace('z.object({ folder: z.string() })', 'z.object({ place: z.string() })'))).toContain(
      'config.with',
    );
    expect(await wrong(FILE.replace("title: 'Pay'", "title: 'Pay', settle: 'native-key'"))).toContain('needs a lookup');
  });
});

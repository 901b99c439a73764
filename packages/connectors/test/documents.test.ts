import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, writeFileSync } from 'node:fs';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { documentsConnector, fakeDocuments, type OpenContext, type Tool } from '../src/index.ts';
import { openFolder } from '../src/shared/folder.ts';
import { pathProblem } from '../src/shared/paths.ts';
import { capabilityOf, DOCUMENTS, filesOf, world } from './subjects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function opened(connector = documentsConnector) {
  const context = await world('documents', {}, DOCUMENTS);
  cleanups.push(context.cleanup);
  const tool = await connector.open(context);
  cleanups.push(() => tool.close());
  return { context, tool, root: join(context.directory, 'documents') };
}

const ask = async (context: OpenContext, tool: Tool, id: string, args: Record<string, unknown>, key = 'k') =>
  tool.call(callOf(capabilityOf(context, `documents.${id}`), args, { key }));
const REFUSED = { category: 'deterministic', uncertain: false };

describe('paths', () => {
  it.each([
    ['', 'itself'],
    ['.', 'dot'],
    ['..', 'dot'],
    ['../x', 'dot'],
    ['a/../../x', 'dot'],
    ['a/./b', 'dot'],
    ['.env', 'dot'],
    ['a/.git/config', 'dot'],
    ['/etc/passwd', 'absolute'],
    ['a//b', 'empty part'],
    ['a/', 'empty part'],
    ['C:\\x', 'one of'],
    ['a\\b', 'one of'],
    ['a%2e%2e/b', 'encoded'],
    ['a%2Fb', 'encoded'],
    ['a\u0000b', 'control'],
    ['a\nb', 'control'],
    ['a\u202eb', 'invisible'],
    ['a\u200db', 'invisible'],
    ['a\u{e0041}', 'invisible'],
    ['cafe\u0301.md', 'normal form'],
    ['a /b', 'ends with'],
    ['a./b', 'ends with'],
    ['~/x', '"~"'],
    ['CON', 'device'],
    ['a/nul.txt', 'device'],
    ['é'.repeat(101), 'bytes'],
    ['x'.repeat(513), '512'],
    [Array(17).fill('a').join('/'), 'deeper'],
  ])('may not be %j [CON40] [T10] [T11]', (path, problem) => {
    expect(pathProblem(path)).toContain(problem);
  });

  it.each(['a', 'reports/2026-11/täglich.md', 'Ann & Bob (draft 2).md', '100%.md', 'конфиг/文書.txt'])(
    'may be %j [CON40]',
    (path) => {
      expect(pathProblem(path)).toBeUndefined();
    },
  );
});

describe('links', () => {
  const outside = async (context: OpenContext) => {
    const secret = join(context.directory, 'outside');
    await mkdir(secret);
    await writeFile(join(secret, 'secret.md'), 'secret');
    return secret;
  };

  it('are not followed, as folder or as file, for reading or writing [CON41] [T11]', async () => {
    const { context, tool, root } = await opened();
    const secret = await outside(context);
    await symlink(secret, join(root, 'folder'));
    await symlink(join(secret, 'secret.md'), join(root, 'file.md'));
    await symlink(join(secret, 'new.md'), join(root, 'dangling.md'));
    for (const path of ['folder/secret.md', 'file.md', 'dangling.md']) {
      await expect(ask(context, tool, 'read', { path }), path).rejects.toMatchObject(REFUSED);
      await expect(ask(context, tool, 'write', { path, content: 'x' }, path), path).rejects.toMatchObject(REFUSED);
      expect(await tool.lookup?.(path, capabilityOf(context, 'documents.write'))).toBeNull();
    }
    expect((await ask(context, tool, 'list', {})).value).toEqual({ rows: [], count: 0 });
    expect(await filesOf(secret)).toEqual([{ name: 'secret.md', content: 'secret' }]);
  });

  it.skipIf(!existsSync('/proc/self/fd'))(
    'swapped in after a folder was opened are not entered (needs /proc) [CON41] [T11]',
    async () => {
      const { context, root } = await opened();
      const secret = await outside(context);
      await mkdir(join(root, 'a'));
      const folder = openFolder(join(root, 'a'));
      await rename(join(root, 'a'), join(root, 'moved'));
      await symlink(secret, join(root, 'a'));
      writeFileSync(join(folder.path, 'x.md'), 'x');
      closeSync(folder.fd);
      expect((await filesOf(secret)).map(({ name }) => name)).toEqual(['secret.md']);
      expect((await filesOf(join(root, 'moved'))).map(({ name }) => name)).toEqual(['x.md']);
    },
  );

  it('do not stand in for the folder of the documents [CON41] [T10]', async () => {
    const context = await world('documents', {}, DOCUMENTS);
    cleanups.push(context.cleanup);
    await symlink(await outside(context), join(context.directory, 'documents'));
    await expect(documentsConnector.open(context)).rejects.toThrow();
  });

  it('and pipes, sockets and folders are not documents [CON45]', async () => {
    const { context, tool, root } = await opened();
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await mkdir(join(root, 'folder'));
    const server = createServer().listen(join(root, 'socket'));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    await once(server, 'listening');
    for (const path of ['pipe', 'folder', 'socket']) {
      await expect(ask(context, tool, 'read', { path }), path).rejects.toMatchObject(REFUSED);
      await expect(ask(context, tool, 'write', { path, content: 'x' }, path), path).rejects.toMatchObject(REFUSED);
    }
  });
});

describe.each([
  ['documents', () => documentsConnector],
  ['the fake documents', fakeDocuments],
])('%s', (_, connector) => {
  it('refuse a name that differs from an existing one only in case or form [CON42] [T11]', async () => {
    const { context, tool } = await opened(connector());
    await ask(context, tool, 'write', { path: 'Reports/May.md', content: 'x' }, 'k1');
    for (const path of ['reports/May.md', 'Reports/MAY.md', 'REPORTS/new.md', 'Reports/Mａy.md']) {
      await expect(ask(context, tool, 'write', { path, content: 'y' }, path), path).rejects.toMatchObject(REFUSED);
      await expect(ask(context, tool, 'read', { path }), path).rejects.toMatchObject(REFUSED);
    }
    expect((await ask(context, tool, 'list', {})).value.count).toBe(1);
  });

  it('replace a document, and give its text, size and version [CON43]', async () => {
    const { context, tool } = await opened(connector());
    await ask(context, tool, 'write', { path: 'a/b.md', content: 'old' }, 'k1');
    const { value, version } = await ask(context, tool, 'write', { path: 'a/b.md', content: 'néw' }, 'k2');
    expect(value).toEqual({ path: 'a/b.md', size: 4, version });
    expect(await ask(context, tool, 'read', { path: 'a/b.md' })).toEqual({
      value: { found: true, path: 'a/b.md', content: 'néw', size: 4 },
      version,
    });
  });

  it('do not write an old version back when its key is repeated [CON1]', async () => {
    const { context, tool } = await opened(connector());
    await ask(context, tool, 'write', { path: 'a.md', content: 'old' }, 'k1');
    await ask(context, tool, 'write', { path: 'a.md', content: 'new' }, 'k2');
    await ask(context, tool, 'write', { path: 'a.md', content: 'old' }, 'k1');
    expect((await ask(context, tool, 'read', { path: 'a.md' })).value.content).toBe('new');
  });

  it('say that a document is missing, and list a folder [CON43]', async () => {
    const { context, tool } = await opened(connector());
    expect((await ask(context, tool, 'read', { path: 'a/b.md' })).value).toEqual({ found: false });
    for (const path of ['b.md', 'a/z.md', 'a/y.md']) await ask(context, tool, 'write', { path, content: 'x' }, path);
    const paths = async (args: Record<string, unknown>) =>
      ((await ask(context, tool, 'list', args)).value.rows as { path: string }[]).map(({ path }) => path);
    expect(await paths({})).toEqual(['a/y.md', 'a/z.md', 'b.md']);
    expect(await paths({ path: 'a' })).toEqual(['a/y.md', 'a/z.md']);
    expect(await paths({ path: 'nothing' })).toEqual([]);
  });

  it('refuse a path through a document [CON45]', async () => {
    const { context, tool } = await opened(connector());
    await ask(context, tool, 'write', { path: 'a', content: 'x' }, 'k1');
    await expect(ask(context, tool, 'write', { path: 'a/b', content: 'x' }, 'k2')).rejects.toMatchObject(REFUSED);
  });
});

it('gives text only: other bytes and large files are refused [CON43]', async () => {
  const { context, tool, root } = await opened();
  await writeFile(join(root, 'image.png'), Buffer.from([0x89, 0xff]));
  await writeFile(join(root, 'large.md'), 'x'.repeat(5 * 1024 * 1024 + 1));
  await expect(ask(context, tool, 'read', { path: 'image.png' })).rejects.toThrow('not UTF-8');
  await expect(ask(context, tool, 'read', { path: 'large.md' })).rejects.toThrow('5242881 bytes');
});

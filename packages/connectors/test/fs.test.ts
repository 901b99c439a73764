import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { type Place, perform, type Step } from '../src/fs/steps.ts';
import { type Call, fakeFs, fsConnector, type OpenContext, type Tool } from '../src/index.ts';
import { openFolder } from '../src/shared/folder.ts';
import { assertSameMount, workspacesOf } from '../src/shared/workspace.ts';
import { capabilityOf, FS, filesOf, RUN, world } from './subjects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const REFUSED = { category: 'deterministic', uncertain: false };

async function opened(config: Record<string, unknown> = {}, connector = fsConnector, capabilities = FS) {
  const context = await world('fs', config, capabilities);
  cleanups.push(context.cleanup);
  const tool = await connector.open(context);
  cleanups.push(() => tool.close());
  return { context, tool, root: join(context.directory, 'files') };
}

const ask = async (
  { context, tool }: { context: OpenContext; tool: Tool },
  id: string,
  args: Record<string, unknown>,
  key = 'k',
  more: Partial<Call> = {},
) => tool.call(callOf(capabilityOf(context, `files.${id}`), args, { ...more, key }));

/** Every way in which an action can be pointed at `path`. */
const attempts = (path: string): [id: string, args: Record<string, unknown>][] => [
  ['read', { path }],
  ['write', { path, content: 'x' }],
  ['append', { path, content: 'x' }],
  ['move', { path, to: 'free.md' }],
  ['move', { path: 'there.md', to: path }],
  ['delete', { path }],
  ['restore', { path, kept: 'a'.repeat(40) }],
];

async function refusedEverywhere(files: Awaited<ReturnType<typeof opened>>, path: string) {
  for (const [index, [id, args]] of attempts(path).entries())
    await expect(ask(files, id, args, `${path}-${index}`), `${id} ${JSON.stringify(args)}`).rejects.toMatchObject(
      REFUSED,
    );
}

describe('the workspace', () => {
  it.each(['.', '..', '../x', '/', '/etc/passwd', 'a/../..', './', '', '~', 'C:\\', '../files', '//host/share'])(
    'itself, its parent and other places are no target: %j [CON60] [T10]',
    async (path) => {
      const files = await opened();
      await ask(files, 'write', { path: 'there.md', content: 'stays' }, 'first');
      await refusedEverywhere(files, path);
      if (path !== '') await expect(ask(files, 'list', { path })).rejects.toMatchObject(REFUSED);
      expect(await filesOf(files.root)).toEqual([{ name: 'there.md', content: 'stays' }]);
    },
  );

  it.each([
    'a%2e%2e/b',
    '%2e%2e%2fx',
    'a\u0000',
    'cafe\u0301.md',
    'a\u202eb',
    'a\\..\\b',
    'THERE.md',
    'there.MD',
    'ｔhere.md',
  ])('cannot be left or confused by an encoded, Unicode or case-variant path: %j [CON60] [T11] [T22]', async (path) => {
    const files = await opened();
    await ask(files, 'write', { path: 'there.md', content: 'stays' }, 'first');
    await refusedEverywhere(files, path);
    expect(await filesOf(files.root)).toEqual([{ name: 'there.md', content: 'stays' }]);
  });

  it('does not reach into another volume [CON61] [T10]', async () => {
    const files = await opened();
    const [root, proc] = [openFolder(files.root), openFolder('/proc')];
    expect(() => assertSameMount(root, proc)).toThrow('another volume');
    for (const { fd } of [root, proc]) closeSync(fd);
  });

  const unshare = ['--user', '--map-root-user', '--mount'];
  it.skipIf(spawnSync('unshare', [...unshare, 'true']).status !== 0)(
    'does not reach through a mount, not even of the same volume (needs unshare) [CON61] [T10]',
    async () => {
      const files = await opened();
      const outside = join(files.context.directory, 'outside');
      for (const folder of [outside, join(files.root, 'other'), join(files.root, 'bound')]) await mkdir(folder);
      await writeFile(join(outside, 'secret.md'), 'secret');
      const script = 'mount -t tmpfs none "$1/other" && mount --bind "$2" "$1/bound" && shift 2 && exec "$@"';
      const child = [process.execPath, RUN, join(import.meta.dirname, 'fs-child.ts')];
      const answer = execFileSync(
        'unshare',
        [...unshare, 'sh', '-c', script, 'sh', files.root, outside, ...child, files.context.directory],
        { encoding: 'utf8' },
      );
      expect(JSON.parse(answer)).toEqual({
        refused: ['other/x.md', 'bound/x.md', 'bound/secret.md'],
        listed: ['own.md'],
      });
      expect(await readdir(outside)).toEqual(['secret.md']);
    },
  );

  it('is one for each case, and a case cannot reach that of another [CON62] [T-case] (R-B7, R-B10, R-D20)', async () => {
    const files = await opened({ workspace: 'case' });
    const of = (one: string) => ({ case: one });
    await ask(files, 'write', { path: 'a.md', content: 'one' }, 'k1', of('C-1'));
    await ask(files, 'write', { path: 'a.md', content: 'two' }, 'k2', of('C-2'));
    expect((await ask(files, 'read', { path: 'a.md' }, 'r', of('C-1'))).value.content).toBe('one');
    expect((await ask(files, 'list', {}, 'r', of('C-3'))).value.rows).toEqual([]);
    const { value } = await ask(files, 'delete', { path: 'a.md' }, 'k3', of('C-2'));
    const restore = (one: string) => ask(files, 'restore', { path: 'b.md', kept: value.kept }, `r${one}`, of(one));
    await expect(restore('C-1')).rejects.toThrow('not deleted in this workspace');
    await expect(ask(files, 'list', {}, 'r')).rejects.toMatchObject(REFUSED);
    for (const one of ['..', 'C-1/../C-2', 'c-1', '']) await expect(restore(one), one).rejects.toMatchObject(REFUSED);
    expect((await restore('C-2')).value.path).toBe('b.md');
  });
});

describe('links and special files', () => {
  const outsideOf = async (context: OpenContext) => {
    const outside = join(context.directory, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret.md'), 'secret');
    return outside;
  };

  it('are not followed: symbolic links to files, folders and nothing [CON63] [T11]', async () => {
    const files = await opened();
    const outside = await outsideOf(files.context);
    await ask(files, 'write', { path: 'there.md', content: 'stays' }, 'first');
    await symlink(outside, join(files.root, 'folder'));
    await symlink(join(outside, 'secret.md'), join(files.root, 'file.md'));
    await symlink(join(outside, 'new.md'), join(files.root, 'dangling.md'));
    for (const path of ['folder/secret.md', 'folder/new.md', 'file.md', 'dangling.md'])
      await refusedEverywhere(files, path);
    expect((await ask(files, 'list', {})).value.count).toBe(1);
    expect(await filesOf(outside)).toEqual([{ name: 'secret.md', content: 'secret' }]);
  });

  it('are not read, changed or kept: a second name of a file outside [CON63] [T11]', async () => {
    const files = await opened();
    const outside = await outsideOf(files.context);
    await ask(files, 'write', { path: 'there.md', content: 'stays' }, 'first');
    await link(join(outside, 'secret.md'), join(files.root, 'hard.md'));
    await refusedEverywhere(files, 'hard.md');
    expect((await ask(files, 'list', {})).value.count).toBe(1);
    expect(await readFile(join(outside, 'secret.md'), 'utf8')).toBe('secret');
  });

  it('are not touched: pipes, sockets, folders and devices [CON63]', async () => {
    const files = await opened();
    await ask(files, 'write', { path: 'there.md', content: 'stays' }, 'first');
    execFileSync('mkfifo', [join(files.root, 'pipe')]);
    await mkdir(join(files.root, 'folder'));
    const server = createServer().listen(join(files.root, 'socket'));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    await once(server, 'listening');
    const device = spawnSync('mknod', [join(files.root, 'device'), 'c', '1', '3']).status === 0 ? ['device'] : [];
    for (const path of ['pipe', 'folder', 'socket', ...device]) await refusedEverywhere(files, path);
  });

  it.skipIf(!existsSync('/proc/self/fd'))(
    'are not entered when swapped in between check and use, again and again (needs /proc) [CON63] [T11]',
    async () => {
      const files = await opened();
      const outside = await outsideOf(files.context);
      await mkdir(join(files.root, 'a'));
      await writeFile(join(files.root, 'a', 'secret.md'), 'mine');
      const swap = 'cd "$1"; while :; do mv a b; ln -s "$2" a; rm a; mv b a; done';
      const swapper = spawn('sh', ['-c', swap, 'sh', files.root, outside], { stdio: 'ignore' });
      const outcomes = { done: 0, refused: 0 };
      try {
        for (let n = 0; n < 300; n += 1) {
          const reading = await ask(files, 'read', { path: 'a/secret.md' }, `r${n}`).catch(() => undefined);
          if (reading?.value.found) expect(reading.value.content).toBe('mine');
          const writing = ask(files, 'write', { path: 'a/new.md', content: 'x' }, `w${n}`);
          await writing.then(
            () => (outcomes.done += 1),
            () => (outcomes.refused += 1),
          );
        }
      } finally {
        const gone = once(swapper, 'exit');
        swapper.kill('SIGKILL');
        await gone;
      }
      expect(outcomes.done).toBeGreaterThan(0);
      expect(outcomes.refused).toBeGreaterThan(0);
      expect(await filesOf(outside)).toEqual([{ name: 'secret.md', content: 'secret' }]);
    },
  );
});

describe.each([
  ['files', fsConnector],
  ['the fake files', undefined],
])('%s', (_, real) => {
  const connector = () => real ?? fakeFs();

  it.each([
    'AGENTS.md',
    'agents.md',
    'docs/CLAUDE.md',
    'x/settings.json/y',
    '.git/config',
    '.reeve/effects.db',
    '.vscode/settings.json',
    'policy/refunds.yaml',
  ])('that steer agents, editors or the organisation are not changed: %j [CON64] [T12]', async (path) => {
    const protect = ['AGENTS.md', 'CLAUDE.md', 'settings.json', 'policy'];
    const files = await opened({ protect }, connector());
    for (const [index, [id, args]] of attempts(path).entries()) {
      if (id === 'read') continue;
      await expect(ask(files, id, args, `k${index}`), id).rejects.toMatchObject(REFUSED);
    }
  });

  it('are appended to once for each key, also when it is tried at once [CON65] [T16]', async () => {
    const files = await opened({}, connector());
    const keys = Array.from({ length: 20 }, (_, n) => n);
    const append = (n: number, attempt: number) =>
      ask(files, 'append', { path: 'log.md', content: `<${n}>` }, `k${n}`, { attempt });
    await Promise.all(keys.flatMap((n) => [append(n, 1), append(n, 2)]));
    const { value } = await ask(files, 'read', { path: 'log.md' });
    expect(String(value.content).match(/<\d+>/g)?.sort()).toEqual(keys.map((n) => `<${n}>`).sort());
  });

  it('are deleted so that they can be restored [CON66]', async () => {
    const files = await opened({}, connector());
    await ask(files, 'write', { path: 'a/x.md', content: 'old' }, 'k1');
    const deleted = await ask(files, 'delete', { path: 'a/x.md' }, 'k2');
    expect(deleted.value).toMatchObject({ path: 'a/x.md', size: 3 });
    expect((await ask(files, 'read', { path: 'a/x.md' })).value.found).toBe(false);
    expect(await ask(files, 'delete', { path: 'a/x.md' }, 'k2')).toEqual(deleted);
    await expect(ask(files, 'delete', { path: 'a/x.md' }, 'k3')).rejects.toMatchObject(REFUSED);
    await ask(files, 'restore', { path: 'a/x.md', kept: deleted.value.kept }, 'k4');
    expect((await ask(files, 'read', { path: 'a/x.md' })).value.content).toBe('old');
    await expect(ask(files, 'restore', { path: 'a/x.md', kept: deleted.value.kept }, 'k5')).rejects.toThrow('exists');
  });

  it('have names that differ in more than case and form, and are no folders [CON60] [T11]', async () => {
    const files = await opened({}, connector());
    await ask(files, 'write', { path: 'Docs/May.md', content: 'x' }, 'k1');
    for (const path of ['docs/May.md', 'Docs/MAY.md', 'Docs', 'Docs/May.md/x', 'Docs/Ｍay.md']) {
      await expect(ask(files, 'write', { path, content: 'y' }, path), path).rejects.toMatchObject(REFUSED);
      await expect(ask(files, 'move', { path: 'Docs/May.md', to: path }, `m${path}`), path).rejects.toMatchObject(
        REFUSED,
      );
    }
    expect((await ask(files, 'list', {})).value.count).toBe(1);
  });

  it('are moved, never onto another file [CON67]', async () => {
    const files = await opened({}, connector());
    await ask(files, 'write', { path: 'a.md', content: 'a' }, 'k1');
    await ask(files, 'write', { path: 'b.md', content: 'b' }, 'k2');
    await expect(ask(files, 'move', { path: 'a.md', to: 'b.md' }, 'k3')).rejects.toMatchObject(REFUSED);
    await expect(ask(files, 'move', { path: 'c.md', to: 'd.md' }, 'k4')).rejects.toMatchObject(REFUSED);
    const moved = await ask(files, 'move', { path: 'a.md', to: 'deep/c.md' }, 'k5');
    expect(await ask(files, 'move', { path: 'a.md', to: 'deep/c.md' }, 'k5')).toEqual(moved);
    const { rows } = (await ask(files, 'list', {})).value;
    expect((rows as { path: string }[]).map(({ path }) => path)).toEqual(['b.md', 'deep/c.md']);
  });

  it('are not overwritten when they changed since they were read [CON68]', async () => {
    const files = await opened({}, connector());
    const first = await ask(files, 'write', { path: 'a.md', content: '1' }, 'k1');
    await ask(files, 'write', { path: 'a.md', content: '2', version: first.version }, 'k2');
    const late = ask(files, 'write', { path: 'a.md', content: '3', version: first.version }, 'k3');
    await expect(late).rejects.toMatchObject(REFUSED);
    expect((await ask(files, 'read', { path: 'a.md' })).value.content).toBe('2');
  });

  it('have limits: bytes of a file, bytes and number of all [CON69] (R-B13)', async () => {
    const files = await opened({ maxFile: 10, quota: { bytes: 25, files: 3 } }, connector());
    const write = (path: string, size: number) => ask(files, 'write', { path, content: 'x'.repeat(size) }, path + size);
    await expect(write('a', 11)).rejects.toThrow('at most 10');
    await write('a', 10);
    await expect(ask(files, 'append', { path: 'a', content: 'y' }, 'k')).rejects.toMatchObject(REFUSED);
    await write('b', 10);
    await expect(write('c', 6)).rejects.toThrow('would hold');
    await write('c', 5);
    await write('a', 1);
    await expect(write('d', 1)).rejects.toThrow('would hold');
    expect((await ask(files, 'list', {})).value.count).toBe(3);
  });

  it.each([
    ['base64', 'AP+A', 3, 'AP+A=='],
    ['latin1', 'd\u00e9', 2, '\u20ac'],
    ['utf8', '\u{1f600}', 4, '\ud83d'],
  ])('are written in %s exactly as given, or not at all [CON70] [T22]', async (encoding, text, size, wrong) => {
    const capabilities = FS.map((one) => ({
      ...one,
      config: { ...(one.config as object), ...(/write|read$/.test(one.id) ? { encoding } : {}) },
    }));
    const files = await opened({}, connector(), capabilities);
    expect((await ask(files, 'write', { path: 'a', content: text }, 'k1')).value.size).toBe(size);
    expect((await ask(files, 'read', { path: 'a' })).value).toMatchObject({ content: text, size });
    await expect(ask(files, 'write', { path: 'a', content: wrong }, 'k2')).rejects.toMatchObject(REFUSED);
  });
});

it('keeps the rights of a file it replaces [CON65]', async () => {
  const files = await opened();
  await writeFile(join(files.root, 'run.sh'), 'old', { mode: 0o755 });
  await ask(files, 'write', { path: 'run.sh', content: 'new' });
  expect((await stat(join(files.root, 'run.sh'))).mode & 0o777).toBe(0o755);
});

it('keeps no more of what was deleted than the quota [CON66]', async () => {
  const files = await opened({ keepFor: 60_000, quota: { bytes: 10 } });
  const remove = async (path: string, size: number) => {
    await ask(files, 'write', { path, content: 'x'.repeat(size) }, `w${path}`);
    return ask(files, 'delete', { path }, `d${path}`);
  };
  const { value } = await remove('a', 8);
  await expect(remove('b', 8)).rejects.toThrow('all the room');
  expect((await ask(files, 'read', { path: 'b' })).value.found).toBe(true);
  await expect(ask(files, 'restore', { path: 'c', kept: '0'.repeat(40) }, 'r')).rejects.toThrow('nothing is kept');
  expect((await readdir(join(files.context.directory, '.reeve', 'kept'))).length).toBe(1);
  expect(value.kept).toMatch(/^[0-9a-f]{40}$/);
});

describe('a step repeated after a crash', () => {
  async function bench() {
    const { context, root } = await opened();
    const kept = join(context.directory, 'kept');
    mkdirSync(kept);
    const workspaces = workspacesOf(context, { workspace: 'tool', root: 'files' });
    const place: Place = { workspaces, kept, maxFile: 100 };
    const staged = join(context.directory, 'staged');
    const again = (todo: Step, content = '') => {
      writeFileSync(staged, content);
      perform(place, staged, todo);
      expect(existsSync(staged)).toBe(false);
    };
    writeFileSync(join(root, 'a'), 'content');
    const { ino } = await stat(join(root, 'a'));
    return { root, kept, again, ino };
  }
  const common = { workspace: 'files', path: 'a' };
  const version = 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73';

  it('finishes a move wherever it was interrupted [CON65] [T16]', async () => {
    const { root, again, ino } = await bench();
    const todo: Step = { kind: 'move', ...common, to: 'b', ino };
    linkSync(join(root, 'a'), join(root, 'b'));
    again(todo);
    expect(await filesOf(root)).toEqual([{ name: 'b', content: 'content' }]);
    again(todo);
    expect(await filesOf(root)).toEqual([{ name: 'b', content: 'content' }]);
  });

  it('does not move what took the place of the file [CON65]', async () => {
    const { root, again, ino } = await bench();
    writeFileSync(join(root, 'other'), 'other');
    unlinkSync(join(root, 'a'));
    linkSync(join(root, 'other'), join(root, 'a'));
    unlinkSync(join(root, 'other'));
    const todo: Step = { kind: 'move', ...common, to: 'b', ino };
    expect(() => again(todo)).toThrow('changed by somebody else');
    expect(await filesOf(root)).toEqual([{ name: 'a', content: 'other' }]);
  });

  it('finishes a deletion once, and leaves a file that came after it [CON65] [T16]', async () => {
    const { root, kept, again, ino } = await bench();
    const todo: Step = { kind: 'delete', ...common, kept: 'k', ino, version };
    again(todo);
    expect(readFileSync(join(kept, 'k'), 'utf8')).toBe('content');
    writeFileSync(join(root, 'a'), 'later');
    again(todo);
    expect(await filesOf(root)).toEqual([{ name: 'a', content: 'later' }]);
  });

  it('does not delete a file that changed after the decision [CON68]', async () => {
    const { root, again, ino } = await bench();
    writeFileSync(join(root, 'a'), 'changed');
    expect(() => again({ kind: 'delete', ...common, kept: 'k', ino, version })).toThrow('changed by somebody else');
    expect(await filesOf(root)).toEqual([{ name: 'a', content: 'changed' }]);
  });

  it('does not replace a file that changed after the decision [CON68]', async () => {
    const { root, again } = await bench();
    expect(() => again({ kind: 'put', ...common, base: null }, 'new')).toThrow('changed by somebody else');
    again({ kind: 'put', ...common, base: version }, 'new');
    expect(await filesOf(root)).toEqual([{ name: 'a', content: 'new' }]);
  });
});

it('forgets deleted files when their time is over [CON66]', async () => {
  const files = await opened({ keepFor: 60_000 });
  for (const path of ['a', 'b']) await ask(files, 'write', { path, content: path }, path);
  const young = await ask(files, 'delete', { path: 'a' }, 'k1');
  const old = await ask(files, 'delete', { path: 'b' }, 'k2');
  const kept = join(files.context.directory, '.reeve', 'kept');
  for (const name of await readdir(kept))
    if (name.endsWith(String(old.value.kept))) await utimes(join(kept, name), new Date(), Date.now() / 1000 - 61);
  const later = { ...files, tool: await fsConnector.open(files.context) };
  const restore = (from: typeof old, key: string) => ask(later, 'restore', { path: 'c', kept: from.value.kept }, key);
  await expect(restore(old, 'k3')).rejects.toThrow('its time is over');
  expect((await restore(young, 'k4')).value.size).toBe(1);
  await later.tool.close();
});

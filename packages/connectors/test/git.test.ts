/** git over file and http: the contract, faults in the middle of a push, branches that move. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ContractSubject, callOf, connectorContract } from '../src/contract-suite.ts';
import { type Connector, fakeGit, gitConnector } from '../src/index.ts';
import { without } from './servers/process.ts';
import { type CapabilityInput, capabilityOf, read, world } from './subjects.ts';

const ACTIONS: readonly CapabilityInput[] = [
  ...(['read', 'list', 'log', 'diff'] as const).map((action) => ({
    id: `repo.${action}`,
    effect: 'read',
    config: { action },
  })),
  { id: 'repo.commit', effect: 'compensable', config: { action: 'commit' } },
  { id: 'repo.docs', effect: 'compensable', config: { action: 'commit', below: ['docs'] } },
  { id: 'repo.merge', effect: 'irreversible', config: { action: 'merge' } },
];

const PERSON = {
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'O', GIT_AUTHOR_EMAIL: 'o@x' },
  ...{ GIT_COMMITTER_NAME: 'O', GIT_COMMITTER_EMAIL: 'o@x' },
};
const run = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, env: { ...process.env, ...PERSON }, encoding: 'utf8' }).trim();

/** Made once and copied: a bare repository with a README on `main`, and where an outsider works on it. */
const TEMPLATE = mkdtempSync(join(tmpdir(), 'reeve-git-'));
const absent = without('git', 'git');
beforeAll(() => {
  if (absent !== null) return;
  const [bare, work] = [join(TEMPLATE, 'origin.git'), join(TEMPLATE, 'work')];
  run(TEMPLATE, 'init', '-q', '--bare', '-b', 'main', bare);
  run(TEMPLATE, 'init', '-q', '-b', 'main', work);
  mkdirSync(join(work, 'docs'));
  writeFileSync(join(work, 'README.md'), 'hello\n');
  writeFileSync(join(work, 'docs', 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  run(work, 'add', '.');
  run(work, 'commit', '-qm', 'begun');
  run(work, 'push', '-q', bare, 'main');
});
afterAll(() => rmSync(TEMPLATE, { recursive: true }));

function remote() {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-git-'));
  cpSync(TEMPLATE, folder, { recursive: true });
  const [bare, work] = [join(folder, 'origin.git'), join(folder, 'work')];
  return {
    bare,
    url: `file://${bare}`,
    at: (...args: string[]) => run(bare, ...args),
    work,
    in: (...args: string[]) => run(work, ...args),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

async function gitSubject(connector: Connector, real: boolean): Promise<ContractSubject> {
  const origin = real ? remote() : undefined;
  const context = await world('git', { remote: origin?.url ?? 'https://git.example/x.git' }, ACTIONS);
  const args = (n: number) => ({
    branch: 'reeve/x',
    message: `change ${n}`,
    files: [{ path: 'note.md', content: `note ${n}` }],
  });
  return {
    connector,
    context,
    cleanup: async () => {
      await context.cleanup();
      origin?.remove();
    },
    write: { capability: capabilityOf(context, 'repo.commit'), args },
    read: { capability: capabilityOf(context, 'repo.list'), args: {} },
    bad: [
      { why: 'a branch that may not be written', args: { ...args(1), branch: 'main' } },
      { why: 'an option for a branch', args: { ...args(1), branch: '--upload-pack=x' } },
      { why: 'a path upwards', args: { ...args(1), files: [{ path: '../x', content: 'x' }] } },
      { why: 'a hidden path', args: { ...args(1), files: [{ path: '.github/x.yml', content: 'x' }] } },
      { why: 'no files', args: { ...args(1), files: [] } },
      { why: 'no message', args: { ...args(1), message: ' ' } },
      { why: 'another version', args: { ...args(1), version: 'f'.repeat(40) } },
    ],
    world: async (tool) => {
      if (origin) return origin.at('log', '--format=%H %s', '--all').split('\n');
      const names = await read(tool, context, 'repo.list', { branch: 'reeve/x' }).catch(() => ({ count: 0 }));
      return names.count === 0 ? ['begun'] : (await read(tool, context, 'repo.log', { branch: 'reeve/x' })).rows;
    },
    count: (world) => (world as unknown[]).length,
  };
}

connectorContract('the fake git', () => gitSubject(fakeGit(), false));

describe.skipIf(absent !== null)('git over file', () => {
  connectorContract('git over file', () => gitSubject(gitConnector, true));

  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  async function opened(more: Record<string, unknown> = {}) {
    const origin = remote();
    const context = await world('git', { remote: origin.url, branches: ['reeve/', 'main'], ...more }, ACTIONS);
    const tool = await gitConnector.open(context);
    cleanups.push(origin.remove, context.cleanup, () => tool.close());
    const ask = (id: string, args: Record<string, unknown>, key = 'k', attempt = 1) =>
      tool.call(callOf(capabilityOf(context, `repo.${id}`), args, { key, attempt }));
    const note = (content: string, more: Record<string, unknown> = {}) => ({
      branch: 'reeve/x',
      message: 'a note',
      files: [{ path: 'note.md', content }],
      ...more,
    });
    return { origin, context, tool, ask, note, lookup: (key: string) => tool.lookup?.(key, context.capabilities[0]!) };
  }
  const hook = (bare: string, name: string, script: string) =>
    writeFileSync(join(bare, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  it('commits on top of a branch, keeps modes, deletes, and shows what changed [CON120] (R-C63)', async () => {
    const { origin, ask } = await opened();
    const files = [
      { path: 'docs/run.sh', content: '#!/bin/sh\necho\n' },
      { path: 'new/ü.md', content: 'new' },
      { path: 'README.md', content: null },
    ];
    const { value } = await ask('commit', { branch: 'reeve/x', message: 'change things', files }, 'k1');
    expect(origin.at('ls-tree', '-r', '--format=%(objectmode) %(path)', 'reeve/x')).toBe(
      '100755 docs/run.sh\n100644 "new/\\303\\274.md"',
    );
    expect(origin.at('log', '-1', '--format=%H %an %B', 'reeve/x')).toBe(
      `${value.commit} Reeve change things\n\nReeve-Operation: op-1`,
    );
    expect((await ask('diff', { branch: 'reeve/x' })).value.diff).toContain('+echo');
    expect((await ask('read', { path: 'new/ü.md', branch: 'reeve/x' })).value).toMatchObject({
      found: true,
      content: 'new',
    });
    expect((await ask('read', { path: 'new/ü.md' })).value).toEqual({ found: false });
    expect((await ask('log', { branch: 'reeve/x' })).value).toMatchObject({
      count: 2,
      rows: [{ commit: value.commit }, { message: 'begun' }],
    });
    await ask('merge', { branch: 'reeve/x', version: value.commit }, 'k2');
    expect(origin.at('rev-parse', 'main')).toBe(value.commit);
  });

  it('a push that broke before, during or after the branch moved is settled by looking at the branch [CON121] [CON1]', async () => {
    const { origin, ask, note, lookup } = await opened();
    // In the middle: the remote dies while it receives. Nothing moved.
    hook(origin.bare, 'update', 'kill -9 $PPID');
    await expect(ask('commit', note('one'), 'k1')).rejects.toMatchObject({ uncertain: true });
    expect(await lookup('k1')).toBeNull();
    rmSync(join(origin.bare, 'hooks', 'update'));
    await ask('commit', note('one'), 'k1', 2);
    // After: the branch moved and the answer is lost.
    hook(origin.bare, 'post-receive', 'kill -9 $PPID');
    hook(origin.bare, 'post-update', 'kill -9 $PPID');
    const lost = await ask('commit', note('two'), 'k2').then(
      () => null,
      (error: unknown) => error,
    );
    for (const name of ['post-receive', 'post-update']) rmSync(join(origin.bare, 'hooks', name));
    if (lost !== null) expect(lost).toMatchObject({ uncertain: true });
    const moved = origin.at('rev-parse', 'reeve/x');
    expect(await lookup('k2')).toMatchObject({ value: { commit: moved } });
    expect((await ask('commit', note('two'), 'k2', 2)).value.commit).toBe(moved);
    expect(origin.at('rev-list', '--count', 'reeve/x')).toBe('3');
  });

  it('is found also when others went on from it, and is not when they did not [CON121]', async () => {
    const { origin, ask, note, lookup } = await opened();
    hook(origin.bare, 'update', 'kill -9 $PPID');
    await expect(ask('commit', note('one', { branch: 'main' }), 'k1')).rejects.toMatchObject({ uncertain: true });
    rmSync(join(origin.bare, 'hooks', 'update'));
    origin.in('commit', '-q', '--allow-empty', '-m', 'theirs');
    origin.in('push', '-q', origin.bare, 'main');
    expect(await lookup('k1')).toBeNull();
    await expect(ask('commit', note('one', { branch: 'main' }), 'k1', 2)).rejects.toMatchObject({
      category: 'deterministic',
    });
    expect(origin.at('log', '--format=%s', 'main')).toBe('theirs\nbegun');
  });

  it('a branch that moved since it was read is not written over, a refusal of the remote is governance [CON120] (R-C62)', async () => {
    const { origin, ask, note } = await opened();
    const { version } = await ask('read', { path: 'README.md' });
    origin.in('commit', '-q', '--allow-empty', '-m', 'theirs');
    origin.in('push', '-q', origin.bare, 'main');
    const late = ask('commit', note('x', { branch: 'main', version }), 'k1');
    await expect(late).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    hook(origin.bare, 'pre-receive', 'exit 1');
    await expect(ask('commit', note('x'), 'k2')).rejects.toMatchObject({ category: 'governance', uncertain: false });
    await ask('diff', { branch: 'main' });
    await expect(ask('docs', note('x'), 'k3')).rejects.toThrow('only what is below docs');
  });

  it('runs nothing that is in a repository or on this machine [CON122] [T12]', async () => {
    const { origin, ask, note, context } = await opened();
    const trace = join(context.directory, 'ran');
    origin.in('config', 'core.hooksPath', 'hooks');
    writeFileSync(join(origin.work, '.gitattributes'), '* filter=evil diff=evil\n');
    origin.in('add', '.');
    origin.in('commit', '-qm', 'attributes');
    origin.in('push', '-q', origin.bare, 'main');
    process.env.GIT_EXTERNAL_DIFF = `touch ${trace}`;
    cleanups.push(() => void delete process.env.GIT_EXTERNAL_DIFF);
    await ask('commit', note('x'), 'k1');
    await ask('diff', { branch: 'reeve/x' });
    expect(() => execFileSync('test', ['-e', trace])).toThrow();
  });

  it('opens only https and files, and names a remote that is not there [CON122]', async () => {
    for (const url of [
      'ext::sh -c touch%20/tmp/x',
      'git://host/x',
      'http://git.example/x.git',
      '-x',
      'ssh://-oProxyCommand=x/y',
    ])
      expect(gitConnector.config.safeParse({ remote: url }).success, url).toBe(false);
    const { ask } = await opened({ remote: 'file:///nowhere/x.git' });
    await expect(ask('list', {})).rejects.toMatchObject({ category: 'transient', uncertain: false });
  });
});

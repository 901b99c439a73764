import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Actor } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { type Folder, folderAt } from '../src/files-view/port.ts';
import { FilesView } from '../src/files-view/view.ts';
import { folder, later, type Place, supported, ticket } from './support.ts';

const LEAD: Actor = { principal: 'owner' };

async function viewOf({ house }: Place, directory: string, more: { folder?: Folder } = {}): Promise<FilesView> {
  const { runtime, store } = house;
  const view = await FilesView.open({ directory, runtime, store, log: () => {}, every: 5, ...more });
  later(() => view.close(1000));
  return view;
}

/** The files show everything that is on the ledger. */
const shown = async ({ house }: Place, view: FilesView) => view.caughtUp(house.runtime.health().seq);

/** Path → text of every file, without the view's own note. */
function tree(directory: string, under = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(directory, under)).sort()) {
    if (name === '.git' || name === '.reeve-files.json') continue;
    const path = join(under, name);
    if (statSync(join(directory, path)).isDirectory()) Object.assign(found, tree(directory, path));
    else found[path] = readFileSync(join(directory, path), 'utf8');
  }
  return found;
}

const git = (directory: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: directory,
    encoding: 'utf8',
  });
const changed = (directory: string) =>
  git(directory, 'status', '--porcelain', '-uall')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(3));
const commit = (directory: string) => {
  git(directory, 'add', '-A');
  git(directory, 'commit', '-qm', 'x');
};

const submit = async ({ house }: Place, kind: string, body: Record<string, unknown>, actor = LEAD) => {
  const reply = await house.runtime.submit({ id: '', kind: kind as 'case.note', actor, body });
  if (!reply.ok) throw new Error(JSON.stringify(reply.rejection));
  return reply.result;
};
const note = (at: Place, id: string, text: string) => submit(at, 'case.note', { case: id, text });

async function withCases(count: number): Promise<Place> {
  const at = await supported();
  for (let n = 1; n <= count; n++) await at.client.openCase(ticket(n));
  return at;
}

describe('[FIL1] the files are a function of the ledger (R-D52, R-D65, R-A24, R-D14)', () => {
  it('a folder that is deleted is written again with the same bytes (R-D29, R-D49)', async () => {
    const at = await withCases(3);
    const directory = join(await folder(), 'view');
    const view = await viewOf(at, directory);
    await note(at, 'C-1', 'looked at');
    await submit(at, 'switch.trip', { scope: 'seat', id: 'billing-specialist', reason: 'test' });
    await submit(at, 'switch.rearm', { scope: 'seat', id: 'billing-specialist', reason: 'test' });
    await submit(at, 'incident.close', { incident: 'I-1', cause: 'c', done: 'd', prevention: 'p' });
    await submit(at, 'case.cancel', { case: 'C-2', reason: 'spam' });
    await shown(at, view);
    const before = tree(directory);
    for (const name of [
      'PURPOSE',
      'DESIRED_STATE',
      'CURRENT_STATE',
      'GAPS',
      'STANDUP',
      'PROGRESS',
      'SERVICE_DIRECTORY',
    ])
      expect(Object.keys(before)).toContain(`${name}.md`);
    for (const path of ['AGENT_DASHBOARD.md', 'INCIDENTS.md', 'BUDGET.md', 'incidents/I-1.md', 'cases/00000/C-1.jsonl'])
      expect(Object.keys(before)).toContain(path);
    expect(Object.keys(before)).toContain('agents/billing-specialist/SERVICE_CATALOG.md');
    expect(before['incidents/I-1.md']).toContain('What keeps it from happening again\n\n- p');
    await view.close();
    rmSync(directory, { recursive: true });
    await shown(at, await viewOf(at, directory));
    expect(tree(directory)).toEqual(before);
  });

  it('goes on where it was when it starts again, and begins anew when its note is lost', async () => {
    const at = await withCases(1);
    const directory = await folder();
    const view = await viewOf(at, directory);
    await shown(at, view);
    await view.close();
    await note(at, 'C-1', 'while nobody wrote');
    const again = await viewOf(at, directory);
    await shown(at, again);
    expect(tree(directory)['cases/00000/C-1.jsonl']).toContain('while nobody wrote');
    rmSync(join(directory, '.reeve-files.json'));
    rmSync(join(directory, 'GAPS.md'));
    await note(at, 'C-1', 'more');
    await shown(at, again);
    expect(Object.keys(tree(directory))).toContain('GAPS.md');
  });
});

describe('[FIL5] what happens on one case changes its own file, [FIL3] a fact a line', () => {
  it('one line more, and nothing else in the folder; a change of status one line in each file that counts it', async () => {
    const at = await withCases(3);
    const directory = await folder();
    const view = await viewOf(at, directory);
    await shown(at, view);
    git(directory, 'init', '-q');
    commit(directory);
    await note(at, 'C-2', 'only this');
    await shown(at, view);
    expect(changed(directory)).toEqual(['cases/00000/C-2.jsonl']);
    expect(git(directory, 'diff', '--numstat').split('\t').slice(0, 2)).toEqual(['1', '0']);
    commit(directory);
    await submit(at, 'case.cancel', { case: 'C-3', reason: 'spam' });
    await shown(at, view);
    const files = changed(directory);
    expect(files.filter((path) => path.startsWith('cases/'))).toEqual(['cases/00000/C-3.jsonl']);
    const counts = git(directory, 'diff', '--numstat', '--', 'CURRENT_STATE.md').split('\t').slice(0, 2).map(Number);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  });
});

describe('[FIL2] a slow disk is late, and nobody waits for it', () => {
  it('commands are answered while a file takes for ever; what waits is a set, not a queue', async () => {
    const at = await withCases(2);
    let stuck = 0;
    const slow: Folder = {
      write: () => {
        stuck += 1;
        return new Promise(() => {});
      },
      note: async () => null,
    };
    const view = await viewOf(at, await folder(), { folder: slow });
    for (let i = 0; i < 200; i++) await note(at, 'C-1', `n${i}`);
    expect(stuck).toBe(1);
    expect(view.progress.waiting).toBeLessThan(10);
    await view.close(0);
  });

  it('[FIL6] a disk that fails is tried again until the files are whole', async () => {
    const at = await withCases(2);
    const directory = await folder();
    const real = folderAt(directory);
    let calls = 0;
    const flaky: Folder = {
      note: real.note,
      write: async (path, text) => {
        calls += 1;
        if (calls === 3) throw new Error('no space left');
        await real.write(path, text);
      },
    };
    const view = await viewOf(at, directory, { folder: flaky });
    await shown(at, view);
    const other = await folder();
    await shown(at, await viewOf(at, other));
    expect(tree(directory)).toEqual(tree(other));
  });
});

describe('[FIL4] logs of cases', () => {
  it('are JSON Lines in parts that never change once they are full (R-D21)', async () => {
    const at = await withCases(1);
    const directory = await folder();
    for (let i = 0; i < 1005; i++) await note(at, 'C-1', `n${i}`);
    const view = await viewOf(at, directory);
    await shown(at, view);
    const first = tree(directory)['cases/00000/C-1.jsonl']!;
    expect(first.trimEnd().split('\n')).toHaveLength(1000);
    await note(at, 'C-1', 'the last one');
    await shown(at, view);
    const files = tree(directory);
    expect(files['cases/00000/C-1.jsonl']).toBe(first);
    const line = JSON.parse(files['cases/00000/C-1.2.jsonl']!.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
    expect(line).toMatchObject({ event: 'case.noted', by: 'owner', text: expect.stringContaining('the last one') });
  });
});

describe('[FIL7] who is forgotten is gone from the files', () => {
  it('names and words of the customer are written nowhere any more', async () => {
    const at = await withCases(2);
    const directory = await folder();
    const view = await viewOf(at, directory);
    const { customer, name } = ticket(1);
    await submit(at, 'case.cancel', { case: 'C-1', reason: 'over' });
    await shown(at, view);
    const holds = () => Object.values(tree(directory)).filter((text) => text.includes(customer) || text.includes(name));
    expect(holds().length).toBeGreaterThan(0);
    await at.client.forget({ id: 'C-1', reason: 'asked to be' });
    await shown(at, view);
    expect(holds()).toEqual([]);
    expect(tree(directory)['cases/00000/C-1.jsonl']).toContain('[erased');
  });
});

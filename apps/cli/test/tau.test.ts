import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { tau } from '../src/tau/command.ts';
import { replayWithCrashes } from '../src/tau/crash.ts';
import { type Benchmark, readBenchmark, readViolations } from '../src/tau/data.ts';
import { retailDefinition } from '../src/tau/organisation.ts';
import { documentsOf, patched } from '../src/tau/patch.ts';
import { replaySummary, violationSummary } from '../src/tau/report.ts';
import { openJudge, replayAll } from '../src/tau/run.ts';
import { effectsOf } from '../src/tau/shop.ts';
import { chosenViolations, violationsJson } from '../src/tau/violations.ts';
import { fixtureBenchmark, sharedBenchmark } from './retail/fixture.ts';

const definition = await retailDefinition();
const fixture = fixtureBenchmark();
const shared = sharedBenchmark();
const base = mkdtempSync(join(tmpdir(), 'reeve-tau-test-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A folder with the benchmark's files; `name` keeps the folders of tests apart. */
function folderOf(name: string, { tasks, database }: { tasks: unknown; database: unknown }): string {
  const folder = mkdtempSync(join(base, name));
  writeFileSync(join(folder, 'tau-retail.json'), JSON.stringify({ policy: 'is not read', tasks }));
  writeFileSync(join(folder, 'tau-retail-db.json'), JSON.stringify(database));
  return folder;
}

async function command(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const status = await tau(args, {
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
  });
  return { status, stdout, stderr };
}

/** The benchmark with one task only, changed. */
function only(index: number, change: (task: Benchmark['tasks'][number]) => Benchmark['tasks'][number]): Benchmark {
  return { database: fixture.database, tasks: [change(fixture.tasks[index]!)] };
}

describe('reading', () => {
  it.each([
    [{ tasks: [{ ...fixture.tasks[0], id: undefined }] }, /tau-retail\.json: tasks\[0\]\.id: /],
    [{ tasks: [{ ...fixture.tasks[0], final_hash: 5 }] }, /tau-retail\.json: tasks\[0\]\.final_hash: .*string/],
    [{ tasks: [{ ...fixture.tasks[0], actions: [{ name: 'x' }] }] }, /tasks\[0\]\.actions\[0\]\.type: .* more\)/],
    [{ tasks: [fixture.tasks[0], fixture.tasks[0]] }, /tasks\[1\]\.id: there are two tasks "fixture-0"/],
    [{ tasks: [] }, /tasks: /],
    [{ database: { users: [] } }, /tau-retail-db\.json: users: /],
  ])('names file and field of a mistake (%#) [TAU1]', (mistake, message) => {
    const folder = folderOf('mistake', { ...fixture, ...mistake });
    expect(() => readBenchmark(folder)).toThrow(message);
  });

  it('says when a file is missing or no JSON [TAU1]', () => {
    expect(() => readBenchmark(join(base, 'nowhere'))).toThrow(/nowhere.tau-retail\.json: there is no such file/);
    const folder = folderOf('broken', fixture);
    writeFileSync(join(folder, 'tau-retail-db.json'), '{');
    expect(() => readBenchmark(folder)).toThrow(/tau-retail-db\.json: not valid JSON/);
  });

  it('takes what it wrote, with fields it does not know and numbers as ids [TAU1]', () => {
    const tasks = fixture.tasks.map((task, i) => ({ ...task, id: i, more: true }));
    expect(readBenchmark(folderOf('good', { ...fixture, tasks })).tasks.map(({ id }) => id)).toContain('0');
  });

  it('refuses a violation of a task that is not there [TAU1]', () => {
    const file = join(base, 'violations.json');
    writeFileSync(file, JSON.stringify([{ task: 'x', name: 'y', arguments: {}, session: {}, state_patch: [] }]));
    expect(() => readViolations(file, fixture)).toThrow(/\[0\]\.task: there is no task "x"/);
    writeFileSync(file, JSON.stringify([{ task: 'fixture-0', name: 'y', session: {} }]));
    expect(() => readViolations(file, fixture)).toThrow(/\[0\]\.arguments: /);
  });
});

describe('changing a database', () => {
  const database = { orders: { a: { list: [1, 2], x: { y: 1 } }, b: { x: 1 } } };

  it('makes the changes in a copy and shares what is not changed [TAU6]', () => {
    const changes = [
      { path: ['orders', 'a', 'x', 'y'], new: 2 },
      { path: ['orders', 'a', 'list', 0], op: 'remove' as const },
      { path: ['orders', 'c'], new: { x: 3 } },
    ];
    const copy = patched(database, changes, 'it');
    expect(copy).toEqual({ orders: { a: { list: [2], x: { y: 2 } }, b: { x: 1 }, c: { x: 3 } } });
    expect(database.orders.a).toEqual({ list: [1, 2], x: { y: 1 } });
    expect(copy.orders?.b).toBe(database.orders.b);
    expect(documentsOf(copy, changes).map(({ path }) => path.join('/'))).toEqual(['orders/a', 'orders/c']);
  });

  it('cannot be led to an object it inherits [TAU6]', () => {
    expect(() => patched(database, [{ path: ['orders', '__proto__', 'polluted'], new: 1 }], 'it')).toThrow(/it\[0\]/);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('says what cannot be held [TAU6]', () => {
    expect(() => patched(database, [{ path: ['orders', 'z', 'x'], new: 1 }], 'it')).toThrow('could hold orders/z/x');
  });
});

const BENCHMARKS: [string, Benchmark | null][] = [
  ['the small shop', fixture],
  ['τ²-bench', shared],
];

describe.each(BENCHMARKS)('the replay of %s', (_name, benchmark) => {
  if (benchmark === null) return void it.skip('needs ../shared/data, which is not there');

  it('admits and verifies every expected write and reaches every final hash [TAU2] [TAU4]', async () => {
    const { results, ...numbers } = replaySummary(await replayAll(benchmark, definition));
    const writes = benchmark.tasks.flatMap(({ actions }) => actions.filter(({ type }) => type === 'WRITE'));
    const expected = writes.filter(({ error }) => error === null).length;
    expect(numbers).toMatchObject({ expected, admitted: expected, asked: 0, refused: 0, ok: true });
    expect(numbers.hashesEqual).toBe(benchmark.tasks.length);
    expect(numbers.notExecutableRefused).toBe(writes.length - expected);
    const made = results.flatMap((result) => result.writes.filter(({ executable }) => executable));
    expect([...new Set(made.map(({ status }) => status))]).toEqual(['verified']);
  }, 120_000);
});

describe('a replay', () => {
  const write = (task: Benchmark['tasks'][number]) => task.actions.at(-1)!;

  it('starts from the initial patch of the task [TAU2]', async () => {
    const cancelled = { path: ['orders', '#W0000003', 'status'], new: 'cancelled' };
    const [result] = await replayAll(
      only(0, (task) => ({ ...task, initial_db_patch: [cancelled] })),
      definition,
    );
    expect(result?.writes[0]).toMatchObject({ name: 'cancel_pending_order', outcome: 'refused', status: 'denied' });
    expect(result?.writes[0]?.reasons[0]).toMatch(/^cancel\/pending: /);
    expect(result).toMatchObject({ effects: 0, hashEqual: false, ledger: true });
  });

  it('refuses every write in a session in which nobody was authenticated [TAU2]', async () => {
    const run = { ...fixture, tasks: fixture.tasks.map((task) => ({ ...task, session: {} })) };
    const { admitted, refused } = replaySummary(await replayAll(run, definition));
    expect({ admitted, refused }).toEqual({ admitted: 0, refused: fixture.tasks.length });
  });

  it('makes the same request once, however often the task asks for it [TAU3]', async () => {
    const [result] = await replayAll(
      only(1, (task) => ({ ...task, actions: [...task.actions, write(task), write(task)] })),
      definition,
    );
    expect(result).toMatchObject({ effects: 1, repeated: false, hashEqual: true });
  });

  it('prepares no effect for what the shop itself refused, and keeps the first of equal requests [TAU3]', () => {
    const one = write(fixture.tasks[0]!);
    const other = { ...one, patch: [] };
    expect(effectsOf([{ ...one, error: 'refused' }, one, other]).map(({ changes }) => changes)).toEqual([one.patch]);
  });

  it('counts an expected write that the pack refuses, and one it must refuse and admits [TAU4] [TAU7]', async () => {
    const wrong = { ...write(fixture.tasks[0]!), arguments: { order_id: '#W0000003', reason: 'a whim' } };
    const refused = await replayAll(
      only(0, (task) => ({ ...task, actions: [wrong] })),
      definition,
    );
    expect(replaySummary(refused)).toMatchObject({ expected: 1, admitted: 0, refused: 1, ok: false });
    const admitted = await replayAll(
      only(0, (task) => ({ ...task, actions: [{ ...write(task), error: 'refused there' }] })),
      definition,
    );
    expect(replaySummary(admitted)).toMatchObject({
      expected: 0,
      notExecutable: 1,
      notExecutableRefused: 0,
      ok: false,
    });
  });

  it('hands the customer over when a call says so [TAU4]', async () => {
    const transfer = {
      ...{ name: 'transfer_to_human_agents', type: 'GENERIC' as const, error: null, patch: [] },
      arguments: { summary: 'wants a person' },
    };
    const [result] = await replayAll(
      only(0, (task) => ({ ...task, actions: [transfer, write(task)] })),
      definition,
    );
    expect(result).toMatchObject({ hashEqual: true, writes: [{ outcome: 'admitted' }] });
  });

  it('survives kills at any moment without a second effect [TAU5]', async () => {
    const folder = folderOf('crash', fixture);
    const { results, kills } = await replayWithCrashes(folder, fixture.tasks, { kills: 3, seed: 7 });
    expect(kills).toBeGreaterThan(0);
    expect(replaySummary(results)).toMatchObject({ hashesEqual: fixture.tasks.length, repeatedEffects: 0, ok: true });
  }, 60_000);
});

describe('the command', () => {
  const violation = {
    ...{
      task: 'fixture-0',
      name: 'cancel_pending_order',
      arguments: { order_id: '#W0000003', reason: 'no longer needed' },
    },
    ...{ session: { user: 'ann_smith_1' }, state_patch: [] as unknown[] },
  };
  const folder = folderOf('command', fixture);

  it('prints the numbers of a replay and ends with 0 [TAU7]', () => {
    const main = fileURLToPath(new URL('../src/tau/main.ts', import.meta.url));
    const run = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));
    const args = [run, main, folder, '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const { length } = fixture.tasks;
    expect(JSON.parse(stdout)).toMatchObject({
      tasks: length,
      expected: length,
      admitted: length,
      hashesEqual: length,
    });
    expect(status).toBe(0);
  }, 60_000);

  it('ends with 1 and names the request when a violation is admitted [TAU6] [TAU7]', async () => {
    const file = join(base, 'requests.json');
    const cancelled = [{ path: ['orders', '#W0000003', 'status'], new: 'cancelled' }];
    writeFileSync(file, JSON.stringify([{ ...violation, state_patch: cancelled }, violation]));
    const { status, stdout } = await command(folder, '--violations', file);
    expect(stdout).toMatch(
      /admitted: \[1\].*cancel_pending_order[\s\S]*requests +2\nrefused +1\nasked +0\nadmitted +1\nhash unchanged +1/,
    );
    expect(status).toBe(1);
  }, 60_000);

  it('ends with 2 and a sentence for a mistake [TAU1]', async () => {
    expect(await command(join(base, 'nowhere'))).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: expect.stringContaining('there is no such file; check the path'),
    });
    expect((await command(folder, '--crash', 'often')).stderr).toContain('--crash often: expected a whole number');
    expect((await command(folder, '--nonsense')).stderr).toContain('usage: npm run tau');
  }, 60_000);

  it.each(['no_such_tool', 'No Tool!'])('refuses "%s", which is no capability [TAU6]', async (name) => {
    const judge = await openJudge(fixture, definition);
    const { outcome } = await judge.judge({ ...violation, name, state_patch: [] });
    judge.close();
    expect(outcome).toBe('refused');
  });

  it('leaves the shop of a judged request as it is, even when it is admitted [TAU6]', async () => {
    const judge = await openJudge(fixture, definition);
    const { outcome } = await judge.judge({ ...violation, state_patch: [] });
    const again = await judge.judge({ ...violation, state_patch: [] });
    judge.close();
    expect([outcome, again.outcome]).toEqual(['admitted', 'admitted']);
  });

  it('measures the hash of the shop around each request, and an admitted one changes it [TAU6]', async () => {
    const refused = { ...violation, arguments: { order_id: '#W0000003', reason: 'a whim' }, state_patch: [] };
    const admitted = { ...violation, state_patch: [] };
    const judge = await openJudge(fixture, definition, [refused, admitted]);
    const results = [await judge.judge(refused), await judge.judge(admitted)];
    judge.close();
    expect(results.map(({ outcome, unchanged }) => [outcome, unchanged])).toEqual([
      ['refused', true],
      ['admitted', false],
    ]);
    expect(violationSummary(results)).toMatchObject({ refused: 1, hashUnchanged: 1, ok: false });
  });
});

describe('generated violations', () => {
  const listed = new Set(
    [...readFileSync(new URL('../src/tau/SPEC.md', import.meta.url), 'utf8').matchAll(/^\| (`.*?) \|/gm)].flatMap(
      ([, names]) => [...names!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!),
    ),
  );

  /** These leave something out of a list; the small shop only ever changes one item. */
  const ofSeveralItems = new Set(['dropped-item', 'dropped-new-item']);

  it('are made by the operators that the specification lists, the same for the same seed [TAU8]', () => {
    const all = chosenViolations(fixture, 1, 1000);
    const names = (broken: typeof all) => [...new Set(broken.map(({ operator }) => operator))].sort();
    expect(names(all)).toEqual([...listed].filter((name) => !ofSeveralItems.has(name)).sort());
    if (shared) expect(names(chosenViolations(shared, 1, 1))).toEqual([...listed].sort());
    expect(listed.size).toBeGreaterThanOrEqual(15);
    const text = (seed: number) => violationsJson(chosenViolations(fixture, seed, 1));
    expect(text(3)).toBe(text(3));
    expect(new Set([1, 2, 3, 4, 5].map(text)).size).toBeGreaterThan(1);
    expect(chosenViolations(fixture, 3, 1).length).toBeLessThan(all.length);
  });

  it('are written in the format that is read, and all refused with the hash unchanged [TAU6] [TAU8]', async () => {
    const folder = folderOf('generated', fixture);
    const out = join(base, 'generated.json');
    const made = await command(folder, '--generate-violations', '--seed', '5', '--most', '1', '--out', out, '--json');
    expect(made.status).toBe(0);
    const { requests, operators } = JSON.parse(made.stdout);
    expect(Object.keys(operators)).toHaveLength(listed.size - ofSeveralItems.size);
    const judged = await command(folder, '--violations', out, '--json');
    expect(JSON.parse(judged.stdout)).toMatchObject({
      ...{ requests, refused: requests, asked: 0, admitted: 0, hashUnchanged: requests },
    });
    expect(judged.status).toBe(0);
  }, 120_000);

  it('need a file to be written to, and nothing else to do [TAU8]', async () => {
    const folder = folderOf('wrong', fixture);
    const wrong = [['--generate-violations'], ['--out', 'x'], ['--generate-violations', '--out', 'x', '--crash', '1']];
    for (const args of wrong)
      expect(await command(folder, ...args)).toMatchObject({ status: 2, stderr: expect.stringContaining('usage:') });
  }, 60_000);
});

import { spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { type Call, type OpenContext, shellConnector, type Tool, toolIssues } from '../src/index.ts';
import { canIsolate } from '../src/shell/client.ts';
import { type Order, run } from '../src/shell/process.ts';
import { shellConfig } from '../src/shell/wire.ts';
import { type CapabilityInput, capabilityOf, SHELL_TOOL, TYPESCRIPT, world } from './subjects.ts';

const ISOLATED = await canIsolate();
const LIMITS = shellConfig.parse(SHELL_TOOL).limits;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A capability `shell.it` that runs `script`, a text of this test, with the argument `a`. */
const scripted = (script: string, more: Record<string, unknown> = {}): CapabilityInput => ({
  ...{ id: 'shell.it', effect: 'irreversible', settle: 'ask' },
  args: { a: { type: 'string', optional: true } },
  config: { program: 'sh', args: ['-c', script, 'script', { arg: 'a' }], ...more },
});

async function opened(capability: CapabilityInput, config: Record<string, unknown> = {}) {
  const context = await world('shell', { ...SHELL_TOOL, ...config }, [capability]);
  cleanups.push(context.cleanup);
  const tool = await shellConnector.open(context);
  cleanups.push(() => tool.close());
  return { context, tool, root: join(context.directory, 'files') };
}

const ask = ({ context, tool }: { context: OpenContext; tool: Tool }, args = {}, more: Partial<Call> = {}) =>
  tool.call(callOf(capabilityOf(context, 'shell.it'), args, more));

const outputOf = async (script: string, config: Record<string, unknown> = {}) => {
  const { value } = await ask(await opened(scripted(script), config));
  return String(value.stdout);
};

/** A time for `sleep` that no other process sleeps for: by it a process is found wherever it went. */
const uniqueSleep = () => `9${randomInt(10_000, 99_999)}.${randomInt(10_000, 99_999)}`;

/** Processes with this text in their command line. */
const processesWith = (text: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(text);
    } catch {
      return false;
    }
  });

async function goneWithin(ms: number, text: string): Promise<void> {
  const until = Date.now() + ms;
  while (processesWith(text).length > 0 && Date.now() < until) await sleep(20);
  expect(processesWith(text)).toEqual([]);
}

async function startedWith(text: string): Promise<void> {
  for (let n = 0; n < 250 && processesWith(text).length === 0; n += 1) await sleep(20);
  expect(processesWith(text)).not.toEqual([]);
}

describe('what is run', () => {
  it('gets its arguments as they are: nothing is ever a command line [CON71]', async () => {
    const a = '; touch x $(touch y) `touch z` && "\' * > out | $HOME';
    const files = await opened(scripted('printf "%s" "$1"'));
    expect((await ask(files, { a })).value.stdout).toBe(a);
    expect(await readdir(files.root)).toEqual(['.tmp']);
  });

  it.each([
    ['a shell script', 'sh', '-c'],
    ['a login shell script', 'sh', '-lc'],
    ['a module', 'node', '--eval'],
    ['an expression', 'node', '-p'],
  ])('is never code from an argument: %s [CON71] [T12]', (_, program, option) => {
    const capability = scripted('', { program, args: [option, { arg: 'a' }] });
    const { tools, capabilities } = issuesOf(capability);
    expect(toolIssues({ tools, capabilities })).toEqual([
      expect.objectContaining({ message: expect.stringContaining('takes code') }),
    ]);
  });

  const issuesOf = (one: CapabilityInput) => {
    const tool = { id: 'it', connector: 'shell', title: '', config: SHELL_TOOL };
    return { tools: [tool], capabilities: [{ ...one, tool: 'it' } as never] };
  };

  it.each(['-rf', '--upload-pack=x', '-'])('does not take an argument for an option: %j [CON71]', async (a) => {
    await expect(ask(await opened(scripted(':')), { a })).rejects.toMatchObject({
      category: 'deterministic',
      uncertain: false,
    });
  });

  it('is on the list, with its absolute path, and lies where no worker can write [CON72] [T12]', async () => {
    const { context, root } = await opened(scripted(':'));
    await writeFile(join(root, 'mine'), '#!/bin/sh\n', { mode: 0o755 });
    const openWith = (programs: Record<string, string>, program = 'sh') =>
      shellConnector.open({
        ...context,
        tool: { ...context.tool, config: { ...SHELL_TOOL, programs } },
        capabilities: [{ ...context.capabilities[0]!, config: { program } }],
      });
    await expect(openWith({ sh: 'sh' })).rejects.toThrow('absolute path');
    await expect(openWith({ sh: '/bin/no-such-program' })).rejects.toThrow('ENOENT');
    await expect(openWith({ sh: '/etc/passwd' })).rejects.toThrow('EACCES');
    await expect(openWith({ sh: join(root, 'mine') })).rejects.toThrow('where workers can write');
    await expect(openWith({ sh: '/usr/bin/env' })).rejects.toThrow('any program its arguments name');
    await expect(openWith({ sh: '/bin/sh' }, 'rm')).rejects.toThrow('does not list; it lists sh');
  });

  it('does not inherit the environment, and gets no input [CON73] [T14]', async () => {
    process.env.REEVE_TEST_TOKEN = 'very-secret-token';
    cleanups.push(async () => void delete process.env.REEVE_TEST_TOKEN);
    const files = await opened(scripted('env; cat; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"'), {
      env: { COLOUR: 'none' },
    });
    const lines = String((await ask(files, {}, { case: 'C-7' })).value.stdout).split('\n');
    const names = lines.slice(0, lines.indexOf('')).map((line) => line.split('=')[0]!);
    const allowed = [
      'CASE_ID',
      'COLOUR',
      'HOME',
      'LANG',
      'PATH',
      'PWD',
      'REEVE_CALL',
      'TERM',
      'TMPDIR',
      'OLDPWD',
      'SHLVL',
      '_',
    ];
    if (ISOLATED) {
      expect(lines).not.toContain('REEVE_TEST_TOKEN=very-secret-token');
      expect(names.filter((name) => name !== '' && !allowed.includes(name))).toEqual([]);
    }
    const own = (await outputOf('env')).split('\n').map((line) => line.split('=')[0]!);
    expect(own.filter((name) => name !== '' && !allowed.includes(name))).toEqual([]);
  });

  it.each(['LD_PRELOAD', 'NODE_OPTIONS', 'PATH', 'BASH_ENV', 'a b'])('is not steered by %s [CON73]', (name) => {
    const tool = { id: 'it', connector: 'shell', title: '', config: { ...SHELL_TOOL, env: { [name]: 'x' } } };
    expect(toolIssues({ tools: [tool], capabilities: [] })).not.toEqual([]);
  });

  it('works in the workspace of its case, and only there [CON74] [T-case] (R-C63, R-B15)', async () => {
    const files = await opened(scripted('pwd; echo "$1" > "note"; echo "$TMPDIR $HOME"'), { workspace: 'case' });
    const place = join(await realpath(files.context.directory), 'workspaces', 'C-1');
    const { value } = await ask(files, { a: 'hello' }, { case: 'C-1' });
    expect(value.stdout).toBe(`${place}\n${place}/.tmp ${place}\n`);
    expect(await readFile(join(place, 'note'), 'utf8')).toBe('hello\n');
    for (const one of [undefined, '..', 'C-1/..']) {
      const call = ask(files, {}, { key: `k${one}`, ...(one === undefined ? {} : { case: one }) });
      await expect(call).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    }
  });
});

describe('how it ends', () => {
  it('is a result for the codes the pack says, else a failure of the right kind [CON75]', async () => {
    const exits = { ok: [0, 1], refused: [2], transient: [75] };
    const files = await opened(scripted('echo out; echo "went wrong" >&2; exit "$1"', { exits }));
    const end = (code: number) => ask(files, { a: String(code) }, { key: `k${code}` });
    expect((await end(1)).value).toMatchObject({ exit: 1, stdout: 'out\n', stderr: 'went wrong\n' });
    await expect(end(2)).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    await expect(end(75)).rejects.toMatchObject({ category: 'transient', uncertain: false });
    await expect(end(3)).rejects.toMatchObject({ category: 'deterministic', uncertain: true });
    await expect(end(4)).rejects.toThrow('ended with 4: went wrong');
  });

  it('is uncertain when a signal killed it, but certain for what only reads [CON75]', async () => {
    const kill = 'kill -KILL $$';
    await expect(ask(await opened(scripted(kill)))).rejects.toMatchObject({
      uncertain: true,
      message: expect.stringContaining('137'),
    });
    const reading = { ...scripted(kill, { action: 'read' }), effect: 'read' };
    await expect(ask(await opened(reading))).rejects.toMatchObject({ uncertain: false });
  });

  it('is not repeated when its outcome is unknown: a person or a check must say [CON76] [T16]', async () => {
    const files = await opened(scripted('echo x >> log; exit 9'));
    await expect(ask(files, {})).rejects.toMatchObject({ uncertain: true });
    await expect(ask(files, {}, { attempt: 2 })).rejects.toMatchObject({ uncertain: true });
    await expect(files.tool.lookup?.('key-1', capabilityOf(files.context, 'shell.it'))).rejects.toThrow(
      'unknown outcome',
    );
    expect(await readFile(join(files.root, 'log'), 'utf8')).toBe('x\n');
  });

  it('may be settled by asking or by a check, not by a key the program does not know [CON76]', async () => {
    const with_ = (more: Record<string, unknown>) => opened({ ...scripted(':'), ...more });
    await expect(with_({ settle: 'native-key' })).rejects.toThrow('declare settle: ask');
    await expect(with_({ settle: 'check-before-write' })).rejects.toThrow('declare settle: ask');
    const check = { capability: 'shell.look', landed: 'result.exit == 0' };
    await expect(with_({ settle: 'check-before-write', check })).resolves.toBeDefined();
  });
});

describe('limits', () => {
  const limited = (script: string, limits: Record<string, number>, more = {}) =>
    opened(scripted(script, more), { limits }).then((files) => ask(files));

  it('end a program that takes too long [CON77] (R-B16)', async () => {
    const began = Date.now();
    // Enough for it to have begun on a busy machine: what was not begun is certain.
    await expect(limited('sleep 60', {}, { time: 1500 })).rejects.toMatchObject({
      category: 'transient',
      uncertain: true,
    });
    expect(Date.now() - began).toBeLessThan(30_000);
  });

  it('end a program that writes too much [CON77]', async () => {
    const flood = limited('while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done', { output: 50_000 });
    await expect(flood).rejects.toThrow('wrote more than 50000 bytes');
  });

  it('keep the end of the output, in whole characters, and a digest of all of it [CON77]', async () => {
    const files = await opened(scripted('i=0; while [ $i -lt 200 ]; do printf "é%s" $i; i=$((i+1)); done'), {
      limits: { keep: 256 },
    });
    const all = Array.from({ length: 200 }, (_, n) => `é${n}`).join('');
    const { stdout, output } = (await ask(files)).value as {
      stdout: string;
      output: { stdout: Record<string, unknown> };
    };
    expect(all.endsWith(stdout)).toBe(true);
    expect(Buffer.byteLength(stdout)).toBeGreaterThan(250);
    expect(output.stdout).toEqual({
      bytes: Buffer.byteLength(all),
      digest: createHash('sha256').update(all).digest('hex'),
    });
  });

  it.runIf(process.platform === 'linux')(
    'hold for files, open files, processor time and memory (Linux) [CON77]',
    async () => {
      await expect(limited('head -c 100000 /dev/zero > big', { file: 4096 })).rejects.toMatchObject({
        uncertain: true,
      });
      expect(await outputOf('ulimit -n; ulimit -c', { limits: { openFiles: 33 } })).toBe('33\n0\n');
      await expect(limited('while :; do :; done', { cpu: 1 })).rejects.toMatchObject({ uncertain: true });
      const greedy = scripted('', { program: 'node', args: ['-e', 'Buffer.alloc(900e6).fill(1)'] });
      const files = await opened(greedy, { limits: { memory: 500_000_000 } });
      await expect(ask(files)).rejects.toMatchObject({ uncertain: true });
    },
  );

  it.runIf(ISOLATED && process.getuid?.() !== 0)(
    'hold for processes (needs user namespaces, and not root) [CON77]',
    async () => {
      const files = await opened(scripted('for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; echo all'), {
        limits: { processes: 8 },
      });
      await expect(ask(files)).rejects.toThrow('fork');
    },
  );

  it('do not hold a program up whose output nobody can show [CON78]', async () => {
    const shown: string[] = [];
    const files = await opened(scripted('printf "ü"; sleep 0.1; echo b >&2'));
    const { value } = await ask(files, {}, { onOutput: (stream, text) => shown.push(`${stream}:${text}`) });
    expect(shown).toEqual(['stdout:ü', 'stderr:b\n']);
    expect(value.stdout).toBe('ü');
    const broken = ask(
      files,
      {},
      {
        key: 'k2',
        onOutput: () => {
          throw new Error('nobody is there');
        },
      },
    );
    await expect(broken).resolves.toMatchObject({ value: { stderr: 'b\n' } });
  });
});

/** What tries to stay: in the background, in a session of its own, deaf to signals, after its parent has gone. */
const STAYING = (time: string) =>
  `sleep ${time} & setsid sh -c 'trap "" TERM HUP INT; sleep ${time}' & (setsid sleep ${time} &) & nohup sleep ${time} >/dev/null 2>&1 & `;

const MODES: [string, Order['isolation']][] = [
  ['shut in', { network: false, writable: true, hidden: [] }],
  ['not shut in', undefined],
];

describe.each(MODES.filter(([, isolation]) => ISOLATED || !isolation))(
  'what a program leaves behind, %s,',
  (mode, isolation) => {
    async function order(script: string, more: Partial<Order> = {}): Promise<Order> {
      const workspace = await realpath(await mkdtemp(join(tmpdir(), 'reeve-shell-')));
      cleanups.push(() => rm(workspace, { recursive: true, force: true }));
      const { signal } = new AbortController();
      const base = { argv: ['/bin/sh', '-c', script], env: { PATH: '/usr/bin:/bin' }, limits: LIMITS, time: 20_000 };
      return { ...base, workspace, isolation, signal, ...more };
    }

    it('is gone when it ends [CON79]', async () => {
      const time = uniqueSleep();
      const { exit, stdout } = await run(await order(`${STAYING(time)} sleep 0.3; echo done`));
      expect([exit, stdout.text]).toEqual([0, 'done\n']);
      await goneWithin(200, time);
    });

    it('is gone when its time is over [CON79]', async () => {
      const time = uniqueSleep();
      await expect(run(await order(`trap "" TERM; ${STAYING(time)} sleep ${time}`, { time: 800 }))).rejects.toThrow(
        'longer than',
      );
      await goneWithin(200, time);
    });

    it('is gone within a second of being cancelled [CON79]', async () => {
      const time = uniqueSleep();
      const stop = new AbortController();
      const running = run(await order(`trap "" TERM; ${STAYING(time)} sleep ${time}`, { signal: stop.signal }));
      const failing = expect(running).rejects.toMatchObject({ category: 'transient', uncertain: true });
      await startedWith(time);
      await sleep(100);
      const began = Date.now();
      stop.abort();
      await failing;
      expect(Date.now() - began).toBeLessThan(1_000);
      await goneWithin(100, time);
    });

    it('is given a moment to tidy up before it is killed [CON79]', async () => {
      const stop = new AbortController();
      const one = await order('trap "echo tidy > tidied; exit" TERM; echo ready; while :; do sleep 0.05; done', {
        signal: stop.signal,
        onOutput: () => stop.abort(),
      });
      await expect(run(one)).rejects.toThrow('cancelled');
      expect(await readFile(join(one.workspace, 'tidied'), 'utf8')).toBe('tidy\n');
    });

    it('is gone after Reeve itself was killed [CON79]', async () => {
      const time = uniqueSleep();
      const one = await order(`trap "" TERM; ${STAYING(time)} sleep ${time}`);
      const child = spawn(
        process.execPath,
        ['--import', TYPESCRIPT, join(import.meta.dirname, 'shell-child.ts'), JSON.stringify(one)],
        { stdio: 'ignore' },
      );
      await startedWith(time);
      await sleep(150);
      const staying = processesWith(time).length;
      child.kill('SIGKILL');
      await goneWithin(2_000, time);
      expect(staying, `${mode}: several processes stayed until then`).toBeGreaterThan(2);
    });
  },
);

it('ends its programs when the tool is closed [CON79]', async () => {
  const time = uniqueSleep();
  const files = await opened(scripted(`sleep ${time}`));
  const failing = expect(ask(files)).rejects.toMatchObject({ uncertain: true });
  await startedWith(time);
  await files.tool.close();
  await failing;
  await goneWithin(100, time);
});

describe.runIf(ISOLATED)('a program that is shut in (needs user namespaces)', () => {
  it('writes nowhere but in its workspace [CON80] [T10] [T12]', async () => {
    const { context, tool, root } = await opened(
      scripted(
        'for f in "$1"/x ../x /tmp/reeve-x ~/../x /var/tmp/x /dev/shm/x; do touch "$f" && echo "wrote $f"; done; touch ok',
      ),
    );
    const { value } = await ask({ context, tool }, { a: context.packDirectory });
    expect(value.stdout).toBe('');
    expect((await readdir(root)).sort()).toEqual(['.tmp', 'ok']);
    expect(existsSync('/tmp/reeve-x')).toBe(false);
  });

  it('sees neither other cases, nor the data of tools, nor what is hidden [CON80] [T-case]', async () => {
    const ledger = await mkdtemp(join(tmpdir(), 'reeve-ledger-'));
    cleanups.push(() => rm(ledger, { recursive: true }));
    await writeFile(join(ledger, 'ledger.db'), 'secret');
    const context = await world('shell', { ...SHELL_TOOL, workspace: 'case' }, [
      scripted('cat ../C-2/secret "$1"/.reeve/attempts.db "$2"/ledger.db; ls ..', {
        args: [
          '-c',
          'cat ../C-2/secret "$1"/.reeve/attempts.db "$2"/ledger.db; ls ..',
          's',
          { arg: 'a' },
          { arg: 'b' },
        ],
      }),
    ]);
    cleanups.push(context.cleanup);
    const workspaces = join(context.packDirectory, '..', 'cases');
    await mkdir(join(workspaces, 'C-2'), { recursive: true });
    await writeFile(join(workspaces, 'C-2', 'secret'), 'secret');
    const tool = await shellConnector.open({ ...context, workspaces, hidden: [ledger] });
    cleanups.push(() => tool.close());
    const { value } = await ask({ context, tool }, { a: context.directory, b: ledger }, { case: 'C-1' });
    expect(value.stdout).toBe('C-1\n');
    expect(String(value.stderr).match(/No such file/g)).toHaveLength(3);
  });

  it('reaches no network unless the pack says so [CON80] [T13]', async () => {
    const script = 'cat /proc/net/route /proc/net/if_inet6 | grep -c eth';
    const look = { ...scripted(script, { exits: { ok: [0, 1] } }) };
    expect((await ask(await opened(look))).value.stdout).toBe('0\n');
    const connect = `require('net').connect(${await port()}, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
    const dial = { ...scripted('', { program: 'node', args: ['-e', connect], exits: { ok: [0, 1] } }) };
    expect((await ask(await opened(dial))).value.exit).toBe(1);
    expect((await ask(await opened(dial, { network: true }))).value.exit).toBe(0);
  });

  it('cannot undo that, nor see or signal what runs outside [CON80] [T12]', async () => {
    const script =
      'umount "$1" .. ; mount -o remount,rw / ; unshare -m true; kill -0 "$PPID" 2>/dev/null; ls -d /proc/[0-9]* | wc -l; grep CapEff /proc/self/status';
    const files = await opened(scripted(script));
    const { value } = await ask(files, { a: files.context.directory });
    const [count, capabilities] = String(value.stdout).split('\n');
    expect(Number(count)).toBeLessThan(8);
    expect(capabilities).toMatch(/0000000000000000$/);
  });

  it('works in a folder with any name [CON80]', async () => {
    const files = await opened(scripted('pwd; touch x; touch ../y; true'), { root: "it's é (1)/w w" });
    const { value } = await ask(files);
    const place = join(files.context.directory, "it's é (1)");
    expect(value.stdout).toBe(`${await realpath(join(place, 'w w'))}\n`);
    expect([await readdir(place), (await readdir(join(place, 'w w'))).sort()]).toEqual([['w w'], ['.tmp', 'x']]);
  });

  it('cannot change even its workspace when it only reads [CON80]', async () => {
    const reading = { ...scripted('touch x || echo refused', { action: 'read' }), effect: 'read' };
    const files = await opened(reading);
    expect((await ask(files)).value.stdout).toBe('refused\n');
    expect(await readdir(files.root)).toEqual(['.tmp']);
  });
});

async function port(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as { port: number }).port;
}

it('says in its health whether programs are shut in [CON80]', async () => {
  const { tool } = await opened(scripted(':'));
  expect((await tool.health()).message).toContain(ISOLATED ? 'run shut in' : 'NOT shut in');
});

/** Tries to break out of the file, shell and http tools, as somebody would who has every right to use them. */
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { callOf } from '../src/contract-suite.ts';
import { type Call, fsConnector, type OpenContext, shellConnector, type Tool } from '../src/index.ts';
import { canIsolate } from '../src/shell/client.ts';
import { type CapabilityInput, capabilityOf, FS, SHELL_TOOL, world } from './subjects.ts';
import { ask as askWeb, later, opened as openedWeb, READ, REFUSED, serve } from './web.ts';

const ISOLATED = await canIsolate();

const SCRIPT: CapabilityInput = {
  ...{ id: 'shell.it', effect: 'irreversible', settle: 'ask', args: { script: 'string' } },
  config: { program: 'sh', args: ['-c', 'eval "$1"', 'x', { arg: 'script' }], exits: { ok: [0, 1, 2, 127] } },
};

interface Open {
  readonly context: OpenContext;
  readonly tool: Tool;
}

async function shell(config: Record<string, unknown> = {}, workspaces?: string, more: object = {}): Promise<Open> {
  const capability = { ...SCRIPT, config: { ...(SCRIPT.config as object), ...more } };
  const made = await world('shell', { ...SHELL_TOOL, ...config }, [capability]);
  later(made.cleanup);
  const context = workspaces === undefined ? made : { ...made, workspaces };
  const tool = await shellConnector.open(context);
  later(() => tool.close());
  return { context, tool };
}

let keys = 0;
const run = ({ context, tool }: Open, script: string, more: Partial<Call> = {}) =>
  tool.call(callOf(capabilityOf(context, 'shell.it'), { script }, { key: `s${++keys}`, ...more }));

async function files(config: Record<string, unknown> = {}, workspaces?: string): Promise<Open> {
  const made = await world('fs', config, FS);
  later(made.cleanup);
  const context = workspaces === undefined ? made : { ...made, workspaces };
  const tool = await fsConnector.open(context);
  later(() => tool.close());
  return { context, tool };
}
const file = ({ context, tool }: Open, id: string, args: object, more: Partial<Call> = {}) =>
  tool.call(callOf(capabilityOf(context, `files.${id}`), { ...args }, { key: `f${++keys}`, ...more }));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'reeve-attack-'));
  later(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Programs outside see what these leave behind by this text among their arguments. */
const uniqueText = () => `8${randomInt(10_000, 99_999)}.${randomInt(10_000, 99_999)}`;
const running = (text: string): number =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(text);
    } catch {
      return false;
    }
  }).length;

describe('a program that prepares the ground for another tool', () => {
  it('leads the file tool nowhere by links in a workspace they share [CON63] [T11]', async () => {
    const [workspaces, outside] = [await folder(), await folder()];
    await writeFile(join(outside, 'secret'), 'secret');
    await mkdir(join(workspaces, 'C-2'));
    await writeFile(join(workspaces, 'C-2', 'secret'), 'secret of another case');
    const sh = await shell({ workspace: 'case' }, workspaces);
    const fs = await files({ workspace: 'case' }, workspaces);
    const of = { case: 'C-1' };
    const plant = `ln -s ${outside} dir; ln -s ${outside}/secret file; ln -s ../C-2 other; ln -s .. up; mkfifo pipe; ln -s / root`;
    await run(sh, plant, of);
    const paths = [
      'dir/secret',
      'file',
      'other/secret',
      'up/C-2/secret',
      'root/etc/passwd',
      'pipe',
      'dir/new',
      'other/new',
    ];
    for (const path of paths) {
      await expect(file(fs, 'read', { path }, of), path).rejects.toMatchObject(REFUSED);
      await expect(file(fs, 'write', { path, content: 'x' }, of), path).rejects.toMatchObject(REFUSED);
      await expect(file(fs, 'delete', { path }, of), path).rejects.toMatchObject(REFUSED);
    }
    expect([await readdir(outside), await readFile(join(outside, 'secret'), 'utf8')]).toEqual([['secret'], 'secret']);
    expect(await readdir(join(workspaces, 'C-2'))).toEqual(['secret']);
  });

  it.each([
    ['a file', 'rm -rf .tmp; echo x > .tmp'],
    ['a link to nothing', 'rm -rf .tmp; ln -s nowhere/at/all .tmp'],
    ['a link to a folder outside', 'rm -rf .tmp; ln -s /var/tmp .tmp'],
  ])(
    'cannot turn the place for temporary files into %s: the next call says so, certain [CON74] [T11]',
    async (_, plant) => {
      const sh = await shell();
      await run(sh, plant);
      await expect(run(sh, 'echo hello > "$TMPDIR/reeve-planted"')).rejects.toMatchObject(REFUSED);
      expect(existsSync('/var/tmp/reeve-planted')).toBe(false);
    },
  );

  it('cannot put a program in the place of one on the list [CON72] [T12]', async () => {
    const sh = await shell();
    await run(
      sh,
      'mkdir -p bin; printf "#!/bin/sh\\necho mine" > bin/ls; printf "#!/bin/sh\\necho mine" > sh; chmod +x bin/ls sh',
    );
    const { value } = await run(sh, 'echo "$PATH"; command -v sh ls');
    expect(String(value.stdout)).not.toContain(join(sh.context.directory, 'files'));
  });
});

describe.runIf(ISOLATED)('a program that tries to outlive its call (needs user namespaces)', () => {
  it.each([
    ['without the mark in its environment', (text: string) => `env -i /usr/bin/setsid /bin/sleep ${text} & sleep 9`],
    ['by hopping from process to process', (text: string) => HOP(text)],
    [
      'by starting more than can be counted',
      (text: string) => `n=0; while [ $n -lt 200 ]; do sleep ${text} & n=$((n+1)); done; sleep 9`,
    ],
  ])('is gone with its time: %s [CON79] [T12]', async (_, attack) => {
    const text = uniqueText();
    const sh = await shell({}, undefined, { time: 1500 });
    await expect(run(sh, attack(text))).rejects.toThrow('longer than');
    for (let n = 0; n < 25 && running(text) > 0; n++) await sleep(20);
    expect(running(text)).toBe(0);
    await sleep(200);
    expect(running(text)).toBe(0);
  });

  /** A process that lives for a moment and starts the next one, in a session of its own. */
  const HOP = (text: string) =>
    `printf '%s' 'sleep 0.01; [ "$1" -lt 2000 ] && setsid sh hop.sh $(($1+1)) ${text} &' > hop.sh; setsid sh hop.sh 0 ${text} & sleep 9`;

  it('sees no secret of Reeve in /proc, and no environment but its own [CON80] [T14]', async () => {
    process.env.REEVE_ATTACK = 'only-outside';
    const sh = await shell();
    const { value } = await run(sh, 'cat /proc/*/environ /proc/self/environ 2>/dev/null | tr "\\0" "\\n"');
    delete process.env.REEVE_ATTACK;
    expect(String(value.stdout)).toContain('REEVE_CALL');
    expect(String(value.stdout)).not.toContain('only-outside');
  });
});

it('the quota of files holds for writes at the same time [CON69] [T8]', async () => {
  const fs = await files({ quota: { bytes: 1000, files: 5 } });
  const tries = Array.from({ length: 20 }, (_, n) => file(fs, 'write', { path: `f${n}`, content: 'x'.repeat(150) }));
  const landed = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled').length;
  expect(landed).toBeLessThanOrEqual(5);
  expect((await file(fs, 'list', {})).value.count).toBe(landed);
});

it.each([
  ['a thousand folders', `${'a/'.repeat(1000)}b`],
  ['a name of 300 bytes', 'a'.repeat(300)],
  ['a NUL', 'a\0b'],
  ['a line break', 'a\nb'],
  ['half a character', 'a\ud800b'],
  ['right-to-left tricks', 'a\u202etxt.exe'],
  ['a device of Windows', 'CON'],
  ['a stream of Windows', 'a.md::$DATA'],
  ['/proc', '/proc/self/cwd/x'],
])('the file tool refuses a path with %s, certain [CON60] [T11] [T22]', async (_, path) => {
  const fs = await files();
  for (const [id, args] of [
    ['read', { path }],
    ['write', { path, content: 'x' }],
  ] as const)
    await expect(file(fs, id, args), id).rejects.toMatchObject(REFUSED);
});

describe('a server that attacks', () => {
  const GET = (origin: string) => ({ url: `${origin}/` });

  it('with a small answer that is large when unpacked gets nothing unpacked [CON97] [T13]', async () => {
    const origin = await serve((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    });
    const web = await openedWeb([{ origin }], { capabilities: [READ] });
    await expect(askWeb(web, 'get', GET(origin))).rejects.toMatchObject(REFUSED);
  });

  it('with endless headers is left at a limit [CON97] [T13]', async () => {
    const origin = await serve((_, response) => {
      for (let n = 0; n < 2000; n++) response.setHeader(`x-${n}`, 'x'.repeat(100));
      response.end('{}');
    });
    const web = await openedWeb([{ origin }], { capabilities: [READ] });
    await expect(askWeb(web, 'get', GET(origin))).rejects.toMatchObject({ name: 'ToolError', uncertain: false });
  });

  it('by redirecting in circles is left after a few hops [CON92] [T13]', async () => {
    let hops = 0;
    const origin = await serve((_, response) => {
      response.writeHead(302, { location: `/${++hops}` }).end();
    });
    const web = await openedWeb([{ origin }], { capabilities: [READ] });
    await expect(askWeb(web, 'get', GET(origin))).rejects.toMatchObject(REFUSED);
    expect(hops).toBe(4);
  });

  it.each(['http://[::ffff:7f00:1]', 'http://[::127.0.0.1]', 'http://[64:ff9b::7f00:1]', 'http://0/'])(
    'by redirecting to the inside in yet another spelling: %s [CON92] [T13]',
    async (to) => {
      let reached = 0;
      const origin = await serve((request, response) => {
        if (request.url !== '/') reached += 1;
        const { port } = new URL(origin);
        response.writeHead(302, { location: `${to.replace(/:1$/, '').replace(/\/$/, '')}:${port}/inside` }).end();
      });
      // The origin itself was granted the address 127.0.0.1; where it redirects to was not.
      const web = await openedWeb([{ origin, addresses: ['127.0.0.1'] }], { capabilities: [READ] });
      await expect(askWeb(web, 'get', GET(origin))).rejects.toMatchObject(REFUSED);
      expect(reached).toBe(0);
    },
  );
});

import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { join } from 'node:path';
import { createClient } from '@reeve/protocol';
import { describe, expect, it, vi } from 'vitest';
import { EXIT_MEANINGS } from '../src/failure.ts';
import { type Io, processIo } from '../src/io.ts';
import { createProgram } from '../src/program.ts';
import { VERSION } from '../src/version.ts';
import { reeve, SUPPORT, temporary } from './support/cli.ts';

const nowhere = { data: '/nonexistent/reeve' };

describe('[CLI1] exit codes', () => {
  it('are listed in the help and in the specification', async () => {
    const { code, out } = await reeve(nowhere, '--help');
    const spec = readFileSync(join(import.meta.dirname, '../SPEC.md'), 'utf8').replace(/ +/g, ' ');
    expect(code).toBe(0);
    for (const [exit, meaning] of EXIT_MEANINGS) {
      expect(out).toContain(`  ${exit}  ${meaning}`);
      expect(spec).toContain(`| ${exit} | ${meaning} |`);
    }
  });

  it.each([
    [['frobnicate'], 2],
    [['status', '--frobnicate'], 2],
    [['why'], 2],
    [['cases', '--limit', 'many'], 2],
    [['status', '--port', 'x'], 2],
    [[], 2],
    [['status'], 5],
    [['--version'], 0],
    [['help', 'why'], 0],
  ])('%j ends with %d', async (argv, code) => {
    expect((await reeve(nowhere, ...argv)).code).toBe(code);
  });

  it('the version is that of the repository', async () => {
    const manifest = JSON.parse(readFileSync(join(SUPPORT, '../../package.json'), 'utf8'));
    expect(VERSION).toBe(manifest.version);
    expect((await reeve(nowhere, '--version')).out).toBe(`${VERSION}\n`);
  });

  it('a directory that may not be written is not available', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'file'), '');
    const { code, err } = await reeve({ data: join(folder, 'file/data') }, 'apply', SUPPORT, '--yes');
    expect(code).toBe(5);
    expect(err).toMatch(/^error: .+\n {2}why: .+\n {2}next: .+\n$/);
  });

  it.skipIf(process.getuid?.() === 0)('nor one without permission', async () => {
    const folder = temporary();
    chmodSync(folder, 0o500);
    expect(await reeve({ data: join(folder, 'data') }, 'apply', SUPPORT, '--yes')).toMatchObject({ code: 5 });
  });
});

describe('[CLI2] errors', () => {
  it('are three lines on standard error, without a stack', async () => {
    expect(await reeve(nowhere, 'status')).toEqual({
      code: 5,
      out: '',
      err: expect.stringMatching(/^error: there is no organisation in .+\n {2}why: .+\n {2}next: .+\n$/),
    });
  });

  it('show the stack with REEVE_DEBUG=1', async () => {
    const { err } = await reeve({ ...nowhere, env: { REEVE_DEBUG: '1' } }, 'status');
    expect(err).toMatch(/\n {4}at /);
  });

  it('suggest what was meant', async () => {
    expect((await reeve(nowhere, 'statsu')).err).toContain('Did you mean status?');
    expect((await reeve(nowhere, 'reject', 'A-1')).err).toContain('see `reeve reject --help`');
  });
});

it('[CLI3] with --json standard output holds JSON, also of failures', async () => {
  for (const argv of [['status'], ['why', 'OP-1'], ['frobnicate'], ['plan', '/nowhere'], ['doctor']]) {
    const { out } = await reeve(nowhere, ...argv, '--json');
    expect(JSON.parse(out)).toBeTypeOf('object');
  }
  const { out } = await reeve(nowhere, '--json', 'status');
  expect(JSON.parse(out).error).toMatchObject({
    exit: 5,
    what: expect.any(String),
    why: expect.any(String),
    next: expect.any(String),
  });
});

it('[CLI11] every command has an example that is a command', async () => {
  const program = createProgram({ ...processIo(), out: () => {}, err: () => {} } as Io, () => {});
  const leaves = program.commands.flatMap((one) =>
    one.commands.length > 0 ? one.commands.map((sub) => [one.name(), sub.name()]) : [[one.name()]],
  );
  expect(leaves.length).toBeGreaterThanOrEqual(19);
  for (const path of leaves) {
    const { code, out } = await reeve(nowhere, ...path, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Example:\n  reeve ${path.join(' ')}`);
  }
});

describe('[CLI70] up', () => {
  /** Starts `reeve up`, does something when it is ready, then gives it a signal. */
  async function up(data: string, work: (url: string) => Promise<void>, ...options: string[]) {
    let stop = (_: string) => {};
    const onSignal = (handler: (name: string) => void) => {
      stop = handler;
      return () => {};
    };
    let done = Promise.resolve();
    const onOut = (text: string) => {
      const url = /^ready (\S+)$/m.exec(text)?.[1];
      if (url) done = work(url).finally(() => stop('SIGTERM'));
    };
    const answer = await reeve({ data, onSignal, onOut }, 'up', '--port', '0', ...options);
    await done;
    return answer;
  }

  it('[CLI75] copies each checkpoint into a witness file, and refuses intervals that are none', async () => {
    const data = join(temporary(), 'data');
    const witness = join(temporary(), 'seen.jsonl');
    const apply = async () => void (await reeve({ data }, 'apply', SUPPORT, '--yes'));
    const told = ['--checkpoint-every', '1s', '--checkpoint-records', '5', '--witness', witness];
    expect((await up(data, apply, ...told)).code).toBe(0);
    expect(readFileSync(witness, 'utf8').trim().split('\n').length).toBeGreaterThan(0);
    const key = (await reeve({ data }, 'ledger', 'key')).out.trim();
    expect((await reeve({ data }, 'ledger', 'verify', '--key', key, '--witness', witness)).code).toBe(0);
    const wrong = await reeve({ data }, 'up', '--port', '0', '--checkpoint-every', '1ms');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--checkpoint-every cannot be "1ms"')]);
  });

  it('[CLI340] tells others the address it is given, and refuses one that is none or in the clear', async () => {
    for (const url of [
      'acme.example',
      'http://acme.example',
      'https://ann:x@acme.example',
      'https://acme.example/?x=1',
    ]) {
      const { code, err } = await reeve({ data: join(temporary(), 'data') }, 'up', '--port', '0', '--public-url', url);
      expect([code, err]).toEqual([2, expect.stringContaining(`--public-url cannot be "${url}"`)]);
    }
    const data = join(temporary(), 'data');
    let status = 0;
    const asked = async (url: string) => {
      const { port } = new URL(url);
      status = await new Promise<number>((resolve, reject) => {
        const headers = { host: 'reeve.acme.example' };
        get({ port, path: '/v1/health', headers }, (answer) => resolve(answer.resume().statusCode ?? 0)).on(
          'error',
          reject,
        );
      });
    };
    expect((await up(data, asked, '--public-url', 'https://reeve.acme.example/ops/')).code).toBe(0);
    expect(status).toBe(200);
  });

  it('[CLI60] doctor and status say when the tools of an applied pack could not be opened', async () => {
    const data = join(temporary(), 'data');
    const pack = join(temporary(), 'support');
    cpSync(SUPPORT, pack, { recursive: true });
    const tools = readFileSync(join(pack, 'tools.yaml'), 'utf8');
    await up(data, async () => {
      await reeve({ data }, 'apply', pack, '--yes');
      expect((await reeve({ data }, 'doctor')).out).toMatch(/ok +tools +those of the definition in force are open/);
      writeFileSync(join(pack, 'tools.yaml'), tools.replace('root: documents', 'root: papers'));
      writeFileSync(join(data, 'tools', 'documents', 'papers'), 'a file where a folder should be');
      expect((await reeve({ data }, 'apply', pack, '--yes')).code).toBe(0);
      await vi.waitFor(async () => expect((await reeve({ data }, 'doctor')).out).toMatch(/fail +tools/), 10_000);
      expect((await reeve({ data }, 'status')).out).toContain('tools of the definition in force could not be opened');
    });
  });

  it('serves until a signal, from an empty directory on', async () => {
    const data = join(temporary(), 'data');
    const first = await up(data, async (url) => {
      expect((await fetch(`${url}/v1/health`)).status).toBe(200);
      expect((await reeve({ data }, 'apply', SUPPORT, '--yes')).out).toContain('it is in force');
      const token = readFileSync(join(data, 'token'), 'utf8').trim();
      expect((await createClient({ url, token }).status()).name).toBe('Acme Outdoor');
    });
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining('nothing is in force yet') });
    const again = await up(data, async () => {
      expect(await reeve({ data }, 'up', '--port', '0')).toMatchObject({
        code: 5,
        err: expect.stringContaining('in use by'),
      });
    });
    expect(again.err).toContain('stopped; everything is on the ledger');
  });

  it('says who has the port', async () => {
    const server = createServer((_, response) => response.end('hello'));
    const port = await new Promise<number>((done) =>
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)),
    );
    const data = join(temporary(), 'data');
    const { code, err } = await reeve({ data }, 'up', '--port', String(port));
    server.close();
    expect(code).toBe(5);
    expect(err).toMatch(new RegExp(`^error: port ${port} is taken by another program\n`));
  });

  it('a second signal ends the process at once', async () => {
    const data = join(temporary(), 'data');
    let stop = (_: string) => {};
    const onSignal = (handler: (name: string) => void) => {
      stop = handler;
      return () => {};
    };
    const onOut = () => {
      stop('SIGINT');
      expect(() => stop('SIGINT')).toThrow('ended at once');
    };
    expect(await reeve({ data, onSignal, onOut }, 'up', '--port', '0')).toMatchObject({ code: 0 });
  });
});

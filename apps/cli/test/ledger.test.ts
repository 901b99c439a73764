import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkDirectory, checkNode, checkPort, spaceFinding } from '../src/machine.ts';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';

let here = { data: '', cwd: '' };
beforeEach(async () => {
  const cwd = temporary();
  here = { data: join(cwd, 'data'), cwd };
  await reeve(here, 'apply', SUPPORT, '--yes');
});

const verify = async (...argv: string[]) => {
  const { code, out } = await reeve(here, 'ledger', 'verify', ...argv, '--json');
  return { code, value: JSON.parse(out) };
};

describe('[CLI50] ledger verify', () => {
  it('finds a sound ledger sound, without a server and beside one', async () => {
    const { code, value } = await verify();
    expect(code).toBe(0);
    expect(value).toMatchObject({ ok: true, org: 'main' });
    await serving(here.data, async () => {
      expect((await reeve(here, 'ledger', 'verify')).out).toMatch(/is sound: \d+ records in .* a second\)\n/);
    });
  });

  it('names the first record that was changed, also when nothing else opens any more', async () => {
    const db = new DatabaseSync(join(here.data, 'ledger/ledger.db'));
    db.exec(`UPDATE records SET body = replace(body, 'Acme', 'Evil') WHERE seq = 1`);
    db.close();
    const { code, value } = await verify();
    expect(code).toBe(6);
    expect(value.firstBad).toMatchObject({ seq: 1, what: 'body' });
    expect((await reeve(here, 'ledger', 'verify')).out).toContain('first bad record: 1 (body)');
  });

  it('with a witness sees what was cut off or rewritten', async () => {
    const { head } = (await verify()).value;
    expect((await verify('--witness', `${head.seq}:${head.hash}`)).code).toBe(0);
    expect(await verify('--witness', `${head.seq + 1}:${head.hash}`)).toMatchObject({
      code: 6,
      value: { firstBad: { what: 'truncated' } },
    });
    expect(await verify('--witness', `${head.seq}:${'0'.repeat(64)}`)).toMatchObject({
      code: 6,
      value: { firstBad: { what: 'fork' } },
    });
    expect(await reeve(here, 'ledger', 'verify', '--witness', 'nonsense')).toMatchObject({ code: 2 });
  });

  it('without an organisation there is nothing to verify', async () => {
    expect(await reeve({ data: join(here.cwd, 'none') }, 'ledger', 'verify')).toMatchObject({ code: 5 });
    expect(await reeve(here, 'ledger', 'verify', '--file', 'nowhere')).toMatchObject({ code: 5 });
  });
});

describe('[CLI51] ledger export', () => {
  it('writes a file that verifies anywhere, and none over another', async () => {
    const file = join(here.cwd, 'ledger.jsonl');
    const exported = JSON.parse((await reeve(here, 'ledger', 'export', 'ledger.jsonl', '--json')).out);
    const witness = `${exported.head.seq}:${exported.head.hash}`;
    expect(await verify('--file', file, '--witness', witness)).toMatchObject({
      code: 0,
      value: { count: exported.records },
    });
    expect(await reeve(here, 'ledger', 'export', 'ledger.jsonl')).toMatchObject({ code: 4 });
    const lines = readFileSync(file, 'utf8');
    writeFileSync(file, lines.replace('"Acme Outdoor', '"Evil Outdoor'));
    expect(await verify('--file', file)).toMatchObject({ code: 6, value: { firstBad: { seq: 1 } } });
    writeFileSync(file, 'something else');
    expect(await verify('--file', file)).toMatchObject({ code: 6, value: { firstBad: { what: 'line' } } });
  });
});

interface Line {
  readonly level: string;
  readonly name: string;
  readonly message: string;
  readonly next?: string;
}
const doctor = async (...argv: string[]): Promise<{ code: number; lines: Map<string, Line> }> => {
  const { code, out } = await reeve(here, 'doctor', '--port', '0', ...argv, '--json');
  const { findings } = JSON.parse(out) as { findings: Line[] };
  return { code, lines: new Map(findings.map((one) => [one.name, one])) };
};

describe('[CLI60] doctor', () => {
  it('finds a sound installation sound, tool by tool', async () => {
    const { code, lines } = await doctor();
    expect(code).toBe(0);
    expect([...lines.keys()]).toEqual([
      'node',
      'data',
      'space',
      'disk',
      'secrets',
      'port',
      'organisation',
      'store',
      'write-ahead log',
      'lease',
      'signing key',
      'ledger',
      'chain',
      'snapshot',
      'clock',
      'lock',
      'checkpoint',
      'organisation runs',
      'queue',
      'inbox',
      'breakers',
      'outcomes',
      'poison',
      'timers',
      'approvals',
      'switches',
      'budgets',
      'degraded',
      'seats',
      'wake-ups',
      'pack',
      'tool documents',
      'tool mail',
      'tool orders',
    ]);
    expect((await reeve(here, 'doctor', '--port', '0')).out).toContain('all is well');
  });

  it('names scripts that are not what was applied', async () => {
    const { digest } = JSON.parse((await reeve(here, 'status', '--json')).out);
    writeFileSync(join(here.data, 'packs', digest, 'scripts/router.ts'), 'export default null;');
    const { code, lines } = await doctor();
    expect(code).toBe(5);
    expect(lines.get('pack')).toMatchObject({ level: 'fail', message: expect.stringContaining('scripts/router.ts') });
  });

  it('a ledger that is none fails with what to do', async () => {
    // What SQLite keeps beside the file would mend it.
    for (const end of ['-wal', '-shm']) rmSync(join(here.data, `ledger/ledger.db${end}`), { force: true });
    writeFileSync(
      join(here.data, 'ledger/ledger.db'),
      'this is not a database, and it is long enough to be looked at'.repeat(50),
    );
    const { code, lines } = await doctor();
    expect(code).toBe(5);
    expect(lines.get('ledger')).toMatchObject({ level: 'fail', next: expect.any(String) });
  });

  it('a directory without an organisation is only a warning', async () => {
    const { code, lines } = await doctor('--data', join(here.cwd, 'new'));
    expect(code).toBe(0);
    expect(lines.get('organisation')).toMatchObject({ level: 'warn', next: expect.stringContaining('reeve init') });
  });

  it('knows who has the port', async () => {
    const server = createServer();
    const port = await new Promise<number>((done) =>
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)),
    );
    server.on('connection', (socket) => socket.end('no http'));
    expect(await checkPort(port, false)).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('another program'),
    });
    server.close();
    await serving(here.data, async ({ url }) => {
      expect(await checkPort(Number(new URL(url).port), false)).toMatchObject({
        message: expect.stringContaining('another Reeve'),
      });
    });
  });

  it('judges Node, space and directories', async () => {
    expect([checkNode('20.18.3').level, checkNode('20.19.0').level, checkNode('24.1.0').level]).toEqual([
      'fail',
      'ok',
      'ok',
    ]);
    expect([10, 500, 50_000].map((megabytes) => spaceFinding(megabytes).level)).toEqual(['fail', 'warn', 'ok']);
    const file = join(here.cwd, 'file');
    writeFileSync(file, '');
    mkdirSync(join(here.cwd, 'folder'));
    expect((await checkDirectory(file)).level).toBe('fail');
    expect((await checkDirectory(join(here.cwd, 'folder'))).level).toBe('ok');
  });
});

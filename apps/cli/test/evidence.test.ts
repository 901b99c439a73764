import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { generateKey } from '@reeve/ledger';
import { describe, expect, it } from 'vitest';
import { acme } from './support/acme.ts';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';

const json = async (data: string, ...argv: string[]) => {
  const { code, out, err } = await reeve({ data, cwd: dirname(data) }, 'ledger', ...argv, '--json');
  return { code, err, value: out === '' ? null : JSON.parse(out) };
};
const keyOf = async (data: string): Promise<string> => (await json(data, 'key')).value.verifier;
const fault = async (data: string, ...argv: string[]) => {
  const { code, value } = await json(data, 'verify', ...argv);
  return [code, value.firstBad?.what, value.firstBad?.seq];
};
function alter(data: string, ...statements: string[]): void {
  const db = new DatabaseSync(join(data, 'ledger/ledger.db'));
  for (const sql of statements) db.exec(sql);
  db.close();
}
const SIZES = [12, 30];

describe('[CLI50] a ledger that was tampered with', () => {
  it.each([
    ['a byte of a body', `UPDATE records SET body = replace(body, '17', '71') WHERE seq = 17`, 'body', 17],
    ['a byte of a header', `UPDATE records SET header = replace(header, 'mia', 'eva') WHERE seq = 17`, 'hash', 17],
    ['a byte of a hash', `UPDATE records SET hash = zeroblob(32) WHERE seq = 17`, 'hash', 17],
    ['a row that is gone', 'DELETE FROM records WHERE seq = 17', 'seq', 17],
    ['the tail that is gone', 'DELETE FROM records WHERE seq > 25', 'truncated', 26],
    [
      'a byte of a signature',
      `UPDATE checkpoints SET note = replace(note, substr(note, -20, 9), 'AAAAAAAAA')`,
      'signature',
      13,
    ],
    ['a checkpoint of nothing', `UPDATE checkpoints SET note = 'hello' WHERE size = 30`, 'checkpoint', 31],
    ['checkpoints that are gone', 'DELETE FROM checkpoints', 'key', 31],
  ])('%s is named, and ends with 6', async (_, sql, what, seq) => {
    const data = await acme({ sizes: SIZES });
    const key = await keyOf(data);
    expect(await fault(data, '--key', key)).toEqual([0, undefined, undefined]);
    alter(data, sql);
    expect(await fault(data, '--key', key)).toEqual([6, what, seq]);
    const { code, out } = await reeve({ data }, 'ledger', 'verify', '--key', key);
    expect(code).toBe(6);
    expect(out).toContain(`is NOT sound\nfirst bad record: ${seq} (${what}): `);
  });

  it('chained and signed again with another key is found by the key one knows, not without', async () => {
    const data = await acme({ sizes: SIZES });
    const key = await keyOf(data);
    const forged = await acme({ sizes: SIZES, change: (seq) => (seq === 17 ? { body: { number: 71 } } : {}) });
    expect(await fault(forged, '--key', key)).toEqual([6, 'key', 1]);
    expect((await json(forged, 'verify')).value).toMatchObject({ ok: true, signed: { trusted: false } });
    expect((await reeve({ data: forged }, 'ledger', 'verify')).out).toContain('shows damage, not forgery');
    copyFileSync(join(data, 'ledger.pub'), join(forged, 'ledger.pub'));
    expect(await fault(forged)).toEqual([6, 'signature', 13]);
  });

  it('rewritten, cut or forked and signed again with the very key is found by a witness file', async () => {
    const data = await acme({ sizes: SIZES });
    const key = await keyOf(data);
    const seen = join(dirname(data), 'seen.jsonl');
    expect((await json(data, 'witness', '--key', key, '--seen', seen)).code).toBe(0);
    const change = (seq: number) => (seq === 17 ? { body: { number: 71 } } : {});
    const rewritten = await acme({ sizes: [12, 40], keysOf: data, change });
    const short = await acme({ sizes: SIZES.slice(0, 1), keysOf: data });
    for (const [one, what, seq] of [
      [rewritten, 'fork', 31],
      [short, 'truncated', 13],
    ] as const) {
      expect(await fault(one, '--key', key)).toEqual([0, undefined, undefined]);
      expect(await fault(one, '--key', key, '--witness', seen)).toEqual([6, what, seq]);
      const before = readFileSync(seen, 'utf8');
      expect((await json(one, 'witness', '--key', key, '--seen', seen)).code).toBe(6);
      expect(readFileSync(seen, 'utf8')).toBe(before);
    }
    const grown = await acme({ sizes: [12, 30, 35], keysOf: data });
    expect((await json(grown, 'verify', '--key', key, '--witness', seen)).value).toMatchObject({
      ok: true,
      witnessed: 1,
      signed: { trusted: true, size: 35, checkpoints: 3 },
    });
  });

  it('says what it cannot read', async () => {
    const data = await acme({ sizes: SIZES });
    expect((await json(data, 'verify', '--key', 'nonsense')).code).toBe(3);
    const seen = join(dirname(data), 'seen.jsonl');
    writeFileSync(seen, 'nonsense\n');
    expect(await json(data, 'verify', '--witness', seen)).toMatchObject({ code: 3, err: /line 1 of the witness file/ });
  });
});

describe('[CLI51] ledger export', () => {
  it('has all checkpoints, the last of everything, and shows every change', async () => {
    const data = await acme({ sizes: SIZES });
    const { value } = await json(data, 'export', 'ledger.jsonl');
    expect(value).toMatchObject({ records: 30, checkpoints: 2, verifier: await keyOf(data) });
    const file = join(dirname(data), 'ledger.jsonl');
    const elsewhere = join(temporary(), 'none');
    const verify = () => fault(elsewhere, '--file', file, '--key', value.verifier);
    expect(await verify()).toEqual([0, undefined, undefined]);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.split('\n').toSpliced(5, 1).join('\n'));
    expect(await verify()).toEqual([6, 'seq', 5]);
    writeFileSync(file, text.slice(0, text.lastIndexOf('{"checkpoint"')));
    expect(await verify()).toEqual([0, undefined, undefined]);
    writeFileSync(file, text.slice(0, -40));
    expect(await verify()).toEqual([6, 'line', 31]);
  });
});

describe('[CLI53] ledger key', () => {
  it('prints the key and nothing else, the same every time, and keeps the secret to this user', async () => {
    const data = await acme({ sizes: SIZES });
    const { out } = await reeve({ data }, 'ledger', 'key');
    expect(out).toMatch(/^reeve\/acme\+[0-9a-f]{8}\+[\w+/=]+\n$/);
    expect((await reeve({ data }, 'ledger', 'key')).out).toBe(out);
    expect(statSync(join(data, 'keys/ledger.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(data, 'ledger.pub'), 'utf8')).toBe(out);
  });

  it('a log that changes its key keeps both, and verifies with both', async () => {
    const data = await acme({ sizes: SIZES });
    const old = await keyOf(data);
    rmSync(join(data, 'keys/ledger.key'));
    const { keys, verifier } = (await json(data, 'key')).value;
    expect(keys).toEqual([old, verifier]);
    await json(data, 'export', 'ledger.jsonl');
    const file = join(dirname(data), 'ledger.jsonl');
    expect(await fault(data, '--file', file, '--key', old, '--key', verifier)).toEqual([0, undefined, undefined]);
    expect(await fault(data, '--file', file, '--key', old)).toEqual([6, 'key', 1]);
  });
});

describe('[CLI54] ledger prove', () => {
  const change = (seq: number) => (seq === 7 || seq === 9 ? { stream: 'operation/OP-1', kind: 'operation.read' } : {});

  it('writes a proof that verifies without the ledger', async () => {
    const data = await acme({ sizes: SIZES, change });
    const key = await keyOf(data);
    expect((await json(data, 'prove', '--seq', '17', '--out', 'proof.json')).value).toMatchObject({
      seq: 17,
      size: 30,
    });
    const proof = join(dirname(data), 'proof.json');
    rmSync(data, { recursive: true });
    const verify = (...keys: string[]) => json(data, 'verify', '--proof', proof, ...keys);
    expect(await verify('--key', key)).toMatchObject({ code: 0, value: { ok: true, body: { number: 17 } } });
    const { out } = await reeve({ data }, 'ledger', 'verify', '--proof', proof, '--key', key);
    expect(out).toContain('record 17 of organisation acme: case.noted');
    expect(await verify('--key', generateKey('reeve/acme').verifier)).toMatchObject({
      code: 6,
      value: { what: 'signature' },
    });
    expect((await verify()).code).toBe(2);
    writeFileSync(proof, readFileSync(proof, 'utf8').replace('17', '71'));
    expect(await verify('--key', key)).toMatchObject({ code: 6, value: { ok: false } });
  });

  it('of an operation takes its newest record, and never writes over a file', async () => {
    const data = await acme({ sizes: SIZES, change });
    const prove = (...argv: string[]) => json(data, 'prove', ...argv, '--out', 'proof.json');
    expect((await prove('--seq', 'OP-2')).code).toBe(4);
    expect((await prove('--seq', 'OP-1')).value).toMatchObject({ seq: 9, kind: 'operation.read' });
    expect((await prove('--seq', '3')).code).toBe(4);
    expect((await prove('--seq', 'x')).code).toBe(2);
  });

  it('refuses what is not signed, and what is not sound', async () => {
    const data = await acme({ sizes: SIZES });
    const prove = (...argv: string[]) => json(data, 'prove', ...argv, '--out', 'proof.json');
    expect((await prove('--seq', '31')).code).toBe(4);
    alter(data, `UPDATE records SET body = '{}' WHERE seq = 3`);
    expect(await prove('--seq', '17')).toMatchObject({ code: 6, value: { firstBad: { seq: 3, what: 'body' } } });
    expect(existsSync(join(dirname(data), 'proof.json'))).toBe(false);
  });
});

describe('[CLI55] ledger witness', () => {
  it('takes the latest checkpoint once, cosigned if asked', async () => {
    const data = await acme({ sizes: SIZES });
    const key = await keyOf(data);
    const witness = () => json(data, 'witness', '--key', key, '--seen', 'seen.jsonl', '--sign', 'witness.key');
    const { value } = await witness();
    expect(value.verifier).toMatch(/^witness\//);
    expect(value.taken).toContain(`\n— ${value.verifier.split('+')[0]} `);
    expect((await witness()).value).toMatchObject({ ok: true, taken: null, verifier: value.verifier });
    expect(
      readFileSync(join(dirname(data), 'seen.jsonl'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(1);
    const wrong = await json(data, 'witness', '--key', generateKey('reeve/acme').verifier, '--seen', 'seen.jsonl');
    expect(wrong.code).toBe(6);
  });
});

describe('[CLI50] beside a running server', () => {
  it('verifies, exports, proves and witnesses what the server writes', async () => {
    const data = join(temporary(), 'data');
    await reeve({ data }, 'apply', SUPPORT, '--yes');
    await serving(data, async ({ house }) => {
      const key = await keyOf(data);
      expect(key).toBe((await house.evidence.head()).verifier);
      expect((await json(data, 'export', 'ledger.jsonl')).code).toBe(0);
      expect((await json(data, 'prove', '--seq', '1', '--out', 'proof.json')).code).toBe(0);
      expect((await json(data, 'witness', '--key', key, '--seen', 'seen.jsonl')).code).toBe(0);
      expect(await fault(data, '--key', key, '--witness', join(dirname(data), 'seen.jsonl'))).toEqual([
        0,
        undefined,
        undefined,
      ]);
    });
  });
});

import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ApiProblem } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { packToSend } from '../src/data/sent-pack.ts';
import { digestOf, digestOfSupport, packCopy, place, SUPPORT } from './support.ts';

const archiveOf = (bytes: Buffer) => ({
  content: bytes.toString('base64'),
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
const holding = (files: Record<string, string>) =>
  archiveOf(gzipSync(JSON.stringify(Object.fromEntries(Object.entries(files).map(([k, v]) => [k, btoa(v)])))));

describe('a pack that is sent with the request', () => {
  it('[SRV58] is applied as one from a folder is, without what is not needed, and again under the same key', async () => {
    const { house, client } = await place();
    const pack = await packCopy();
    await mkdir(join(pack, 'test'));
    await writeFile(join(pack, 'test/x.test.ts'), 'not needed');
    await writeFile(join(pack, '.env'), 'KEY=1');
    const digest = await digestOf(pack);
    await symlink('/etc/hostname', join(pack, 'outside'));
    const archive = await packToSend(pack);
    await rm(pack, { recursive: true });
    const body = { directory: 'C:\\packs\\support', archive, base: '', digest, reason: 'sent' };
    const first = await client.apply(body, { idempotencyKey: 'once' });
    expect(await client.apply(body, { idempotencyKey: 'once' })).toEqual(first);
    const { pack: origin, digest: inForce } = await client.organisation();
    expect(origin).toMatchObject({ directory: 'C:\\packs\\support', id: 'support' });
    expect(inForce).toBe(await digestOfSupport());
    const placed = await readdir(house.packs.folder(digest));
    expect(placed).toContain('pack.yaml');
    for (const name of ['test', '.env', 'outside']) expect(placed).not.toContain(name);
    expect((await readdir(join(house.data, 'packs'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('[SRV58] [T11] leads nowhere but into its own folder, and is bounded', async () => {
    const { house, client } = await place();
    const refused = async (archive: { content: string; sha256: string }) => {
      const body = { directory: '/x', archive, base: '', digest: 'd', reason: 'sent' };
      const error = await client.apply(body).catch((found: unknown) => found);
      expect(error).toBeInstanceOf(ApiProblem);
      return (error as ApiProblem).detail;
    };
    const paths = [
      '../x',
      '/etc/x',
      'a/../../x',
      'a//b',
      './a',
      '.git/config',
      'a\\..\\x',
      'C:x',
      'a\u0000b',
      'a\u202eb',
      '',
    ];
    for (const path of [...paths, `${'a/'.repeat(300)}b`, '__proto__/../x'])
      expect([path, await refused(holding({ [path]: 'x' }))]).toEqual([path, expect.stringContaining('no plain path')]);
    expect(await refused(holding({ 'a.yaml': '1', 'A.yaml': '2' }))).toContain('has two things at "a.yaml"');
    expect(await refused(holding({ a: '1', 'a/b': '2' }))).toContain('has two things at "a/b"');
    expect(await refused(archiveOf(Buffer.from('no gzip')))).toContain('is no gzip');
    expect(await refused(archiveOf(gzipSync('{"a":1}')))).toContain('is not JSON of paths');
    expect(await refused(archiveOf(gzipSync(Buffer.alloc(97 * 1024 * 1024))))).toContain('at most 5000 files');
    const many = Object.fromEntries(Array.from({ length: 5001 }, (_, i) => [`f${i}`, '']));
    expect(await refused(holding(many))).toContain('at most 5000 files');
    expect(await refused({ ...holding({ a: '1' }), sha256: 'a'.repeat(64) })).toContain('not what its sha256 says');
    expect((await readdir(join(house.data, 'packs'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await client.organisation()).definition).toBeNull();
  });

  it('[SRV58] is checked like one from a folder: its mistakes come back, and another than was planned is refused', async () => {
    const { client } = await place();
    const archive = await packToSend(SUPPORT);
    const other = { directory: '/x', archive, base: '', digest: 'another', reason: 'sent' };
    await expect(client.apply(other)).rejects.toMatchObject({ code: 'conflict' });
    const broken = holding({ 'pack.yaml': 'id: shop\nversion: one\n' });
    const error = await client.apply({ ...other, archive: broken }).catch((found: unknown) => found);
    expect(error).toMatchObject({ code: 'invalid', detail: expect.stringContaining('the pack in /x has') });
    expect((error as ApiProblem).problems.length).toBeGreaterThan(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyExport } from '../src/audit.ts';
import { GENESIS, headOf, type SealedRecord } from '../src/chain.ts';
import { ExportError, exportLines, readExport } from '../src/export.ts';
import { sealedAfter } from '../src/store/contract-suite.ts';
import { memoryDisk, memoryStore } from '../src/store/memory/index.ts';

const chain = sealedAfter(GENESIS, 12, (seq) => ({ body: { seq, text: 'naïve 日本 🦊\n"\ud800' } }));

async function exported(): Promise<Buffer> {
  const store = memoryStore(memoryDisk());
  const lease = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
  await store.append(GENESIS, lease.epoch, chain);
  const lines: string[] = [];
  for await (const line of exportLines('acme', store.load(0))) lines.push(line);
  return Buffer.from(lines.join(''));
}

async function readAll(source: Iterable<Uint8Array | string>): Promise<SealedRecord[]> {
  const all: SealedRecord[] = [];
  for await (const record of (await readExport(source)).records) all.push(record);
  return all;
}

function* chunks(bytes: Buffer, size: number): Generator<Uint8Array> {
  // One buffer for all chunks, as some readers use it.
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) yield buffer.subarray(0, bytes.copy(buffer, 0, at, at + size));
}

describe('an export', () => {
  it('[LED40] reads back as the records it was made of, in chunks of any size', async () => {
    const file = await exported();
    expect(file.toString().split('\n')[0]).toBe('{"reeve":"ledger","format":1,"org":"acme"}');
    for (const size of [1, 7, 64, 1 << 16]) expect(await readAll(chunks(file, size))).toEqual(chain);
    expect(await readAll([file.toString()])).toEqual(chain);
    expect((await readExport([file])).manifest).toEqual({ reeve: 'ledger', format: 1, org: 'acme' });
  });

  it('[LED41] has every flipped bit found, in the line where it is', async () => {
    const file = await exported();
    const sound = await verifyExport([file], { expected: headOf(chain, GENESIS) });
    expect(sound).toEqual({ ok: true, count: 12, head: headOf(chain, GENESIS), org: 'acme' });
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        const line = file.subarray(0, at).filter((byte) => byte === 10).length;
        const result = await verifyExport([changed]);
        expect(result.ok).toBe(false);
        expect(result.count).toBe(Math.max(0, line - 1));
      }),
      { numRuns: 500 },
    );
  });

  it('[LED41] names the broken line', async () => {
    const lines = (await exported()).toString().split('\n');
    const broken = (line: number, text: string) => readAll([lines.with(line - 1, text).join('\n')]);
    await expect(broken(4, '{"header":')).rejects.toMatchObject({ name: 'ExportError', line: 4 });
    await expect(broken(4, '')).rejects.toMatchObject({ line: 4 });
    await expect(broken(4, '{"header":"","body":""}')).rejects.toThrow(/line 4 of the export is no record/);
    await expect(broken(4, 'null')).rejects.toMatchObject({ line: 4 });
    await expect(broken(4, ` ${lines[3]}`)).rejects.toThrow(/line 4 .* not as it was written/);
    await expect(broken(13, `${lines[12]}\r`)).rejects.toMatchObject({ line: 13 });
    await expect(readAll([Buffer.concat([await exported(), Buffer.from([0xff, 10])])])).rejects.toThrow(
      /line 14 .* UTF-8/,
    );
  });

  it('[LED41] that was cut short inside a line says so, and between lines only to a witness', async () => {
    const file = (await exported()).toString();
    await expect(readAll([file.slice(0, -1)])).rejects.toMatchObject({ line: 13 });
    await expect(readAll([file.slice(0, -9)])).rejects.toThrow(/cut short/);
    const shorter = file.split('\n').toSpliced(12, 1).join('\n');
    expect(await verifyExport([shorter])).toMatchObject({ ok: true, count: 11 });
    const witnessed = await verifyExport([shorter], { expected: headOf(chain, GENESIS) });
    expect(witnessed).toMatchObject({ ok: false, firstBad: { seq: 12, what: 'truncated' } });
  });

  it.each([
    ['an empty file', '', /empty/],
    ['another file', '{"name":"x"}\n', /not an export/],
    ['a later format', '{"reeve":"ledger","format":3,"org":"acme"}\n', /format 3/],
    ['keys in format 1', '{"reeve":"ledger","format":1,"org":"acme","keys":[]}\n', /changed/],
    ['format 2 without keys', '{"reeve":"ledger","format":2,"org":"acme"}\n', /changed/],
    ['a manifest with more in it', '{"reeve":"ledger","format":1,"org":"acme","x":1}\n', /changed/],
  ])('[LED42] refuses %s', async (_, text, why) => {
    await expect(readExport([text])).rejects.toThrow(ExportError);
    await expect(readExport([text])).rejects.toThrow(why);
    expect(await verifyExport([text])).toMatchObject({ ok: false, count: 0, firstBad: { index: 0, what: 'line' } });
  });

  it('[LED42] of one organisation does not pass under the name of another', async () => {
    const renamed = (await exported()).toString().replace('"org":"acme"}\n', '"org":"other"}\n');
    expect(await verifyExport([renamed])).toMatchObject({ firstBad: { index: 0, what: 'org' } });
  });
});

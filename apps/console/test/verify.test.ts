/** The console's own verifier against ledgers sealed by Reeve, and against every way to change one. */
import {
  exportEntries,
  generateKey,
  makeCheckpoint,
  openSigner,
  proveRecord,
  seal,
  storeReading,
  verifierKeyText,
} from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyProof } from '../src/model/proof.ts';
import { type Expected, type Report, verifyExport } from '../src/model/verify.ts';

const signer = openSigner(generateKey('reeve/acme').secret);
const key = verifierKeyText(signer.key);
const RECORDS = 700;
const lines: string[] = [];
let head = { seq: 0, hash: '' };
let proof: Awaited<ReturnType<typeof proveRecord>>;

const entry = (seq: number) => ({
  seq,
  org: 'acme',
  at: 1_790_000_000_000 + seq,
  actor: seq % 3 === 0 ? { principal: 'mia', seat: 'desk' } : { principal: 'mia' },
  kind: 'case.noted',
  v: 1,
  stream: `case/C-${seq % 5}`,
  causation: seq % 2 === 0 ? { seq: seq - 1 } : { command: `c-${seq}`, digest: 'd'.repeat(64) },
  correlation: `C-${seq % 5}`,
  visibility: 'organisation' as const,
  body: { number: seq, text: `Grüße "${seq}" 👍` },
});

beforeAll(async () => {
  const store = memoryStore();
  const lease = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
  for (const size of [300, RECORDS]) {
    const before = await store.head();
    const entries = Array.from({ length: size - before.seq }, (_, at) => entry(before.seq + 1 + at));
    await store.append(before, lease.epoch, seal(before.hash, entries));
    await makeCheckpoint(store, signer);
  }
  head = await store.head();
  const read = () => storeReading(store, 'acme', [key]);
  for await (const line of exportEntries(await read())) lines.push(line.slice(0, -1));
  proof = await proveRecord(read, 123);
});

async function* bytes(text: string, size: number): AsyncGenerator<Uint8Array> {
  const all = new TextEncoder().encode(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

const judge = (given: readonly string[], expected: Expected = { key, head: null }, size = 1 << 16): Promise<Report> =>
  verifyExport(bytes(given.map((line) => `${line}\n`).join(''), size), expected);

const changed = (at: number, change: (line: string) => string): string[] =>
  lines.map((line, n) => (n === at ? change(line) : line));

describe('a sound ledger', () => {
  it.each([7, 1000, 1 << 20])('[WEB40] is sound, read in pieces of %i bytes', async (size) => {
    const report = await judge(lines, { key, head }, size);
    expect(report).toMatchObject({
      ok: true,
      records: RECORDS,
      signed: RECORDS,
      checkpoints: 2,
      trusted: true,
      bad: null,
    });
    expect(report.head).toBe(head.hash);
  });

  it('[WEB40] says whether its key is the one known; without one, that none was', async () => {
    expect((await judge(lines, { key: null, head: null })).trusted).toBeNull();
    const other = verifierKeyText(openSigner(generateKey('reeve/acme').secret).key);
    expect(await judge(lines, { key: other, head: null })).toMatchObject({ ok: false, trusted: false, records: 300 });
  });
});

describe('a changed ledger', () => {
  const cases: [string, () => readonly string[], number][] = [
    ['content', () => changed(100, (line) => line.replace('\\"number\\":100', '\\"number\\":101')), 100],
    ['time', () => changed(50, (line) => line.replace(/\\"at\\":179/, '\\"at\\":178')), 50],
    ['hash', () => changed(60, (line) => line.replace(/[0-9a-f]"}$/, (end) => `${end[0] === '0' ? '1' : '0'}"}`)), 60],
    ['a header that is not canonical', () => changed(70, (line) => line.replace('{\\"actor\\"', '{ \\"actor\\"')), 70],
    ['a missing record', () => lines.filter((_, n) => n !== 80), 80],
    ['exchanged records', () => [...lines.slice(0, 90), lines[91]!, lines[90]!, ...lines.slice(92)], 90],
    ['a doubled record', () => [...lines.slice(0, 96), lines[95]!, ...lines.slice(96)], 96],
    ['spaces', () => changed(20, (line) => line.replace(',"body"', ', "body"')), 20],
    ['what is no JSON', () => changed(30, (line) => line.slice(0, 40)), 30],
    ['a forged checkpoint', () => changed(301, (line) => line.replace('\\n300\\n', '\\n299\\n')), 301],
  ];
  it.each(cases)('[WEB40] %s is found where it is', async (_, given, seq) => {
    const report = await judge(given());
    expect(report.ok).toBe(false);
    expect(report.bad?.seq).toBe(seq);
    expect(report.records).toBe(seq - 1);
  });

  it('[WEB40] any flipped byte of any line is found', async () => {
    const at = [1, 5, 299, 301, 302, lines.length - 1];
    for (const n of at) {
      for (let seed = 0; seed < 8; seed++) {
        const line = lines[n]!;
        const place = (seed * 7919 + n) % line.length;
        const flipped = `${line.slice(0, place)}${String.fromCharCode(line.charCodeAt(place) ^ 1)}${line.slice(place + 1)}`;
        expect((await judge(changed(n, () => flipped))).ok, `line ${n}, byte ${place}`).toBe(false);
      }
    }
  }, 60_000);

  it('[WEB40] what was cut short, or rewritten, is found against what was seen', async () => {
    const short = lines.slice(0, 302);
    expect((await judge(short)).ok).toBe(true);
    expect((await judge(short, { key, head })).bad?.why).toContain('its end is missing');
    const other = { seq: 10, hash: 'a'.repeat(64) };
    expect(await judge(lines, { key, head: other })).toMatchObject({ ok: false, bad: { seq: 10 } });
    expect((await judge([])).bad?.why).toBe('the file is empty');
    expect((await judge(['{"reeve":"pack"}'])).ok).toBe(false);
    const cut = await verifyExport(bytes(lines.join('\n').slice(0, -3), 4096), { key, head: null });
    expect(cut.ok).toBe(false);
    const noise = await verifyExport(bytes(`${lines[0]}\n`, 10_000), { key, head: null });
    expect(noise).toMatchObject({ ok: true, records: 0 });
  });
});

describe('a proof', () => {
  it('[WEB41] convinces with the key alone, and nothing that was changed does', async () => {
    expect(await verifyProof(proof, key)).toMatchObject({ ok: true, size: RECORDS });
    const { record } = proof;
    const lies = [
      { ...proof, record: { ...record, body: record.body.replace('123', '124') } },
      { ...proof, previous: 'b'.repeat(64) },
      { ...proof, inclusion: proof.inclusion.slice(1) },
      { ...proof, inclusion: [...proof.inclusion].reverse() },
      { ...proof, checkpoint: proof.checkpoint.replace(`\n${RECORDS}\n`, '\n699\n') },
    ];
    for (const lie of lies) expect((await verifyProof(lie as typeof proof, key)).ok).toBe(false);
    expect((await verifyProof(proof, 'none')).ok).toBe(false);
  });
});

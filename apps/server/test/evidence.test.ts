import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import {
  nodePort,
  parseCheckpoint,
  parseNote,
  proofText,
  readSeen,
  seal,
  storeReading,
  verifyLedger,
  verifyProof,
} from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { describe, expect, it } from 'vitest';
import { Evidence } from '../src/index.ts';
import { folder, later, type Place, place, supported } from './support.ts';

const CASE = { subject: 'Where is my order?', customer: 'amelia.whitfield@post.example' };
const sizeOf = (note: string | null): number => (note === null ? 0 : parseCheckpoint(parseNote(note).text).size);
const signed = async ({ client }: Place): Promise<number> => sizeOf((await client.ledgerHead()).checkpoint);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400 && !(await holds()); tries++) await new Promise((done) => setTimeout(done, 5));
  expect(await holds()).toBe(true);
}

/** The ledger of a stopped organisation, judged by the key it names. */
async function judge(data: string) {
  const store = await sqliteStore({ directory: join(data, 'ledger') });
  try {
    const key = readFileSync(join(data, 'ledger.pub'), 'utf8').trim();
    return await verifyLedger(() => storeReading(store, 'main', [key]), { keys: [key] });
  } finally {
    await store.close();
  }
}

describe('the log of an organisation', () => {
  it('[SRV31] has one key for good, secret here, public there', async () => {
    const data = await folder();
    const { client, house } = await place({ data });
    const { verifier } = await client.ledgerHead();
    expect(statSync(join(data, 'keys/ledger.key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, 'ledger.pub')).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(data, 'ledger.pub'), 'utf8')).toBe(`${verifier}\n`);
    await house.close();
    chmodSync(join(data, 'keys/ledger.key'), 0o644);
    expect((await (await place({ data })).client.ledgerHead()).verifier).toBe(verifier);
    expect(statSync(join(data, 'keys/ledger.key')).mode & 0o777).toBe(0o600);
  });

  it('[SRV30] is signed at a start and at a clean stop; looking signs nothing', async () => {
    const data = await folder();
    const first = await supported({ data });
    expect(await signed(first)).toBe(0);
    await first.house.close();
    const { count, signed: found } = await judge(data);
    expect(found).toMatchObject({ size: count, trusted: true });
    // Of an organisation that was killed, or is older than checkpoints.
    const db = new DatabaseSync(join(data, 'ledger/ledger.db'));
    db.exec('DELETE FROM checkpoints');
    db.close();
    const second = await place({ data });
    await second.house.close();
    expect((await judge(data)).signed).toBeUndefined();
    const third = await place({ data, work: true });
    await until(async () => (await signed(third)) >= count);
  });

  it('[SRV30] is signed as it grows, by number of records', async () => {
    const at = await supported({ work: true, checkpoints: { every: 1e9, records: 3, look: 5 } });
    for (let n = 0; n < 5; n++) await at.client.openCase({ ...CASE, text: `${n}` });
    const { seq } = await at.client.ledgerHead();
    await until(async () => (await signed(at)) > seq - 3);
  });

  it('[SRV34] is copied to a witness file as it grows; one of a history that it does not continue is left alone', async () => {
    const witness = join(await folder(), 'elsewhere', 'seen.jsonl');
    const checkpoints = { every: 20, records: 1e9, look: 5, witness };
    const at = await supported({ work: true, checkpoints });
    const upTo = (seq: number) => until(async () => (await readSeen(witness)).some(({ size }) => size >= seq));
    await upTo((await at.client.ledgerHead()).seq);
    await at.client.openCase({ ...CASE, text: 'x' });
    await upTo((await at.client.ledgerHead()).seq);
    await at.house.close();
    const before = readFileSync(witness, 'utf8');
    const sizes = (await readSeen(witness)).map(({ size }) => size);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes).toEqual([...new Set(sizes)].sort((one, two) => one - two));
    const shorter = await supported({ work: true, checkpoints });
    await until(async () => (await shorter.client.health()).reason?.includes('does not continue') ?? false);
    expect((await shorter.client.health()).status).toBe('running');
    await shorter.house.close();
    expect(readFileSync(witness, 'utf8')).toBe(before);
  });

  it('[SRV30] is signed as it grows, by time, and not while it does not', async () => {
    const at = await supported({ work: true, checkpoints: { every: 20, records: 1e9, look: 5 } });
    await at.client.openCase({ ...CASE, text: 'x' });
    await at.house.runtime.idle();
    const { seq } = await at.client.ledgerHead();
    await until(async () => (await signed(at)) === seq);
    const notes = async () => {
      let count = 0;
      for await (const _ of at.house.store.checkpoint.load(-1)) count += 1;
      return count;
    };
    const before = await notes();
    await new Promise((done) => setTimeout(done, 60));
    expect(await notes()).toBe(before);
  });

  it('[SRV30] that cannot be signed is said, and the organisation works', async () => {
    const data = await folder();
    await (await supported({ data })).house.close();
    writeFileSync(join(data, 'keys/ledger.key'), 'nonsense\n');
    const lines: string[] = [];
    const log = (level: string, message: string) => void lines.push(`${level}: ${message}`);
    const at = await place({ data, work: true, log });
    expect(await at.client.health()).toMatchObject({
      status: 'running',
      reason: expect.stringContaining('no checkpoint of the ledger can be signed: this is no signing key'),
    });
    expect((await at.client.status()).runtime.reason).toContain('no checkpoint');
    expect(lines).toContain('error: no checkpoint of the ledger could be signed');
    const { seq } = await at.client.openCase({ ...CASE, text: 'x' });
    expect((await at.ask(`/v1/ledger/proof/${seq}`)).status).toBe(503);
    rmSync(join(data, 'keys/ledger.key'));
    await at.house.evidence.sign();
    expect((await at.client.health()).reason).toBeNull();
  });

  it('[SRV30] of records that were changed behind it is not signed', async () => {
    const at = await supported();
    await at.house.evidence.sign();
    await at.client.openCase({ ...CASE, text: 'x' });
    const { seq } = await at.client.ledgerHead();
    const db = new DatabaseSync(join(at.house.data, 'ledger/ledger.db'));
    db.exec(`UPDATE records SET body = '{}' WHERE seq = ${seq}`);
    db.close();
    await at.house.evidence.sign();
    expect((await at.client.health()).reason).toContain(`record ${seq} is not sound`);
    expect(await signed(at)).toBeLessThan(seq);
  });
});

describe('proofs over HTTP', () => {
  it('[SRV32] are files that convince who has nothing but the key, of every record there is', async () => {
    const at = await supported();
    const { seq, verifier } = await at.client.ledgerHead();
    for (let n = 1; n <= seq; n++) {
      const file = await (await at.ask(`/v1/ledger/proof/${n}`)).text();
      expect(await verifyProof(file, [verifier!], nodePort)).toMatchObject({ ok: true, header: { seq: n } });
    }
    const { seq: next } = await at.client.openCase({ ...CASE, text: 'x' });
    expect(sizeOf((await at.client.ledgerProof({ seq: next })).checkpoint)).toBeGreaterThanOrEqual(next);
  });

  it('[SRV32] are not to be had of what there is not', async () => {
    const { ask } = await supported();
    for (const seq of ['0', '-1', '1.5', 'x', '9999', '99999999999999999999']) {
      expect((await ask(`/v1/ledger/proof/${seq}`)).status).toBe(404);
    }
  });
});

/** A store with made-up records, signed as a server would. */
async function filled(count: number): Promise<Evidence> {
  const data = await folder();
  const store = await sqliteStore({ directory: join(data, 'ledger') });
  later(() => store.close());
  const lease = (await store.lease.acquire('test', 1000, 0)) as { epoch: number };
  const entries = Array.from({ length: count }, (_, i) => ({
    ...{
      seq: i + 1,
      org: 'acme',
      at: 1,
      actor: { principal: 'agent:mia' },
      kind: 'case.noted',
      v: 1,
      stream: 'case/C-1',
    },
    ...{ causation: { timer: `t-${i}` }, correlation: 'C-1', visibility: 'organisation' as const, body: { number: i } },
  }));
  const head = await store.head();
  await store.append(head, lease.epoch, seal(head.hash, entries));
  return Evidence.open({ data, organisation: 'acme', store, log: () => undefined });
}

describe('signing beside the work', () => {
  it('[SRV33] gives the loop its turns, however much there is to sign', async () => {
    const evidence = await filled(20_000);
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    await evidence.sign();
    clearInterval(ticking);
    expect(sizeOf((await evidence.head()).checkpoint)).toBe(20_000);
    // In one piece it would be a single turn.
    expect(turns).toBeGreaterThan(10);
  });

  it('[SRV32] proves records of a long ledger without reading it again', async () => {
    const evidence = await filled(5000);
    const { verifier } = await evidence.head();
    for (const seq of [1, 1024, 1025, 2048, 4096, 4097, 4999, 5000]) {
      const result = await verifyProof(proofText(await evidence.prove(seq)), [verifier!], nodePort);
      expect(result).toMatchObject({ ok: true, header: { seq }, checkpoint: { size: 5000 } });
    }
  });
});

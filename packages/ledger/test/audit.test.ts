import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AuditOptions, verifyExport, verifyLedger } from '../src/audit.ts';
import { GENESIS, headOf } from '../src/chain.ts';
import { makeCheckpoint, storeReading } from '../src/log.ts';
import { generateKey, openSigner } from '../src/notes/signer.ts';
import { parseSeen, type Seen, seenLine } from '../src/notes/witness.ts';
import { sealedAfter } from '../src/store/contract-suite.ts';
import { memoryStore } from '../src/store/memory/index.ts';
import { StoreCorrupt } from '../src/store/port.ts';
import { fileOf, KEYS, type SignedLedger, signedLedger } from './signed-ledger.ts';

const SIZES = [3, 8, 11];
let ledger: SignedLedger;
let lines: string[];
let seen: Seen[];

beforeAll(async () => {
  ledger = await signedLedger(SIZES);
  lines = ledger.file.toString().split('\n').slice(0, -1);
  seen = await seenOf(ledger);
});

async function seenOf({ store }: SignedLedger): Promise<Seen[]> {
  const file: string[] = [];
  for await (const { note, size } of store.checkpoint.load(-1)) file.push(`${seenLine(note, size)}\n`);
  return parseSeen(file.join(''));
}

const audit = (changed: readonly string[] | Buffer, options: AuditOptions = { keys: [KEYS.verifier] }) =>
  verifyExport([Buffer.isBuffer(changed) ? changed : changed.map((line) => `${line}\n`).join('')], options);
const fault = async (changed: readonly string[] | Buffer, options?: AuditOptions) =>
  (await audit(changed, options)).firstBad?.what;
/** Lines of the file: 0 is the manifest, then records 1–3, checkpoint, 4–8, checkpoint, 9–11, checkpoint. */
const CHECKPOINTS = [4, 10, 14];

describe('a signed ledger', () => {
  it('[LED68] is exported with its checkpoints, each after the last record it covers, and verifies offline', async () => {
    expect(lines.map((line) => line.startsWith('{"checkpoint":')).flatMap((is, i) => (is ? [i] : []))).toEqual(
      CHECKPOINTS,
    );
    const result = await audit(ledger.file);
    expect(result).toMatchObject({ ok: true, count: 11, org: 'acme' });
    expect(result.signed).toMatchObject({ origin: 'reeve/acme', trusted: true, checkpoints: 3, size: 11 });
    expect((await audit(ledger.file, {})).signed).toMatchObject({ trusted: false, size: 11 });
    expect(await verifyLedger(() => storeReading(ledger.store, 'acme', [KEYS.verifier]))).toEqual(
      await audit(ledger.file, {}),
    );
  });

  it('[LED68] says how far it is signed when records came after the last checkpoint', async () => {
    const more = await signedLedger([2]);
    const head = await more.store.head();
    await more.store.append(head, 1, sealedAfter(head, 3));
    const result = await verifyLedger(() => storeReading(more.store, 'acme', [KEYS.verifier]));
    expect(result).toMatchObject({ ok: true, count: 5, signed: { size: 2 } });
  });

  it('[LED69] [T23] shows any flipped bit: in the manifest, a record or a checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(ledger.file.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(ledger.file);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        const line = ledger.file.subarray(0, at).filter((byte) => byte === 10).length;
        const result = await audit(changed);
        expect(result.ok).toBe(false);
        // What is before the line of the flipped bit is sound, what is after it is not looked at.
        expect(result.count).toBe(Math.max(0, line - 1 - CHECKPOINTS.filter((place) => place < line).length));
      }),
      { numRuns: 600 },
    );
  });

  it('[LED69] shows records dropped, exchanged or doubled, by the place', async () => {
    const records = lines.flatMap((_, i) => (i > 0 && !CHECKPOINTS.includes(i) ? [i] : []));
    for (const at of records) {
      const beforeCheckpoint = CHECKPOINTS.includes(at + 1);
      const dropped = await audit(lines.toSpliced(at, 1));
      expect(dropped.firstBad?.what).toBe(at === 13 ? 'truncated' : beforeCheckpoint ? 'order' : 'seq');
      expect((await audit(lines.toSpliced(at, 0, lines[at] as string))).firstBad).toMatchObject({ what: 'seq' });
      const other = records[(records.indexOf(at) + 4) % records.length] as number;
      const exchanged = lines.with(at, lines[other] as string).with(other, lines[at] as string);
      expect(await fault(exchanged)).toBe('seq');
    }
  });

  it('[LED69] shows checkpoints moved, doubled, or taken from another log', async () => {
    const [first, second] = [lines[4] as string, lines[10] as string];
    expect(await fault(lines.toSpliced(4, 1).toSpliced(3, 0, first))).toBe('order');
    expect(await fault(lines.toSpliced(4, 1).toSpliced(7, 0, first))).toBe('order');
    expect(await fault(lines.toSpliced(4, 0, first))).toBe('order');
    expect(await fault(lines.toSpliced(4, 0, second))).toBe('order');
    const other = await signedLedger([3], { keys: generateKey('reeve/other') });
    expect(await fault(lines.with(4, other.file.toString().split('\n')[4] as string))).toBe('origin');
    const forged = await signedLedger([3], { keys: generateKey('reeve/acme') });
    expect(await fault(lines.with(4, forged.file.toString().split('\n')[4] as string))).toBe('signature');
    const rewritten = await signedLedger([3], { change: () => ({ body: 'never happened' }) });
    expect(await fault(lines.with(4, rewritten.file.toString().split('\n')[4] as string))).toBe('root');
    expect(await fault(lines.with(4, '{"checkpoint":"hello"}'))).toBe('checkpoint');
  });

  it('[LED70] is believed only under a key the verifier has from elsewhere', async () => {
    const stranger = await signedLedger(SIZES, { keys: generateKey('reeve/acme') });
    expect(await audit(stranger.file, {})).toMatchObject({ ok: true, signed: { trusted: false } });
    expect(await fault(stranger.file)).toBe('key');
    expect(await fault(lines.filter((line) => !line.startsWith('{"checkpoint"')))).toBe('key');
    expect(await fault([`{"reeve":"ledger","format":1,"org":"acme"}`])).toBe('key');
    await expect(audit(lines, { keys: ['nonsense'] })).rejects.toThrow(/no verifier key/);
    const broken = (lines[0] as string).replace('reeve/acme+', 'reeve/acm3+');
    expect(await fault(lines.with(0, broken), {})).toBe('key');
  });

  it('[LED70] may have changed its key, as long as the verifier knows both', async () => {
    const next = generateKey('reeve/acme');
    const both = await signedLedger([4]);
    const head = await both.store.head();
    await both.store.append(head, 1, sealedAfter(head, 2));
    await makeCheckpoint(both.store, openSigner(next.secret));
    const keys = [both.verifier, next.verifier];
    const file = await fileOf(await storeReading(both.store, 'acme', keys));
    expect(await audit(file, { keys })).toMatchObject({ ok: true, signed: { checkpoints: 2, size: 6 } });
    expect(await fault(file, { keys: [next.verifier] })).toBe('key');
  });
});

describe('a witness', () => {
  const witnessed = (options: AuditOptions = {}): AuditOptions => ({
    keys: [KEYS.verifier],
    witnessed: seen,
    ...options,
  });

  it('[LED71] finds its checkpoints in the ledger it has seen, and in one that has grown', async () => {
    expect(await audit(ledger.file, witnessed())).toMatchObject({ ok: true, witnessed: 3 });
    const longer = await signedLedger([3, 8, 11, 14]);
    expect(await audit(longer.file, witnessed())).toMatchObject({ ok: true, witnessed: 3, signed: { size: 14 } });
  });

  it('[LED71] shows a history cut short, although all that is left is signed', async () => {
    const shorter = await signedLedger([3, 8]);
    expect(await fault(shorter.file)).toBeUndefined();
    expect((await audit(shorter.file, witnessed())).firstBad).toMatchObject({
      what: 'truncated',
      seq: 9,
      why: expect.stringContaining('the witness has seen 11'),
    });
    expect(await fault(lines.slice(0, 11), witnessed())).toBe('truncated');
    expect(await fault(lines.slice(0, 1), witnessed())).toBe('truncated');
  });

  it('[LED71] shows a history rewritten and signed anew, by the first checkpoint that is not there', async () => {
    const rewritten = await signedLedger(SIZES, { change: (seq) => (seq === 5 ? { body: 'never happened' } : {}) });
    expect(await fault(rewritten.file)).toBeUndefined();
    const found = await audit(rewritten.file, witnessed());
    expect(found).toMatchObject({ ok: false, count: 8, firstBad: { what: 'fork' } });
    expect(found.firstBad?.why).toContain('first 8 records');
  });

  it('[LED71] shows it under a new key and a new name as well, and without any key', async () => {
    const change = (seq: number) => (seq === 2 ? { body: 'never happened' } : {});
    const keys = generateKey('reeve/acme');
    const rekeyed = await signedLedger(SIZES, { keys, change });
    expect(await fault(rekeyed.file, { keys: [keys.verifier], witnessed: seen })).toBe('fork');
    expect(await fault(rekeyed.file, { witnessed: seen })).toBe('fork');
    const renamed = await signedLedger(SIZES, { keys: generateKey('reeve/new'), change });
    expect(await fault(renamed.file, { witnessed: seen })).toBe('origin');
    const unsigned = [
      '{"reeve":"ledger","format":1,"org":"acme"}',
      ...lines.filter((line) => line.startsWith('{"header"')),
    ];
    expect(await audit(unsigned, { witnessed: seen })).toMatchObject({ ok: true, witnessed: 3 });
    expect(await fault(unsigned.slice(0, -1), { witnessed: seen })).toBe('truncated');
  });
});

describe('signing a checkpoint', () => {
  const signer = openSigner(KEYS.secret);

  it('[LED72] gives the tree of all records, continued from the one before, and nothing new for nothing new', async () => {
    const { store } = await signedLedger([5, 6, 7, 20]);
    const whole = await signedLedger([20]);
    expect((await store.checkpoint.latest())?.note).toBe((await whole.store.checkpoint.latest())?.note);
    expect(await makeCheckpoint(store, signer)).toBe((await store.checkpoint.latest())?.note);
    const head = { ...(await store.head()), seq: 12 };
    expect(await makeCheckpoint(store, signer, head)).toBe((await store.checkpoint.latest())?.note);
  });

  it('[LED72] is refused when a record, the frontier or the latest checkpoint is not sound', async () => {
    const damaged = async (damage: (ledger: SignedLedger) => void) => {
      const each = await signedLedger([4]);
      const head = await each.store.head();
      await each.store.append(head, 1, sealedAfter(head, 3));
      damage(each);
      const before = each.disk.checkpoints.length;
      await expect(makeCheckpoint(memoryStore(each.disk), signer)).rejects.toBeInstanceOf(StoreCorrupt);
      expect(each.disk.checkpoints.length).toBe(before);
    };
    await damaged(({ disk }) => {
      disk.records[5] = { ...(disk.records[5] as never as object), body: '"changed"' } as never;
    });
    await damaged(({ disk }) => {
      disk.checkpoints[0] = { ...(disk.checkpoints[0] as never as object), frontier: [GENESIS.hash] } as never;
    });
    await damaged(({ disk }) => {
      const other = openSigner(generateKey('reeve/other').secret);
      const note = (disk.checkpoints[0] as { note: string }).note.replaceAll('reeve/acme', other.key.name);
      disk.checkpoints[0] = { ...(disk.checkpoints[0] as never as object), note } as never;
    });
  });

  it('[LED72] covers no more than the head it is given', async () => {
    const { store } = await signedLedger([2]);
    const head = await store.head();
    const records = sealedAfter(head, 5);
    await store.append(head, 1, records);
    await makeCheckpoint(store, signer, headOf(records.slice(0, 3), head));
    expect((await store.checkpoint.latest())?.size).toBe(5);
    await expect(makeCheckpoint(store, signer, { seq: 6, hash: 'a'.repeat(64) })).rejects.toBeInstanceOf(StoreCorrupt);
  });

  it('[LED72] is refused for a ledger that ends before its latest checkpoint', async () => {
    const { store, disk } = await signedLedger([4, 7]);
    disk.records.length = 5;
    await expect(makeCheckpoint(store, signer)).rejects.toThrow(/ends before record 7/);
  });

  it('[LED72] leaves it at the later one when another process with the same key was faster', async () => {
    const { store } = await signedLedger([2]);
    const head = await store.head();
    await store.append(head, 1, sealedAfter(head, 5));
    let raced = false;
    const racing = {
      ...{ head: () => store.head(), checkpoint: store.checkpoint },
      load: (after: number, limit?: number) => {
        const records = store.load(after, limit);
        if (raced) return records;
        raced = true;
        return (async function* () {
          const now = await store.head();
          await store.append(now, 1, sealedAfter(now, 1));
          await makeCheckpoint(store, signer);
          yield* records;
        })();
      },
    };
    expect(await makeCheckpoint(racing, signer)).toBe((await store.checkpoint.latest())?.note);
    expect((await store.checkpoint.latest())?.size).toBe(8);
  });
});

describe('the ledger of a store', () => {
  it('[LED69] that ends before its latest checkpoint is `truncated`', async () => {
    const { store, disk } = await signedLedger([4, 7]);
    const judge = () => verifyLedger(() => storeReading(store, 'acme', [KEYS.verifier]), { keys: [KEYS.verifier] });
    expect((await judge()).ok).toBe(true);
    disk.records.length = 5;
    expect((await judge()).firstBad).toMatchObject({ what: 'truncated', seq: 6 });
  });

  it('[LED68] can be read up to a checkpoint, so that all of it is signed', async () => {
    const { store } = await signedLedger([4, 7]);
    const found = await verifyLedger(() => storeReading(store, 'acme', [KEYS.verifier], 4));
    expect(found).toMatchObject({ ok: true, count: 4, signed: { size: 4, checkpoints: 1 } });
  });
});

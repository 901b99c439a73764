import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeReading } from '../src/log.ts';
import { ed25519Web } from '../src/notes/ed25519-web.ts';
import { NoteError, parseNote, parseVerifierKey, verifyNote } from '../src/notes/note.ts';
import { generateKey, nodePort, openSigner } from '../src/notes/signer.ts';
import { firstUnsigned, judgeCheckpoint, parseSeen, type Seen, seenLine, withSignature } from '../src/notes/witness.ts';
import { readSeen, witnessLedger } from '../src/notes/witness-file.ts';
import { type Proof, proofText, verifyProof } from '../src/proof.ts';
import { proveConsistency, proveRecord, Unprovable } from '../src/prove.ts';
import { sha256Node } from '../src/sha256-node.ts';
import { sealedAfter } from '../src/store/contract-suite.ts';
import { KEYS, type SignedLedger, signedLedger } from './signed-ledger.ts';

let ledger: SignedLedger;
beforeAll(async () => {
  ledger = await signedLedger([3, 8, 13]);
});

const key = (text: string) => parseVerifierKey(text, sha256Node);
const judge = async (file: string, keys = [KEYS.verifier]) => {
  const result = await verifyProof(file, keys, nodePort);
  return result.ok ? 'good' : result.what;
};

describe('a proof of a record', () => {
  it('[LED73] convinces who has nothing but the verifier key, for every record, with either cryptography', async () => {
    for (let seq = 1; seq <= 13; seq++) {
      const proof = await proveRecord(ledger.read, seq);
      const result = await verifyProof(proofText(proof), [KEYS.verifier], { ...nodePort, ed25519: ed25519Web });
      expect(result).toMatchObject({ ok: true, header: { seq }, body: { number: seq }, checkpoint: { size: 13 } });
    }
    const fromStore = await proveRecord(() => storeReading(ledger.store, 'acme', [KEYS.verifier]), 7);
    expect(fromStore).toEqual(await proveRecord(ledger.read, 7));
  });

  it('[LED74] shows every flipped bit', async () => {
    const file = Buffer.from(proofText(await proveRecord(ledger.read, 6)));
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        expect(await judge(changed.toString('utf8'))).not.toBe('good');
      }),
      { numRuns: 500 },
    );
  });

  it('[LED74] names what is wrong with it', async () => {
    const proof = await proveRecord(ledger.read, 6);
    const other = await proveRecord(ledger.read, 7);
    const judged = (change: Partial<Proof>) => judge(proofText({ ...proof, ...change }));
    expect(await judged({})).toBe('good');
    expect(await judged({ org: 'other' })).toBe('org');
    expect(await judged({ record: { ...proof.record, body: other.record.body } })).toBe('body');
    expect(await judged({ record: { ...proof.record, hash: other.record.hash } })).toBe('hash');
    expect(await judged({ previous: other.previous })).toBe('hash');
    expect(await judged({ record: { ...proof.record, header: '{}' } })).toBe('header');
    expect(await judged({ record: other.record, previous: other.previous })).toBe('inclusion');
    expect(await judged({ inclusion: proof.inclusion.slice(1) })).toBe('inclusion');
    expect(await judged({ checkpoint: 'hello' })).toBe('checkpoint');
    expect(await judge(proofText(proof), [generateKey('reeve/acme').verifier])).toBe('signature');
    expect(await judge(proofText(proof), [generateKey('reeve/other').verifier])).toBe('origin');
    const rewritten = await signedLedger([13], { change: (seq) => (seq === 6 ? { body: 'x' } : {}) });
    const forged = await proveRecord(rewritten.read, 6);
    expect(await judged({ record: forged.record, previous: forged.previous })).toBe('inclusion');
    for (const file of ['', '{}', 'null', ` ${proofText(proof)}`]) expect(await judge(file)).toBe('form');
    await expect(verifyProof('', ['x'], nodePort)).rejects.toThrow(NoteError);
  });

  it('[LED73] is not to be had of what is not signed or not sound', async () => {
    const more = await signedLedger([2]);
    const head = await more.store.head();
    await more.store.append(head, 1, sealedAfter(head, 1));
    const read = () => storeReading(more.store, 'acme', [KEYS.verifier]);
    await expect(proveRecord(read, 3)).rejects.toThrow(/covers records 1 to 2/);
    await expect(proveRecord(read, 0)).rejects.toBeInstanceOf(Unprovable);
    const unsigned = () => storeReading(more.store, 'acme', []);
    more.disk.checkpoints.length = 0;
    await expect(proveRecord(unsigned, 1)).rejects.toThrow(/no checkpoint/);
    more.disk.records.reverse();
    await expect(proveRecord(unsigned, 1)).rejects.toMatchObject({ audit: { firstBad: { what: 'seq' } } });
  });

  it('[LED75] can be judged in a browser: nothing it needs is of Node', () => {
    const open = ['../src/proof.ts', '../src/notes/ed25519-web.ts', '../src/notes/witness.ts'].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    );
    const reached = new Set<string>();
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      for (const [, specifier] of readFileSync(path, 'utf8').matchAll(
        /^(?:import|export)(?! type)[^;]*from '([^']+)'/gm,
      )) {
        if (specifier?.startsWith('.')) open.push(join(dirname(path), specifier));
        else expect(specifier).toBe('@reeve/kernel');
      }
    }
    expect(reached.size).toBeGreaterThan(8);
    expect(readdirSync(dirname([...reached][0] as string)).length).toBeGreaterThan(0);
  });
});

describe('a witness', () => {
  const keys = [key(KEYS.verifier)];
  const verifierKeys = [KEYS.verifier];
  const seenAt = async ({ store }: SignedLedger, size: number): Promise<Seen[]> => {
    for await (const checkpoint of store.checkpoint.load(size - 1))
      if (checkpoint.size === size) return parseSeen(`${seenLine(checkpoint.note, 1)}\n`);
    throw new Error(`no checkpoint of ${size}`);
  };

  it('[LED76] takes a checkpoint that is shown to continue the one it has seen', async () => {
    for (const size of [3, 8, 13]) {
      const { checkpoint, proof } = await proveConsistency(ledger.read, size);
      const judged = await judgeCheckpoint(await seenAt(ledger, size), checkpoint, proof, keys, nodePort);
      expect(judged).toMatchObject({ ok: true, fresh: size < 13, checkpoint: { size: 13 } });
    }
    const { checkpoint } = await proveConsistency(ledger.read, 0);
    expect(await judgeCheckpoint([], checkpoint, [], keys, nodePort)).toMatchObject({ ok: true, fresh: true });
    await expect(proveConsistency(ledger.read, 14)).rejects.toBeInstanceOf(Unprovable);
  });

  it('[LED76] refuses one that is older, of another history, unproved, of another log or by another key', async () => {
    const seen = await seenAt(ledger, 8);
    const [older] = (await seenAt(ledger, 3)) as [Seen];
    const rewritten = await signedLedger([8, 13], { change: (seq) => (seq === 4 ? { body: 'x' } : {}) });
    const what = async (note: string, proof: readonly string[]) => {
      const judged = await judgeCheckpoint(seen, note, proof, keys, nodePort);
      return judged.ok ? 'good' : judged.what;
    };
    const sound = await proveConsistency(ledger.read, 8);
    const forged = await proveConsistency(rewritten.read, 8);
    expect(await what(older.note, [])).toBe('older');
    expect(await what(forged.checkpoint, forged.proof)).toBe('fork');
    expect(await what(((await seenAt(rewritten, 8))[0] as Seen).note, [])).toBe('fork');
    expect(await what(sound.checkpoint, [])).toBe('fork');
    expect(await what(sound.checkpoint, sound.proof)).toBe('good');
    expect(await what(sound.checkpoint.replace('\n13\n', '\n14\n'), sound.proof)).toBe('signature');
    const stranger = await signedLedger([9], { keys: generateKey('reeve/other') });
    expect(await what((await proveConsistency(stranger.read, 0)).checkpoint, [])).toBe('origin');
  });

  describe('with a file', () => {
    let directory: string;
    let path: string;
    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'reeve-witness-'));
      path = join(directory, 'seen.jsonl');
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    it('[LED77] takes the latest checkpoint of a sound ledger, cosigned, and each only once', async () => {
      const witness = generateKey('witness.example', 4);
      const signer = openSigner(witness.secret);
      const early = await signedLedger([3, 8]);
      const options = { keys: verifierKeys, signer };
      const first = await witnessLedger(early.read, path, { ...options, now: 1_795_000_000_999 });
      expect(first.audit.ok).toBe(true);
      expect(await witnessLedger(early.read, path, { ...options, now: 1 })).toMatchObject({ taken: null });
      await witnessLedger(ledger.read, path, { ...options, now: 1_795_000_100_000 });
      const seen = await readSeen(path);
      expect(seen.map(({ size, seen: at }) => [size, at])).toEqual([
        [8, 1_795_000_000_999],
        [13, 1_795_000_100_000],
      ]);
      const note = parseNote((seen[0] as Seen).note);
      expect(await verifyNote(note, key(witness.verifier), nodePort.ed25519)).toEqual({
        ok: true,
        time: 1_795_000_000,
      });
      expect(await verifyNote(note, keys[0] as never, nodePort.ed25519)).toMatchObject({ ok: true });
      expect(await firstUnsigned(seen, key(witness.verifier), nodePort)).toBeNull();
      expect(await firstUnsigned(seen, key(generateKey('witness.example', 4).verifier), nodePort)).toMatchObject({
        index: 0,
      });
      expect(parseNote(withSignature((seen[0] as Seen).note, signer.sign(note.text, 9))).signatures.length).toBe(2);
    });

    it('[LED77] keeps its file as it was when a ledger is cut short, rewritten, not signed or by another key', async () => {
      await witnessLedger(ledger.read, path, { keys: verifierKeys, now: 1 });
      const before = await readFile(path, 'utf8');
      const refused = async (other: SignedLedger, with_ = verifierKeys) => {
        const { audit, taken } = await witnessLedger(other.read, path, { keys: with_, now: 2 });
        expect(taken).toBeNull();
        expect(await readFile(path, 'utf8')).toBe(before);
        return audit.firstBad?.what;
      };
      expect(await refused(await signedLedger([3, 8]))).toBe('truncated');
      const change = (seq: number) => (seq === 4 ? { body: 'x' } : {});
      expect(await refused(await signedLedger([8, 13, 20], { change }))).toBe('fork');
      expect(await refused(await signedLedger([20], { keys: generateKey('reeve/acme') }))).toBe('key');
    });

    it('[LED77] names the broken line of its file', async () => {
      await witnessLedger(ledger.read, path, { keys: verifierKeys, now: 1 });
      const file = await readFile(path, 'utf8');
      await writeFile(path, `${file}{"seen":1}\n`);
      await expect(readSeen(path)).rejects.toThrow(/line 2 of the witness file is broken/);
      await writeFile(path, `${file}{"seen"`);
      await expect(readSeen(path)).rejects.toThrow(/cut short/);
      await writeFile(path, ` ${file}`);
      await expect(readSeen(path)).rejects.toThrow(NoteError);
      expect(await readSeen(join(directory, 'none'))).toEqual([]);
    });
  });
});

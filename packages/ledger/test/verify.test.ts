import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GENESIS, type Head, headOf, type SealedRecord, seal } from '../src/chain.ts';
import { entryFor, sealedAfter } from '../src/store/contract-suite.ts';
import { verify } from '../src/verify.ts';
import { anyJson } from './arbitrary.ts';

/** A random chain of at least two records, and a place in it. */
const chainAndPlace = fc.tuple(fc.array(anyJson, { minLength: 2, maxLength: 12 }), fc.nat()).map(([bodies, place]) => ({
  chain: seal(
    GENESIS.hash,
    bodies.map((body, i) => entryFor(i + 1, { body })),
  ),
  place: place % bodies.length,
}));

/** The text with one bit of one character changed. */
function flip(text: string, place: number, bit: number): string {
  const at = place % text.length;
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1);
}

const bad = (chain: SealedRecord[]) => verify(chain).then(({ firstBad }) => firstBad);
const replaced = (chain: SealedRecord[], place: number, change: Partial<SealedRecord>) =>
  chain.map((record, i) => (i === place ? { ...record, ...change } : record));

describe('verifying a chain', () => {
  it('[LED10] accepts every sealed chain, as a list or as a stream, and says where it ends', async () => {
    await fc.assert(
      fc.asyncProperty(chainAndPlace, async ({ chain }) => {
        const sound = { ok: true, count: chain.length, head: headOf(chain, GENESIS) };
        expect(await verify(chain)).toEqual(sound);
        expect(await verify(stream(chain), { expected: headOf(chain, GENESIS) })).toEqual(sound);
      }),
    );
    expect(await verify([])).toEqual({ ok: true, count: 0, head: GENESIS });
  });

  it('[LED11] [T23] names the record of any flipped bit (R-C57, R-B8)', async () => {
    const field = fc.constantFrom('header', 'body', 'hash');
    await fc.assert(
      fc.asyncProperty(chainAndPlace, field, fc.nat(), fc.nat(6), async ({ chain, place }, name, at, bit) => {
        const text = (chain[place] as SealedRecord)[name as keyof SealedRecord];
        const result = await verify(replaced(chain, place, { [name]: flip(text, at, bit) }));
        expect(result).toMatchObject({ ok: false, count: place, firstBad: { index: place, seq: place + 1 } });
        expect(result.head).toEqual(headOf(chain.slice(0, place), GENESIS));
      }),
      { numRuns: 500 },
    );
  });

  it('[LED11] [T23] names the place of any missing record but the last', async () => {
    await fc.assert(
      fc.asyncProperty(chainAndPlace, async ({ chain, place }) => {
        const missing = place % (chain.length - 1);
        expect(await bad(chain.toSpliced(missing, 1))).toMatchObject({ index: missing, seq: missing + 1, what: 'seq' });
      }),
    );
  });

  it('[LED11] [T23] names the first of any two records exchanged', async () => {
    await fc.assert(
      fc.asyncProperty(chainAndPlace, fc.nat(), async ({ chain, place }, other) => {
        const [a, b] = [place, (place + 1 + (other % (chain.length - 1))) % chain.length].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const exchanged = chain.with(a, chain[b] as SealedRecord).with(b, chain[a] as SealedRecord);
        expect(await bad(exchanged)).toMatchObject({ index: a, seq: a + 1 });
      }),
    );
  });

  it('[LED11] names any record inserted or doubled', async () => {
    await fc.assert(
      fc.asyncProperty(chainAndPlace, fc.nat(), async ({ chain, place }, other) => {
        const copy = chain[other % chain.length] as SealedRecord;
        const index = copy === chain[place] ? place + 1 : place;
        expect(await bad(chain.toSpliced(place, 0, copy))).toMatchObject({ index });
        const foreign = seal('e'.repeat(64), [entryFor(place + 1, { body: 'forged' })]);
        expect(await bad(chain.toSpliced(place, 0, ...foreign))).toMatchObject({ index: place, what: 'hash' });
      }),
    );
  });

  it('[LED11] finds a forged record that fits the one before it by the record after it', async () => {
    const chain = sealedAfter(GENESIS, 5);
    const forged = sealedAfter(headOf(chain.slice(0, 2), GENESIS), 1, () => ({ body: 'forged' }));
    expect(await bad(chain.toSpliced(2, 1, ...forged))).toMatchObject({ index: 3, what: 'hash' });
  });

  it.each([
    ['another organisation', { org: 'other' }, 'org'],
    ['an earlier time', { at: 7 }, 'at'],
    ['a later sequence number', { seq: 9 }, 'seq'],
  ])('[LED12] refuses a sealed record with %s', async (_, over, what) => {
    const chain = sealedAfter(GENESIS, 2);
    const last = seal(headOf(chain, GENESIS).hash, [entryFor(3, over)]);
    expect(await bad([...chain, ...last])).toMatchObject({ index: 2, seq: 3, what });
  });

  it('[LED12] refuses a header that is not canonical, although its hash is right', async () => {
    const loose = sealLoosely();
    expect(await bad([loose])).toMatchObject({ index: 0, what: 'header', why: expect.stringContaining('canonical') });
  });

  it('[LED13] continues from a head in the middle', async () => {
    const chain = sealedAfter(GENESIS, 9);
    const start = headOf(chain.slice(0, 4), GENESIS);
    expect(await verify(chain.slice(4), { start, org: 'acme' })).toEqual({
      ok: true,
      count: 5,
      head: headOf(chain, GENESIS),
    });
    expect(await verify(chain.slice(5), { start })).toMatchObject({ firstBad: { seq: 5, index: 0, what: 'seq' } });
    expect(await verify(chain.slice(4), { start, org: 'other' })).toMatchObject({ firstBad: { what: 'org' } });
    const startAt = 2_000_000_000_000;
    expect(await verify(chain.slice(4), { start, startAt })).toMatchObject({ firstBad: { what: 'at' } });
  });
});

describe('verifying against a witness', () => {
  const chain = sealedAfter(GENESIS, 8);
  const witness = (seq: number): Head => headOf(chain.slice(0, seq), GENESIS);

  it('[LED14] [T23] finds a chain cut short, which is sound by itself', async () => {
    expect(await verify(chain.slice(0, 5))).toMatchObject({ ok: true });
    const result = await verify(chain.slice(0, 5), { expected: witness(7) });
    expect(result).toMatchObject({ ok: false, count: 5, firstBad: { seq: 6, index: 5, what: 'truncated' } });
    expect(await verify([], { expected: witness(1) })).toMatchObject({ firstBad: { index: 0, what: 'truncated' } });
  });

  it('[LED14] [T23] finds a history rewritten as a whole, which is sound by itself', async () => {
    const rewritten = sealedAfter(GENESIS, 8, (seq) => (seq === 3 ? { body: 'never happened' } : {}));
    expect(await verify(rewritten)).toMatchObject({ ok: true });
    const result = await verify(rewritten, { expected: witness(6) });
    expect(result).toMatchObject({ ok: false, count: 5, firstBad: { seq: 6, index: 5, what: 'fork' } });
  });

  it('[LED14] accepts a chain that has grown since, and judges a start by it', async () => {
    expect(await verify(chain, { expected: witness(3) })).toMatchObject({ ok: true, count: 8 });
    expect(await verify(chain.slice(4), { start: witness(4), expected: witness(4) })).toMatchObject({ ok: true });
    const wrong = { seq: 4, hash: 'f'.repeat(64) };
    expect(await verify(chain.slice(4), { start: witness(4), expected: wrong })).toMatchObject({
      firstBad: { what: 'fork' },
    });
    await expect(verify(chain.slice(4), { start: witness(4), expected: witness(2) })).rejects.toThrow(RangeError);
  });
});

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** A record whose header has its fields in another order, sealed with the right hash all the same. */
function sealLoosely(): SealedRecord {
  const [sound] = sealedAfter(GENESIS, 1) as [SealedRecord];
  const fields = JSON.parse(sound.header) as Record<string, unknown>;
  const header = JSON.stringify(Object.fromEntries(Object.entries(fields).toReversed()));
  const digest = Buffer.from(String(fields.bodyDigest), 'hex');
  const hash = createHash('sha256').update(Buffer.alloc(32)).update(header).update(digest).digest('hex');
  return { header, body: sound.body, hash };
}

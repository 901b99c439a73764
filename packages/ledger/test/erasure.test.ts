import { EVOLVE, type EventKind, type RecordEntry } from '@reeve/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../src/canonical.ts';
import { open, seal } from '../src/chain.ts';
import { ERASED, hasErased, protect, reveal } from '../src/erasure/erasure.ts';
import { memoryKeys } from '../src/erasure/keys.ts';
import { PERSONAL } from '../src/erasure/personal.ts';
import { openBytes, type SubjectKey, sealBytes, wipe } from '../src/erasure/sealing.ts';
import { protectAll, subjectOf } from '../src/erasure/subjects.ts';
import { entryFor } from '../src/store/contract-suite.ts';
import { anyJson, anyText } from './arbitrary.ts';

const keyFrom = (byte: number): SubjectKey => ({ id: `key-${byte}`, key: new Uint8Array(32).fill(byte) });
const ANNA = keyFrom(1);
const under = (key: SubjectKey | null) => () => key;
const opened = (over: object = {}, seq = 4): RecordEntry =>
  entryFor(seq, {
    kind: 'case.opened',
    body: {
      case: 'C-1',
      subject: 'Broken kettle',
      text: 'My number is 0171 555',
      customer: 'anna@example.org',
      channel: 'email',
      data: { phone: 491_715_550, address: { 'Haus am See': ['Weg 3', null] }, vip: true },
      due: 7,
      ...over,
    },
  });

describe('protecting a record', () => {
  it('[LED80] leaves nothing personal in it and everything else as it was', () => {
    const sealed = protect(opened(), under(ANNA));
    const text = canonicalText(sealed);
    for (const secret of ['kettle', '0171', 'anna', 'example.org', '49171', 'Haus', 'Weg', 'vip'])
      expect(text).not.toContain(secret);
    expect(sealed).toMatchObject({
      seq: 4,
      body: { case: 'C-1', subject: '[sealed]', text: '[sealed]', channel: 'email', data: {}, due: 7 },
    });
    expect((sealed.body as { $sealed: object }).$sealed).toMatchObject({
      key: 'key-1',
      paths: ['/customer', '/data', '/subject', '/text'],
    });
  });

  it('[LED80] gives the same bytes for the same record, whatever the order of its fields', () => {
    const body = opened().body as Record<string, unknown>;
    const turned = opened(Object.fromEntries(Object.entries(body).reverse()));
    expect(canonicalText(protect(turned, under(ANNA)))).toBe(canonicalText(protect(opened(), under(ANNA))));
    expect(canonicalText(protect(opened(), under(keyFrom(2))))).not.toBe(canonicalText(protect(opened(), under(ANNA))));
  });

  it('[LED80] seals the same text differently in every record, and every content under a nonce of its own', () => {
    const data = (record: RecordEntry) =>
      (protect(record, under(ANNA)).body as { $sealed: { data: string } }).$sealed.data;
    const all = [opened(), opened({}, 5), opened({ text: 'x' }), { ...opened(), org: 'other' }].map(data);
    expect(new Set(all.map((each) => each.slice(0, 16))).size).toBe(4);
  });

  it('[LED81] is undone by the key, for any body of any event, also after sealing into the chain', () => {
    const kinds = Object.keys(PERSONAL) as EventKind[];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.nat(), anyText, anyJson, (kind, pick, text, value) => {
        const path = PERSONAL[kind][pick % Math.max(1, PERSONAL[kind].length)] ?? 'none';
        const record = entryFor(3, { kind, body: { other: value, ...bodyWith(path, text, value) } });
        const sealed = protect(record, under(ANNA));
        const stored = open(seal('0'.repeat(64), [sealed])[0] as never);
        const back = reveal(stored, (id) => (id === ANNA.id ? ANNA : null));
        expect(canonicalText(back)).toBe(canonicalText(record));
        expect(canonicalText(reveal(stored, () => null))).not.toContain('$sealed');
      }),
      { numRuns: 500 },
    );
  });

  /** A body that has something at a personal path. */
  function bodyWith(path: string, text: string, value: unknown): object {
    const steps = path.replace(/^=|\{\}$/g, '').split('.');
    const leaf: unknown = path.endsWith('{}') ? { '': value, [text]: text } : text;
    return steps.reduceRight(
      (inner: unknown, step) => (step === '*' ? [inner, inner] : { [step]: inner }),
      leaf,
    ) as object;
  }

  it('[LED82] leaves [erased] of what is personal once the key is gone, and the same mark for the same name', () => {
    const erased = (record: RecordEntry) => reveal(protect(record, under(ANNA)), () => null).body;
    const body = erased(opened()) as Record<string, string>;
    expect(body).toMatchObject({ subject: ERASED, text: ERASED, channel: 'email', data: { erased: ERASED }, due: 7 });
    expect(body.customer).toMatch(/^\[erased [0-9a-f]{12}\]$/);
    expect(erased(opened({ text: 'other' }, 9))).toMatchObject({ customer: body.customer });
    expect(erased(opened({ customer: 'ann@example.org' }))).not.toMatchObject({ customer: body.customer });
    const list = entryFor(1, { kind: 'task.delegated', body: { packet: { tried: ['a', 'b'], context: { a: 1 } } } });
    expect(erased(list)).toEqual({ packet: { tried: [ERASED, ERASED], context: { erased: ERASED } } });
    expect(hasErased(body)).toBe(true);
    expect(hasErased({ a: [{ b: body.customer }] })).toBe(true);
    expect(hasErased(opened().body)).toBe(false);
  });

  it('[LED81] is noticed when what was sealed is changed or put into another record', () => {
    const sealed = protect(opened(), under(ANNA));
    const form = (sealed.body as { $sealed: { key: string; paths: string[]; data: string } }).$sealed;
    const swapped = { ...form, data: `${form.data[0] === 'A' ? 'B' : 'A'}${form.data.slice(1)}` };
    const broken = (record: RecordEntry) => expect(() => reveal(record, under(ANNA))).toThrow(/were changed/);
    broken({ ...sealed, seq: 5 });
    broken({ ...sealed, org: 'other' });
    broken({ ...sealed, kind: 'case.received' });
    broken({ ...sealed, body: { ...(sealed.body as object), $sealed: swapped } });
    broken({ ...sealed, body: { ...(sealed.body as object), $sealed: { ...form, data: '' } } });
    broken({ ...sealed, body: { ...(sealed.body as object), $sealed: { ...form, paths: form.paths.toReversed() } } });
    expect(() => reveal(sealed, under(keyFrom(2)))).toThrow(TypeError);
    expect(() => protect(sealed, under(ANNA))).toThrow(/protected already/);
  });

  it('[LED80] leaves records of nobody, and empty values, as they are', () => {
    expect(protect(opened(), under(null))).toEqual(opened());
    const plain = entryFor(1, { kind: 'case.received', body: { text: '', owner: 'desk' } });
    expect(protect(plain, under(ANNA))).toEqual(plain);
    expect(reveal(plain, under(ANNA))).toBe(plain);
    const unknown = entryFor(1, { kind: 'other', body: { text: 'x' } });
    expect(protect(unknown, under(ANNA))).toBe(unknown);
  });

  it('[LED80] knows every event of the kernel, and names paths that are not inside one another', () => {
    for (const kind of EVOLVE.keys()) expect(Object.keys(PERSONAL)).toContain(kind);
    for (const paths of Object.values(PERSONAL)) {
      const bare = paths.map((path) => path.replace(/^=|\{\}$/g, ''));
      for (const path of bare) expect(bare.filter((other) => `${other}.`.startsWith(`${path}.`))).toEqual([path]);
    }
  });
});

describe('the subject of a record', () => {
  const customerOf = (id: string) => (id === 'C-1' ? 'anna' : undefined);

  it('[LED83] is the customer of its case: the one the body names, else the one it is correlated with', () => {
    const of = (over: Partial<RecordEntry>) => subjectOf(entryFor(1, over), customerOf);
    expect(of({ kind: 'case.noted', body: { case: 'C-1' }, correlation: 'x' })).toBe('customer:anna');
    expect(of({ kind: 'operation.read', body: {}, correlation: 'C-1' })).toBe('customer:anna');
    expect(of({ kind: 'operation.requested', body: { case: null }, correlation: 'C-1' })).toBeNull();
    expect(of({ kind: 'case.noted', body: { case: 'C-2' } })).toBeNull();
    expect(of({ kind: 'case.opened', body: { case: 'C-9', customer: 'bob' } })).toBe('customer:bob');
  });

  it('[LED83] is found for cases that are opened in the same batch, before the state is asked', async () => {
    const keys = memoryKeys();
    const batch = [
      opened({ case: 'C-7', customer: 'bob' }),
      entryFor(5, { kind: 'message.sent', body: { case: 'C-7', text: 'hello' } }),
      entryFor(6, { kind: 'seat.paused', correlation: 'x', body: { seat: 'desk', reason: 'holiday' } }),
    ];
    const [first, second, third] = await protectAll(batch, () => undefined, keys);
    const idOf = (record: RecordEntry | undefined) =>
      (record?.body as { $sealed?: { key: string } } | undefined)?.$sealed?.key;
    expect(idOf(first)).toBe(idOf(second));
    expect(third).toEqual(batch[2]);
    expect(reveal(second as RecordEntry, keys.byId)).toEqual(batch[1]);
  });
});

describe('sealed bytes', () => {
  it('[LED81] open under the same key and context alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), anyText, fc.nat(), fc.nat(7), (bytes, context, pick, bit) => {
        const sealed = sealBytes(ANNA, bytes, context);
        expect(openBytes(ANNA, sealed, context)).toEqual(bytes);
        expect(openBytes(ANNA, sealed, `${context}x`)).toBeNull();
        expect(openBytes(keyFrom(2), sealed, context)).toBeNull();
        const changed = sealed.slice();
        changed[pick % sealed.length] = (sealed[pick % sealed.length] as number) ^ (1 << bit);
        expect(openBytes(ANNA, changed, context)).toBeNull();
        expect(openBytes(ANNA, sealed.slice(0, 20), context)).toBeNull();
      }),
    );
  });

  it('[LED84] are closed for ever once their key is wiped', () => {
    const key = keyFrom(3);
    const sealed = sealBytes(key, Buffer.from('secret'), '');
    wipe(key);
    expect(key.key.every((byte) => byte === 0)).toBe(true);
    expect(openBytes(key, sealed, '')).toBeNull();
  });
});

it('[LED83] a standing grant is about the customer it is bound to, else about the case it came from', () => {
  const grant = (body: object, correlation: string) =>
    subjectOf(
      entryFor(9, { kind: 'grant.given', correlation, body: { grant: 'G-1', case: null, customer: null, ...body } }),
      (id) => (id === 'C-1' ? 'kim@example.org' : undefined),
    );
  const kim = grant({ customer: 'kim@example.org' }, 'x');
  expect([grant({}, 'C-1'), grant({ case: 'C-1' }, 'x'), grant({}, 'x')]).toEqual([kim, kim, null]);
});

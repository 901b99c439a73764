/**
 * Data directories as old versions left them. Made by running that version: the support pack with its first tickets and
 * two approvals. What its own views said is in views.json. Fixtures are never edited.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { budgetLines } from '@reeve/kernel';
import { readLogKeys, storeReading, verifyLedger } from '@reeve/ledger';
import { describe, expect, it } from 'vitest';
import { folder, type Place, place } from './support.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const VERSIONS = readdirSync(FIXTURES);

interface Views {
  readonly cases: readonly { id: string; status: string; subject: string; customer: string }[];
  readonly operations: { readonly byStatus: Readonly<Record<string, number>> };
  readonly budgets: readonly { id: string; spent: number }[];
  readonly seq: number;
}

/** The data directory of a version, unpacked. */
async function unpacked(version: string): Promise<string> {
  const data = await folder();
  const from = join(FIXTURES, version);
  for (const name of readdirSync(from)) {
    const bytes = readFileSync(join(from, name));
    if (name === 'views.json') continue;
    const plain = name.replace(/\.gz$/, '');
    const under = plain === 'ledger.db' ? 'ledger' : plain === 'keys.db' ? 'keys' : '.';
    mkdirSync(join(data, under), { recursive: true, mode: 0o700 });
    writeFileSync(join(data, under, plain), plain === name ? bytes : gunzipSync(bytes), { mode: 0o600 });
  }
  return data;
}

const viewsOf = (version: string): Views => JSON.parse(readFileSync(join(FIXTURES, version, 'views.json'), 'utf8'));

/** What the views say now, in the form of the fixture. */
async function viewsNow({ client, house }: Place): Promise<Views> {
  const { cases } = await client.cases({ limit: 1000 });
  const past = (await client.cases({ limit: 1000, archived: 'true' as never })).cases;
  const all = [...cases, ...past].sort((a, b) => Number(b.id.slice(2)) - Number(a.id.slice(2)));
  const { byStatus, budgets, seq } = await house.runtime.read((state) => ({
    byStatus: Object.fromEntries(Object.entries(state.operations.byStatus).filter(([, count]) => count > 0)),
    budgets: budgetLines(state).map(({ id, spent }) => ({ id, spent })),
    seq: state.seq,
  }));
  const shown = all.map(({ id, status, subject, customer }) => ({ id, status, subject, customer }));
  return { cases: shown, operations: { byStatus }, budgets, seq };
}

describe.each(VERSIONS)('[SRV84] a data directory of version %s', (version) => {
  it('verifies as it is', async () => {
    const data = await unpacked(version);
    const { house } = await place({ data });
    const found = await verifyLedger(async () => storeReading(house.store, 'acme', await readLogKeys(data)));
    expect(found).toMatchObject({ ok: true });
    expect(found.count).toBeGreaterThanOrEqual(viewsOf(version).seq);
  });

  it('opens, is upgraded, and shows what it showed; twice, the second time from a snapshot', async () => {
    const data = await unpacked(version);
    const then = viewsOf(version);
    for (const _ of [1, 2]) {
      const made = await place({ data });
      const now = await viewsNow(made);
      // Time has passed since: what is overdue by now has been escalated, which is what this version does.
      const { records } = await made.client.history({ kind: 'case.escalated', limit: 100 });
      const since = new Set(
        records.flatMap(({ seq, body }) => (seq > then.seq ? [(body as { case: string }).case] : [])),
      );
      expect(now.cases).toEqual(then.cases.map((one) => (since.has(one.id) ? { ...one, status: 'escalated' } : one)));
      expect(now.operations.byStatus).toEqual(then.operations.byStatus);
      const spent = (views: Views) => views.budgets.map(({ id, spent: amount }) => [id, amount]);
      expect(spent(now)).toEqual(spent(then));
      for (const { id } of then.cases) expect(await made.client.case({ id })).toMatchObject({ id });
      expect((await made.client.history({ kind: 'case.opened', limit: 100 })).records).toHaveLength(then.cases.length);
      expect((await made.client.why({ id: 'OP-1' })).operations).toHaveLength(1);
      await made.house.close();
    }
  });
});

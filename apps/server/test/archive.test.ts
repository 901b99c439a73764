import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, digestOfSupport, folder, json, type Place, packCopy, place, SUPPORT, ticket } from './support.ts';

/** A place where what is over leaves memory at once. */
async function hasty(data: string, work: boolean): Promise<Place> {
  const pack = await packCopy();
  const file = join(pack, 'pack.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('settings:\n', 'settings:\n  retention: 0s\n'));
  const made = await place({ work, data });
  await made.client.apply({ directory: pack, base: '', digest: await digestOf(pack), reason: 'test' });
  return made;
}

/** The same after these tickets were worked on. */
async function afterTickets(data: string, ...numbers: number[]): Promise<Place> {
  const made = await hasty(data, true);
  for (const n of numbers) await made.client.openCase(ticket(n));
  await made.house.runtime.idle();
  return made;
}

const archivedIds = async ({ client }: Place): Promise<string[]> =>
  (await client.cases({ archived: 'true' as never })).cases.map(({ id }) => id);

describe('what has left memory is read from the ledger', () => {
  it('[SRV80, SRV81] cases, operations, timelines and explanations look as before', async () => {
    const data = await folder();
    const made = await afterTickets(data, 1, 2, 3, 4, 5, 6);
    const { client, house } = made;
    const ids = await archivedIds(made);
    expect(ids.length).toBeGreaterThan(0);
    const [id] = ids as [string];
    expect(await house.runtime.read((s) => s.cases.cases.has(id))).toBe(false);
    const view = await client.case({ id });
    expect(view).toMatchObject({ id, status: expect.stringMatching(/closed|cancelled/) });
    const { entries } = await client.timeline({ id, limit: 1000 });
    expect(entries.at(-1)?.kind).toBe('case.archived');
    for (const { id: operation } of view.operations) {
      expect(await client.operation({ id: operation })).toMatchObject({ id: operation, case: id });
      expect((await client.why({ id: operation })).operations).toHaveLength(1);
    }
    expect((await client.cases({})).cases.map((c) => c.id)).not.toContain(id);
    const status = await client.status();
    expect(Object.values(status.cases.byStatus).reduce((sum, n) => sum + n, 0)).toBe(6);
  });

  it('[SRV81, ARC7] a case whose messages nobody read shows who did them, and why', async () => {
    const { client, house } = await hasty(await folder(), false);
    const { case: id } = await client.openCase(ticket(1));
    await client.command({ kind: 'case.cancel', body: { case: id, reason: 'r' } });
    await house.runtime.idle();
    expect((await client.cases({ archived: 'true' as never })).cases.map((c) => c.id)).toEqual([id]);
    const { entries } = await client.timeline({ id, limit: 1000 });
    const done = 'M-1 was left unread by front-desk; done by the system, as its case is archived';
    expect(entries.slice(-2).map(({ text }) => text)[0]).toBe(done);
  });

  it('[SRV82] a customer who writes about an archived case, or has it reopened, gets one that follows it, once', async () => {
    const made = await afterTickets(await folder(), 1, 2, 3, 4, 5, 6);
    const { client, ask } = made;
    const [id] = (await archivedIds(made)) as [string];
    const path = `/v1/cases/${id}/messages`;
    const send = async () => (await ask(path, json({ text: 'It broke again' }, { 'idempotency-key': 'm1' }))).json();
    const first = (await send()) as { case: string; follows: string };
    expect(first).toMatchObject({ follows: id });
    expect(await send()).toEqual(first);
    const [before, after] = [await client.case({ id }), await client.case({ id: first.case })];
    expect(after).toMatchObject({ follows: id, customer: before.customer, subject: before.subject });
    const feedback = await ask(`/v1/cases/${id}/feedback`, json({ satisfied: true }));
    expect(feedback.status).toBe(409);
    const reopened = await ask('/v1/commands', json({ kind: 'case.reopen', body: { case: id, reason: 'r' } }));
    expect(await reopened.json()).toMatchObject({ follows: id });
  });
});

describe('history by index', () => {
  it('[SRV83] finds records by case, seat, actor, kind, time and words, in pages', async () => {
    const { client } = await afterTickets(await folder(), 1, 2, 3);
    const all = (await client.history({ limit: 1000, order: 'oldest' })).records;
    const expected = (await client.ledger({ limit: 1000, order: 'oldest' })).records;
    expect(all.map(({ seq }) => seq)).toEqual(expected.map(({ seq }) => seq));
    const of = async (query: object) => (await client.history({ limit: 1000, order: 'oldest', ...query })).records;
    const seqs = (records: readonly { seq: number }[]) => records.map(({ seq }) => seq);
    expect(seqs(await of({ case: 'C-2' }))).toEqual(
      seqs(all.filter((r) => r.correlation === 'C-2' || r.body.case === 'C-2')),
    );
    expect(seqs(await of({ kind: 'operation' }))).toEqual(seqs(all.filter((r) => r.kind.startsWith('operation.'))));
    expect(seqs(await of({ kind: 'case.opened' }))).toHaveLength(3);
    const seat = all.find((r) => r.actor.seat !== undefined)!.actor.seat!;
    expect(seqs(await of({ seat }))).toEqual(seqs(all.filter((r) => r.actor.seat === seat)));
    const [from, to] = [all[10]!.at, all[30]!.at];
    expect(seqs(await of({ from, to }))).toEqual(seqs(all.filter((r) => r.at >= from && r.at <= to)));
    const [word] = ticket(1).subject.split(' ') as [string];
    const found = await of({ text: word.toUpperCase(), kind: 'case.opened' });
    expect(found.map((r) => r.body.subject)).toContain(ticket(1).subject);
    expect(await of({ text: `"${ticket(1).subject}"`, kind: 'case.opened' })).toHaveLength(1);
    expect(await of({ text: 'a-word-nobody-wrote' })).toEqual([]);
    let cursor: string | undefined;
    const paged: number[] = [];
    do {
      const page = await client.history({ limit: 7, case: 'C-1', ...(cursor ? { cursor } : {}) });
      paged.push(...seqs(page.records));
      cursor = page.next;
    } while (cursor);
    expect(paged).toEqual(seqs(await of({ case: 'C-1' })).reverse());
  });

  it('[LED102] an erased customer is found by nothing of his, and the file holds no word of his, before or after', async () => {
    const data = await folder();
    const made = await place({ data });
    const { client, ask } = made;
    await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    const secret = 'zanzibarquux';
    await client.openCase({ subject: `about ${secret}`, customer: 'ann@example.org', text: secret });
    const found = async (text: string) => (await client.history({ text, limit: 10 })).records.length;
    expect(await found(secret)).toBeGreaterThan(0);
    const inFiles = (name: string) => readFileSync(join(data, 'ledger', name)).includes(secret);
    const files = () => readdirSync(join(data, 'ledger')).filter((name) => name.startsWith('ledger.db'));
    expect(files().some(inFiles)).toBe(false);
    await ask('/v1/commands', json({ kind: 'case.cancel', body: { case: 'C-1', reason: 'r' } }));
    await client.forget({ id: 'C-1', reason: 'asked' });
    expect(await found(secret)).toBe(0);
    expect(await found('ann')).toBe(0);
    expect((await client.history({ case: 'C-1', limit: 10 })).records.length).toBeGreaterThan(0);
    await made.house.close();
    const again = await place({ data });
    expect((await again.client.history({ text: secret, limit: 10 })).records).toEqual([]);
  });
});

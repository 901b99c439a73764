import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiProblem } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { digestOf, json, packCopy, place, SUPPORT, supported } from './support.ts';

const CASE = { subject: 'Where is my order?', customer: 'amelia.whitfield@post.example' };
const problemOf = (call: Promise<unknown>): Promise<ApiProblem> =>
  call.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => {
      if (error instanceof ApiProblem) return error;
      throw error;
    },
  );

describe('an empty organisation', () => {
  it('[SRV16] answers every question about what it does not have', async () => {
    const { client } = await place({ organisation: 'acme' });
    expect(await client.health()).toMatchObject({ status: 'running', organisation: 'acme', name: '', seq: 0 });
    expect(await client.status()).toMatchObject({ digest: '', seats: [], approvalsPending: 0 });
    expect(await client.organisation()).toEqual({ digest: '', definition: null, pack: null, restructured: [] });
    expect(await client.cases()).toEqual({ cases: [] });
    expect(await client.operations()).toEqual({ operations: [] });
    expect(await client.approvals({ status: 'pending' })).toEqual({ approvals: [] });
    expect(await client.inbox()).toEqual({ seat: null, messages: [], approvals: [] });
    expect(await client.switches()).toEqual({ switches: [] });
    expect(await client.ledger()).toEqual({ records: [] });
    expect(await client.ledgerHead()).toMatchObject({ seq: 0, hash: '0'.repeat(64), checkpoint: null });
    expect((await client.openapi()).openapi).toBe('3.1.0');
  });

  it('[SRV15] cannot take cases, and says so', async () => {
    const { client } = await place();
    expect(await problemOf(client.openCase(CASE))).toMatchObject({ status: 409, code: 'conflict', rule: 'CAS5' });
  });
});

describe('the support organisation', () => {
  it('[SRV16] shows seats, targets, budgets and where it came from', async () => {
    const { client } = await supported();
    const status = await client.status();
    expect(status.seats.find(({ id }) => id === 'operator')).toMatchObject({
      supervisor: null,
      status: 'active',
      occupant: { kind: 'human', principal: 'founder' },
    });
    expect(status.targets.length).toBeGreaterThan(0);
    expect(status.budgets.find(({ id }) => id === 'refunds')).toMatchObject({ currency: 'money', reserved: 0 });
    const organisation = await client.organisation();
    expect(organisation).toMatchObject({ digest: status.digest, pack: { id: 'support', directory: SUPPORT } });
    expect(organisation.definition?.scripts).toHaveProperty(['scripts/verifier.ts']);
  });

  it('[SRV16] takes a case through messages, notes and feedback', async () => {
    const { client } = await supported();
    const { case: id } = await client.openCase({ ...CASE, text: 'I wait.', name: 'Amelia' });
    await client.addMessage({ id, text: 'Any news?' });
    await client.command({ kind: 'case.note', body: { case: id, text: 'called her' } });
    await client.addFeedback({ id, satisfied: true, text: 'thanks' });
    const found = await client.case({ id });
    expect(found).toMatchObject({ id, subject: CASE.subject, text: 'I wait.', satisfied: true, overdue: false });
    expect(found.notes.map(({ text }) => text)).toEqual(['Any news?', 'called her']);
    expect((await client.cases({ q: 'AMELIA', status: 'open' })).cases.map((c) => c.id)).toEqual([id]);
    expect((await client.cases({ q: 'nobody' })).cases).toEqual([]);
  });

  it('[SRV12] tells what happened on a case in sentences, page by page (R-A55, R-A61)', async () => {
    const { client } = await supported();
    const { case: id } = await client.openCase({ ...CASE, name: 'Amelia' });
    await client.addMessage({ id, text: 'Any news?' });
    const whole = await client.timeline({ id });
    expect(whole.entries[0]?.text).toBe('Amelia asked by api: “Where is my order?”; front-desk owns it');
    expect(whole.entries.some(({ text }) => text === 'The customer wrote “Any news?”')).toBe(true);
    const pages = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await client.timeline({ id, limit: 1, ...(cursor ? { cursor } : {}) });
      pages.push(...page.entries);
      cursor = page.next;
    }
    expect(pages).toEqual(whole.entries);
  });

  it('[SRV15] a known externalId gives 409 and names the case', async () => {
    const { client } = await supported();
    const first = await client.openCase({ ...CASE, externalId: 'mail-1' });
    const problem = await problemOf(client.openCase({ ...CASE, externalId: 'mail-1' }));
    expect(problem).toMatchObject({ status: 409, code: 'conflict', rule: 'CAS6' });
    expect(problem.hint).toContain(first.case);
  });

  it('[SRV16] pages lists from the newest on, without gaps or repeats', async () => {
    const { client } = await supported();
    for (let n = 1; n <= 5; n++) await client.openCase({ ...CASE, subject: `Question ${n}` });
    const first = await client.cases({ limit: 2 });
    const second = await client.cases({ limit: 2, cursor: first.next! });
    const third = await client.cases({ limit: 2, cursor: second.next! });
    const ids = [first, second, third].map((page) => page.cases.map(({ id }) => id));
    expect(ids).toEqual([['C-5', 'C-4'], ['C-3', 'C-2'], ['C-1']]);
    expect(third.next).toBeUndefined();
  });

  it('[SRV16] trips and re-arms kill switches', async () => {
    const { client } = await supported();
    const tripped = await client.trip({ scope: 'tool', id: 'mail', reason: 'wrong texts' });
    expect(tripped).toMatchObject({ scope: 'tool', id: 'mail' });
    expect((await client.switches()).switches).toMatchObject([{ scope: 'tool', id: 'mail', by: 'operator' }]);
    expect(await problemOf(client.trip({ scope: 'tool', id: 'mail', reason: 'again' }))).toMatchObject({
      rule: 'GOV12',
    });
    await client.rearm({ scope: 'tool', id: 'mail', reason: 'corrected' });
    expect((await client.status()).switches).toEqual([]);
  });

  it('[SRV16] reads the ledger by place, kind, stream, case and text (R-C57)', async () => {
    const { client } = await supported();
    const { case: id, seq } = await client.openCase({ ...CASE, text: 'a rare word: quokka' });
    expect((await client.ledger({ kind: 'case.' })).records.map((r) => r.kind)).toEqual(['case.opened']);
    expect((await client.ledger({ text: 'quokka' })).records.map((r) => r.seq)).toEqual([seq]);
    expect((await client.ledger({ stream: `case/${id}` })).records[0]?.body).toMatchObject({ case: id });
    const after = await client.ledger({ after: seq });
    expect(after.records.map((r) => r.seq)).toEqual(after.records.map((_, at) => seq + 1 + at));
    const last = (await client.ledger({ limit: 1 })).records[0]!;
    expect(await client.ledgerHead()).toMatchObject({ seq: last.seq, hash: last.hash });
  });
});

describe('applying a pack over HTTP', () => {
  it('[SRV7] mistakes are 422 with their places', async () => {
    const { client } = await place();
    const directory = await packCopy();
    await appendFile(join(directory, 'tools.yaml'), '\n  - id: oops\n');
    const problem = await problemOf(client.apply({ directory, base: '', digest: 'x', reason: 'test' }));
    expect(problem).toMatchObject({ status: 422, code: 'invalid' });
    expect(problem.problems[0]).toMatchObject({ file: 'tools.yaml', line: expect.any(Number) });
  });

  it('[SRV7] a plan that is out of date is 409', async () => {
    const { client } = await supported();
    const pack = await packCopy();
    const digest = await digestOf(pack);
    const stale = client.apply({ directory: pack, base: '', digest, reason: 'test' });
    expect(await problemOf(stale)).toMatchObject({ status: 409, rule: 'ORG5' });
    await appendFile(join(pack, 'scripts/router.ts'), '// changed\n');
    const other = client.apply({ directory: pack, base: digest, digest, reason: 'test' });
    expect(await problemOf(other)).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('[SRV4] the directory must be absolute', async () => {
    const { client } = await place();
    const refused = client.apply({ directory: 'packs/support', base: '', digest: 'x', reason: 'test' });
    expect(await problemOf(refused)).toMatchObject({ status: 400, code: 'malformed' });
  });
});

describe('idempotency', () => {
  it('[SRV5] the same key and request give the first answer again', async () => {
    const { ask, client } = await supported();
    const request = () => ask('/v1/cases', json(CASE, { 'idempotency-key': 'k-1' }));
    const first = await request();
    const again = await request();
    expect([first.status, again.status]).toEqual([201, 201]);
    expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect(await again.json()).toEqual(await first.json());
    expect((await client.cases()).cases).toHaveLength(1);
  });

  it('[SRV5] another request under the same key is refused', async () => {
    const { client } = await supported();
    await client.openCase(CASE, { idempotencyKey: 'k-1' });
    const other = client.openCase({ ...CASE, subject: 'Another' }, { idempotencyKey: 'k-1' });
    expect(await problemOf(other)).toMatchObject({ status: 409, code: 'duplicate-key' });
  });

  it('[SRV5] holds after a restart, and for the first apply', async () => {
    const { house, client } = await place();
    const directory = await packCopy();
    const plan = { directory, base: '', digest: await digestOf(directory), reason: 'first' };
    const applied = await client.apply(plan, { idempotencyKey: 'apply-1' });
    const opened = await client.openCase(CASE, { idempotencyKey: 'open-1' });
    await house.close();
    const again = await place({ data: house.data });
    // What is applied is what was installed then, whatever became of the folder.
    await appendFile(join(directory, 'scripts/router.ts'), '// changed\n');
    expect(await again.client.apply(plan, { idempotencyKey: 'apply-1' })).toEqual(applied);
    expect(await again.client.openCase(CASE, { idempotencyKey: 'open-1' })).toEqual(opened);
  });

  it('[SRV5] a key cannot pose as a step of a run', async () => {
    const { house, client } = await supported();
    await client.openCase(CASE, { idempotencyKey: 'R-1/1' });
    const known = await house.runtime.read((state) => [...state.commands.keys()]);
    expect(known.filter((id) => id.startsWith('R-'))).toEqual([]);
    expect(known).toContain('api/R-1/1');
  });

  it('[SRV5] a key that is none is refused', async () => {
    const { ask } = await supported();
    for (const key of ['with space', 'x'.repeat(201)])
      expect((await ask('/v1/cases', json(CASE, { 'idempotency-key': key }))).status).toBe(400);
  });
});

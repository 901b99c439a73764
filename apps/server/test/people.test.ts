/** People answer by the links of their mails: the pages, and everything that must not decide. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatMoney } from '@reeve/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Links } from '../src/people/links.ts';
import { browse, FOUNDER, lettersIn, linksIn, type Mailed, mailed, waiting } from './people.ts';

describe('a decision by a link', () => {
  let at: Mailed;
  let logged: unknown[];
  let asked: { operation: string; approval: string };
  let approve: string;
  let reject: string;
  beforeEach(async () => {
    logged = [];
    at = await mailed({}, { log: (...line) => void logged.push(line) });
    asked = await waiting(at);
    const [letter] = await lettersIn(at.data);
    [approve, reject] = linksIn(letter!) as [string, string];
  });
  const status = async () => (await at.client.approval({ id: asked.approval })).status;
  const why = async () => {
    await at.house.runtime.idle();
    return (await at.client.why({ id: asked.operation })).operations[0]!;
  };
  /** Status and text of what a browser gets. */
  const got = async (path: string, form?: Record<string, string>): Promise<[number, string]> => {
    const answer = await browse(at, path, form);
    return [answer.status, await answer.text()];
  };
  const says = (code: number, text: string) => [code, expect.stringContaining(text)];
  const posted = (body: string, type: string) =>
    at.house.app.fetch(
      new Request(`https://reeve.acme.example${approve}`, { method: 'POST', body, headers: { 'content-type': type } }),
    );

  it('[SRV364] (R-E45) is what the person decides: the effect follows, `why` says how, and the link is used up', async () => {
    const [code, text] = await got(approve);
    expect(code).toBe(200);
    for (const part of ['orders.refund', 'Why you are asked', 'most it could do', 'method="post"'])
      expect(text).toContain(part);
    // Amounts are written as people write them, not as they are kept.
    const { args } = (await at.client.approval({ id: asked.approval })).packet;
    expect(text).toContain(`<dt>amount</dt><dd>${formatMoney(args.amount as number)}</dd>`);
    expect(text).not.toContain(String(args.amount));
    expect(await got(approve, { text: 'checked by mail' })).toEqual(says(200, `You approved ${asked.approval}`));
    expect(await why()).toMatchObject({
      operation: { status: 'verified' },
      approval: { status: 'approved', by: 'operator', way: 'link', note: 'checked by mail', bySilence: false },
    });
    const used = says(410, 'was answered already (approve, by operator');
    expect(await got(approve, {})).toEqual(used);
    expect(await got(approve)).toEqual(used);
    expect(await got(reject, { text: 'no' })).toEqual(used);
    await leavesNoToken();
  });

  /** [SRV367] (T14) Neither in the log, nor on the ledger, nor in what the API tells. */
  async function leavesNoToken(): Promise<void> {
    const secrets = [approve, reject].flatMap((path) => path.split('.').slice(1));
    const key = (await readFile(join(at.data, 'keys/links.key'), 'utf8')).trim();
    const ledger: unknown[] = [];
    for await (const batch of at.house.store.load(0)) ledger.push(batch);
    const told = JSON.stringify([logged, ledger, await at.client.ledger({ limit: 1000 })]);
    expect(told).toContain('/answer/:token');
    expect(told).toContain(FOUNDER);
    for (const secret of [...secrets, key]) expect(told).not.toContain(secret);
  }

  it('[SRV365] [SRV366] is none by looking, by what is no form, and leads nowhere', async () => {
    for (const path of [approve, reject, approve, reject]) expect((await got(path))[0]).toBe(200);
    const head = new Request(`https://reeve.acme.example${approve}`, { method: 'HEAD' });
    expect((await at.house.app.fetch(head)).status).toBe(200);
    expect((await posted('{}', 'application/json')).status).toBe(415);
    expect((await posted(`text=${'x'.repeat(260_000)}`, 'application/x-www-form-urlencoded')).status).toBe(413);
    for (const path of [approve, '/answer/x?next=https://evil.example', `${approve}?next=https://evil.example`]) {
      const page = await browse(at, path);
      expect(page.headers.get('location')).toBeNull();
      expect(page.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(Object.fromEntries(page.headers)).toMatchObject({
        ...{ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
        ...{ 'content-type': 'text/html; charset=utf-8', 'x-robots-tag': 'noindex, nofollow' },
      });
      const text = await page.text();
      expect(text).not.toMatch(/<script|href=|src=|http-equiv|evil\.example/);
      const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? [];
      const hash = createHash('sha256').update(style).digest('base64');
      expect(page.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
    }
    expect(await status()).toBe('pending');
    const named = async (host: string) => (await at.house.app.fetch(new Request(`https://${host}/v1/health`))).status;
    expect([await named('reeve.acme.example'), await named('localhost')]).toEqual([200, 200]);
    expect(await named('evil.example')).toBe(403);
  });

  it('[SRV364] (T7, T19) is none by a link that was changed in any part, of another key, person, matter or time', async () => {
    const token = approve.slice('/answer/'.length);
    const [head, claim, mac] = token.split('.') as [string, string, string];
    const flip = (text: string, i: number) => `${text.slice(0, i)}${text[i] === 'A' ? 'B' : 'A'}${text.slice(i + 1)}`;
    const notice = await at.house.runtime.read((state) => ({ ...state.notices.notices.get('N-1')! }));
    const places = [0, claim.length >> 2, claim.length >> 1, claim.length - 1];
    const bad = [
      ...places.map((i) => `${head}.${flip(claim, i)}.${mac}`),
      ...[0, 21, 42].map((i) => `${head}.${claim}.${flip(mac, i)}`),
      ...[`v2.${claim}.${mac}`, `${head}.${claim}`, `${token}A`, reject.slice('/answer/'.length, -1)],
      new Links(new Uint8Array(32), 'main').token(notice, 'approve'),
    ];
    for (const one of bad) expect(await got(`/answer/${one}`, { text: 'x' })).toEqual(says(403, 'was not made here'));
    const own = await Links.open(at.data, 'main');
    const made = (change: object) => got(`/answer/${own.token({ ...notice, ...change }, 'approve')}`, { text: 'x' });
    expect(await made({ principal: 'eve' })).toEqual(says(410, 'a time that is over'));
    expect(await made({ seat: 'router' })).toEqual(says(410, 'a time that is over'));
    expect(await made({ expires: 1 })).toEqual(says(410, 'a time that is over'));
    expect(await made({ digest: 'of something else' })).toEqual(says(409, 'changed since'));
    expect(await status()).toBe('pending');
    // [SRV369] Whoever guesses is slowed down, and uses up nothing of anybody else's.
    const guesses = [];
    for (let i = 0; i < 31 - bad.length; i++) guesses.push(await browse(at, `/answer/guess-${i}`));
    expect(guesses.map((one) => one.status).slice(-2)).toEqual([403, 429]);
    expect(Number(guesses.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await got(approve))[0]).toBe(200);
  });

  it('[SRV366] without the words it needs is asked for again; with them it is taken', async () => {
    expect(await got(reject, { text: '  ' })).toEqual(says(422, 'To reject needs words'));
    expect(await status()).toBe('pending');
    expect((await got(reject, { text: 'too <b>much</b>' }))[0]).toBe(200);
    const { operation, approval } = await why();
    expect([operation.status, approval?.status, approval?.note]).toEqual(['denied', 'rejected', 'too <b>much</b>']);
  });

  it('[SRV364] is over when it was settled another way, and the page says what to do', async () => {
    await at.client.decide({ id: asked.approval, verdict: 'reject', note: 'at the console' });
    const over = says(409, 'settled another way.</p><p>Nothing is left to do.');
    expect(await got(approve)).toEqual(over);
    expect(await got(approve, { text: 'x' })).toEqual(over);
  });
});

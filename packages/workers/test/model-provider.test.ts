import { type ModelDef, PROVIDERS, type Provider } from '@reeve/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { replyCache } from '../src/model/cache.ts';
import { Conversation } from '../src/model/conversation.ts';
import { type FakeAnswer, type FakeProvider, fakeProvider } from '../src/model/fake/provider.ts';
import { askAny, type ModelPort, type ModelRequest, type Offered, recorded, replayed } from '../src/model/index.ts';
import { sdkModel } from '../src/model/sdk.ts';

const open: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.close()));
});

async function provider(...answers: FakeAnswer[]): Promise<FakeProvider> {
  const left = [...answers];
  const made = await fakeProvider({ answer: () => (left.length > 1 ? left.shift()! : left[0]!) });
  open.push(made);
  return made;
}

const def = (url: string, over: Partial<ModelDef> = {}): ModelDef => ({
  ...{ id: 'big', title: '', provider: 'openai-compatible', name: 'big-1', endpoint: url, stream: true },
  ...{ context: 32_000, output: 1000, timeout: 2000 },
  ...over,
});
const KEY = 'sk-canary-0123456789';
const offer = (one: ModelDef, port: ModelPort = sdkModel(one, async () => KEY)): Offered => ({
  ...{ def: one, port, pricesCached: true },
});
const signal = new AbortController().signal;
const TOOL = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object', properties: { at: { type: 'string' } } },
};
const request: ModelRequest = {
  ...{ system: 'Be brief.', tools: [TOOL], output: 100, key: 'R-1/1' },
  messages: [{ role: 'user', text: 'Look.' }],
};
const both = PROVIDERS.flatMap((one) => [true, false].map((stream): [Provider, boolean] => [one, stream]));

/** Asks as a run does; waits take no time and are noted. */
async function ask(models: readonly Offered[], conversation = new Conversation('Be brief.', 'Look.')) {
  const waits: number[] = [];
  const asking = { cache: null, pause: async (ms: number) => void waits.push(ms) };
  const answered = await askAny(models, { conversation, tools: [TOOL], key: 'R-1/1', signal }, asking).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { ...answered, waits };
}

describe.each(both)('[WRK14] the adapter over %s, streaming %s', (wire, stream) => {
  const one = (url: string, over: Partial<ModelDef> = {}) =>
    sdkModel(def(url, { provider: wire, stream, ...over }), async () => KEY);

  it('gives text, tool calls and tokens as they came over the wire, and sends key, tools and conversation', async () => {
    const { url, requests } = await provider({
      ...{ text: 'Looking around here.', usage: { input: 120, cached: 20, output: 7 } },
      calls: [{ tool: 'look', args: { at: 'door' } }],
    });
    const heard: string[] = [];
    const reply = await one(url).ask(request, { signal, onText: (text) => heard.push(text) });
    expect(reply).toMatchObject({
      ...{ text: 'Looking around here.', finish: 'tools', usage: { input: 100, cached: 20, output: 7 } },
      calls: [{ tool: 'look', args: { at: 'door' } }],
    });
    expect(heard.join('')).toBe('Looking around here.');
    const [{ headers, body }] = requests as [(typeof requests)[number]];
    expect(headers['idempotency-key']).toBe('R-1/1');
    expect(headers['x-api-key'] ?? headers.authorization).toContain(KEY);
    expect(JSON.stringify(body)).toContain('"look"');
  });

  it.each<[string, FakeAnswer, string, string]>([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 'rate-limit', '7000'],
    ['a failure on its side', { status: 503 }, 'overloaded', 'null'],
    ['too long a prompt', { status: 400, message: 'prompt is too long: 9 tokens' }, 'context-length', 'null'],
    ['a filter', { status: 400, message: 'flagged by our content policy' }, 'filter', 'null'],
    ['a wrong key', { status: 401, message: `Incorrect API key provided: ${KEY}` }, 'access', 'null'],
    ['a wrong request', { status: 422 }, 'request', 'null'],
    ['no answer at all', { raw: '<html>proxy</html>' }, 'garbled', 'null'],
    ['a cut connection', { cut: { text: 'Half of what was to be said' } }, 'network', 'null'],
  ])('says what %s is, without the key and without what was asked', async (_, answer, fault, wait) => {
    const { url } = await provider(answer);
    const error = await one(url)
      .ask(request, { signal })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ModelError', fault });
    expect(String((error as { retryAfter: unknown }).retryAfter)).toBe(wait);
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toMatch(/canary|Be brief/);
  });

  it('ends when time is over, and at once when the run ends', async () => {
    const { url } = await provider({ silent: true });
    expect(
      await one(url, { timeout: 80 })
        .ask(request, { signal })
        .catch((e: unknown) => e),
    ).toMatchObject({ fault: 'timeout' });
    const run = new AbortController();
    const asked = one(url).ask(request, { signal: run.signal });
    run.abort(new Error('the run was stopped'));
    await expect(asked).rejects.toThrow('the run was stopped');
  });

  it('hands on arguments that are no record as what they are', async () => {
    const { url } = await provider({ calls: [{ tool: 'look', args: '{"at": ' }] });
    expect((await one(url).ask(request, { signal })).calls[0]).toMatchObject({ tool: 'look', malformed: '{"at": ' });
  });
});

describe('[WRK14] asking until there is a reply', () => {
  it('waits as long as the provider says, then asks the same model again', async () => {
    const { url, requests } = await provider(
      { status: 429, headers: { 'retry-after': '3' } },
      { status: 500 },
      { text: 'Hm.' },
    );
    const { value, waits } = (await ask([offer(def(url))])) as never as {
      value: { value: { reply: { text: string } } };
      waits: number[];
    };
    expect([value.value.reply.text, waits, requests.length]).toEqual(['Hm.', [3000, 4000], 3]);
  });

  it('takes the next model when the first one fails for good, and says which one answered and what it costs', async () => {
    const [bad, good] = [
      await provider({ status: 401 }),
      await provider({ text: 'Hm.', usage: { input: 9, output: 2 } }),
    ];
    const { value } = (await ask([
      offer(def(bad.url)),
      offer(def(good.url, { id: 'other', price: 'cheap' })),
    ])) as never as { value: object };
    expect(value).toMatchObject({
      ...{ value: { model: 'other' }, of: 'cheap' },
      used: { 'input-tokens': 9, 'cached-tokens': 0, 'output-tokens': 2 },
    });
    expect(bad.requests.length).toBe(1);
  });

  it('gives up with the category and the shortest wait, so that the run comes back when it may help', async () => {
    const [busy, wrong] = [
      await provider({ status: 429, headers: { 'retry-after': '600' } }),
      await provider({ status: 401 }),
    ];
    const { error, waits } = (await ask([offer(def(busy.url)), offer(def(wrong.url))])) as never as {
      error: Error;
      waits: number[];
    };
    expect(error).toMatchObject({ name: 'WorkFailure', category: 'transient', retryAfter: 600_000 });
    expect(waits).toEqual([]);
    const { error: final } = (await ask([offer(def(wrong.url))])) as never as { error: Error };
    expect(final).toMatchObject({ category: 'governance', retryAfter: 0 });
  });

  it('[WRK11] leaves out the oldest results when a conversation is too long, and says so', async () => {
    const { url, requests } = await provider({ text: 'Hm.' });
    const talk = new Conversation('Be brief.', 'Look.');
    for (let i = 0; i < 6; i++) {
      const call = { id: `c${i}`, tool: 'look', args: {} };
      talk.heard({ text: '', calls: [call], finish: 'tools', usage: { input: 0, cached: 0, output: 0 } });
      talk.answer(call, `result ${i} ${'x'.repeat(1500)}`);
    }
    await ask([offer(def(url, { context: 3500, output: 500 }))], talk);
    const sent = JSON.stringify(requests[0]?.body);
    expect(sent).toContain('left out to save room');
    expect([sent.includes('result 0'), sent.includes('result 5')]).toEqual([false, true]);
    const { error } = (await ask([offer(def(url, { context: 1200, output: 1000 }))], talk)) as never as {
      error: Error;
    };
    expect(error).toMatchObject({ category: 'deterministic' });
    expect(requests.length).toBe(1);
  });

  it('[WRK17] an answer to the very same request is given again from the cache, for nothing', async () => {
    const { url, paid } = await provider({ text: 'Hm.' });
    const cache = replyCache();
    const talk = () => new Conversation('Be brief.', 'Look.');
    const asked = (conversation: Conversation) =>
      askAny(
        [offer(def(url))],
        { conversation, tools: [TOOL], key: `${Math.random()}`, signal },
        { cache, pause: async () => {} },
      );
    expect(await asked(talk())).toHaveProperty('of', 'big');
    expect(await asked(talk())).not.toHaveProperty('of');
    const other = talk();
    other.tell('Again.');
    await asked(other);
    expect(paid.length).toBe(2);
  });

  it('[WRK18] a recording answers in place of the provider, and says when it cannot', async () => {
    const { url, requests } = await provider({ text: 'Recorded.' });
    const lines: string[] = [];
    const first = await recorded(
      def(url),
      sdkModel(def(url), async () => KEY),
      (line) => lines.push(line),
    ).ask(request, { signal });
    const again = replayed(def(url), lines.join(''));
    expect(await again.ask({ ...request, key: 'another' }, { signal })).toEqual(first);
    const unknown = again.ask({ ...request, system: 'Be long.' }, { signal });
    await expect(unknown).rejects.toMatchObject({
      fault: 'request',
      message: expect.stringContaining('record it again'),
    });
    expect([requests.length, lines.join('').includes('canary')]).toEqual([1, false]);
  });
});

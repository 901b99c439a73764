import { readEvents } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { type Place, place, supported } from './support.ts';

const CASE = { subject: 'Where is my order?', customer: 'a@b.example' };

/** The first `n` events of a stream, then the connection is dropped. */
async function take(response: Response, n: number): Promise<{ id: string; event: string; data: string }[]> {
  const seen = [];
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  async function* chunks() {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield decoder.decode(part.value);
  }
  for await (const event of readEvents(chunks())) {
    seen.push(event);
    if (seen.length === n) break;
  }
  await reader.cancel();
  return seen;
}

const from = (at: Place, after: number): Promise<Response> => at.ask(`/v1/events?after=${after}`);

describe('the event stream', () => {
  it('[SRV10] gives every record once and in order, the past and then the present (R-B20)', async () => {
    const at = await supported();
    await at.client.openCase(CASE);
    const past = (await at.client.ledgerHead()).seq;
    const stream = await from(at, 0);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const taken = take(stream, past + 1);
    await at.client.openCase(CASE);
    const events = await taken;
    expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => index + 1));
    const { records } = await at.client.ledger({ order: 'oldest', limit: 1000 });
    // The list says each record in words as well.
    const bare = records.slice(0, events.length).map(({ text: _, ...record }) => record);
    expect(events.map(({ data }) => JSON.parse(data))).toEqual(bare);
    expect(events[0]?.event).toBe('organisation.applied');
  });

  it('[SRV10] resumes after Last-Event-ID, which is stronger than `after`', async () => {
    const at = await supported();
    await at.client.openCase(CASE);
    const [first] = await take(await at.ask('/v1/events?after=0', { headers: { 'last-event-id': '2' } }), 1);
    expect(first?.id).toBe('3');
  });

  it('[SRV10] gives only what is new unless told otherwise', async () => {
    const at = await supported();
    const { seq } = await at.client.ledgerHead();
    const stream = await at.ask('/v1/events');
    const taken = take(stream, 1);
    await at.client.openCase(CASE);
    expect((await taken)[0]?.id).toBe(String(seq + 1));
  });

  it('[SRV10] refuses a place that the ledger does not have', async () => {
    const at = await place();
    expect((await from(at, 7)).status).toBe(409);
    expect((await at.ask('/v1/events', { headers: { 'last-event-id': 'x' } })).status).toBe(400);
  });

  it('[SRV10] keeps an idle connection alive with comments', async () => {
    const at = await place({ heartbeat: 5 });
    const reader = (await at.ask('/v1/events')).body!.getReader();
    let text = '';
    while (!text.includes(': still here')) text += new TextDecoder().decode((await reader.read()).value);
    expect(text.startsWith('id: 0\n\n')).toBe(true);
    await reader.cancel();
  });

  it('[SRV10] ends when the house closes', async () => {
    const at = await place();
    const reader = (await at.ask('/v1/events')).body!.getReader();
    await reader.read();
    const end = reader.read();
    await at.house.close();
    expect((await end).done).toBe(true);
  });

  it('[SRV10] the typed client follows it', async () => {
    const at = await supported();
    const end = new AbortController();
    const kinds: string[] = [];
    for await (const record of at.client.events({ after: 0, signal: end.signal })) {
      kinds.push(record.kind);
      if (kinds.length === 1) await at.client.openCase(CASE);
      if (record.kind === 'case.opened') end.abort();
    }
    expect(kinds[0]).toBe('organisation.applied');
    expect(kinds.at(-1)).toBe('case.opened');
  });
});

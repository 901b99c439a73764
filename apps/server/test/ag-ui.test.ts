import { EventSchema } from '@ag-ui/core/schemas';
import { describe, expect, it } from 'vitest';
import { agentPack, mcp, serve, take, until, use } from './agents.ts';
import { type Place, supported, ticket } from './support.ts';

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The events of a stream, to its end. */
async function eventsOf(response: Response): Promise<Event[]> {
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const data = [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, line]) => JSON.parse(line!) as Event);
  for (const event of data) EventSchema.parse(event);
  return data;
}

const ofType = (events: readonly Event[], type: string) => events.filter((event) => event.type === type);

/** Every tool call is begun, given its arguments and ended before it has a result, and has one result at most. */
function wellFormed(events: readonly Event[]): void {
  expect(events[0]?.type).toBe('RUN_STARTED');
  expect(['RUN_FINISHED', 'RUN_ERROR']).toContain(events.at(-1)?.type);
  for (const { toolCallId } of ofType(events, 'TOOL_CALL_START')) {
    const own = events.filter((event) => event.toolCallId === toolCallId).map(({ type }) => type);
    expect(own.slice(0, 3)).toEqual(['TOOL_CALL_START', 'TOOL_CALL_ARGS', 'TOOL_CALL_END']);
    expect(own.slice(3)).toEqual(own.length > 3 ? ['TOOL_CALL_RESULT'] : []);
  }
}

async function played({ house, client }: Place, n: number): Promise<string> {
  const { case: opened } = await client.openCase(ticket(n));
  await house.runtime.idle();
  return opened;
}

describe('a run as AG-UI events', () => {
  it('[SRV292] [SRV293] tells of a run that has ended, in events that the protocol knows', async () => {
    const at = await supported({ work: true });
    const id = await played(at, 51);
    const { operations } = await at.client.operations({ case: id });
    const refund = operations.find(({ capability }) => capability === 'orders.refund')!;
    const { run } = await at.client.operation({ id: refund.id });
    const events = await eventsOf(await at.ask(`/v1/runs/${run}/ag-ui`));
    wellFormed(events);
    expect(events[0]).toMatchObject({ threadId: id, runId: run });
    expect(ofType(events, 'TOOL_CALL_START')).toContainEqual(
      expect.objectContaining({ toolCallId: refund.id, toolCallName: 'orders.refund' }),
    );
    const result = ofType(events, 'TOOL_CALL_RESULT').find(({ toolCallId }) => toolCallId === refund.id);
    expect(JSON.parse(result!.content as string)).toMatchObject({ status: 'done' });
    expect(events.at(-1)).toMatchObject({ runId: run, result: { outcome: expect.any(String) } });
    expect((await at.ask('/v1/runs/R-99999/ag-ui')).status).toBe(404);
  });

  it('[SRV292] says what was refused as the result of the call', async () => {
    const at = await supported({ work: true });
    const id = await played(at, 25);
    const { operations } = await at.client.operations({ case: id });
    const denied = operations.find(({ status }) => status === 'denied')!;
    const { run } = await at.client.operation({ id: denied.id });
    const events = await eventsOf(await at.ask(`/v1/runs/${run}/ag-ui`));
    wellFormed(events);
    const result = ofType(events, 'TOOL_CALL_RESULT').find(({ toolCallId }) => toolCallId === denied.id);
    expect(JSON.parse(result!.content as string)).toMatchObject({ status: 'refused', reasons: expect.any(Array) });
  });

  it('[SRV293] goes on while a person decides, and ends with the run', async () => {
    const place = await serve({ pack: await agentPack() });
    await place.open();
    const agent = await mcp(place.url, await place.token());
    const work = await take(agent);
    const headers = { authorization: `Bearer ${place.server.house.token}` };
    const streaming = fetch(`${place.url}/v1/runs/R-1/ag-ui`, { headers }).then(eventsOf);
    const refund = { order_id: 'K-100', amount: 34_900_000, _why: 'It leaks.', _work: work, _key: 'refund' };
    expect((await use(agent, 'orders_refund', refund)).value).toMatchObject({ status: 'waiting' });
    await place.client.decide({ id: 'A-1', verdict: 'approve', note: 'It does.' });
    await until(async () => (await use(agent, 'orders_refund', refund)).value.status === 'done');
    await use(agent, 'report', { outcome: 'Paid back.', evidence: ['OP-1'], _work: work });
    const events = await streaming;
    wellFormed(events);
    const said = ofType(events, 'CUSTOM').map(({ value }) => (value as { kind: string }).kind);
    expect(said).toEqual(expect.arrayContaining(['run.parked', 'run.woken', 'run.resumed']));
    expect(ofType(events, 'TOOL_CALL_RESULT')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', result: { outcome: 'Paid back.' } });
  });
});

/** Traces at a real collector's door, and log lines of a real process. */
import { createServer } from 'node:http';
import type { KernelRecord } from '@reeve/kernel';
import { createClient } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { startServer } from '../src/index.ts';
import { FIELDS, lineOf, redacted } from '../src/telemetry/lines.ts';
import { Meters } from '../src/telemetry/meters.ts';
import { OtlpExporter, otlpFrom } from '../src/telemetry/otlp.ts';
import { genAi, type Span, SpanMapper } from '../src/telemetry/spans.ts';
import { digestOfSupport, folder, later, SUPPORT, ticket } from './support.ts';

interface Received {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: { key: string; value: Record<string, unknown> }[];
  readonly events: { name: string }[];
  readonly status: { code: number };
}

interface Collector {
  readonly url: string;
  readonly spans: Received[];
  readonly bodies: string[];
  readonly headers: Record<string, unknown>[];
}

/** An OTLP receiver; `statuses` are its first answers, then 200. */
async function collector(...statuses: number[]): Promise<Collector> {
  const [spans, bodies, headers]: [Received[], string[], Record<string, unknown>[]] = [[], [], []];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const status = statuses.shift() ?? 200;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(status === 503 ? { 'retry-after': '0' } : {}),
      });
      response.end('{}');
      if (status !== 200) return;
      bodies.push(text);
      headers.push({ ...request.headers, path: request.url });
      const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Received[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  later(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, spans, bodies, headers };
}

const attribute = (span: Received, name: string): unknown =>
  Object.values(span.attributes.find(({ key }) => key === name)?.value ?? {})[0];

const span = (n: number): Span => ({
  trace: 'a'.repeat(32),
  span: String(n).padStart(16, '0'),
  parent: null,
  name: 'case',
  kind: 'internal',
  start: 1,
  end: 2,
  attributes: {},
  events: [],
  links: [],
  error: null,
});

describe('traces', () => {
  it('[OBS20, OBS22, OBS24] a served case becomes spans: runs in the case, operations in runs, calls in operations', async () => {
    const at = await collector();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${at.url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
      OTEL_SERVICE_NAME: 'shop',
    };
    const server = await startServer({ data: await folder(), port: 0, otlp: otlpFrom(env) });
    const client = createClient({ url: server.url, token: server.house.token });
    await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    for (const n of [1, 2, 3, 4]) await client.openCase(ticket(n));
    await server.house.runtime.idle();
    await server.close();
    expect(at.headers[0]).toMatchObject({ path: '/v1/traces', 'x-tenant': 'a b', 'content-type': 'application/json' });
    expect(at.bodies[0]).toContain('{"key":"service.name","value":{"stringValue":"shop"}}');
    const byId = new Map(at.spans.map((one) => [one.spanId, one]));
    expect(byId.size).toBe(at.spans.length);
    const calls = at.spans.filter(({ name }) => name.startsWith('execute_tool '));
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      const operation = byId.get(call.parentSpanId!)!;
      expect(operation.name).toBe(call.name.replace('execute_tool', 'operation'));
      expect([call.kind, call.traceId]).toEqual([3, operation.traceId]);
      expect(attribute(call, 'reeve.operation')).toBe(attribute(operation, 'reeve.operation'));
      expect(BigInt(call.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(operation.startTimeUnixNano));
      expect(BigInt(call.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(call.startTimeUnixNano));
    }
    const operations = at.spans.filter(({ name }) => name.startsWith('operation '));
    expect(operations.some(({ events }) => events.some(({ name }) => name === 'operation.decided'))).toBe(true);
    const run = at.spans.find(({ name }) => name.startsWith('invoke_agent '))!;
    expect(attribute(run, 'gen_ai.agent.name')).toBe(attribute(run, 'reeve.seat'));
    expect(operations.some(({ parentSpanId }) => parentSpanId === run.spanId)).toBe(true);
    expect(run.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(run.traceId).toMatch(/^[0-9a-f]{32}$/);
    for (const n of [1, 2, 3, 4])
      for (const word of [ticket(n).customer, ticket(n).text, ticket(n).subject, ticket(n).name])
        expect(at.bodies.join('')).not.toContain(word);
  }, 60_000);

  it('[OBS23] what a collector refuses is tried again, then dropped and counted; what finds no room is dropped', async () => {
    const counts = async (at: Collector, queue: number, spans: number) => {
      const meters = new Meters();
      const exporter = new OtlpExporter({
        url: `${at.url}/v1/traces`,
        headers: {},
        service: 'x',
        meters,
        warn: () => {},
        queue,
      });
      for (let n = 0; n < spans; n++) exporter.add(span(n));
      await exporter.flush();
      return Object.fromEntries(
        [...meters.text().matchAll(/^reeve_traces_(.*) (\d+)$/gm)].map(([, name, n]) => [name, Number(n)]),
      );
    };
    expect(await counts(await collector(503, 503), 10, 3)).toEqual({ exported_total: 3 });
    expect(await counts(await collector(400), 10, 3)).toEqual({ 'dropped_total{reason="refused"}': 3 });
    expect(await counts(await collector(), 10, 25)).toEqual({ exported_total: 10, 'dropped_total{reason="full"}': 15 });
  });

  it('[OBS21] what is undone, and what is reacted to, are links', () => {
    const spans: Span[] = [];
    const mapper = new SpanMapper('shop', (one) => void spans.push(one));
    let seq = 0;
    const see = (kind: string, body: object, causation: object = { command: 'c', digest: 'd' }) => {
      seq += 1;
      const frame = {
        seq,
        org: 'shop',
        at: seq,
        actor: { principal: 'system' },
        v: 1,
        stream: 's',
        correlation: 'C-1',
      };
      mapper.see({ ...frame, kind, causation, visibility: 'organisation', body } as unknown as KernelRecord);
      return seq;
    };
    const asked = {
      capability: 'a.b',
      tool: 't',
      effect: 'write',
      seat: 's',
      run: null,
      case: 'C-1',
      compensates: null,
    };
    see('operation.requested', { ...asked, operation: 'OP-1' });
    const cause = see('operation.verification_failed', { operation: 'OP-1' });
    see('operation.requested', { ...asked, operation: 'OP-2', compensates: 'OP-1' }, { seq: cause });
    see('operation.verified', { operation: 'OP-2' });
    see('operation.compensated', { operation: 'OP-1' });
    const [undoing, undone] = spans;
    expect(undoing?.links).toEqual([undone, undone].map((one) => ({ trace: one?.trace, span: one?.span })));
    expect([undoing?.error, undone?.error]).toEqual([null, 'compensated']);
  });

  it('[OBS24] no collector, no traces', () => {
    expect(otlpFrom({})).toBe(null);
    expect(otlpFrom({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' })).toBe(null);
    expect(otlpFrom({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/t' })?.url).toBe('http://c/t');
  });

  it('[OBS25] used tokens are told in the words of the GenAI conventions', () => {
    const use = { version: '', line: 'l', of: 'model-x', price: 1, per: 1, from: '', money: 1 };
    expect(
      genAi([
        { ...use, unit: 'input-tokens', quantity: 5 },
        { ...use, unit: 'output-tokens', quantity: 7 },
      ]),
    ).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'model-x',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 7,
    });
    expect(genAi([{ ...use, unit: 'minutes', quantity: 5 }])).toEqual({});
  });
});

describe('log lines', () => {
  const now = new Date(0);
  it('[OBS10, OBS11] have known fields only, as JSON or text', () => {
    const detail = { operation: 'OP-1', text: 'Dear Ann', args: { card: 1 }, error: 'no', status: 503 };
    expect(JSON.parse(lineOf('json', 'warn', 'm', detail, now))).toEqual({
      ...{ time: '1970-01-01T00:00:00.000Z', level: 'warn', msg: 'm' },
      ...{ operation: 'OP-1', error: 'no', status: 503 },
    });
    expect(lineOf('text', 'info', 'two\nlines', detail, now)).toBe(
      '1970-01-01T00:00:00.000Z INFO  two | lines operation=OP-1 error=no status=503',
    );
    expect(FIELDS).not.toContain('text');
  });

  it.each([
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [hidden]'],
    ['connect postgres://me:pw@db/x failed', 'connect postgres://[hidden]@db/x failed'],
    ['api_key=sk-123 was refused', 'api_key=[hidden] was refused'],
    ['{"password":"hunter2"}', '{"password":[hidden]}'],
    [`token ${'x'.repeat(43)}`, 'token [hidden]'],
    ['no mail to ann@example.org.', 'no mail to [address].'],
  ])('[OBS12] hide secrets and addresses in errors: %s', (text, hidden) => expect(redacted(text)).toBe(hidden));

  it('[OBS13] a served case leaves lines that belong together by its id, and nothing of what was written', async () => {
    const lines: string[] = [];
    const log = (level: 'info' | 'warn' | 'error', message: string, detail = {}) =>
      void lines.push(lineOf('json', level, message, detail, now));
    const server = await startServer({ data: await folder(), port: 0, log });
    later(() => server.close());
    const client = createClient({ url: server.url, token: server.house.token });
    await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    await client.openCase(ticket(1), { idempotencyKey: 'load-1' });
    await server.house.runtime.idle();
    await expect.poll(() => lines.some((line) => line.includes('"run.finished"'))).toBe(true);
    const found = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const kinds = found.filter((line) => line.case === 'C-1').map((line) => line.kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['case.opened', 'run.started', 'operation.requested', 'operation.decided']),
    );
    expect(found.find((line) => line.kind === 'case.opened')?.command).toMatch(/load-1/);
    const all = lines.join('\n');
    for (const word of [ticket(1).customer, ticket(1).text, ticket(1).subject, server.house.token])
      expect(all).not.toContain(word);
  }, 60_000);
});

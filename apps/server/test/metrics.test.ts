/** Metrics, scraped from a served organisation at work, and parsed as strictly as Prometheus would. */
import { existsSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createClient } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricsToken, startServer } from '../src/index.ts';
import { METRIC_NAMES, type MetricName, metricOf } from '../src/telemetry/catalogue.ts';
import { Meters } from '../src/telemetry/meters.ts';
import { digestOfSupport, folder, later, place, SUPPORT, ticket } from './support.ts';

const ROOT = join(import.meta.dirname, '../../..');

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[\d.]+(?:e[+-]?\d+)?|[+-]Inf|NaN)$/;

/** Every line is a HELP, then its TYPE, then samples of that family, none twice; anything else throws. */
function strictly(text: string): Sample[] {
  expect(text.endsWith('\n')).toBe(true);
  const samples: Sample[] = [];
  const [families, seen] = [new Set<string>(), new Set<string>()];
  let family = { name: '', type: '' };
  for (const line of text.slice(0, -1).split('\n')) {
    const [, meta, name = '', rest = ''] = /^# (HELP|TYPE) ([\w:]+) (.+)$/.exec(line) ?? [];
    if (meta === 'HELP') {
      if (families.has(name)) throw new Error(`${name} comes twice`);
      families.add(name);
      family = { name, type: '' };
    } else if (meta === 'TYPE') {
      if (name !== family.name || !/^(counter|gauge|histogram)$/.test(rest)) throw new Error(`a stray line: ${line}`);
      family = { name, type: rest };
    } else {
      const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      const base = family.type === 'histogram' ? sample.replace(/_(bucket|sum|count)$/, '') : sample;
      if (sample === '' || base !== family.name || seen.has(`${sample}{${labels}}`))
        throw new Error(`a bad line: ${line}`);
      seen.add(`${sample}{${labels}}`);
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
      samples.push({
        name: sample,
        labels: Object.fromEntries(pairs),
        value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
      });
    }
  }
  return samples;
}

const amountOf = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number | undefined =>
  samples.find((one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text))
    ?.value;

describe('metrics of a server at work', () => {
  it('[OBS1, OBS4, OBS5, OBS6] show commands, decisions, operations, commits, requests and streams', async () => {
    const server = await startServer({ data: await folder(), port: 0 });
    later(() => server.close());
    const client = createClient({ url: server.url, token: server.house.token });
    await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    for (const n of [1, 2, 3]) await client.openCase(ticket(n));
    await expect(client.openCase(ticket(1))).rejects.toMatchObject({ status: 409 });
    await server.house.runtime.idle();
    const ended = new AbortController();
    later(async () => ended.abort());
    const authorization = `Bearer ${server.house.token}`;
    const stream = await fetch(`${server.url}/v1/events`, { headers: { authorization }, signal: ended.signal });
    // What follows the ledger is behind it by a moment.
    const scrape = async () => {
      const response = await fetch(`${server.url}/metrics`, {
        headers: { authorization: `Bearer ${metricsToken(server.house.token)}` },
      });
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      return strictly(await response.text());
    };
    await expect.poll(async () => amountOf(await scrape(), 'reeve_records_total', { kind: 'case.opened' })).toBe(3);
    const found = await scrape();
    expect(amountOf(found, 'reeve_commands_total', { kind: 'case.open', outcome: 'accepted' })).toBe(3);
    expect(amountOf(found, 'reeve_commands_total', { kind: 'case.open', outcome: 'conflict' })).toBe(1);
    expect(amountOf(found, 'reeve_gate_verdicts_total', { verdict: 'allow' })).toBeGreaterThan(0);
    expect(amountOf(found, 'reeve_operation_events_total', { event: 'succeeded' })).toBeGreaterThan(0);
    expect(amountOf(found, 'reeve_effect_seconds_count', { outcome: 'succeeded' })).toBeGreaterThan(0);
    expect(amountOf(found, 'reeve_commit_seconds_count')).toBeGreaterThan(3);
    expect(amountOf(found, 'reeve_commit_records_sum')).toBe(amountOf(found, 'reeve_ledger_records'));
    expect(amountOf(found, 'reeve_lease_epoch')).toBe(1);
    expect(amountOf(found, 'reeve_ledger_bytes', { file: 'ledger.db-wal' })).toBeGreaterThan(0);
    expect(amountOf(found, 'reeve_sse_subscribers')).toBe(1);
    expect(amountOf(found, 'reeve_http_requests_total', { route: 'POST /v1/cases', status: '201' })).toBe(3);
    expect(amountOf(found, 'reeve_organisations', { status: 'running' })).toBe(1);
    expect(amountOf(found, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    for (const { name, labels } of found.filter((one) => one.name.endsWith('_bucket') && one.labels.le === '+Inf')) {
      const { le: _, ...own } = labels;
      const base = name.replace(/_bucket$/, '');
      expect(amountOf(found, `${base}_count`, own)).toBe(amountOf(found, name, labels));
    }
    ended.abort();
    await stream.body?.cancel().catch(() => undefined);
    await expect.poll(async () => amountOf(await scrape(), 'reeve_sse_subscribers'), { timeout: 10_000 }).toBe(0);
  }, 60_000);

  it('[OBS7] name nobody: no customer, no text, no token is in them', async () => {
    const { house, client } = await place();
    await client.apply({ directory: SUPPORT, base: '', digest: await digestOfSupport(), reason: 'test' });
    const { customer, name, subject } = ticket(1);
    await client.openCase(ticket(1));
    const headers = { authorization: `Bearer ${house.token}` };
    const text = await (await house.app.fetch(new Request('http://localhost/metrics', { headers }))).text();
    for (const word of [customer, name, subject, house.token, 'C-1']) expect(text).not.toContain(word);
  });
});

describe('[OBS2] who may scrape', () => {
  const ask = async (authorization: string | null) => {
    const { house } = await place();
    const token = authorization?.replace('METRICS', metricsToken(house.token)) ?? '';
    const headers: Record<string, string> = authorization === null ? {} : { authorization: token };
    const at = (path: string) => house.app.fetch(new Request(`http://localhost${path}`, { headers }));
    return { metrics: (await at('/metrics')).status, status: (await at('/v1/status')).status };
  };
  it('the derived token reads metrics and nothing else', async () =>
    expect(await ask('Bearer METRICS')).toEqual({ metrics: 200, status: 401 }));
  it('without a token nobody does, from this machine either', async () =>
    expect(await ask(null)).toEqual({ metrics: 401, status: 401 }));
  it('another token does not', async () => expect(await ask('Bearer nonsense')).toEqual({ metrics: 401, status: 401 }));
});

describe('the text form', () => {
  it('[OBS1] writes whatever a label holds so that it is read back', () => {
    const meters = new Meters();
    meters.add('reeve_rejections_total', ['a"b\\c\nd']);
    meters.observe('reeve_approval_wait_seconds', 61);
    const found = strictly(meters.text());
    expect(found[0]?.labels.rule).toBe('a\\"b\\\\c\\nd');
    expect(amountOf(found, 'reeve_approval_wait_seconds_bucket', { le: '60' })).toBe(0);
    expect(amountOf(found, 'reeve_approval_wait_seconds_bucket', { le: '300' })).toBe(1);
  });

  it('[OBS3] counts what exceeds a thousand series of one metric under `other`', () => {
    const meters = new Meters();
    for (let n = 0; n < 3000; n++) meters.add('reeve_rejections_total', [`rule-${n}`]);
    const found = strictly(meters.text());
    expect(found).toHaveLength(1001);
    expect(amountOf(found, 'reeve_rejections_total', { rule: 'other' })).toBe(2000);
  });
});

describe('[OBS8] what is written about metrics', () => {
  const guide = readFileSync(join(ROOT, 'docs/how-to/observe.md'), 'utf8');
  const suffix = /_(bucket|sum|count)$/;
  const isMetric = (name: string) =>
    METRIC_NAMES.includes(name as MetricName) || METRIC_NAMES.includes(name.replace(suffix, '') as MetricName);

  it('the guide has a line for each metric, with its type and labels, and for no other', () => {
    const lines = [...guide.matchAll(/^\| `((?:reeve|process)_\w+)` \| (\w+) \| ([^|]*) \|/gm)];
    const told = lines.map(([, name, type, labels]) => [
      name,
      type,
      [...labels!.matchAll(/`(\w+)`/g)].map(([, one]) => one),
    ]);
    expect(told).toEqual(METRIC_NAMES.map((name) => [name, metricOf(name).type, [...(metricOf(name).labels ?? [])]]));
  });

  it('every metric that guide and alert rules mention exists, and so does every label of a rule', () => {
    const alerts = readFileSync(join(ROOT, 'deploy/prometheus/alerts.yaml'), 'utf8');
    for (const [name] of `${guide}\n${alerts}`.matchAll(/\b(?:reeve|process)_[a-z_]+[a-z]\b/g))
      expect(isMetric(name), name).toBe(true);
    const { groups } = parse(alerts) as {
      groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
    };
    for (const { alert, expr, annotations } of groups.flatMap(({ rules }) => rules)) {
      expect(expr, alert).toMatch(/reeve_|process_|up/);
      expect(annotations.summary, alert).toBeTruthy();
      for (const [, name, labels] of expr.matchAll(/\b((?:reeve|process)_\w+)\{([^}]*)\}/g))
        for (const [, label] of labels!.matchAll(/(\w+)=/g))
          expect(
            [...(metricOf(name!.replace(suffix, '') as MetricName).labels ?? []), 'job', 'instance', 'le'],
            alert,
          ).toContain(label);
    }
  });

  it('the sample configuration of Prometheus is there', () =>
    expect(existsSync(join(ROOT, 'deploy/prometheus/prometheus.yaml'))).toBe(true));
});

it('[OBS6] a client that goes away is no subscriber any more', async () => {
  const server = await startServer({ data: await folder(), port: 0 });
  later(() => server.close());
  const { port } = new URL(server.url);
  const socket = createConnection(Number(port), '127.0.0.1');
  socket.write(`GET /v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${server.house.token}\r\n\r\n`);
  const count = async () => {
    const headers = { authorization: `Bearer ${server.house.token}` };
    return amountOf(
      strictly(await (await fetch(`${server.url}/metrics`, { headers })).text()),
      'reeve_sse_subscribers',
    );
  };
  await expect.poll(count, { timeout: 10_000 }).toBe(1);
  socket.destroy();
  await expect.poll(count, { timeout: 10_000 }).toBe(0);
}, 30_000);

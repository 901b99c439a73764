import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RecordEntry } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { verifyExport } from '../src/audit.ts';
import { open } from '../src/chain.ts';
import { readExport } from '../src/export.ts';
import { entryFor } from '../src/store/contract-suite.ts';
import { type Upcaster, upcasters } from '../src/upcast.ts';

const step = (kind: string, from: number, up: Upcaster['up'] = (body) => body, to = from + 1): Upcaster => ({
  name: `${kind}/${from}-${to}`,
  kind,
  from,
  to,
  up,
});

const LOG = fileURLToPath(new URL('./fixtures/log-v1.jsonl', import.meta.url));
/** Never to be changed: a log once written is read, and verifies, for ever. */
const LOG_HEAD = { seq: 20, hash: '79dd2a2baa52e41ac9791658a9d4fd2fe91daa2c6938e7e2ce2dad4301348606' };

/** Version 2 of `case.opened` says who the customer is in an object, and always has a priority. */
const caseOpened2 = step('case.opened', 1, (body) => {
  const { customer, ...rest } = body as { customer: string };
  return { priority: 'normal', ...rest, customer: { id: customer } };
});

describe('upcasters', () => {
  it('[LED50] lift a body step by step, whatever order they are listed in', () => {
    const add = (name: string) => (body: unknown) => [...(body as string[]), name];
    const lift = upcasters([step('a', 2, add('second')), step('b', 1, add('other')), step('a', 1, add('first'))]);
    const entry = entryFor(1, { kind: 'a', body: [] });
    expect(lift.apply(entry)).toEqual({ ...entry, v: 3, body: ['first', 'second'] });
    expect(lift.apply({ ...entry, v: 2 })).toEqual({ ...entry, v: 3, body: ['second'] });
    expect(lift.apply({ ...entry, v: 3 })).toEqual({ ...entry, v: 3 });
    expect([lift.version('a'), lift.version('b'), lift.version('c')]).toEqual([3, 2, 1]);
  });

  it.each([
    ['a gap', [step('a', 1), step('a', 3)], /no upcaster from version 2/],
    ['a missing beginning', [step('a', 2)], /no upcaster from version 1/],
    ['a step doubled', [step('a', 1), { ...step('a', 1), name: 'again' }], /again doubles the step/],
    ['a name doubled', [step('a', 1), { ...step('b', 1), name: 'a/1-2' }], /two upcasters are named/],
    ['a step of two versions', [step('a', 1, undefined, 3)], /up by one version/],
    ['a step down', [step('a', 2, undefined, 1)], /up by one version/],
  ])('[LED51] with %s are refused at load', (_, list, why) => {
    expect(() => upcasters(list)).toThrow(why);
  });

  it('[LED52] refuse a record of a version nobody here knows', () => {
    expect(() => upcasters([step('a', 1)]).apply(entryFor(1, { kind: 'a', v: 3 }))).toThrow(/version 3.*up to 2/);
    expect(() => upcasters([]).apply(entryFor(1, { v: 2 }))).toThrow(RangeError);
  });
});

describe('the log of version 1', () => {
  it('[LED53] verifies for ever', async () => {
    const result = await verifyExport(createReadStream(LOG), { expected: LOG_HEAD });
    expect(result).toEqual({ ok: true, count: 20, head: LOG_HEAD, org: 'acme' });
  });

  it('[LED53] loads for ever, with old bodies lifted to the newest version', async () => {
    const lift = upcasters([caseOpened2]);
    const entries: RecordEntry[] = [];
    for await (const record of (await readExport(createReadStream(LOG))).records)
      entries.push(lift.apply(open(record)));
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const opened = entries.filter(({ kind }) => kind === 'case.opened');
    expect(opened.map(({ v }) => v)).toEqual([2, 2, 2]);
    expect(opened.map(({ body }) => body)).toEqual([
      { case: 'case-1', subject: 'Parcel arrived broken', customer: { id: 'cust-7' }, priority: 'normal' },
      { case: 'case-2', subject: 'Où est ma commande ? 📦', customer: { id: 'cust-8' }, priority: 'normal' },
      { case: 'case-3', subject: 'Invoice', customer: { id: 'cust-7' }, priority: 'high' },
    ]);
  });
});

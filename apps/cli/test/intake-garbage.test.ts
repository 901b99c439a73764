import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Intake, readTickets, ticket } from '../src/intake/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'reeve-intake-garbage-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/intake/${name}`, import.meta.url));

async function read(path: string) {
  const steps: Intake[] = [];
  for await (const step of readTickets(path)) steps.push(step);
  return steps;
}

/** Every step is a ticket the schema takes as it is, or a problem that says something. */
function sound(steps: readonly Intake[]) {
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) {
    if (step.ok) expect(ticket.parse(step.ticket)).toEqual(step.ticket);
    else expect(step.problem.message).toMatch(/\w/);
  }
  expect(steps.filter((step) => !step.ok).length).toBeLessThanOrEqual(101);
}

const EXTENSIONS = ['.eml', '.mbox', '.csv', '.jsonl', '.json', ''];

describe('anything at all', () => {
  test.each(EXTENSIONS)('[INT4] random bytes in a "%s" file never throw', async (extension) => {
    const path = join(dir, `random${extension}`);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        writeFileSync(path, bytes);
        sound(await read(path));
      }),
      { numRuns: 60 },
    );
  });

  const STARTS = {
    '.eml': 'From: a@b.c\n',
    '.mbox': 'From x\nFrom: a@b.c\n\n',
    '.csv': 'email,subject,text\n',
    '.jsonl': '{"email":"a@b.c","subject":"s","text":"t"}\n',
    '.json': '[',
  };
  const BITS = [
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    'From ',
    '>From ',
    '--b',
    '=?utf-8?q?',
    '\ufeff',
    '\ud800',
  ];

  test.each(Object.entries(STARTS))('[INT4] nothing that begins like a "%s" file throws', async (extension, start) => {
    const path = join(dir, `begun${extension}`);
    const bit = fc.oneof(fc.constantFrom(...BITS), fc.string({ maxLength: 10 }));
    await fc.assert(
      fc.asyncProperty(fc.array(bit, { maxLength: 60 }), async (bits) => {
        writeFileSync(path, start + bits.join(''));
        sound(await read(path));
      }),
      { numRuns: 100 },
    );
  });

  const GOOD = [
    'good.csv',
    'semicolon.csv',
    'good.jsonl',
    'array.json',
    'good.mbox',
    'html-only.eml',
    'attachment.eml',
  ];

  test.each(GOOD)('[INT4] %s with bytes changed, lost or doubled never throws', async (name) => {
    const good = readFileSync(fixture(name));
    const path = join(dir, `changed-${name}`);
    const damage = fc.record({ at: fc.nat(good.length), lost: fc.nat(30), put: fc.uint8Array({ maxLength: 8 }) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, lost, put }) => {
        writeFileSync(path, Buffer.concat([good.subarray(0, at), put, good.subarray(at + lost)]));
        sound(await read(path));
      }),
      { numRuns: 60 },
    );
  });

  test('[INT4] brackets half a million deep are one problem', async () => {
    const path = join(dir, 'deep.json');
    writeFileSync(path, `[${'['.repeat(500_000)}${']'.repeat(500_000)}]`);
    expect(await read(path)).toMatchObject([{ ok: false, problem: { item: 1 } }]);
  });
});

describe('30 MB of garbage', () => {
  const SIZE = 30 * 1024 * 1024;
  const block = (make: (index: number) => number) =>
    Buffer.from(Array.from({ length: 64 * 1024 }, (_, index) => make(index)));
  const noise = block((index) => (index * 7919 + (index >> 3) * 31) % 256);
  const printable = block((index) => (index % 97 === 96 ? 10 : 33 + ((index * 31) % 90)));
  const unbroken = block((index) => 97 + (index % 26));
  const commas = block(() => 44);

  function generate(name: string, start: string, filler: Buffer): string {
    const path = join(dir, name);
    const file = openSync(path, 'w');
    writeSync(file, start);
    for (let size = 0; size < SIZE; size += filler.length) writeSync(file, filler);
    closeSync(file);
    return path;
  }

  let reader: ChildProcess;
  beforeAll(() => {
    const options = {
      execArgv: ['--expose-gc', '--import', new URL('../../../bin/typescript.js', import.meta.url).href],
    };
    reader = fork(new URL('support/reader.ts', import.meta.url), options);
    return () => void reader.kill();
  });

  test.each([
    ['binary.csv', '', noise, 1, /binary data/],
    ['binary', '', noise, 1, /binary data/],
    ['binary.json', '[', noise, 1, /binary data/],
    ['text.jsonl', '', printable, 101, /and more; stopped reading/],
    ['text.csv', '', printable, 1, /no column for/],
    ['rows.csv', 'email,subject,text\n', printable, 101, /and more; stopped reading/],
    ['line.jsonl', '', unbroken, 1, /^line 1 is longer than 1 MB$/],
    ['line.csv', '', unbroken, 1, /^line 1 is longer than 1 MB$/],
    ['row.csv', 'email,subject,text\na@b.c,s,"', unbroken, 1, /never closed/],
    ['line.mbox', 'From x\nFrom: a@b.c\n\n', unbroken, 1, /larger than 25 MB/],
    ['line.eml', 'From: a@b.c\n\n', unbroken, 1, /larger than 25 MB/],
    ['commas.json', '[', commas, 101, /and more; stopped reading/],
    ['string.json', '["', unbroken, 1, /not closed/],
  ])(
    '[INT3][INT5][INT6] %s gives few problems and takes little memory',
    async (name, start, filler, problems, last) => {
      const path = generate(name, start, filler);
      reader.send(path);
      const [result] = await once(reader, 'message');
      rmSync(path);
      expect(result).toMatchObject({ problems, tickets: 0, last: expect.stringMatching(last) });
      // One message is held up to its limit of 25 MB, in a buffer that doubles; of anything else 1 MB and a few chunks.
      expect(result.megabytes).toBeLessThan(name.endsWith('.mbox') ? 60 : 6);
    },
  );
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Intake, parseMoment, type ReadOptions, readTickets } from '../src/intake/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'reeve-intake-rows-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/intake/${name}`, import.meta.url));

async function read(path: string, options: ReadOptions = {}) {
  const steps: Intake[] = [];
  for await (const step of readTickets(path, options)) steps.push(step);
  return {
    steps,
    tickets: steps.flatMap((step) => (step.ok ? [step.ticket] : [])),
    problems: steps.flatMap((step) => (step.ok ? [] : [step.problem])),
  };
}

function text(name: string, content: string | Buffer, options?: ReadOptions) {
  const path = join(dir, name);
  writeFileSync(path, content);
  return read(path, options);
}

const row = (extra: object) =>
  JSON.stringify({ id: '1', email: 'ann@example.com', subject: 'Hello', text: 'World', ...extra });
const oneRow = async (extra: object) => (await text('one.jsonl', row(extra))).steps[0]!;

describe('tickets from rows', () => {
  test('[INT10] a row without customer, and one without both subject and text, is a problem with its field', async () => {
    expect(await oneRow({ email: ' ' })).toMatchObject({ ok: false, problem: { field: 'customer', line: 1 } });
    expect(await oneRow({ subject: '', text: ' \n' })).toMatchObject({ ok: false, problem: { field: 'text' } });
    expect(await oneRow({ subject: '' })).toMatchObject({ ok: true, ticket: { subject: '', text: 'World' } });
  });

  test('[INT10] a subject over 500 and a text over 100,000 characters are refused, not cut', async () => {
    expect(await oneRow({ subject: 'x'.repeat(500), text: 'y'.repeat(100_000) })).toMatchObject({ ok: true });
    expect(await oneRow({ subject: 'x'.repeat(501) })).toMatchObject({
      ok: false,
      problem: { field: 'subject', message: 'the subject has 501 characters; at most 500 are accepted' },
    });
    expect(await oneRow({ text: 'y'.repeat(100_001) })).toMatchObject({ ok: false, problem: { field: 'text' } });
  });

  test.each([
    [{ email: 'Ann@Example.COM' }, { customer: 'ann@example.com' }],
    [{ email: 'Ann Lee <Ann@Example.com>' }, { customer: 'ann@example.com', name: 'Ann Lee' }],
    [{ email: 'CUST-77' }, { customer: 'CUST-77' }],
    [{ email: 4711 }, { customer: '4711' }],
    [{ email: '@Ann:matrix' }, { customer: '@Ann:matrix' }],
  ])('[INT11] the customer of %j is %j', async (extra, expected) => {
    expect(await oneRow(extra)).toMatchObject({ ok: true, ticket: expected });
  });

  test('[INT12] the same id gives the same externalId, twice', async () => {
    const { tickets } = await text('twice.jsonl', `${row({ id: 12 })}\n${row({ id: '12', text: 'again' })}\n`);
    expect(tickets.map((ticket) => ticket.externalId)).toEqual(['12', '12']);
  });

  test('[INT13] hidden characters are removed and counted by kind', async () => {
    const hidden = 'pay\u0000\u001b[0m \u{e0061}\u{e0062}now\u202e!\u2066\ttab\r\nline \ud800';
    expect(await oneRow({ text: hidden, subject: 'a\u0007\nb' })).toEqual({
      ok: true,
      at: expect.anything(),
      ticket: expect.objectContaining({ subject: 'a b', text: 'pay[0m now!\ttab\nline \ufffd' }),
      cleaned: {
        controls: 3,
        tags: 2,
        bidi: 2,
        note: 'removed 3 control characters, 2 Unicode tag characters, 2 bidirectional overrides',
      },
    });
    expect(await oneRow({})).not.toHaveProperty('cleaned');
  });

  test.each([
    ['Urgent', 'high'],
    ['critical', 'high'],
    ['P1', 'high'],
    ['HIGH', 'high'],
    ['medium', 'normal'],
    ['p3', 'normal'],
    ['Minor', 'low'],
    ['P4', 'low'],
    ['', undefined],
    [null, undefined],
  ])('[INT14] priority %j becomes %j', async (priority, expected) => {
    const step = await oneRow({ priority });
    expect(step.ok && step.ticket.priority).toBe(expected);
  });

  test.each(['banana', 1, '1', true])('[INT14] priority %j is a problem', async (priority) => {
    expect(await oneRow({ priority })).toMatchObject({
      ok: false,
      problem: {
        field: 'priority',
        message: `priority cannot be "${priority}"`,
        hint: expect.stringContaining('high'),
      },
    });
  });

  test.each([
    ['2026-11-21T09:30:00Z', '2026-11-21T09:30:00.000Z'],
    ['2026-11-21T09:30:00.250+02:00', '2026-11-21T07:30:00.250Z'],
    ['2026-11-21 09:30', '2026-11-21T09:30:00.000Z'],
    ['2026/11/21', '2026-11-21T00:00:00.000Z'],
    ['21.11.2026 09:30', '2026-11-21T09:30:00.000Z'],
    ['Sat, 21 Nov 2026 09:30:00 +0100', '2026-11-21T08:30:00.000Z'],
    ['21 Nov 2026 09:30 EST', '2026-11-21T14:30:00.000Z'],
    ['Sat, 21 Nov 2026 09:30:00 -0700 (PDT)', '2026-11-21T16:30:00.000Z'],
    [1_795_253_400, '2026-11-21T09:30:00.000Z'],
    ['1795253400000', '2026-11-21T09:30:00.000Z'],
  ])('[INT15] %j is the moment %s', (value, expected) => {
    expect(new Date(parseMoment(value)!).toISOString()).toBe(expected);
  });

  test.each(['11/12/2026', '2026-02-30', '2026-13-01', '2026-11-21 25:00', 'ticket 7', '31 Foo 2026 10:00', '7'])(
    '[INT15] %j is no moment',
    (value) => {
      expect(parseMoment(value)).toBeUndefined();
    },
  );

  test('[INT16] channel words are mapped, and rows without one get the given channel', async () => {
    expect(await oneRow({ channel: 'WhatsApp' })).toMatchObject({ ticket: { channel: 'chat' } });
    expect(await oneRow({})).toMatchObject({ ticket: { channel: 'api' } });
    expect((await text('web.jsonl', row({}), { channel: 'web' })).tickets[0]).toMatchObject({ channel: 'web' });
    expect(await oneRow({ channel: 'pigeon' })).toMatchObject({ ok: false, problem: { field: 'channel' } });
  });
});

describe('CSV', () => {
  test('[INT20][INT22] a good file is read with its synonyms, quotes and quoted line ends', async () => {
    const { steps, problems } = await read(fixture('good.csv'));
    expect(problems).toEqual([]);
    expect(steps).toEqual([
      {
        ok: true,
        at: { file: fixture('good.csv'), line: 2 },
        ticket: {
          externalId: '1001',
          customer: 'ann.lee@example.com',
          name: 'Ann Lee',
          subject: 'Where is my order?',
          text: 'Hello,\nit should have been here on Monday.\nAnn',
          channel: 'api',
          priority: 'high',
          receivedAt: Date.UTC(2026, 10, 20, 9, 30),
        },
      },
      {
        ok: true,
        at: { file: fixture('good.csv'), line: 5 },
        ticket: {
          externalId: '1002',
          customer: 'cust-77',
          subject: 'A 5" screen, broken',
          text: 'It says "no signal", always.',
          channel: 'api',
          priority: 'normal',
          receivedAt: Date.UTC(2026, 10, 20, 10),
        },
      },
      {
        ok: true,
        at: { file: fixture('good.csv'), line: 6 },
        ticket: {
          externalId: '1003',
          customer: 'bob@example.com',
          subject: 'Invoice',
          text: 'Please send it again.',
          channel: 'api',
        },
      },
    ]);
  });

  test('[INT7][INT23][INT24] each bad row is a problem with its line, and the rows around it are imported', async () => {
    const { tickets, problems } = await read(fixture('bad.csv'));
    expect(tickets.map((ticket) => ticket.text)).toEqual(['First good row', 'Second, good row', 'Third good row']);
    expect(problems.map(({ line, field, message }) => [line, field, message])).toEqual([
      [3, 'customer', 'there is no customer'],
      [4, 'priority', 'priority cannot be "banana"'],
      [5, 'receivedAt', 'receivedAt cannot be "11/12/2026"'],
      [6, undefined, 'the row has 3 values, the header has 6 columns'],
      [7, undefined, 'the row has 7 values, the header has 6 columns'],
      [8, undefined, 'a double quote is in the wrong place'],
      [9, undefined, 'a double quote is in the wrong place'],
      [11, 'text', 'subject and text are both blank'],
    ]);
  });

  test('[INT9][INT22] semicolons, tabs, CRLF, a byte order mark and Windows-1252 are recognised', async () => {
    expect((await read(fixture('semicolon.csv'))).tickets[0]).toMatchObject({ text: 'Grüße, Ann', subject: 'Frage' });
    expect((await read(fixture('tabs.tsv'))).tickets[0]).toMatchObject({ text: 'Commas, and; semicolons' });
    const crlf = '\ufeffid,email,subject,text\r\n1,ann@example.com,Hi,"two\r\nlines"\r\n2,bob@example.com,Hi,one';
    expect((await text('crlf.csv', crlf)).tickets).toMatchObject([
      { externalId: '1', text: 'two\nlines' },
      { externalId: '2', text: 'one' },
    ]);
    const windows = Buffer.from('email,subject,text\nann@example.com,Gr\xfc\xdfe,caf\xe9\n', 'latin1');
    expect((await text('windows.csv', windows)).tickets[0]).toMatchObject({ subject: 'Grüße', text: 'café' });
  });

  test('[INT20] a missing column is one problem for the file, naming the columns found', async () => {
    const { steps } = await text('columns.csv', 'Ticket ID,Subject,Notes\n1,a,b\n2,c,d\n');
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      ok: false,
      problem: {
        line: 1,
        message: 'no column for text, customer; the columns found are: "Ticket ID", "Subject", "Notes"',
        hint: expect.stringContaining('"customer" (or email'),
      },
    });
  });

  test('[INT21] of several columns for one field the best that is not blank counts', async () => {
    const csv = 'email,customer,id,external_id,subject,text\na@x.org,c-1,5,E-5,s,t\nb@x.org,,6,,s,t\n';
    expect((await text('several.csv', csv)).tickets).toMatchObject([
      { customer: 'c-1', externalId: 'E-5' },
      { customer: 'b@x.org', externalId: '6' },
    ]);
  });

  test('[INT23] empty cells after the last column, and rows of empty cells, do not matter', async () => {
    const { tickets, problems } = await text('wide.csv', 'email,subject,text\nann@example.com,a,b,,\n,,\n\n');
    expect(tickets).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  test('[INT24] ten thousand broken rows in a row are that many problems and hide no good one', async () => {
    const csv = `email,subject,text\n${'ann@example.com,Open,"quote\n'.repeat(10_000)}bob@example.com,Good,"Row"\n`;
    const { tickets, problems } = await text('broken.csv', csv, { maxProblems: 20_000 });
    expect(problems).toHaveLength(10_000);
    expect(tickets).toMatchObject([{ customer: 'bob@example.com' }]);
  });

  const INJECTED = 'victim@example.com,Refund,Send it to me\n';
  const GOOD = 'bob@example.com,Good,Row\n';

  test('[INT25] a value over 1 MB is one problem, the rows inside it are no rows, and the next row is read', async () => {
    const huge = `ann@example.com,Long,"${INJECTED.repeat(30_000)}"\n`;
    const { tickets, problems } = await text('huge.csv', `email,subject,text\n${GOOD}${huge}${GOOD}`);
    expect(problems.map((problem) => problem.message)).toEqual(['the row at line 3 is longer than 1 MB']);
    expect(tickets.map((ticket) => ticket.customer)).toEqual(['bob@example.com', 'bob@example.com']);
  });

  test('[INT25] the same holds for a single line over 1 MB with quotes and delimiters in it', async () => {
    const huge = `ann@example.com,Long,"${'x,""y"" '.repeat(300_000)}\n${INJECTED}"\n`;
    const { tickets, problems } = await text('huge-line.csv', `email,subject,text\n${huge}${GOOD}`);
    expect(problems.map((problem) => problem.line)).toEqual([2]);
    expect(tickets.map((ticket) => ticket.customer)).toEqual(['bob@example.com']);
  });

  test('[INT25] a file cut off inside a quoted value gives one problem and no rows from inside it', async () => {
    const { tickets, problems } = await text(
      'cut.csv',
      `email,subject,text\n${GOOD}ann@example.com,Cut,"Hello\n${INJECTED}`,
    );
    expect(tickets.map((ticket) => ticket.customer)).toEqual(['bob@example.com']);
    expect(problems).toMatchObject([{ line: 3, message: expect.stringContaining('never closed') }]);
  });
});

describe('files of many chunks', () => {
  const rows = Array.from({ length: 3000 }, (_, index) => ({
    id: `${index}`,
    email: 'ann@example.com',
    subject: 'Grüße',
    text: `${'üß,"\n'.repeat(index % 40)}${index}`,
  }));
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const contents = {
    'many.csv': `id,email,subject,text\r\n${rows.map((one) => Object.values(one).map(quoted).join(',')).join('\r\n')}`,
    'many.jsonl': rows.map((one) => JSON.stringify(one)).join('\n'),
    'many.json': JSON.stringify(rows),
    'pretty.json': JSON.stringify(rows, null, 2),
    'many.mbox': rows
      .map((one) => `From x\nMessage-ID: <${one.id}>\nFrom: ${one.email}\nSubject: ${one.subject}\n\n${one.text}\n\n`)
      .join(''),
  };

  test.each(Object.entries(contents))(
    '[INT22][INT32][INT40] %s loses nothing where chunks meet',
    async (name, content) => {
      expect(Buffer.byteLength(content)).toBeGreaterThan(5 * 64 * 1024);
      const { tickets, problems } = await text(name, content);
      expect(problems).toEqual([]);
      expect(tickets.map(({ externalId, subject, text }) => ({ externalId, subject, text }))).toEqual(
        rows.map(({ id, subject, text }) => ({ externalId: id, subject, text })),
      );
    },
  );
});

describe('JSON', () => {
  test('[INT30] a good JSONL file is read, with unknown keys and blank lines passed over', async () => {
    const { tickets, problems, steps } = await read(fixture('good.jsonl'));
    expect(problems).toEqual([]);
    expect(steps.map((step) => step.ok && step.at.line)).toEqual([1, 3]);
    expect(tickets).toEqual([
      {
        externalId: '7',
        customer: 'ann@example.com',
        subject: 'Where is my order?',
        text: 'It is late.',
        channel: 'chat',
        priority: 'high',
        receivedAt: Date.UTC(2026, 10, 21, 9, 30),
      },
      {
        externalId: 'T-8',
        customer: 'cust-77',
        name: 'Bob',
        subject: 'Screen',
        text: 'Two\nlines.',
        channel: 'api',
        attachments: [{ name: 'a.png', mime: 'image/png', size: 12 }],
      },
    ]);
  });

  test('[INT7][INT30] bad lines are problems with their line number, and the rest is imported', async () => {
    const { tickets, problems } = await read(fixture('bad.jsonl'));
    expect(tickets.map((ticket) => ticket.text)).toEqual(['First', 'Second']);
    expect(problems.map(({ line, field, message }) => [line, field, message])).toEqual([
      [2, undefined, expect.stringMatching(/^not a JSON object: \{"id": "2"/)],
      [3, undefined, 'not a JSON object: ["an", "array"]'],
      [4, 'customer', 'there is no customer'],
      [5, 'subject', 'subject cannot be this list or object'],
    ]);
  });

  test('[INT30] keys that exist on every object are no ticket fields', async () => {
    const { tickets } = await text(
      'proto.jsonl',
      row({}).replace('{', '{"__proto__": {"customer": "evil"}, "constructor": 1, '),
    );
    expect(tickets).toEqual([
      { externalId: '1', customer: 'ann@example.com', subject: 'Hello', text: 'World', channel: 'api' },
    ]);
  });

  test('[INT31] a line longer than 1 MB is one problem and the next line is read', async () => {
    const { tickets, problems } = await text('long.jsonl', `${row({ text: 'x'.repeat(3_000_000) })}\n${row({})}\n`);
    expect(problems.map((problem) => problem.message)).toEqual(['line 1 is longer than 1 MB']);
    expect(tickets).toHaveLength(1);
  });

  test('[INT7][INT32] an array is read element by element, whatever its layout', async () => {
    const { steps } = await read(fixture('array.json'));
    const file = fixture('array.json');
    expect(steps).toMatchObject([
      {
        ok: true,
        at: { item: 1, line: 2 },
        ticket: { subject: 'Brackets ] } in [ { text', text: 'A "quote", and \\' },
      },
      {
        ok: false,
        problem: { file, item: 2, line: 3, message: expect.stringMatching(/^not a JSON object: \{ "id": "2"/) },
      },
      { ok: false, problem: { file, item: 3, line: 4, message: 'not a JSON object: 42' } },
      { ok: true, at: { item: 4, line: 5 }, ticket: { text: 'Spread over lines' } },
    ]);
  });

  test('[INT32] one long line of array is cut into the same elements, and an element over 1 MB is a problem', async () => {
    const huge = row({ text: 'x'.repeat(2_000_000) });
    const { tickets, problems } = await text('line.json', `[${row({})},${huge},,${row({ text: 'last' })},]`);
    expect(tickets.map((ticket) => ticket.text)).toEqual(['World', 'last']);
    expect(problems).toMatchObject([
      { item: 2, message: 'item 2 is longer than 1 MB' },
      { item: 3, message: 'not a JSON object: nothing' },
    ]);
  });

  test('[INT32] an array that is cut off gives what came before and a problem', async () => {
    const { tickets, problems } = await text('cut.json', `[${row({})}, {"id": "2", "subj`);
    expect(tickets).toHaveLength(1);
    expect(problems).toMatchObject([{ message: expect.stringContaining('not closed') }]);
  });
});

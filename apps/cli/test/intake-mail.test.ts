import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { disarm, htmlToText, type Intake, MESSAGE_LIMIT, mailToIntake, readTickets } from '../src/intake/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'reeve-intake-mail-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/intake/${name}`, import.meta.url));

async function read(path: string) {
  const steps: Intake[] = [];
  for await (const step of readTickets(path)) steps.push(step);
  return steps;
}

function write(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

const mail = (content: string) => mailToIntake(Buffer.from(content), { file: 'test.eml' });
const HEAD = 'From: ann@example.com\nSubject: Hello\n';
const SEPARATOR = 'From ann@example.com Fri Nov 20 09:30:00 2026\n';

describe('mbox', () => {
  test('[INT40] messages are split at From lines after blank lines and unquoted', async () => {
    const steps = await read(fixture('good.mbox'));
    expect(steps[0]).toEqual({
      ok: true,
      at: { file: fixture('good.mbox'), line: 1, item: 1 },
      ticket: {
        externalId: 'one@example.com',
        customer: 'ann@example.com',
        name: 'Ann Lee',
        subject: 'Grüße',
        text: [
          'Hello,\n',
          'From what I know it was sent.\n>From was quoted before.\nFrom inside a paragraph this is no new message.\n',
          '> You wrote: it is on its way.',
        ].join('\n'),
        channel: 'email',
        receivedAt: Date.UTC(2026, 10, 20, 9, 30),
      },
    });
    expect(steps[1]).toMatchObject({
      ok: true,
      at: { item: 2 },
      ticket: { inReplyTo: 'one@example.com', text: 'Second message.' },
    });
  });

  test('[INT7][INT44] a message without sender is a problem with its line, and the next one is imported', async () => {
    const steps = await read(fixture('good.mbox'));
    expect(steps[2]).toMatchObject({
      ok: false,
      problem: { item: 3, line: 24, field: 'customer', hint: expect.stringContaining('>From') },
    });
    expect(steps[3]).toMatchObject({ ok: true, ticket: { subject: 'Again' } });
  });

  test('[INT12] a message delivered twice has the same externalId twice', async () => {
    const ids = (await read(fixture('good.mbox'))).map((step) => step.ok && step.ticket.externalId);
    expect(ids).toEqual(['one@example.com', 'two@example.com', false, 'one@example.com']);
  });

  test('[INT41] a message over 25 MB is one problem and the next one is read', async () => {
    const huge = Buffer.alloc(MESSAGE_LIMIT + 1, 'x');
    const path = write(
      'huge.mbox',
      Buffer.concat([Buffer.from(`${SEPARATOR}${HEAD}\n`), huge, Buffer.from(`\n\n${SEPARATOR}${HEAD}\nsmall\n`)]),
    );
    expect(await read(path)).toMatchObject([
      { ok: false, problem: { item: 1, line: 1, message: 'the message is larger than 25 MB' } },
      { ok: true, at: { item: 2, line: 7 }, ticket: { text: 'small' } },
    ]);
  });

  test('[INT40] CRLF files are split too', async () => {
    const path = write('crlf.mbox', `${SEPARATOR}${HEAD}\none\n\n${SEPARATOR}${HEAD}\ntwo\n`.replaceAll('\n', '\r\n'));
    expect((await read(path)).map((step) => step.ok && step.ticket.text)).toEqual(['one', 'two']);
  });
});

describe('one message', () => {
  test('[INT42] the text of an HTML mail holds no markup', async () => {
    const [step] = await read(fixture('html-only.eml'));
    expect(step).toMatchObject({ ok: true, ticket: { externalId: 'html@example.com', channel: 'email' } });
    expect(step?.ok && step.ticket.text).toBe(
      [
        'Hello & good morning,\n',
        '- first',
        '- second < img src=x onerror=alert(1)>',
        '3 < 5, Straße €5, the link\n',
        'On Friday Bob <bob@example.com> wrote:',
        'earlier text',
      ].join('\n'),
    );
  });

  test('[INT42] no HTML leaves a tag behind, however it is nested, broken or encoded', async () => {
    const bits = [
      '<',
      '>',
      '</',
      '<!--',
      '-->',
      '<b>',
      '<script',
      '</script>',
      '<style>',
      '&lt;',
      '&#60;',
      '&#x3c',
      'img src=x',
      '"',
      "'",
      '=',
      'a@b',
      ' ',
      '\n',
      '\u0000',
      '\u202e',
    ];
    const html = fc
      .array(fc.oneof(fc.constantFrom(...bits), fc.string()), { maxLength: 40 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(html, async (body) => {
        expect(disarm(htmlToText(body))).not.toMatch(/<(?:[a-z][^\s>]*[\s/]|[a-z]+>|[/!?])/i);
        const step = await mail(`${HEAD}Content-Type: text/html\n\nx ${body}`);
        const shown = step.ok ? step.ticket.text : '';
        expect(shown).not.toMatch(/<(?:[a-z][^\s>]*[\s/]|[a-z]+>|[/!?])/i);
      }),
      { numRuns: 300 },
    );
  });

  test('[INT13][INT42] characters hidden in HTML are counted, encoded or not', async () => {
    const step = await mail(`${HEAD}Content-Type: text/html; charset=utf-8\n\n<p>a\u{e0041}b&#x202e;c&#0;</p>`);
    expect(step).toMatchObject({ ok: true, ticket: { text: 'abc' }, cleaned: { controls: 1, tags: 1, bidi: 1 } });
  });

  test('[INT42] the plain part wins over the HTML part, and a blank one does not', async () => {
    const parts = (plain: string) =>
      `${HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\n\n${plain}\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n`;
    expect(await mail(parts('plain\n> quoted <b>\n'))).toMatchObject({ ticket: { text: 'plain\n> quoted <b>' } });
    expect(await mail(parts('  '))).toMatchObject({ ticket: { text: 'html' } });
  });

  test('[INT42][INT44] the declared charset is used and an unreadable date left out', async () => {
    const [step] = await read(fixture('latin.eml'));
    expect(step).toEqual({
      ok: true,
      at: { file: fixture('latin.eml'), item: 1 },
      ticket: {
        customer: 'joerg@example.com',
        name: 'Jörg',
        subject: 'Verzögerung',
        text: 'Schöne Grüße',
        channel: 'email',
      },
    });
  });

  test('[INT43] attachments are listed with name, type and size', async () => {
    const [step] = await read(fixture('attachment.eml'));
    expect(step?.ok && step.ticket).toMatchObject({
      text: 'See the files.',
      attachments: [
        { name: 'list.csv', mime: 'text/csv', size: 11 },
        { name: 'unnamed', mime: 'application/octet-stream', size: 6 },
      ],
    });
  });

  test('[INT44] the customer is From, else Sender, and a group counts for its first member', async () => {
    expect(await mail('Sender: Bob@Example.com\nSubject: x\n\ny')).toMatchObject({
      ticket: { customer: 'bob@example.com' },
    });
    expect(await mail('From: Team: Ann <ann@example.com>, b@x.org;\nSubject: x\n\ny')).toMatchObject({
      ticket: { customer: 'ann@example.com', name: 'Ann' },
    });
    expect(await mail('From: Just A Name\nSubject: x\n\ny')).toMatchObject({
      ok: false,
      problem: { field: 'customer' },
    });
  });

  test('[INT9] a byte order mark or blank lines before the headers do not hide them', async () => {
    expect(await mail(`\ufeff\r\n\n${HEAD}\nWorld`)).toMatchObject({ ticket: { subject: 'Hello', text: 'World' } });
  });

  test('[INT10] a mail with neither subject nor text is a problem, one with only a subject is not', async () => {
    expect(await mail('From: ann@example.com\n\n\n')).toMatchObject({ ok: false, problem: { field: 'text' } });
    expect(await mail(HEAD)).toMatchObject({ ok: true, ticket: { subject: 'Hello', text: '' } });
  });

  test.each([
    ['400,000 lines', `${HEAD}\n${'\n'.repeat(400_001)}`, 'the message has more than 400,000 lines'],
    [
      '10 MB of HTML',
      `${HEAD}Content-Type: text/html\n\n${'<p>'.repeat(4_000_000)}`,
      'the HTML of the message is larger than 10 MB',
    ],
    ['2 MB of headers', `X-Long: ${'x'.repeat(2_000_000)}\n${HEAD}\n`, 'Maximum header size'],
    [
      'a tower of parts',
      Array.from({ length: 300 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join(''),
      'nesting',
    ],
  ])('[INT4][INT41] a message of more than %s is one problem', async (_, content, message) => {
    expect(await mail(content)).toMatchObject({ ok: false, problem: { message: expect.stringContaining(message) } });
  });

  test('[INT41] an .eml over 25 MB is refused by its size', async () => {
    const path = write('huge.eml', Buffer.concat([Buffer.from(`${HEAD}\n`), Buffer.alloc(MESSAGE_LIMIT, 'x')]));
    expect(await read(path)).toMatchObject([{ ok: false, problem: { message: 'the message is larger than 25 MB' } }]);
  });
});

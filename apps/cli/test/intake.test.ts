import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Problem, type ReadOptions, readTickets, type Ticket } from '../src/intake/index.ts';

const dir = mkdtempSync(join(tmpdir(), 'reeve-intake-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const ROW = { email: 'ann@example.com', subject: 'Hello', text: 'World' };
const MAIL = 'From: ann@example.com\nSubject: Hello\n\nWorld\n';

async function read(path: string, options: ReadOptions = {}) {
  const tickets: Ticket[] = [];
  const problems: Problem[] = [];
  for await (const step of readTickets(path, options)) {
    if (step.ok) tickets.push(step.ticket);
    else problems.push(step.problem);
  }
  return { tickets, problems };
}

function write(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

describe('what a file is', () => {
  const contents = {
    mail: MAIL,
    mbox: `From ann Fri Nov 20 09:30:00 2026\n${MAIL}`,
    jsonl: `${JSON.stringify(ROW)}\n${JSON.stringify(ROW)}\n`,
    array: `[\n${JSON.stringify(ROW)}]`,
    csv: 'email;subject;text\nann@example.com;Hello;World\n',
  };

  test.each(Object.entries(contents))(
    '[INT1] content alone shows that a file without extension is %s',
    async (name, content) => {
      const { tickets, problems } = await read(write(`plain-${name}`, content));
      expect(problems).toEqual([]);
      expect(tickets[0]).toMatchObject({ customer: 'ann@example.com', subject: 'Hello', text: 'World' });
    },
  );

  test('[INT1] an .eml that is an mbox and a .json that is JSONL are read as such', async () => {
    expect((await read(write('several.eml', `${contents.mbox}\n${contents.mbox}`))).tickets).toHaveLength(2);
    expect((await read(write('lines.json', contents.jsonl))).tickets).toHaveLength(2);
  });

  test('[INT2] a directory gives its files in the order of their names, without hidden ones and directories', async () => {
    const folder = join(dir, 'folder');
    mkdirSync(join(folder, 'inner'), { recursive: true });
    writeFileSync(join(folder, 'b.eml'), MAIL.replace('Hello', 'second'));
    writeFileSync(join(folder, 'a.jsonl'), JSON.stringify({ ...ROW, subject: 'first' }));
    writeFileSync(join(folder, '.hidden'), 'nothing to see');
    writeFileSync(join(folder, 'inner', 'c.eml'), MAIL);
    const { tickets, problems } = await read(folder);
    expect(tickets.map((ticket) => ticket.subject)).toEqual(['first', 'second']);
    expect(problems).toEqual([]);
  });
});

describe('files that are not tickets', () => {
  const one = async (path: string) => {
    const { tickets, problems } = await read(path);
    expect(tickets).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: path, hint: expect.stringMatching(/\w/) });
    return problems[0]!.message;
  };

  test('[INT3] a path that leads nowhere is one problem', async () => {
    expect(await one(join(dir, 'missing.csv'))).toBe('there is no such file or directory');
    expect(await one(join(dir, 'missing.csv', 'deeper'))).toBe('there is no such file or directory');
    expect(await one('bad\0path')).toMatch(/cannot be read/);
  });

  test.each(['eml', 'mbox', 'csv', 'jsonl', 'json', 'unknown'])(
    '[INT3] an empty .%s file is one problem',
    async (extension) => {
      expect(await one(write(`empty.${extension}`, ''))).toBe('the file is empty');
      expect(await one(write(`blank.${extension}`, ' \r\n\n\t'))).toBe('the file holds nothing but blank space');
    },
  );

  test('[INT3] a directory without files and files without rows are one problem each', async () => {
    mkdirSync(join(dir, 'hollow', 'inner'), { recursive: true });
    expect(await one(join(dir, 'hollow'))).toBe('there are no files in this directory');
    expect(await one(write('header.csv', 'email,subject,text\n\n,,\n'))).toBe('there are no tickets in this file');
    expect(await one(write('none.json', '[ ]'))).toBe('there are no tickets in this file');
  });

  test.each([
    ['sheet.csv', Buffer.from('PK\x03\x04rest'), /zip archive or an office document/],
    ['mail.eml', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), /Outlook/],
    ['excel.csv', Buffer.from('\ufeffemail\tsubject', 'utf16le'), /UTF-16/],
    ['zeros.jsonl', Buffer.alloc(5000), /binary data/],
    ['random', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index * 31) % 256)), /binary data/],
    ['noise.mbox', Buffer.from('Dear all,\n'), /does not begin with a "From " line/],
    ['noise.eml', Buffer.from('Dear all,\n'), /does not begin with a header/],
    ['object.json', Buffer.from('{\n  "tickets": []\n}'), /does not hold a list/],
    ['mac.csv', Buffer.from('email,subject,text\rann,a,b\r'), /CR only/],
    ['prose', Buffer.from('Dear all,\nplease find attached\n'), /not a file of tickets/],
  ])('[INT3] %s is told for what it is', async (name, content, message) => {
    expect(await one(write(name, content))).toMatch(message);
  });

  test.skipIf(process.platform === 'win32')(
    '[INT3] a pipe is not waited for (skipped where there is no mkfifo)',
    async () => {
      const pipe = join(dir, 'pipe.csv');
      execFileSync('mkfifo', [pipe]);
      expect(await one(pipe)).toBe('this is not a regular file');
    },
  );

  test('[INT3] a broken link in a directory is a problem and the other files are read', async () => {
    const folder = join(dir, 'links');
    mkdirSync(folder);
    symlinkSync(join(dir, 'nowhere'), join(folder, 'a.eml'));
    writeFileSync(join(folder, 'b.eml'), MAIL);
    const { tickets, problems } = await read(folder);
    expect(tickets).toHaveLength(1);
    expect(problems).toEqual([expect.objectContaining({ file: join(folder, 'a.eml') })]);
  });

  test.skipIf(process.getuid?.() === 0)(
    '[INT3] a file that may not be read is a problem (skipped for root, who may)',
    async () => {
      const path = write('secret.csv', 'email,subject,text\n');
      chmodSync(path, 0);
      expect(await one(path)).toBe('reading it is not permitted');
    },
  );
});

describe('many problems', () => {
  const bad = (lines: number) => write(`bad-${lines}.jsonl`, 'nonsense\n'.repeat(lines));

  test('[INT6] after 100 problems the file is left with one more', async () => {
    const { problems } = await read(bad(5000));
    expect(problems).toHaveLength(101);
    expect(problems[99]).toMatchObject({ line: 100 });
    expect(problems[100]!.message).toBe('and more; stopped reading after 100 problems');
  });

  test('[INT6] exactly 100 problems are not called more', async () => {
    const { problems } = await read(bad(100));
    expect(problems).toHaveLength(100);
    expect(problems[99]!.message).toMatch(/not a JSON object/);
  });

  test('[INT6] the limit is per file and can be set', async () => {
    const folder = join(dir, 'two-bad');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.jsonl'), 'x\ny\nz\n');
    writeFileSync(join(folder, 'b.jsonl'), 'x\n');
    const { problems } = await read(folder, { maxProblems: 1 });
    expect(problems.map((problem) => problem.message)).toEqual([
      'not a JSON object: x',
      'and more; stopped reading after 1 problem',
      'not a JSON object: x',
    ]);
  });

  test('[INT8] what a message quotes is short and cannot drive a terminal', async () => {
    const { problems } = await read(write('escape.jsonl', `\u001b[31m\u202e${'long '.repeat(1000)}\n`));
    expect(problems[0]!.message).toMatch(/^not a JSON object: \[31mlong long/);
    expect(problems[0]!.message.length).toBeLessThan(100);
  });
});

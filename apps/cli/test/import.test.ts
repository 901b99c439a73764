import { randomFillSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Import, importer } from '../src/import-key.ts';
import type { Ticket } from '../src/intake/index.ts';
import { reeve, SUPPORT, temporary } from './support/cli.ts';

let here = { data: '', cwd: '' };
beforeEach(async () => {
  const cwd = temporary();
  here = { data: join(cwd, 'data'), cwd };
  await reeve(here, 'apply', SUPPORT, '--yes');
});

const file = (name: string, content: string | Uint8Array) => writeFileSync(join(here.cwd, name), content);
const openCases = async () => JSON.parse((await reeve(here, 'cases', '--json')).out).cases as { subject: string }[];

const CSV = `subject,text,customer
Broken stove,It leaks,ann@example.com
,,nobody@example.com
No customer,Where is my order?,
Where is it,"AC-7906 is late, again",bob@example.com
`;

describe('[CLI30] import', () => {
  it('names each bad row and imports the rest', async () => {
    file('t.csv', CSV);
    const { code, out } = await reeve(here, 'import', 't.csv');
    expect(code).toBe(3);
    expect(out).toMatch(/^t\.csv:3 text: subject and text are both blank$/m);
    expect(out).toMatch(/^t\.csv:4 customer: there is no customer\n {4}→ /m);
    expect(out).toMatch(/2 imported, 0 already there, 2 bad\n$/);
    expect((await openCases()).map((each) => each.subject).sort()).toEqual(['Broken stove', 'Where is it']);
  });

  it('a file that is not there is a problem, not a crash', async () => {
    expect(await reeve(here, 'import', 'missing.csv')).toMatchObject({
      code: 3,
      out: expect.stringContaining('no such file'),
    });
  });

  it('[CLI33] 10 MB of garbage end with one clear problem', async () => {
    file('garbage.bin', randomFillSync(new Uint8Array(10 * 1024 * 1024)));
    file('garbage.csv', randomFillSync(new Uint8Array(10 * 1024 * 1024)));
    for (const name of ['garbage.bin', 'garbage.csv']) {
      const { code, out } = await reeve(here, 'import', name, '--json');
      expect(code).toBe(3);
      expect(JSON.parse(out)).toMatchObject({ imported: 0, bad: [{ message: expect.any(String) }] });
    }
  });

  it('[CLI32] a dry run opens nothing', async () => {
    file('t.csv', CSV);
    expect(await reeve(here, 'import', 't.csv', '--dry-run')).toMatchObject({
      code: 3,
      out: expect.stringContaining('2 would be imported'),
    });
    expect(await openCases()).toEqual([]);
  });

  it('[CLI34] an organisation in which nobody receives cases refuses all of it at once', async () => {
    const bare = { ...here, data: join(here.cwd, 'bare') };
    await reeve(bare, 'init', 'bare-pack', '--template', 'blank');
    const settings = join(here.cwd, 'bare-pack/pack.yaml');
    writeFileSync(settings, 'pack: bare\nversion: 1\nname: Bare\nsettings: { currency: USD }\n');
    await reeve(bare, 'apply', 'bare-pack', '--yes');
    file('t.csv', CSV);
    expect(await reeve(bare, 'import', 't.csv')).toMatchObject({
      code: 4,
      err: expect.stringContaining('nobody receives cases'),
    });
  });
});

describe('[CLI31] importing twice', () => {
  it('makes no duplicates of rows without ids, wherever the file lies', async () => {
    file('t.csv', CSV.replace(',,nobody@example.com\nNo customer,Where is my order?,\n', ''));
    expect(await reeve(here, 'import', 't.csv')).toMatchObject({
      code: 0,
      out: '2 imported, 0 already there, 0 bad\n',
    });
    file('copy.csv', CSV);
    expect((await reeve(here, 'import', 'copy.csv')).out).toContain('0 imported, 2 already there, 2 bad');
    expect(await openCases()).toHaveLength(2);
  });

  it('makes no duplicates of rows with ids, even when their text was changed', async () => {
    const row = (text: string) =>
      JSON.stringify({ externalId: 'T1', subject: 'Hello', text, customer: 'ann@example.com' });
    file('a.jsonl', row('first'));
    file('b.jsonl', row('second'));
    expect(await reeve(here, 'import', 'a.jsonl')).toMatchObject({ code: 0 });
    expect(await reeve(here, 'import', 'b.jsonl')).toMatchObject({
      code: 0,
      out: '0 imported, 1 already there, 0 bad\n',
    });
  });

  it('the same text twice in one file is two tickets, the same two again later', () => {
    const ticket: Ticket = { subject: 'Hi', text: 'Help', customer: 'ann@example.com', channel: 'api' };
    const ids = (toImport: (one: Ticket) => Import) => [ticket, ticket].map((one) => toImport(one).externalId);
    const [first, second] = [ids(importer()), ids(importer())];
    expect(new Set(first).size).toBe(2);
    expect(second).toEqual(first);
  });

  it('a ticket without a subject is called by its text', () => {
    const ticket: Ticket = {
      subject: ' ',
      text: 'My stove\nleaks',
      customer: 'ann@example.com',
      channel: 'api',
      receivedAt: 5,
    };
    expect(importer()(ticket)).toMatchObject({ subject: 'My stove leaks', data: { receivedAt: 5 } });
  });
});

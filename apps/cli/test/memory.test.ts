/** What desks know over the command line, against a server that nobody works in: the tests make what happens. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reeve, temporary } from './support/cli.ts';
import { office } from './support/office.ts';

const { here, text, json, order, as } = office();

/** Something a seat notes outside a run, as an agent does. */
const note = (seat: string, body: Record<string, unknown>) => as(seat, 'belief.record', body);

describe('beliefs', () => {
  it('[CLI150] [SRV150] are listed with what says otherwise, shown with their sources, confirmed, disputed, corrected and forgotten', async () => {
    await note('front-desk', { statement: 'They deliver on Monday', key: 'supplier.day', value: 'Monday' });
    await note('front-desk', { statement: 'They deliver on Friday', key: 'supplier.day', value: 'Friday' });
    expect((await json('beliefs', '--standing', 'contested')).beliefs).toMatchObject([
      { id: 'BL-2', confidence: 0.8, contradicts: ['BL-1'], origin: expect.stringMatching(/^seat:/) },
      { id: 'BL-1', contradicts: ['BL-2'] },
    ]);
    expect(await text('beliefs', 'show', 'bl-1')).toMatch(
      /contested[\s\S]*says otherwise\n {2}BL-2 They deliver on Friday/,
    );
    expect(await text('beliefs', 'confirm', 'BL-1', '--note', 'asked')).toContain('confirmed: BL-1 may steer');
    expect(await text('beliefs', 'list')).toMatch(/BL-1 .*confirmed/);
    expect((await reeve(here, 'beliefs', 'show', 'BL-2')).code).not.toBe(0);
    await text('beliefs', 'dispute', 'BL-1', '--reason', 'they came on Tuesday');
    const corrected = await text(
      'beliefs',
      'correct',
      'BL-1',
      'They deliver on Tuesday',
      '--value',
      'Tuesday',
      '--reason',
      'x',
    );
    expect(corrected).toContain('BL-3 takes the place of BL-1');
    expect((await json('beliefs', 'show', 'BL-3')).value).toBe('Tuesday');
    const made = ['front-desk', 'Reports are short', '--layer', 'stable', '--key', 'report.pages', '--value', '2'];
    expect((await json('beliefs', 'record', ...made)).belief).toBe('BL-4');
    expect((await json('beliefs', '--key', 'report.pages')).beliefs).toMatchObject([
      { value: 2, standing: 'confirmed', until: null },
    ]);
    await text('beliefs', 'forget', 'BL-4', '--reason', 'no longer so');
    expect((await json('beliefs', '--layer', 'stable')).beliefs).toEqual([]);
  });

  it('[CLI150] what is no belief, layer or standing is refused with what to write', async () => {
    expect((await reeve(here, 'beliefs', 'show', 'X-1')).err).toContain('they have ids such as BL-3');
    expect((await reeve(here, 'beliefs', '--standing', 'sure')).err).toContain(
      'it is one of confirmed, held, unconfirmed, contested',
    );
  });
});

describe('skills, desks and teams', () => {
  it('[CLI151] [SRV150] skills are written down, judged, adopted and retired', async () => {
    const made = ['front-desk', 'issue', 'Double payment', 'Compare both receipts', '--topic', 'billing'];
    expect(await text('skills', 'record', ...made)).toContain('SK-1: front-desk has it');
    await text('skills', 'judge', 'SK-1', 'helped');
    await text('skills', 'adopt', 'SK-1', 'Paid twice', 'Compare both receipts first');
    expect((await json('skills', '--topic', 'billing')).skills).toMatchObject([
      { id: 'SK-2', adopted: true, successes: 1, rate: 1 },
    ]);
    expect(await text('skills', 'show', 'SK-2')).toContain('helped in 1 of 1');
    await text('skills', 'retire', 'SK-2', '--reason', 'x');
    expect(await text('skills')).toBe('no skills\n');
  });

  it('[CLI152] [SRV150] a desk begins a purpose, and shows what it was at before (R-D46)', async () => {
    await text('desk', 'begin', 'front-desk', 'autumn', '--reason', 'plan');
    expect(await text('desk', 'begin', 'front-desk', 'winter', '--reason', 'plan')).toContain(
      'front-desk is at "winter" now',
    );
    expect(await json('desk', 'show', 'front-desk')).toMatchObject({
      purpose: 'winter',
      served: 2,
      past: [{ purpose: 'autumn' }],
    });
    expect(await text('desk')).toMatch(/front-desk +winter/);
    expect(await text('desk', 'contracts')).toContain('no context contracts');
  });

  it('[CLI155] [SRV152] [LED120] R-D37 R-D38 R-D41 a desk is kept, branched, merged with its conflicts shown, and written out as it was', async () => {
    const work = join(temporary(), 'desk');
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    };
    const snap = (...more: string[]) => json('desk', 'snapshot', 'front-desk', work, ...more);
    await order('case.open', { subject: 'Broken', customer: 'lee@post.example' });
    for (const [path, text] of [
      ['a.md', 'one'],
      ['b/c.md', 'two'],
      ['cases/C-1/letter.txt', 'Dear Lee'],
    ] as const)
      put(path, text);
    const first = await snap();
    expect(first).toMatchObject({ snapshot: 'DS-1', files: 3, changed: 3, conflicts: [] });
    expect(await snap()).toMatchObject({ root: first.root, added: 0, changed: 0 });
    await text('desk', 'branch', 'front-desk', 'try', 'DS-2', '--purpose', 'an idea');
    put('a.md', 'theirs');
    await snap('--branch', 'try');
    put('a.md', 'ours');
    await snap();
    expect(await text('desk', 'changes', 'front-desk', 'DS-2', 'DS-4')).toBe('changed  a.md\n');
    expect(await json('desk', 'merge', 'front-desk', 'try')).toMatchObject({ snapshot: 'DS-5', conflicts: ['a.md'] });
    await text('desk', 'close-branch', 'front-desk', 'try', '--reason', 'merged');
    const back = join(temporary(), 'back');
    expect(await json('desk', 'restore', 'front-desk', 'DS-5', back)).toMatchObject({ files: 4, erased: [] });
    expect(readFileSync(join(back, 'a.md.theirs'), 'utf8')).toBe('theirs');
    expect((await reeve(here, 'desk', 'restore', 'front-desk', 'DS-1', back)).err).toContain('is not empty');
    const first2 = join(temporary(), 'first');
    await text('desk', 'restore', 'front-desk', 'DS-1', first2);
    expect((await json('desk', 'snapshot', 'front-desk', first2)).root).toBe(first.root);
    expect(await text('desk', 'show', 'front-desk')).toMatch(/main \(active\) at DS-6[\s\S]*try \(closed\) at DS-3/);
  });

  it('[CLI153] [SRV151] words are found in what desks hold and held, by desk and kind', async () => {
    const all = await json('desk', 'search', 'deliver', '--limit', '2');
    expect(all.hits).toMatchObject([
      { what: 'belief', id: 'BL-3' },
      { id: 'BL-2', live: false },
    ]);
    const rest = await json('desk', 'search', 'deliver', '--limit', '2', '--cursor', all.next);
    expect(rest.hits).toMatchObject([{ id: 'BL-1' }]);
    expect((await json('desk', 'search', 'receipts', '--what', 'skill')).hits.map((h: { id: string }) => h.id)).toEqual(
      ['SK-2', 'SK-1'],
    );
    expect((await json('desk', 'search', 'deliver', '--seat', 'operator')).hits).toEqual([]);
    expect(await text('desk', 'search', 'deliver')).toMatch(/BL-1 +front-desk +They deliver on Monday .*over/);
  });

  it('[CLI154] [SRV150] R-D32 a team is proposed with every score, formed and closed', async () => {
    const file = join(temporary(), 'team.json');
    const specialist = { role: 'payer', domains: ['billing'] };
    writeFileSync(file, JSON.stringify({ purpose: 'sort out refunds', roles: [specialist], independent: true }));
    const proposed = await json('team', 'propose', file);
    expect(proposed).toMatchObject({
      topology: 'parallel',
      members: [{ role: 'payer', seat: 'billing-specialist', parts: { domains: 10 } }],
    });
    expect(await text('team', 'propose', file)).toMatch(/payer +billing-specialist +10 +domains 10/);
    expect(await text('team', 'form', file)).toContain('TM-1 was formed');
    await text('team', 'close', 'TM-1', 'reached');
    expect((await json('team')).teams).toMatchObject([{ id: 'TM-1', outcome: { success: true } }]);
    expect(await text('team')).toContain('reached its purpose');
    expect(await text('team', 'graph')).toContain('nobody has finished a case');
  });
});

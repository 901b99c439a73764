/** What should be true over the command line, against a server that nobody works in. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reeve, SUPPORT } from './support/cli.ts';
import { office } from './support/office.ts';

const { data, here, text, json } = office();
const file = (name: string, value: unknown): string => {
  writeFileSync(join(data, name), JSON.stringify(value));
  return name;
};
const wanted = async (target: string) =>
  (await json('gaps')).gaps.find((each: { target: string }) => each.target === target).target_value;

describe('what should be true', () => {
  it('[CLI180] gaps, metrics and units are listed with what they rest on', async () => {
    expect(await text('gaps', '--unit', 'support')).toMatch(/solve-nine-in-ten +Resolution rate +≥ 90 % /);
    expect(await text('gaps', '--open')).toBe('no such targets\n');
    expect(await text('purpose', 'metrics')).toMatch(/resolution-rate: Resolution rate +no data yet +0 +30 d/);
    const units = await text('purpose');
    expect(units).toMatch(/\(support, version 1\)/);
    expect(units).toContain('operator decides about it');
    expect((await json('purpose', 'metrics', '--limit', '1')).metrics).toHaveLength(1);
  });

  it('[CLI181] a target is set in the unit of its metric, and the change can be taken back', async () => {
    await text('purpose', 'set', 'respond-in-five-minutes', '4m', '--reason', 'faster');
    await text('purpose', 'set', 'refunds-within-budget', '$3000', '--reason', 'more orders');
    expect(await text('purpose', 'set', 'solve-nine-in-ten', '92', '--reason', 'guides')).toMatch(
      /^solve-nine-in-ten is changed: version 2 of support/,
    );
    expect([await wanted('respond-in-five-minutes'), await wanted('refunds-within-budget')]).toEqual([240_000, 3e9]);
    expect(await text('purpose', 'show', 'support')).toMatch(
      /v2 .* operator: guides\n +changed solve-nine-in-ten \(value 90 → 92\)/,
    );
    await text('purpose', 'revert', 'support', '2', '--reason', 'too soon');
    expect(await wanted('solve-nine-in-ten')).toBe(90);
    const wrong = await reeve(here, 'purpose', 'set', 'respond-in-five-minutes', 'soon', '--reason', 'x');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('something such as 5m')]);
    const ghost = await reeve(here, 'purpose', 'set', 'ghost', '1', '--reason', 'x');
    expect(ghost.err).toContain('there is no target "ghost"');
  });

  it('[CLI181] a file of changes is made whole or not at all', async () => {
    const add = { id: 'few', metric: 'cases-opened', value: 100, direction: 'at-most' };
    const good = file('good.json', [{ add }, { purpose: 'Answer everybody.' }]);
    expect(await text('purpose', 'amend', 'front', good, '--reason', 'plan')).toMatch(/^version \d of front/);
    expect(await text('purpose', 'show', 'front')).toContain('Answer everybody.');
    const bad = file('bad.json', [{ remove: 'few' }, { set: 'ghost', to: { value: 1 } }]);
    const refused = await reeve(here, 'purpose', 'amend', 'front', bad, '--reason', 'x');
    expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('there is no target "ghost"')]);
    expect(await wanted('few')).toBe(100);
    writeFileSync(join(data, 'broken.json'), '[{');
    expect((await reeve(here, 'purpose', 'amend', 'front', 'broken.json', '--reason', 'x')).err).toContain('no JSON');
  });

  it('[CLI182] proposals are made from a file, read, and decided', async () => {
    const body = {
      ...{ unit: 'support', title: 'Two shifts', analysis: 'Cases wait at night.', recommend: 'shifts' },
      options: [
        {
          ...{ id: 'shifts', title: 'Work at night', cost: 350_000_000, risk: 'tired people' },
          effects: [{ metric: 'resolution-rate', value: 95, by: '2999-01-01' }],
          changes: [{ set: 'solve-nine-in-ten', to: { value: 95 } }],
        },
      ],
      evidence: ['resolution-rate'],
    };
    expect(await text('proposals', 'make', file('p.json', body))).toMatch(/^P-1 \(record \d+\)/);
    expect(await text('proposals')).toMatch(/P-1 +open +support +operator/);
    const page = await text('proposals', 'show', 'p-1');
    expect(page).toContain('shifts (recommended): Work at night; costs $350.00');
    expect(page).toContain('expected: resolution-rate 95 % by 2999-01-01');
    expect(await text('proposals', 'accept', 'P-1', '--reason', 'worth it')).toMatch(/^accepted: P-1/);
    expect(await wanted('solve-nine-in-ten')).toBe(95);
    expect(await text('proposals', 'show', 'P-1')).toContain('operator (shifts): worth it');
    expect((await reeve(here, 'proposals', 'reject', 'P-1', '--reason', 'x')).code).toBe(4);
    expect((await reeve(here, 'proposals', 'list', '--status', 'lost')).code).toBe(2);
  });

  it('[CLI182] R-D51: a layer that Reeve proposes is read in words and accepted with steps of one’s own', async () => {
    const pack = join(data, 'narrow');
    cpSync(SUPPORT, pack, { recursive: true });
    const main = join(pack, 'pack.yaml');
    writeFileSync(main, readFileSync(main, 'utf8').replace('\nsettings:\n', '\nsettings:\n  span: { reports: 2 }\n'));
    await text('apply', pack, '--yes');
    const [made] = (await json('proposals', '--status', 'open')).proposals;
    expect(made).toMatchObject({ by: 'system', about: 'router', recommend: made.options[0].id });
    expect(await text('proposals', 'show', made.id)).toMatch(/would be done: [a-z-]+ now stands over /);
    const over = made.options[0].steps[0].over;
    const seat = { id: 'care-lead', title: 'Lead', purpose: 'Leads.', occupant: { principal: 'kim', kind: 'human' } };
    writeFileSync(join(data, 'layer.yaml'), JSON.stringify({ steps: [{ do: 'add-layer', seat, over }] }));
    await text('proposals', 'accept', made.id, '--steps', 'layer.yaml', '--reason', 'kim leads');
    expect(await text('proposals', 'show', made.id)).toMatch(/kim leads; done as RS-1/);
    expect(await text('restructure', 'show', 'RS-1')).toContain('care-lead now stands over');
  });
});

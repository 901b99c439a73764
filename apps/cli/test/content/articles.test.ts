/** The content pack at work: the scenarios of requirements E, on the real runtime and the real tools. */
import { type Tool, ToolError } from '@reeve/connectors';
import { gaps, reviewSignals } from '@reeve/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { openStudio, records, type Studio } from './house.ts';

let studio: Studio;
afterEach(() => studio.close());

const HEAT = { Title: 'What 742 heat pumps did', Topic: 'heat pumps', Portfolio: 'powermoves' };
const steps = async (id: string) =>
  (await studio.reports(id)).map(({ step, outcome, message, tried }) => ({ step, outcome, message, tried }));
const step = async (id: string, name: string) => (await steps(id)).findLast((one) => one.step === name);
const posts = (where: string) => studio.rows(`SELECT slug, status, image FROM posts WHERE ${where}`);
const addressees = async (id: string) =>
  (await studio.operations(id, 'mail.pitch')).filter(({ status }) => status === 'succeeded').map(({ args }) => args.to);

describe('a brief becomes an article', () => {
  it('is researched, drafted, reviewed, illustrated, published, told to people, answered and checked (R-E19)', async () => {
    studio = await openStudio();
    const work = await studio.brief({ ...HEAT, Distribute: 'yes' });
    expect(work.status).toBe('closed');
    expect((await steps(work.id)).map((one) => `${one.step}: ${one.outcome}`)).toEqual([
      ...['research: done', 'draft: done', 'review: done', 'publish: done', 'distribute: partly'],
    ]);
    expect(posts("topic = 'heat-pumps'")).toEqual([
      { slug: 'what-742-heat-pumps-did', status: 'published', image: 'img-heat-pump' },
    ]);
  });

  it('is told to verified contacts only: not after a no, not three days later, and after a missing address was found (T4, T12, R-E32)', async () => {
    studio = await openStudio();
    const work = await studio.brief({ ...HEAT, Distribute: 'yes' });
    expect((await addressees(work.id)).sort()).toEqual([
      ...['jan@bergmann.example', 'ola@czerny.example', 'ruth@amsel-heating.example'],
    ]);
    const told = await step(work.id, 'distribute');
    expect(told?.message).toMatch(/Per Dahl: This contact said no\. Do not write again\./);
    expect(told?.message).toMatch(/Ines Ebert: This contact was written to within the last 14 days\./);
  });

  it('gets another slug when its own is taken (T4) (R-E31)', async () => {
    studio = await openStudio();
    await studio.brief(HEAT);
    const second = await studio.brief({
      ...HEAT,
      Description: 'The same trial, looked at a second time by somebody else.',
    });
    expect(posts("topic = 'heat-pumps' ORDER BY slug").map(({ slug }) => slug)).toEqual([
      ...['what-742-heat-pumps-did', 'what-742-heat-pumps-did-2'],
    ]);
    expect(await step(second.id, 'draft')).toMatchObject({
      tried: ['"what-742-heat-pumps-did" is taken; tried the next slug.'],
    });
  });

  it('gets a picture made when there is none, by another tool than the first (T4, T9)', async () => {
    studio = await openStudio();
    const work = await studio.brief({ Title: 'Screens for greenhouses', Topic: 'greenhouses', Portfolio: 'harvest' });
    expect(posts("slug = 'screens-for-greenhouses'")).toEqual([
      { slug: 'screens-for-greenhouses', status: 'published', image: 'made-greenhouses' },
    ]);
    expect((await step(work.id, 'publish'))?.tried).toEqual([
      'Refused without a picture; none found, and switched to the picture desk, which made one.',
    ]);
  });

  it('stays a draft when no picture can be had, and says so to who asked (T4)', async () => {
    studio = await openStudio();
    const work = await studio.brief({ Title: 'Plastic, again', Topic: 'recycled PET', Portfolio: 'poly' });
    expect(posts("slug = 'plastic-again'")).toEqual([{ slug: 'plastic-again', status: 'approved', image: '' }]);
    expect((await step(work.id, 'publish'))?.message).toMatch(/not published: there is no picture on its topic/);
    expect(work.status).toBe('closed');
  });

  it('does not repeat what a source says to machines, and rests on what can be relied on', async () => {
    studio = await openStudio();
    await studio.brief({ Title: 'Plastic, again', Topic: 'recycled PET', Portfolio: 'poly' });
    const [post] = studio.rows("SELECT body, sources FROM posts WHERE slug = 'plastic-again'");
    expect(post).toMatchObject({ sources: 2 });
    expect(post?.body).not.toMatch(/instructions/i);
  });

  it('is not written when there is too little to write from', async () => {
    studio = await openStudio();
    const work = await studio.brief({ Title: 'Bags that vanish', Topic: 'bioplastics', Portfolio: 'poly' });
    expect((await steps(work.id)).map((one) => one.step)).toEqual(['research']);
    expect(work.status).toBe('closed');
  });

  it('is not saved with too short a description, nor tried again, because the contract was not satisfied (T3, T9) (R-E31)', async () => {
    studio = await openStudio();
    const work = await studio.brief({ ...HEAT, Description: 'Forty-nine characters are one fewer than needed..' });
    expect(await step(work.id, 'draft')).toMatchObject({ outcome: 'stopped' });
    expect((await step(work.id, 'draft'))?.message).toMatch(
      /not tried again because the contract was not satisfied: A description has 50 to 300/,
    );
    expect(await studio.operations(work.id, 'posts.save')).toHaveLength(1);
    expect(posts("topic = 'heat-pumps'")).toEqual([]);
  });

  it('of one brand does not appear under the portfolio of another (T11) (R-E17)', async () => {
    studio = await openStudio();
    const work = await studio.brief({ ...HEAT, Portfolio: 'poly', Brand: 'PowerMoves' });
    expect((await step(work.id, 'draft'))?.message).toMatch(/This brand has a portfolio of its own/);
    expect(posts("topic = 'heat-pumps'")).toEqual([]);
  });
});

describe('reach', () => {
  it('pauses a whole list when more than half of it is unverified, and the reason can be read (T5)', async () => {
    studio = await openStudio();
    const work = await studio.brief({
      Title: 'Two fires in a thousand',
      Topic: 'battery storage',
      Portfolio: 'powermoves',
      Distribute: 'yes',
    });
    expect(await addressees(work.id)).toEqual([]);
    expect((await step(work.id, 'distribute'))?.message).toMatch(
      /More than half of this list is unverified: the outreach is paused as a whole\./,
    );
    // One question was enough: the other 136 contacts were not asked about.
    expect(await studio.operations(work.id, 'mail.pitch')).toHaveLength(1);
  });

  it('does not write again to who answered no (T12)', async () => {
    studio = await openStudio();
    await studio.brief({ Reply: 'K-1 no' });
    const work = await studio.brief({ ...HEAT, Distribute: 'yes' });
    expect(await addressees(work.id)).not.toContain('ruth@amsel-heating.example');
    expect((await step(work.id, 'distribute'))?.message).toMatch(/Ruth Amsel: This contact said no/);
  });

  it('counts work and what the work is for apart, on one board (T7, T8) (R-E15, R-E41)', async () => {
    studio = await openStudio();
    await studio.brief({ ...HEAT, Distribute: 'yes' });
    await studio.brief({ Reply: 'K-1 qualified' });
    const board = await studio.runtime.read((state) =>
      gaps(state).map(({ title, current, target_value, met }) => ({ title, board: `${current}/${target_value}`, met })),
    );
    expect(board).toEqual([
      { title: 'Published articles demoted', board: '0/10', met: true },
      { title: 'Meetings booked', board: '0/1', met: false },
      { title: 'Messages sent', board: '3/30', met: false },
      { title: 'Qualified replies', board: '1/3', met: false },
    ]);
  });
});

describe('what is out', () => {
  it('is audited: eight of ten recent posts are drafts again, each with its reason (T6)', async () => {
    studio = await openStudio();
    const work = await studio.brief({ Title: 'Look at Harvest again', Portfolio: 'harvest', Audit: 'yes' });
    expect(work.status).toBe('closed');
    expect(posts("slug LIKE 'archive-%' AND status = 'published' ORDER BY slug").map(({ slug }) => slug)).toEqual([
      'archive-1',
      'archive-2',
    ]);
    expect((await step(work.id, 'audit'))?.message).toMatch(
      /^Looked at 10 posts of harvest and made 8 drafts again: archive-3 \(of the brand PowerMoves\)/,
    );
  });

  it('is not answered a third time by the same routine: after two reopenings a person looks (T12)', async () => {
    studio = await openStudio();
    const work = await studio.brief(HEAT);
    for (const again of [1, 2]) {
      await studio.asChief('case.reopen', { case: work.id, reason: `The figure is wrong (${again}).` });
      await studio.atRest(work.id);
    }
    const waiting = (await studio.operations(work.id)).filter(({ status }) => status === 'awaiting_approval');
    expect(waiting.map(({ capability }) => capability)).toEqual(['mail.answer']);
    expect((await studio.case(work.id)).reopened).toBe(2);
  });
});

describe('money and decisions', () => {
  const boost = async (amount: string) => {
    const { case: id } = await studio.asChief('case.open', {
      subject: HEAT.Title,
      text: [...Object.entries(HEAT), ['Boost', amount]].map(([name, value]) => `${name}: ${value}`).join('\n'),
      customer: 'chief@fieldnotes.example',
    });
    await studio.atRest(String(id));
    return String(id);
  };

  it.each([
    ['$4.99', 'succeeded', false],
    ['$5.00', 'succeeded', true],
    ['$50.00', 'succeeded', true],
    ['$50.01', 'awaiting_approval', false],
  ])('%s for readers: %s (T1)', async (amount, status, flagged) => {
    studio = await openStudio();
    const [paid] = await studio.operations(await boost(amount), 'ads.boost');
    expect(paid?.status).toBe(status);
    expect(paid?.decision?.reasons.some(({ rule }) => rule === 'tier-flag')).toBe(flagged);
  });

  it('nobody answers within a day, and by the rule of silence nothing is paid (T2)', async () => {
    studio = await openStudio({
      change: (definition) => ({
        ...definition,
        contracts: definition.contracts.map((one) =>
          one.id === 'boost' ? { ...one, approval: { ...one.approval!, silence: { after: 50, rule: 'stop' } } } : one,
        ),
      }),
    });
    const id = await boost('$60.00');
    for (let tries = 0; (await studio.case(id)).status !== 'closed' && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await studio.atRest(id);
    }
    expect((await studio.operations(id, 'ads.boost')).map(({ status }) => status)).toEqual(['denied']);
    expect(studio.rows('SELECT * FROM boosts')).toEqual([]);
    expect((await step(id, 'publish'))?.message).toMatch(/Published .* Nothing was paid for readers/);
  });

  it('what reviews cost is counted: ninety seconds a thousand times are twenty-five hours (T10) (R-D61)', async () => {
    studio = await openStudio();
    const id = await boost('$60.00');
    await studio.asChief('approval.decide', {
      approval: await studio.runtime.read((state) => [...state.governance.approvals.keys()][0]!),
      verdict: 'approve',
      note: 'fine',
      spent: 90_000,
    });
    await studio.atRest(id);
    const [line] = await studio.runtime.read((state) => reviewSignals(state).byReviewer);
    expect(line?.minutes).toBe(1.5);
    expect((line!.minutes * 1000) / 60).toBe(25);
  });
});

describe('what went wrong on the way', () => {
  it('is tried again with growing pauses, and the ledger says how often (T9)', async () => {
    let left = 2;
    const weak = (tool: Tool): Tool => ({
      call: async (call) => {
        if (call.capability.id === 'posts.save' && left-- > 0) throw new ToolError('transient', 'the studio is busy');
        return tool.call(call);
      },
      lookup: (key, capability) => tool.lookup?.(key, capability) ?? Promise.resolve(null),
      health: () => tool.health(),
      close: () => tool.close(),
    });
    studio = await openStudio({ around: weak });
    const work = await studio.brief(HEAT);
    expect(posts("topic = 'heat-pumps'")).toHaveLength(1);
    const [saved] = await studio.operations(work.id, 'posts.save');
    const failed = (await records(studio.store)).filter(
      ({ kind, body }) => kind === 'operation.failed' && body.operation === saved!.id,
    );
    expect(failed.map(({ body }) => [body.category, body.tactic, body.final])).toEqual([
      ['transient', 'retry', false],
      ['transient', 'retry', false],
    ]);
  });
});

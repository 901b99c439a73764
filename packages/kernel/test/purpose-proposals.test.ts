import { describe, expect, it } from 'vitest';
import { evolve } from '../src/core/evolve.ts';
import { createState, proposalsOf, versionsOf } from '../src/index.ts';
import { apply, at, DAY, inbox, OWNER, openCase, opened, SYSTEM, startRun, type World } from './support/org-shop.ts';
import { charter, goals, target } from './support/purpose-goals.ts';

const BY = '2026-12-01';
const option = (id: string, changes: object[] = [], value = 10) => ({
  ...{ id, title: `Option ${id}`, cost: '$350.00', risk: 'may annoy; then revert' },
  ...{ effects: [{ metric: 'cases', value, by: BY }], changes },
});
const body = (more: object = {}) => ({
  ...{ unit: 'support', title: 'Answer faster', analysis: 'Cases wait for people.', recommend: 'a' },
  ...{ options: [option('a'), option('b')], evidence: ['cases', 'many'] },
  ...more,
});
const STRICTER = { set: 'many', to: { value: 140 } };
const METRIC = { measure: { id: 'notes', title: 'Notes', measure: { count: { event: 'case.noted' } } } };

/** The goals with an agent of this maturity at the head of support. */
const begun = (maturity = 2): World =>
  opened(
    goals({ seats: goals().seats!.map((s) => (s.id === 'head' ? { ...s, charter: charter('head', maturity) } : s)) }),
  );
const make = (w: World, more: object = {}, actor = at('head')) =>
  w.ok('proposal.make', body(more), actor).proposal as string;
const decide = (w: World, more: object, actor = at('boss')) =>
  w.send('proposal.decide', { proposal: 'P-1', verdict: 'accept', reason: 'good', ...more }, actor).reply;

describe('proposals', () => {
  it('[PUR41, PUR40] R-A6, R-A11: an agent proposes tactics at 1, targets and metrics at 2, another purpose at 3', () => {
    const wanted = [{}, { options: [option('a', [STRICTER])] }, { options: [option('a', [{ purpose: 'Listen.' }])] }];
    const may = [0, 1, 2, 3, 4].map((maturity) =>
      wanted.map((more) => begun(maturity).send('proposal.make', body(more), at('head')).reply.ok),
    );
    expect(may).toEqual([
      [false, false, false],
      [true, false, false],
      [true, true, false],
      [true, true, true],
      [true, true, true],
    ]);
    const w = begun();
    for (const actor of [at('clerk'), at('boss'), OWNER])
      expect(w.send('proposal.make', body(), actor).reply.ok).toBe(true);
    expect(w.no('proposal.make', body(), { principal: 'mallory', seat: 'head' }).rule).toBe('PUR41');
  });

  it('[PUR42] R-E43: cites what exists, expects what is measured, and says how that stood', () => {
    const w = begun();
    openCase(w);
    const id = make(w, { evidence: ['C-1', '#1', 'cases', 'many'] });
    expect(proposalsOf(w.state)[0]).toMatchObject({ id, by: 'head', measured: [{ metric: 'cases', value: 1 }] });
    for (const more of [
      { evidence: ['C-7'] },
      { evidence: ['#9999'] },
      { evidence: ['ghost'] },
      { evidence: [] },
      { recommend: 'c' },
      { options: [option('a'), option('a')] },
      { options: [{ ...option('a'), effects: [{ metric: 'ghost', value: 1, by: BY }] }] },
      { options: [{ ...option('a'), effects: [] }] },
      { options: [option('a', [{ set: 'ghost', to: { value: 1 } }])] },
      { unit: 'ghost' },
    ])
      expect(w.send('proposal.make', body(more), at('head')).reply).toMatchObject({ ok: false });
    const fresh = { ...option('a', [METRIC]), effects: [{ metric: 'notes', value: 3, by: BY }] };
    expect(make(w, { options: [fresh] })).toBe('P-2');
  });

  it('[PUR43] R-A31: a human who answers for the unit decides, once; the change is made in the same step and names it', () => {
    const w = begun();
    make(w, { options: [option('a', [STRICTER]), option('b')] });
    expect(inbox(w, 'boss')).toEqual(['question:head']);
    for (const actor of [at('head'), at('seller'), at('desk')])
      expect(decide(w, {}, actor)).toMatchObject({ ok: false, rejection: { rule: 'PUR43' } });
    expect(decide(w, { option: 'z' })).toMatchObject({ ok: false, rejection: { rule: 'PUR43' } });
    const from = w.state.seq;
    expect(decide(w, {}).ok).toBe(true);
    expect(w.records.filter(({ seq }) => seq > from).map(({ kind }) => kind)).toEqual([
      'proposal.decided',
      'purpose.amended',
      'message.sent',
    ]);
    expect(w.state.purpose.targets.find(({ id }) => id === 'many')!.value).toBe(140);
    expect(versionsOf(w.state, 'support').at(-1)).toMatchObject({ proposal: 'P-1', authority: 'human', by: 'boss' });
    expect(inbox(w, 'head')).toEqual(['answer:boss']);
    expect(decide(w, {})).toMatchObject({ ok: false, rejection: { code: 'conflict' } });
  });

  it('[PUR43] R-A31: with modifications, or not at all', () => {
    const w = begun();
    for (let i = 0; i < 3; i++) make(w, { options: [option('a', [STRICTER])] });
    decide(w, { changes: [{ set: 'many', to: { value: 120 } }] });
    decide(w, { proposal: 'P-2', verdict: 'reject' });
    decide(w, { proposal: 'P-3', verdict: 'revise', reason: 'say what it costs' });
    expect(w.state.purpose.targets.find(({ id }) => id === 'many')!.value).toBe(120);
    expect(proposalsOf(w.state).map(({ status }) => status)).toEqual(['revise', 'rejected', 'accepted']);
  });

  it('[PUR44] R-A26: what came of it is written beside what was expected, when it was due (R-A12)', () => {
    const w = begun();
    for (let i = 0; i < 4; i++) openCase(w);
    make(w);
    decide(w, {});
    for (let i = 0; i < 3; i++) openCase(w);
    w.wait(10 * DAY);
    expect(proposalsOf(w.state)[0]!.outcomes).toBeNull();
    w.wait(DAY);
    expect(proposalsOf(w.state)[0]!.outcomes).toEqual([
      { metric: 'cases', by: BY, baseline: 4, expected: 10, actual: 7, share: 0.5 },
    ]);
    const told = [...w.state.inbox.messages.values()].find((m) => m.to === 'boss' && m.text.startsWith('What came'));
    expect(told?.text).toBe('What came of P-1 (Answer faster): Cases is 7, expected 10: 50 % of the expected change.');
    w.wait(20 * DAY);
    expect(w.records.filter(({ kind }) => kind === 'proposal.compared').length).toBe(1);
  });

  it('[PUR41, PUR44] are bounded: open ones by a refusal, those that are over by leaving memory', () => {
    const w = begun();
    for (let i = 0; i < 20; i++) make(w);
    expect(w.no('proposal.make', body(), at('head')).code).toBe('exhausted');
    for (let i = 1; i <= 220; i++) {
      w.ok('proposal.decide', { proposal: `P-${i}`, verdict: 'reject', reason: 'r' }, at('boss'));
      make(w);
    }
    expect(w.state.purpose.proposals.size).toBe(220);
    expect(w.no('proposal.decide', { proposal: 'P-1', verdict: 'accept', reason: 'r' }, at('boss')).code).toBe(
      'not-found',
    );
  });

  it("[PUR26, PUR41] a run may propose whatever it has seen; the decision is a human's", () => {
    const w = begun();
    openCase(w);
    w.ok('case.assign', { case: 'C-1', to: 'head', reason: 'r' }, at('desk'));
    const run = startRun(w, 'head')!;
    const command = { kind: 'proposal.make', body: body({ options: [option('a', [STRICTER])], evidence: ['C-1'] }) };
    expect(w.send('run.act', { run, step: 1, command }, SYSTEM).reply).toMatchObject({ ok: true });
    expect(w.state.purpose.targets.find(({ id }) => id === 'many')!.value).toBe(100);
  });

  it('[KER2] a replay gives the same proposals', () => {
    const w = begun();
    make(w, { options: [option('a', [STRICTER, METRIC])] });
    decide(w, {});
    w.wait(11 * DAY);
    apply(w, goals({ targets: [target('many')] }));
    const again = createState('acme');
    for (const record of w.records) evolve(again, structuredClone(record));
    expect(again.purpose).toEqual(w.state.purpose);
  });
});

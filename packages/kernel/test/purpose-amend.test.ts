import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolve } from '../src/core/evolve.ts';
import { createState, gaps, metricValue, purposeOf, versionsOf } from '../src/index.ts';
import { apply, at, OWNER, openCase, opened, SYSTEM, seat, type World, world } from './support/org-shop.ts';
import { charter, goals, human, target } from './support/purpose-goals.ts';

const set = (w: World, id: string, value: number, actor = at('head'), unit = 'support') =>
  w.send('purpose.amend', { unit, changes: [{ set: id, to: { value } }], reason: 'because' }, actor).reply;
const valueAt = (w: World, id: string) => w.state.purpose.targets.find((each) => each.id === id)?.value;
const amend = (w: World, unit: string, change: object, actor = OWNER) =>
  w.send('purpose.amend', { unit, changes: [change], reason: 'because' }, actor).reply;

describe('who may change what a unit should achieve', () => {
  it('[PUR22] R-A2: the owner, the human who leads the unit, and humans above; nobody else (R-D48)', () => {
    const w = opened(goals({}, null));
    const refused = [
      ['seller', 'money', 'sales', true],
      ['boss', 'money', 'sales', true],
      ['clerk', 'money', 'sales', false],
      ['seller', 'many', 'support', false],
      ['head', 'many', 'support', false],
      ['desk', 'many', 'support', false],
    ] as const;
    for (const [who, id, unit, may] of refused)
      expect([who, set(w, id, (valueAt(w, id) ?? 0) + 1, at(who), unit).ok]).toEqual([who, may]);
    expect(set(w, 'many', 7, OWNER).ok).toBe(true);
    expect(set(w, 'many', 8, { principal: 'mallory', seat: 'boss' }).ok).toBe(false);
  });

  it('[PUR22] R-A1: two heads lead nothing alone; their common supervisor does', () => {
    const w = opened(
      goals({ seats: [...goals().seats!, seat('rival', 'boss', { unit: 'sales', ...human('rival') })] }),
    );
    expect(set(w, 'money', 51, at('seller'), 'sales').ok).toBe(false);
    expect(set(w, 'money', 51, at('boss'), 'sales').ok).toBe(true);
  });

  it('[PUR24] R-A28: the agent that leads the unit, by less than 20 percent, when the organisation delegates it', () => {
    const w = opened(goals());
    expect(set(w, 'many', 119.9)).toMatchObject({ ok: true });
    expect(set(w, 'many', 120)).toMatchObject({ ok: false, rejection: { rule: 'PUR24', code: 'forbidden' } });
    expect(set(w, 'many', 80)).toMatchObject({ ok: false, rejection: { rule: 'PUR24' } });
    expect(set(w, 'zero', 1)).toMatchObject({ ok: false, rejection: { rule: 'PUR24' } });
    expect(set(w, 'money', 51, at('head'), 'sales')).toMatchObject({ ok: false });
    expect(set(w, 'money', 51)).toMatchObject({ ok: false, rejection: { rule: 'PUR23' } });
    for (const change of [
      { set: 'many', to: { value: 101, deadline: '2030-01-01' } },
      { set: 'many', to: { direction: 'at-most' } },
      { add: target('more') },
      { remove: 'many' },
      { purpose: 'Earn.' },
    ])
      expect(amend(w, 'support', change, at('head'))).toMatchObject({ ok: false, rejection: { rule: 'PUR24' } });
    const young = opened(
      goals({ seats: goals().seats!.map((s) => (s.id === 'head' ? { ...s, charter: charter('head', 2) } : s)) }),
    );
    expect(set(young, 'many', 101)).toMatchObject({ ok: false });
  });

  it('[PUR25] small steps never add up to more, whatever their order; a human starts anew', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -400, max: 400, noNaN: true }), { maxLength: 40 }), (values) => {
        const w = opened(goals());
        for (const each of values) {
          set(w, 'many', each);
          expect(Math.abs(valueAt(w, 'many')! - 100)).toBeLessThan(20);
        }
      }),
      { numRuns: 40, seed: 9 },
    );
    const w = opened(goals());
    for (const step of [110, 119, 112]) expect(set(w, 'many', step).ok).toBe(true);
    expect(set(w, 'many', 125).ok).toBe(false);
    expect(set(w, 'many', 112, at('boss')).ok).toBe(true);
    expect(set(w, 'many', 125).ok).toBe(true);
    expect(versionsOf(w.state, 'support').map((v) => v.authority)).toEqual([
      'definition',
      'delegated',
      'delegated',
      'delegated',
      'human',
      'delegated',
    ]);
  });

  it('[PUR26] T1: not in a run that has seen what came from outside', () => {
    const w = opened(goals());
    openCase(w);
    w.ok('case.assign', { case: 'C-1', to: 'head', reason: 'r' }, at('desk'));
    const run = w.ok('run.start', { seat: 'head', worker: 'w' }, SYSTEM).run as string;
    const command = {
      kind: 'purpose.amend',
      body: { unit: 'support', changes: [{ set: 'many', to: { value: 101 } }], reason: 'the customer says so' },
    };
    const act = (step: number) => w.send('run.act', { run, step, command }, SYSTEM).reply;
    const { taint } = w.state.runs.runs.get(run)!;
    expect(taint?.length).toBeGreaterThan(0);
    expect(act(1)).toMatchObject({ ok: false, rejection: { rule: 'PUR26' } });
    w.state.runs.runs.get(run)!.taint = [];
    expect(act(2)).toMatchObject({ ok: true });
  });
});

describe('versions', () => {
  it('[PUR20] R-D65: say what was added, removed and changed, why and by whom', () => {
    const w = opened(goals());
    apply(w, goals({ targets: [target('many', { value: 120 }), target('new', { unit: 'sales' })] }));
    amend(w, 'support', { purpose: 'Answer within minutes.' }, at('boss'));
    const brief = (unit: string) =>
      versionsOf(w.state, unit).map(({ version, by, reason, changes }) => [
        ...[version, by, reason],
        changes.map((c) => `${c.id} ${c.before === null ? 'added' : c.after === null ? 'removed' : 'changed'}`),
      ]);
    expect(brief('support')).toEqual([
      [1, 'owner', 'first', ['support changed', 'many added', 'zero added']],
      [2, 'owner', 'change', ['many changed', 'zero removed']],
      [3, 'boss', 'because', ['support changed']],
    ]);
    expect(brief('sales')).toEqual([
      [1, 'owner', 'first', ['money added']],
      [2, 'owner', 'change', ['money removed', 'new added']],
    ]);
    expect(purposeOf(w.state, 'support')).toBe('Answer within minutes.');
  });

  it('[PUR20] are bounded in memory and numbered for ever', () => {
    const w = opened(goals());
    for (let i = 0; i < 60; i++) expect(set(w, 'many', 100 + i, OWNER).ok).toBe(true);
    const kept = versionsOf(w.state, 'support');
    expect([kept.length, kept.at(-1)!.version]).toEqual([50, 61]);
  });

  it('[PUR21] amendments survive an apply that does not change what they are about', () => {
    const w = opened(goals());
    set(w, 'many', 110);
    amend(w, 'sales', { add: target('extra', { unit: 'sales' }) });
    amend(w, 'support', { purpose: 'Listen.' });
    apply(
      w,
      goals({ metrics: [...goals().metrics!, { id: 'm2', title: 'm', measure: { count: { event: 'case.closed' } } }] }),
    );
    expect([valueAt(w, 'many'), valueAt(w, 'extra'), purposeOf(w.state, 'support')]).toEqual([110, 100, 'Listen.']);
    apply(w, goals({ targets: [target('many', { value: 130 }), target('extra', { unit: 'sales', value: 1 })] }));
    expect([valueAt(w, 'many'), valueAt(w, 'extra'), valueAt(w, 'zero')]).toEqual([130, 1, undefined]);
    expect(w.state.purpose.anchors.size).toBe(0);
  });

  it('[PUR23] all of an amendment or nothing, and what it refers to exists', () => {
    const w = opened(goals());
    const no = (...changes: object[]) => w.no('purpose.amend', { unit: 'support', changes, reason: 'r' }, OWNER);
    const good = { set: 'many', to: { value: 5 } };
    for (const bad of [
      { set: 'ghost', to: { value: 1 } },
      { remove: 'ghost' },
      { add: target('x', { metric: 'ghost' }) },
      { add: target('x', { owner: 'ghost' }) },
      { add: target('x', { unit: 'sales' }) },
      { add: target('x', { of: 'desk' }) },
      { add: target('many') },
      { measure: { id: 'cases', title: 'c', measure: { count: { event: 'case.closed' } } } },
      { measure: { id: 'm', title: 'm', measure: { count: { event: 'case.closed', where: 'body.' } } } },
      { measure: { id: 'm', title: 'm', measure: { reported: { capability: 'ghost', field: 'x' } } } },
      { set: 'many', to: { value: 6 } },
      { set: 'many', to: { deadline: 'soon' } },
    ])
      expect(no(good, bad).message).not.toBe('');
    expect(valueAt(w, 'many')).toBe(100);
    expect(w.no('purpose.amend', { unit: 'ghost', changes: [good], reason: 'r' }, OWNER).code).toBe('not-found');
  });

  it('[PUR23] a metric that is added is folded from then on, and targets may use it at once', () => {
    const w = opened(goals());
    const measure = { id: 'notes', title: 'Notes', measure: { count: { event: 'case.noted' } } };
    const add = target('noted', { metric: 'notes', value: 1 });
    w.ok('purpose.amend', { unit: 'support', changes: [{ measure }, { add }], reason: 'r' }, at('boss'));
    openCase(w);
    w.ok('case.note', { case: 'C-1', text: 't' }, at('desk'));
    expect(metricValue(w.state, w.state.purpose.metrics.find(({ id }) => id === 'notes')!)).toBe(1);
    expect(gaps(w.state).find((gap) => gap.target === 'noted')?.met).toBe(true);
  });

  it('[PUR27] can be reverted by whoever could have made them, unless something was decided since', () => {
    const w = opened(goals());
    set(w, 'many', 110);
    set(w, 'many', 115);
    const revert = (version: number, actor = at('boss'), unit = 'support') =>
      w.send('purpose.revert', { unit, version, reason: 'no better' }, actor).reply;
    expect(revert(2)).toMatchObject({ ok: false, rejection: { rule: 'PUR27', code: 'conflict' } });
    expect(revert(1)).toMatchObject({ ok: false, rejection: { rule: 'PUR27' } });
    expect(revert(9)).toMatchObject({ ok: false, rejection: { code: 'not-found' } });
    expect(revert(3, at('desk')).ok).toBe(false);
    expect(revert(3, at('head')).ok).toBe(true);
    expect(valueAt(w, 'many')).toBe(110);
    expect(versionsOf(w.state, 'support').at(-1)).toMatchObject({ version: 4, reverts: 3, authority: 'delegated' });
    amend(w, 'support', { add: target('extra') });
    expect(revert(5).ok).toBe(true);
    expect(valueAt(w, 'extra')).toBeUndefined();
  });

  it('[KER2] a replay gives the same desired states', () => {
    const w = world(createState('acme'));
    apply(w, goals());
    set(w, 'many', 110);
    amend(w, 'sales', { remove: 'money' });
    amend(w, 'support', { purpose: 'Listen.' });
    w.ok('purpose.revert', { unit: 'sales', version: 2, reason: 'r' }, at('boss'));
    apply(w, goals({ targets: [target('many'), target('money', { unit: 'sales', value: 51 })] }));
    const again = createState('acme');
    for (const record of structuredClone(w.records)) evolve(again, record);
    expect(again.purpose).toEqual(w.state.purpose);
  });
});

/** Which part of a large organisation is drawn, and how a plan is put together. */
import type { RestructuringPlanView } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import {
  drawn,
  firstLook,
  isUnitKey,
  type Looked,
  MOST,
  nodeBeside,
  PAGE,
  revealed,
  seatsNamed,
  toggled,
  treeOf,
  turned,
} from '../src/model/chart.ts';
import { amounts, type ChartSeat, idOf, markOf, seatsAfter, withStep } from '../src/model/draft.ts';

const MANY = 10_000;
const seat = (id: string, supervisor: string | null, unit = 'u'): ChartSeat => ({
  ...{ id, title: `Seat ${id}`, unit, supervisor, status: 'active' },
  occupant: { kind: 'script', principal: `p-${id}`, name: null },
});
const chain = Array.from({ length: MANY }, (_, n) => seat(`s${n}`, n === 0 ? null : `s${Math.floor((n - 1) / 9)}`));
/** One supervisor over all, in five units. */
const wide = [seat('top', null), ...Array.from({ length: MANY }, (_, n) => seat(`w${n}`, 'top', `unit${n % 5}`))];
const keys = (looked: Looked, of = chain) => drawn(treeOf(of), looked).map(({ key }) => key);

describe('what is drawn of 10,000 seats', () => {
  it('[WEB97] begins with whole levels that fit on a screen', () => {
    const tree = treeOf(chain);
    const shown = drawn(tree, firstLook(tree));
    expect(shown.map(({ key }) => key)).toEqual(['s0', ...Array.from({ length: 9 }, (_, n) => `s${n + 1}`)]);
    expect(shown[0]).toMatchObject({ below: 9, open: true });
    expect(shown[1]).toMatchObject({ below: 9, open: false, supervisor: 's0' });
  });

  it('[WEB97] whatever is opened, no more is drawn than a screen can hold: what was opened first closes', () => {
    const tree = treeOf(chain);
    let looked = firstLook(tree);
    for (let n = 1; n < 1000; n += 7) {
      looked = toggled(tree, revealed(tree, looked, `s${n}`), `s${n}`);
      expect(drawn(tree, looked).length).toBeLessThanOrEqual(MOST);
    }
    expect(keys(looked)).toContain('s995');
    const before = keys(looked);
    expect(keys(toggled(tree, toggled(tree, looked, 's995'), 's995'))).toEqual(before);
  });

  it('[WEB97] any seat is found by its words and shown with the line above it', () => {
    const tree = treeOf(chain);
    expect(seatsNamed(chain, 'seat s9999', 8).map(({ id }) => id)).toEqual(['s9999']);
    expect(seatsNamed(chain, ' ', 8)).toEqual([]);
    expect(seatsNamed([...chain].reverse(), 'seat s12', 2).map(({ id }) => id)).toEqual(['s12', 's1299']);
    const looked = revealed(tree, firstLook(tree), 's9999');
    const shown = drawn(tree, looked);
    for (let at: string | null = 's9999'; at !== null; at = tree.seats.get(at)!.supervisor)
      expect(shown.map(({ key }) => key)).toContain(at);
    expect(revealed(tree, looked, 'nobody')).toBe(looked);
  });

  it('[WEB97] many reports of one seat are gathered by their units, and turned page by page', () => {
    const tree = treeOf(wide);
    const closed = drawn(tree, firstLook(tree));
    expect(closed.map(({ kind, unit, below }) => [kind, unit, below])).toEqual([
      ['seat', 'u', 5],
      ...[0, 1, 2, 3, 4].map((n) => ['unit', `unit${n}`, MANY / 5]),
    ]);
    const unit = closed.find(({ kind }) => kind === 'unit')!.key;
    expect(isUnitKey(unit)).toBe(true);
    const open = toggled(tree, firstLook(tree), unit);
    const last = drawn(tree, open).find(({ kind }) => kind === 'turn')!;
    expect(last).toMatchObject({ under: unit, by: 1, below: MANY / 5 - PAGE });
    const next = turned(tree, open, unit, 1);
    expect(drawn(tree, next).filter(({ kind }) => kind === 'turn')).toMatchObject([{ by: -1 }, { by: 1 }]);
    expect(keys(next, wide)).toContain(`w${PAGE * 5}`);
    expect(keys(next, wide)).not.toContain('w0');
    expect(keys(revealed(tree, firstLook(tree), 'w9999'), wide)).toContain('w9999');
  });

  it('[WEB97] a circle in the data ends', () => {
    const tree = treeOf([seat('a', 'b'), seat('b', 'a'), seat('c', null)]);
    expect(drawn(tree, firstLook(tree)).map(({ key }) => key)).toEqual(['c']);
  });

  it('[WEB91] arrow keys lead up to the supervisor, down to the first report and to those beside', () => {
    const nodes = drawn(treeOf(chain), firstLook(treeOf(chain)));
    expect(nodeBeside(nodes, 's3', 'ArrowUp')).toBe('s0');
    expect(nodeBeside(nodes, 's0', 'ArrowDown')).toBe('s1');
    expect(nodeBeside(nodes, 's3', 'ArrowRight')).toBe('s4');
    expect(nodeBeside(nodes, 's1', 'ArrowLeft')).toBeUndefined();
    expect(nodeBeside(nodes, 's0', 'Enter')).toBeUndefined();
  });
});

const SEATS = [seat('boss', null), seat('desk', 'boss'), seat('orders', 'boss')];
const place = (supervisor: string | null, occupant: string | null = 'p') => ({ unit: 'u', supervisor, occupant });
type Effects = RestructuringPlanView['effects'];
const NONE = { reports: { before: 0, after: 0 }, damage: { before: null, after: null } };

describe('a plan that is put together', () => {
  it('[WEB92] moving a seat again is one move, and back to where it was none', () => {
    const one = withStep([], { do: 'reassign', seat: 'desk', supervisor: 'orders' }, SEATS);
    const other = withStep(one, { do: 'reassign', seat: 'desk', unit: 'x' }, SEATS);
    expect(other).toEqual([{ do: 'reassign', seat: 'desk', supervisor: 'orders', unit: 'x' }]);
    expect(withStep(one, { do: 'reassign', seat: 'desk', supervisor: 'boss' }, SEATS)).toEqual([]);
    const layer = { do: 'remove-layer', seat: 'orders' } as const;
    const apart = withStep([...one, layer], { do: 'reassign', seat: 'desk', supervisor: 'boss' }, SEATS);
    expect(apart).toHaveLength(3);
  });

  it('[WEB92] who is seated last counts', () => {
    const occupy = (principal: string) =>
      ({ do: 'occupy', seat: 'desk', occupant: { principal, kind: 'human' } }) as const;
    expect(withStep(withStep([], occupy('a'), SEATS), occupy('b'), SEATS)).toEqual([occupy('b')]);
  });

  it('[WEB92] the chart shows how it would stand: who moved, who is new, who is gone', () => {
    const effects: Effects = [
      { seat: 'desk', title: 'Desk', before: place('boss'), after: place('boss', 'kim'), ...NONE },
      { seat: 'orders', title: 'Orders', before: place('boss'), after: null, ...NONE },
      { seat: 'head', title: 'Head', before: null, after: place('boss', 'lee'), ...NONE },
    ];
    const steps = [
      { do: 'occupy', seat: 'desk', occupant: { principal: 'kim', kind: 'human', name: 'Kim' } },
      {
        do: 'add-layer',
        seat: { id: 'head', title: 'Head', purpose: 'p', occupant: { principal: 'lee', kind: 'human' } },
        over: ['desk'],
      },
    ] as const;
    const after = seatsAfter(SEATS, { effects }, steps as never);
    expect(after.map(({ id, occupant }) => [id, occupant])).toEqual([
      ['boss', { kind: 'script', principal: 'p-boss', name: null }],
      ['desk', { kind: 'human', principal: 'kim', name: 'Kim' }],
      ['head', { kind: 'human', principal: 'lee', name: null }],
    ]);
    expect(effects.map(markOf)).toEqual(['changed', null, 'new']);
    expect(markOf({ ...effects[0]!, after: place('orders') })).toBe('moved');
    expect(seatsAfter(SEATS, null, [])).toBe(SEATS);
  });

  it('[WEB93] work that moves is counted by its kind; what there is none of is not named', () => {
    const none = { tasks: [], messages: [], approvals: [], operations: [] };
    expect(amounts({ from: 'a', to: 'b', cases: ['C-1', 'C-2'], runs: ['R-1'], ...none })).toEqual([
      ['cases', 2],
      ['runs', 1],
    ]);
  });

  it.each([
    ['Desk lead', 'desk-lead'],
    ['Bureau de Crédit ', 'bureau-de-credit'],
    ['  —', ''],
  ])('[WEB92] "%s" may be called %s', (title, id) => expect(idOf(title)).toBe(id));
});

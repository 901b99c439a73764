import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Briefing, fit, fitted, section } from '../src/index.ts';
import { briefingText } from '../src/model/briefing-text.ts';

const note = (n: number, text = 'x'.repeat(300)) => ({ by: 'desk', text: `${n} ${text}`, at: n * 1000 });
const belief = (n: number) => ({
  ...{ id: `BL-${n}`, statement: 'y'.repeat(300), key: null, value: null, layer: 'state' as const, confidence: 0.8 },
  ...{ standing: 'held' as const, origin: 'seat:x', at: 0, until: null, from: null },
});
const briefing = (notes: number, beliefs: number): Briefing => ({
  ...{
    run: 'R-1',
    now: 0,
    task: null,
    message: { id: 'M-1', type: 'assign', from: 'system', text: 'Go on', data: {} },
  },
  seat: { id: 'clerk', title: 'Clerk', purpose: 'Write.', supervisor: null },
  case: {
    ...{ id: 'C-7', status: 'in_progress', subject: 'Lost', text: 'Where is it?', customer: 'kim', name: null },
    ...{
      channel: 'email',
      topic: null,
      priority: 'normal',
      owner: 'clerk',
      areas: [],
      openedAt: 0,
      due: 0,
      reopened: 0,
    },
    ...{ resolution: null, tasks: [], evidence: [{ kind: 'operation', ref: 'OP-1' }], previous: [] },
    notes: Array.from({ length: notes }, (_, i) => note(i)),
  },
  memory: { purpose: null, skills: [], beliefs: Array.from({ length: beliefs }, (_, i) => belief(i)) },
  budget: { tokens: 0, used: 0, leftOut: [] },
});

describe('a briefing within a budget of tokens', () => {
  it('[WRK20] is whole when it fits, and says how much it uses', () => {
    const found = fitted(briefing(3, 3), 100_000);
    expect(found.case!.notes).toHaveLength(3);
    expect(found.budget).toMatchObject({ tokens: 100_000, leftOut: [] });
  });

  it('[WRK20] keeps message, task and case whole, the newest notes and the nearest beliefs, and names what is left out', () => {
    const found = fitted(briefing(100, 100), 6000);
    expect(found.case).toMatchObject({ id: 'C-7', text: 'Where is it?', evidence: [{ ref: 'OP-1' }] });
    expect(found.case!.notes.at(-1)).toEqual(note(99));
    expect(found.memory.beliefs[0]).toEqual(belief(0));
    const [notes, beliefs] = found.budget.leftOut;
    expect(notes).toMatchObject({ what: 'notes', count: 100 - found.case!.notes.length });
    expect(beliefs).toMatchObject({ what: 'beliefs', count: 100 - found.memory.beliefs.length });
    expect(beliefs!.names[0]).toBe(`BL-${found.memory.beliefs.length}`);
    expect(found.budget.used).toBeLessThanOrEqual(6000);
    expect(
      Math.ceil(Buffer.byteLength(JSON.stringify({ ...found, budget: { tokens: 0, used: 0, leftOut: [] } })) / 3),
    ).toBeLessThanOrEqual(6000);
  });

  it('[WRK21] never takes more than the budget, keeps a run of each list, and is the same every time', () => {
    const items = fc.array(fc.string({ maxLength: 60 }), { maxLength: 30 });
    const lists = fc.array(fc.tuple(items, fc.constantFrom('first' as const, 'last' as const)), { maxLength: 5 });
    fc.assert(
      fc.property(lists, fc.integer({ min: -10, max: 800 }), (given, budget) => {
        const sections = given.map(([list, keep], i) => section(`s${i}`, list, keep, (text) => text));
        const found = fit(sections, budget);
        expect(found.tokens).toBeLessThanOrEqual(Math.max(0, budget));
        for (const { name, items: all, keep } of sections) {
          const kept = found.kept[name]!;
          expect(kept).toEqual(keep === 'first' ? all.slice(0, kept.length) : all.slice(all.length - kept.length));
          const out = found.leftOut.find(({ what }) => what === name)?.count ?? 0;
          expect(kept.length + out).toBe(all.length);
        }
        expect(fit(sections, budget)).toEqual(found);
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });

  it('[WRK21] a long list does not crowd out those after it', () => {
    const long = section(
      'long',
      Array.from({ length: 1000 }, () => 'x'.repeat(90)),
      'first',
      String,
    );
    const short = section('short', ['a', 'b', 'c'], 'first', String);
    expect(fit([long, short], 500).kept.short).toEqual(['a', 'b', 'c']);
  });

  it('[WRK11] tells a model what of memory may be relied on, and names what is left out', () => {
    const start = briefing(50, 2);
    const doubtful = { ...belief(7), standing: 'unconfirmed' as const };
    const text = briefingText({ ...start, memory: { ...start.memory, beliefs: [belief(0), doubtful] } }, 2500);
    const lists = JSON.parse(text.slice(text.indexOf('\n{') + 1)) as Record<string, never[]>;
    expect(lists.memory).toMatchObject([
      { id: 'BL-0', trust: 'of the organisation' },
      { id: 'BL-7', trust: 'untrusted' },
    ]);
    expect(lists.leftOut).toMatchObject([{ what: 'notes' }]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Definition, proposalsOf, type State, supervisorCycle } from '../src/index.ts';
import { apply, at, DAY, type Draft, inbox, opened, seat, shop, type World, world } from './support/org-shop.ts';

type Seat = NonNullable<Draft['seats']>[number];
const human = (id: string) => ({ occupant: { principal: `p-${id}`, kind: 'human' as const } });
const numbered = (n: number, more: (i: number) => Partial<Seat> = () => ({})): Seat[] =>
  Array.from({ length: n }, (_, i) => seat(`w${String(i).padStart(3, '0')}`, 'boss', more(i)));

/** The boss (human), with so many seats below him. */
const flat = (seats: Seat[], more: Partial<Draft> = {}): Draft =>
  shop({ seats: [seat('boss', undefined, human('boss')), seat('desk', 'boss'), ...seats], settings: {}, ...more });
const DOMAINS = ['billing', 'care', 'orders'];
const byDomain = (i: number): Partial<Seat> => ({ abilities: { domains: [DOMAINS[i % 3]!] } });
const mature = (i: number): Partial<Seat> => ({
  ...byDomain(i),
  charter: { purpose: 'p', tier: 'executor', rights: [], maturity: 1 },
});

const first = (w: World) => proposalsOf(w.state)[0]!;
const reportsOf = ({ organisation }: State, id: string): string[] =>
  [...organisation.seats.values()].filter((s) => s.supervisor === id && s.status !== 'retired').map((s) => s.id);
const decide = (w: World, more: object, actor = at('boss')) =>
  w.send('proposal.decide', { proposal: first(w).id, reason: 'good', verdict: 'accept', ...more }, actor).reply;

describe('a layer', () => {
  it('[RST11] R-D51: is proposed as soon as more than fifteen report to one, by the apply that makes it so, and not before', () => {
    const w = opened(flat(numbered(14)));
    expect(proposalsOf(w.state)).toEqual([]);
    apply(w, flat(numbered(15)));
    expect(first(w)).toMatchObject({ id: 'P-1', by: 'system', about: 'boss', unit: 'company', status: 'open' });
    expect(inbox(w, 'boss')).toEqual(['question:system']);
    const applied = w.records.findLast(({ kind }) => kind === 'organisation.applied')!;
    expect(first(w).evidence).toEqual([`#${applied.seq}`]);
    expect(first(w).measured).toEqual([{ metric: 'seat.reports', of: 'boss', value: 16 }]);
  });

  it('[RST11] R-D51: the number is the organisation’s own', () => {
    const w = opened(flat(numbered(15), { settings: { span: { reports: 20 } } }));
    expect(proposalsOf(w.state)).toEqual([]);
    apply(w, flat(numbered(15), { settings: { span: { reports: 4 } } }));
    expect(first(w).analysis).toContain('the organisation allows 4');
  });

  it('[RST12] R-D51: groups those who have most in common, and says how far they have', () => {
    const w = opened(flat(numbered(18, byDomain)));
    const { options, recommend, analysis } = first(w);
    expect(options.map(({ id }) => id)).toEqual(['by-domain', 'stay']);
    expect(recommend).toBe('by-domain');
    const groups = options[0]!.steps!.flatMap((step) => (step.do === 'add-layer' ? [step.over.length] : []));
    // The desk knows nothing of all that, and goes where there is room.
    expect(groups.sort()).toEqual([6, 6, 7]);
    expect(options[0]!.title).toBe('3 new seats by what they know: billing (7), care (6), orders (6)');
    expect(options[0]!.effects).toEqual([{ metric: 'seat.reports', of: 'boss', value: 3, by: '2027-02-19' }]);
    expect(analysis).toContain('by domain: 3 groups, 95 %');
  });

  it('[RST12] R-D51: puts together who has worked together', () => {
    const w = opened(flat(numbered(14)));
    for (let i = 0; i < 14; i++) {
      const [a, b] = [`w${String(i).padStart(3, '0')}`, `w${String((i + 7) % 14).padStart(3, '0')}`].sort() as [
        string,
        string,
      ];
      w.state.memory.edges.set(`${a}|${b}|t`, { a, b, topic: 't', count: 3, successes: 3, at: w.now });
    }
    apply(w, flat(numbered(15)));
    const [option] = first(w).options;
    expect(option!.id).toBe('by-together');
    const over = option!.steps!.flatMap((step) => (step.do === 'add-layer' ? [step.over] : []));
    for (const group of over)
      for (const id of group.filter((each) => each < 'w007' && each !== 'desk'))
        expect(group).toContain(`w${String(Number(id.slice(1)) + 7).padStart(3, '0')}`);
  });

  it('[RST12] R-D51: is led by one of its members where one may lead: agents only when mature, never over people', () => {
    const w = opened(flat(numbered(18, mature)));
    expect(first(w).options.map(({ id }) => id)).toEqual(['leads', 'by-domain', 'stay']);
    const people = numbered(18, (i) => ({ ...mature(i), ...(i === 4 ? human('w004') : {}) }));
    const led = opened(flat(people));
    const steps = first(led).options[0]!.steps!;
    const over = steps.flatMap((step) =>
      step.do === 'reassign' && step.seat !== 'desk' ? [[step.seat, step.supervisor]] : [],
    );
    expect(over.filter(([id]) => Number(id!.slice(1)) % 3 === 1).map(([, up]) => up)).toEqual(Array(5).fill('w004'));
  });
});

describe('a proposed layer is decided', () => {
  it('[PUR46] R-D51: by accepting it, which restructures in the same step, names both, and is compared when its effect is due (R-A26)', () => {
    const w = opened(flat(numbered(18, byDomain)));
    expect(decide(w, {}, at('w001'))).toMatchObject({ ok: false, rejection: { rule: 'PUR43' } });
    const from = w.records.length;
    expect(decide(w, {}).ok).toBe(true);
    const written = w.records.slice(from).map(({ kind }) => kind);
    expect(written.slice(0, 3)).toEqual(['proposal.decided', 'organisation.restructured', 'organisation.applied']);
    expect(first(w).decision).toMatchObject({ option: 'by-domain', restructuring: 'RS-1' });
    expect(w.state.organisation.restructurings[0]).toMatchObject({ id: 'RS-1', reason: 'P-1: good', by: 'boss' });
    expect(reportsOf(w.state, 'boss')).toEqual(['billing-lead', 'care-lead', 'orders-lead']);
    expect(proposalsOf(w.state)).toHaveLength(1);
    w.wait(91 * DAY);
    expect(first(w).outcomes).toEqual([
      { metric: 'seat.reports', of: 'boss', by: '2027-02-19', baseline: 19, expected: 3, actual: 3, share: 1 },
    ]);
  });

  it('[PUR46] R-D51: with other steps than proposed, so that somebody sits there from the beginning', () => {
    const w = opened(flat(numbered(18, byDomain)));
    const steps = first(w).options[0]!.steps!.map((step) =>
      step.do === 'add-layer' ? { ...step, seat: { ...step.seat, ...human(step.seat.id) } } : step,
    );
    expect(decide(w, { steps }).ok).toBe(true);
    expect(w.state.organisation.seats.get('care-lead')?.occupant?.kind).toBe('human');
  });

  it('[PUR46] [RST2] by nobody who may not restructure: a human of the unit who is not above the seats', () => {
    const w = opened({
      ...flat([
        seat('aide', 'boss', human('aide')),
        seat('head', 'boss'),
        ...numbered(16).map((s) => ({ ...s, supervisor: 'head' })),
      ]),
    });
    expect(first(w).about).toBe('head');
    expect(decide(w, {}, at('aide'))).toMatchObject({ ok: false, rejection: { rule: 'PUR43' } });
    expect(decide(w, {}).ok).toBe(true);
  });

  it('[RST13] R-D51: who leaves it flat is asked again when a third more report to him, not at each apply', () => {
    const w = opened(flat(numbered(15)));
    expect(decide(w, { option: 'stay' }).ok).toBe(true);
    apply(w, flat(numbered(19)));
    expect(proposalsOf(w.state)).toHaveLength(1);
    apply(w, flat(numbered(20)));
    expect(proposalsOf(w.state).map(({ status }) => status)).toEqual(['open', 'accepted']);
    expect(decide(w, { verdict: 'reject' }).ok).toBe(true);
    apply(w, flat(numbered(21)));
    expect(proposalsOf(w.state)).toHaveLength(2);
  });

  it('[RST13] R-D51: is withdrawn when other seats report, and made anew while they are too many', () => {
    const w = opened(flat(numbered(15)));
    apply(w, flat(numbered(16)));
    expect(proposalsOf(w.state).map(({ status, decision }) => [status, decision?.by])).toEqual([
      ['open', undefined],
      ['rejected', 'system'],
    ]);
    apply(w, flat(numbered(3)));
    expect(proposalsOf(w.state).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('[PUR46] [PUR41] other proposals may restructure as well: of people, and of agents of maturity 3', () => {
    const body = {
      ...{ unit: 'company', title: 'Merge', analysis: 'a', recommend: 'a', evidence: ['#1'] },
      options: [
        {
          ...{ id: 'a', title: 'a', effects: [{ metric: 'seat.reports', of: 'boss', value: 1, by: '2026-12-01' }] },
          steps: [{ do: 'merge', seats: ['w000'], into: 'w001' }],
        },
      ],
    };
    const w = opened(flat(numbered(2, mature)));
    expect(w.no('proposal.make', body, at('w001')).message).toContain('needs 3');
    expect(
      w.no(
        'proposal.make',
        { ...body, options: [{ ...body.options[0]!, steps: [{ do: 'remove-layer', seat: 'ghost' }] }] },
        at('boss'),
      ).rule,
    ).toBe('RST1');
    w.ok('proposal.make', body, at('boss'));
    expect(decide(w, {}).ok).toBe(true);
    expect(w.state.organisation.seats.get('w000')?.status).toBe('retired');
    const strange = {
      ...body,
      options: [
        {
          ...body.options[0]!,
          steps: undefined,
          effects: [{ metric: 'seat.reports', of: 'ghost', value: 1, by: '2026-12-01' }],
        },
      ],
    };
    expect(w.no('proposal.make', strange, at('boss')).rule).toBe('PUR42');
  });

  it('[CAS8] R-D51: until somebody sits in the new seats, what goes up passes them', () => {
    const w = opened(flat(numbered(18, byDomain)));
    decide(w, {});
    const id = w.ok('case.open', { subject: 'x', customer: 'kim', owner: 'w001' }).case as string;
    w.ok('case.escalate', { case: id, reason: 'beyond me' }, at('w001'));
    const [sent] = w.records.flatMap((r) => (r.kind === 'case.escalated' ? [r.body.to] : []));
    expect(sent).toBe('boss');
  });
});

const names = (prefix: string) =>
  fc.uniqueArray(
    fc.nat({ max: 5 }).map((n) => `${prefix}${n}`),
    { maxLength: 2 },
  );
const someSeat = fc.record({
  domains: names('d'),
  topics: names('t'),
  skills: names('s'),
  leads: fc.nat({ max: 9 }).map((n) => n === 0),
  person: fc.nat({ max: 6 }).map((n) => n === 0),
});

describe('any organisation', () => {
  it('[RST12] R-D51: every option leaves nobody with more than allowed and loses nobody, whatever the order of the seats', () => {
    fc.assert(
      fc.property(
        fc.array(someSeat, { minLength: 3, maxLength: 60 }),
        fc.integer({ min: 2, max: 15 }),
        fc.nat(),
        (list, most, turn) => {
          const workers = list.flatMap(({ leads, person, ...abilities }, i): Seat[] => {
            const id = `w${String(i).padStart(3, '0')}`;
            const who = person ? human(id) : {};
            return [seat(id, 'boss', { abilities, ...who }), ...(leads ? [seat(`${id}x`, id)] : [])];
          });
          const draft = flat(workers, { settings: { span: { reports: most } } });
          const w = opened(draft);
          const turned = opened({
            ...draft,
            seats: [
              ...draft.seats!.slice(turn % draft.seats!.length),
              ...draft.seats!.slice(0, turn % draft.seats!.length),
            ],
          });
          expect(proposalsOf(turned.state).map(({ options }) => options)).toEqual(
            proposalsOf(w.state).map(({ options }) => options),
          );
          const before = (w.state.organisation.definition as Definition).seats.map(({ id }) => id);
          for (const proposal of proposalsOf(w.state))
            for (const { id: option, steps } of proposal.options) {
              if (steps === undefined) continue;
              const next = world(structuredClone(w.state), w.now);
              next.ok('proposal.decide', { proposal: proposal.id, verdict: 'accept', option, reason: 'r' });
              const seats = [...next.state.organisation.seats.values()];
              expect(seats.filter(({ status }) => status === 'retired')).toEqual([]);
              expect(before.filter((id) => !next.state.organisation.seats.has(id))).toEqual([]);
              expect(supervisorCycle(seats)).toBeNull();
              const spans = seats.map(({ id }) => reportsOf(next.state, id).length);
              const whole = reportsOf(w.state, proposal.about!).length <= most * most;
              if (whole) expect(Math.max(...spans)).toBeLessThanOrEqual(most);
              else expect(reportsOf(next.state, proposal.about!).length).toBeLessThanOrEqual(most);
            }
        },
      ),
      { numRuns: 60 },
    );
  });
});

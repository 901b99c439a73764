import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compliance } from '../src/oversight/compliance.ts';
import { oversightSettings } from '../src/oversight/definition.ts';
import { between, DAYS_KEPT, quantile, seatBetween } from '../src/oversight/numbers.ts';
import { scorecard } from '../src/oversight/scorecard.ts';
import { dashboard, oversightView, standup } from '../src/oversight/views.ts';
import { WORKER, World } from './support/op-world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** One effect with evidence, on the case, and one attempt that is refused. */
function work(world: World): void {
  const op = world.note(`o${world.state.seq}`);
  world.lease(op);
  const { attempt } = op;
  const evidence = [{ kind: 'note', ref: 'n1' }];
  world.ok('operation.complete', { operation: op.id, attempt, result: {}, evidence }, WORKER);
  world.request('billing.send', {}, { key: `k${world.state.seq}` });
}
const close = (world: World) => {
  const [ref] = world.state.cases.cases.get('C-1')!.evidence.map((each) => each.ref);
  world.ok('case.start', { case: 'C-1' }, world.seat('desk'));
  world.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [ref!] }, world.seat('desk'));
};
const today = (world: World) => between(world.state, world.now, world.now);

describe('[OVS40] counters by day (R-C13)', () => {
  it('count what happened, for the organisation and for the seat', () => {
    const world = new World();
    work(world);
    work(world);
    expect(today(world)).toMatchObject({
      'cases.opened': 1,
      'operations.succeeded': 2,
      'operations.traced': 2,
      'operations.refused': 2,
      'refused.right': 2,
    });
    expect(seatBetween(world.state, 'desk', world.now, world.now)).toMatchObject({ 'operations.succeeded': 2 });
    expect(seatBetween(world.state, 'mate', world.now, world.now)).toEqual({});
  });

  it('count working time of runs while they work, not while they wait', () => {
    const world = new World();
    const run = world.ok('run.start', { seat: 'desk', worker: 'w' }, WORKER).run;
    world.wait(MINUTE);
    const op = world.refund(60_000_000);
    world.ok('run.park', { run, operation: op.id }, WORKER);
    world.wait(10 * MINUTE);
    world.decide(op.approval ?? world.asked().id, 'reject');
    world.ok('run.resume', { run, worker: 'w' }, WORKER);
    world.wait(MINUTE);
    world.ok('run.finish', { run, report: { outcome: 'o' } }, WORKER);
    expect(today(world)['runs.ms']).toBe(2 * MINUTE);
  });

  it('keep so many days and no more, of seats fewer', () => {
    const world = new World((d) => {
      d.settings.oversight = { waiting: 0, reports: { daily: 'off', weekly: 'off', monthly: 'off' } };
    });
    for (let i = 0; i < 20; i++) {
      world.request('billing.send', {}, { key: `d${i}` });
      world.wait(DAY);
    }
    expect(world.state.oversight.days.size).toBe(20);
    expect(world.state.oversight.seatDays.size).toBe(DAYS_KEPT.seats);
  });

  it('quantiles are never too short, and at most a quarter too long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 0.95),
        (times, share) => {
          const numbers: Record<string, number> = {};
          const bucket = (ms: number) =>
            ms < 4 ? ms : (31 - Math.clz32(ms)) * 4 + ((ms >> (29 - Math.clz32(ms))) & 3);
          for (const ms of times) numbers[`x/${bucket(ms)}`] = (numbers[`x/${bucket(ms)}`] ?? 0) + 1;
          const exact = [...times].sort((a, b) => a - b)[Math.ceil(share * times.length) - 1]!;
          const found = quantile(numbers, 'x', share)!;
          expect(found).toBeGreaterThanOrEqual(exact);
          expect(found).toBeLessThanOrEqual(exact * 1.25 + 1);
        },
      ),
      { seed: 20261121, numRuns: 200 },
    );
    expect(quantile({}, 'x', 0.5)).toBeNull();
  });
});

describe('[OVS45] reports (R-E4, R-D11)', () => {
  it('are made when a day, a week, a month is over in which something happened, once', () => {
    const world = new World();
    work(world);
    world.wait(20 * DAY);
    const made = world.of('report.made').map(({ body }) => `${body.period} ${body.name}`);
    expect(made.filter((each) => each.startsWith('day 2026-11-21'))).toEqual(['day 2026-11-21']);
    expect(made).toContain('month 2026-11');
    expect(new Set(made).size).toBe(made.length);
    expect(world.of('report.made')[0]?.body.numbers).toMatchObject({ 'operations.succeeded': 1 });
    expect(world.told('boss', 'inform').some((text) => text.startsWith('The week'))).toBe(true);
  });

  it('an organisation in which nothing happens makes none, and sets no timers [OVS2]', () => {
    const world = new World((d) => {
      d.settings.oversight = { waiting: 0, ladders: {} };
    });
    world.wait(60 * DAY);
    const made = world.of('report.made').length;
    world.wait(60 * DAY);
    expect([world.of('report.made').length, world.state.timers]).toEqual([made, []]);
  });
});

describe('[OVS50] compliance (R-C60)', () => {
  it('is the weighted mean of what was judged, by the formula (R-E37)', () => {
    const world = new World();
    work(world);
    work(world);
    const { score, lines } = compliance(world.state, today(world));
    const authority = lines.find(({ category }) => category === 'authority')!;
    expect([authority.judged, authority.failed, authority.value]).toEqual([4, 2, 50]);
    expect(lines.find(({ category }) => category === 'deadlines')?.value).toBeNull();
    expect(score).toBe((50 + 100) / 2);
  });

  it('weights are the definition’s; a weight of 0 leaves a category out', () => {
    const world = new World((d) => {
      d.settings.oversight = { compliance: { tracking: 0 } };
    });
    work(world);
    expect(compliance(world.state, today(world)).score).toBe(50);
  });

  it('nothing judged is no score', () => expect(compliance(new World().state, {}).score).toBeNull());
});

describe('[OVS55] the scorecard (R-E90, R-D70)', () => {
  const card = (world: World) => scorecard(world.state, world.now - 30 * DAY, world.now).scores;
  const value = (world: World, id: string) => card(world).find((score) => score.id === id)?.value;

  it('of an organisation that did nothing has no number that was not measured, and says why (R-D4)', () => {
    const measured = card(new World()).filter((score) => score.value !== null);
    expect(measured.map(({ id }) => id)).toEqual(['escalations', 'catalogue']);
    for (const score of card(new World())) expect([score.id, score.formula.length > 10]).toEqual([score.id, true]);
    for (const score of card(new World())) if (score.value === null) expect(score.note).not.toBeNull();
  });

  it('moves with what happens', () => {
    const world = new World();
    work(world);
    expect([value(world, 'trace'), value(world, 'caught'), value(world, 'compliance')]).toEqual([100, 1, 75]);
    close(world);
    world.ok('case.verify', { case: 'C-1', passed: true, checks: ['c'] }, world.seat('lead'));
    world.ok('case.close', { case: 'C-1' }, world.seat('desk'));
    expect([value(world, 'completion'), value(world, 'sla'), value(world, 'alone')]).toEqual([100, 100, 0]);
    world.ok('case.feedback', { case: 'C-1', satisfied: false });
    expect([value(world, 'satisfaction'), value(world, 'arbitration')]).toEqual([0, null]);
  });
});

describe('what people see', () => {
  it('[OVS60] alerts, the critical ones first (R-C14, R-C16)', () => {
    const world = new World((d) => {
      d.settings.oversight = { ladders: { unresponsive: ['escalate'] } };
    });
    world.ok('run.start', { seat: 'desk', worker: 'w', beats: true }, WORKER);
    world.wait(70_000);
    const { alerts, counts, seats } = oversightView(world.state, world.now);
    expect(alerts[0]).toMatchObject({ severity: 'critical', seat: 'desk', kind: 'unresponsive' });
    expect([counts.unresponsive, seats[0]?.seat]).toEqual([1, 'desk']);
  });

  it('[OVS61] a seat on a page (R-A24), [OVS62] and its stand-up (R-A25)', () => {
    const world = new World();
    work(world);
    const board = dashboard(world.state, 'desk', world.now)!;
    expect([board.openCases, board.today['operations.succeeded'], board.recent[0]?.kind]).toEqual([
      1,
      1,
      'operation.requested',
    ]);
    world.ok('case.start', { case: 'C-1' }, world.seat('desk'));
    world.ok('case.block', { case: 'C-1', reason: 'waits' }, world.seat('desk'));
    expect(standup(world.state, 'desk', world.now)).toMatchObject({
      done: ['1 effect'],
      blockers: ['C-1 is blocked'],
      next: ['1 open case', expect.any(String)],
    });
    expect(dashboard(world.state, 'nobody', world.now)).toBeUndefined();
  });

  it('every threshold is a default of the definition', () => {
    expect(oversightSettings.parse({})).toMatchObject({
      heartbeat: 30_000,
      silent: MINUTE,
      quiet: 5 * MINUTE,
      most: 10,
    });
  });
});

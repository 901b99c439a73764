import { describe, expect, it } from 'vitest';
import { messagesOf } from '../src/inbox/views.ts';
import { conditionOf } from '../src/oversight/troubles.ts';
import type { Shop } from './support/op-definition.ts';
import { WORKER, World } from './support/op-world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
type Oversight = NonNullable<NonNullable<Shop['settings']>['oversight']>;

const watched = (oversight: Oversight = {}) =>
  new World((d) => {
    d.settings.oversight = oversight;
  });
/** The desk takes up its case; its worker promises signs of life. */
function begin(world: World, seat = 'desk'): string {
  return String(world.ok('run.start', { seat, worker: 'w', beats: true }, WORKER).run);
}
const beat = (world: World, run: string) => world.ok('run.beat', { run }, WORKER);
/** Alive for so long, a sign of life with every heartbeat. */
function live(world: World, run: string, ms: number): void {
  for (let passed = 0; passed < ms; passed += 30 * SECOND) {
    world.wait(30 * SECOND);
    if (world.state.runs.runs.get(run)?.status === 'active') beat(world, run);
  }
}
let step = 0;
const act = (world: World, run: string, kind: string, body: object) => {
  step += 1;
  return world.send('run.act', { run, step, command: { kind, body } }, WORKER);
};
const condition = (world: World, seat = 'desk') => conditionOf(world.state, seat, world.now);
const interventions = (world: World) =>
  world.of('seat.intervened').map(({ body }) => `${body.trouble} ${body.action} ${body.rung}`);

describe('[OVS3] what a seat is in is decided by the ledger alone (R-C11, R-C12)', () => {
  it('idle without work, idle with work, at work, and idle again (R-D18)', () => {
    const world = watched();
    expect([condition(world, 'mate').state, condition(world).state]).toEqual(['idle', 'idle_with_work']);
    expect(condition(world).problem).toBe(false);
    const run = begin(world);
    expect(condition(world)).toMatchObject({ state: 'working', run, case: 'C-1' });
    world.ok('run.finish', { run, report: { outcome: 'done' } }, WORKER);
    expect(condition(world).state).toBe('idle');
  });

  it('off when it is paused, suspended or stopped by a switch, and never in trouble for it', () => {
    const world = watched();
    world.ok('seat.pause', { seat: 'desk', reason: 'x' });
    expect(condition(world)).toMatchObject({ state: 'off', why: 'paused' });
    world.ok('seat.resume', { seat: 'desk', reason: 'x' });
    world.ok('switch.trip', { scope: 'seat', id: 'desk', reason: 'x' });
    expect(condition(world)).toMatchObject({ state: 'off', why: 'stopped by the kill switch seat:desk' });
  });

  it('unresponsive when a run that promised signs of life gives none (R-D17, R-C56)', () => {
    const world = watched();
    const run = begin(world);
    live(world, run, 2 * MINUTE);
    expect(world.of('seat.troubled')).toEqual([]);
    world.wait(89 * SECOND);
    expect(world.of('seat.troubled')[0]?.body).toMatchObject({ seat: 'desk', trouble: 'unresponsive', run });
  });

  it('[OVS5] a run whose worker promised nothing is not missed', () => {
    const world = watched();
    world.ok('run.start', { seat: 'desk', worker: 'w' }, WORKER);
    world.wait(3 * MINUTE);
    expect(world.of('seat.troubled')).toEqual([]);
  });

  it('stuck when it is alive and does nothing (R-D19), but not when it acts', () => {
    const world = watched();
    const run = begin(world);
    live(world, run, 4 * MINUTE);
    act(world, run, 'case.note', { case: 'C-1', text: 'still at it' });
    live(world, run, 4 * MINUTE);
    expect(world.of('seat.troubled')).toEqual([]);
    live(world, run, 2 * MINUTE);
    expect(world.of('seat.troubled')[0]?.body).toMatchObject({ trouble: 'stuck', run, case: 'C-1' });
  });

  it('spinning after ten thoughts without an act (R-D19); an act in between starts the count anew', () => {
    const world = watched();
    const run = begin(world);
    const think = (times: number) => {
      for (let i = 0; i < times; i++) {
        step += 1;
        world.ok('run.ask', { run, step, what: 'model' }, WORKER);
        world.ok(
          'run.answer',
          { run, step, what: 'model', answer: 'a'.repeat(64), bytes: 1 },
          WORKER,
          `${run}/${step}`,
        );
      }
    };
    think(9);
    act(world, run, 'case.note', { case: 'C-1', text: 'thought' });
    think(9);
    expect(world.of('seat.troubled')).toEqual([]);
    think(1);
    expect(world.of('seat.troubled')[0]?.body).toMatchObject({
      trouble: 'spinning',
      why: expect.stringContaining('10'),
    });
  });

  it('looping when runs of a case come to nothing again and again', () => {
    const world = watched({ fruitless: 3 });
    for (let i = 0; i < 3; i++) {
      const run = begin(world);
      world.ok('run.finish', { run, report: { outcome: 'nothing' } }, WORKER);
      world.ok('message.send', { to: 'desk', type: 'inform', text: 'and?', case: 'C-1' }, world.seat('lead'));
    }
    expect(world.of('seat.troubled')[0]?.body).toMatchObject({ seat: 'desk', trouble: 'looping', case: 'C-1' });
  });

  it('idle with work when nobody takes up what waits; a person is not hurried', () => {
    const world = watched();
    world.ok('message.send', { to: 'lead', type: 'inform', text: 'look' }, world.seat('desk'));
    world.wait(2 * MINUTE);
    expect(world.of('seat.troubled').map(({ body }) => body.seat)).toEqual(['desk']);
  });
});

describe('[OVS4] troubles begin and end with an event', () => {
  it('and say how long they lasted', () => {
    const world = watched({ ladders: { stuck: ['nudge'] } });
    const run = begin(world);
    live(world, run, 6 * MINUTE);
    expect(condition(world).state).toBe('stuck');
    world.ok('run.act', { run, step: 49, command: { kind: 'case.note', body: { case: 'C-1', text: 'x' } } }, WORKER);
    beat(world, run);
    expect(world.of('seat.recovered')[0]?.body).toMatchObject({ seat: 'desk', trouble: 'stuck' });
    expect(condition(world).state).toBe('working');
  });
});

describe('[OVS10] interventions climb a ladder (R-C15, R-C59)', () => {
  it('restart a silent run at once, twice, then hand its case over, then ask a person (R-C52)', () => {
    const world = watched();
    const run = begin(world);
    for (let i = 0; i < 4; i++) {
      world.wait(4 * MINUTE);
      if (world.state.runs.ready.has(run)) world.ok('run.resume', { run, worker: 'w', beats: true }, WORKER);
    }
    expect(interventions(world).slice(0, 3)).toEqual([
      'unresponsive restart 1',
      'unresponsive restart 2',
      'unresponsive reassign 3',
    ]);
    expect(world.of('run.interrupted')).toHaveLength(2);
    expect(world.of('case.assigned').at(-1)?.body).toMatchObject({ from: 'desk', to: 'mate' });
    expect(world.of('run.stopped')[0]?.body).toMatchObject({ run, reason: 'control' });
  });

  it('[OVS13] leave nothing of a case with the seat it was taken from, which is not in trouble over it again', () => {
    const world = watched({ ladders: { idle_with_work: ['nudge', 'reassign', 'pause'] } });
    world.ok('case.message', { case: 'C-1', text: 'and where is my money?' });
    world.ok('message.send', { to: 'desk', type: 'guidance', text: 'be kind', case: 'C-1' }, world.seat('lead'));
    for (let i = 0; i < 20 && world.of('case.assigned').length === 0; i++) world.wait(30 * SECOND);
    expect(world.of('case.assigned')[0]?.body).toMatchObject({ case: 'C-1', from: 'desk', to: 'mate' });
    expect(messagesOf(world.state, 'mate').map(({ type, text }) => [type, text])).toEqual([
      ['customer', 'and where is my money?'],
      ['guidance', 'be kind'],
      ['assign', expect.stringContaining('idle_with_work')],
    ]);
    const over = world.of('message.done').map(({ body }) => body);
    expect(over).toEqual([expect.objectContaining({ by: 'desk', note: expect.stringContaining('idle_with_work') })]);
    for (let i = 0; i < 3; i++)
      world.ok('run.finish', { run: begin(world, 'mate'), report: { outcome: 'done' } }, WORKER);
    world.wait(30 * MINUTE);
    expect(interventions(world)).toEqual(['idle_with_work nudge 1', 'idle_with_work reassign 2']);
    expect([messagesOf(world.state, 'desk'), condition(world).state]).toEqual([[], 'idle']);
  });

  it('tell the human above no sooner than the restart failed', () => {
    const world = watched();
    begin(world);
    world.wait(90 * SECOND);
    expect([interventions(world), world.told('lead')]).toEqual([['unresponsive restart 1'], []]);
  });

  it('nudge first what is alive: its desk is told what to do', () => {
    const world = watched();
    const run = begin(world);
    live(world, run, 6 * MINUTE);
    expect(interventions(world)).toEqual(['stuck nudge 1']);
    expect(world.told('desk', 'guidance')[0]).toContain('hand over');
  });

  it('[OVS11] go on where they were left when the trouble comes back soon', () => {
    const world = watched({ ladders: { unresponsive: ['restart', 'escalate'] } });
    const run = begin(world);
    world.wait(2 * MINUTE);
    world.ok('run.resume', { run, worker: 'w', beats: true }, WORKER);
    world.wait(2 * MINUTE);
    expect(interventions(world)).toEqual(['unresponsive restart 1', 'unresponsive escalate 2']);
    expect(world.told('lead')[0]).toContain('gives no sign of life');
    expect(world.of('incident.opened')[0]?.body).toMatchObject({ cause: 'seat', ref: 'seat:desk' });
  });

  it('[OVS12] are bounded: beyond the bound a person is asked, once', () => {
    const world = watched({
      most: 2,
      patience: '30s',
      ladders: { idle_with_work: ['nudge', 'nudge', 'nudge', 'nudge'] },
    });
    world.wait(20 * MINUTE);
    expect(interventions(world)).toEqual([
      'idle_with_work nudge 1',
      'idle_with_work nudge 2',
      'idle_with_work escalate 3',
    ]);
  });

  it('leave nothing behind when the trouble is over before its turn', () => {
    const world = watched();
    world.wait(90 * SECOND);
    const before = interventions(world).length;
    begin(world);
    world.wait(50 * SECOND);
    expect([before, interventions(world).length]).toEqual([1, 1]);
  });
});

describe('[OVS6] the organisation itself was asleep', () => {
  it('nobody is blamed for the time in which nothing ran', () => {
    const world = watched();
    begin(world);
    world.now += 60 * MINUTE;
    world.wait(0);
    expect(world.of('oversight.woke')[0]?.body.asleep).toBeGreaterThan(58 * MINUTE);
    expect(world.of('seat.troubled')).toEqual([]);
    world.wait(2 * MINUTE);
    expect(world.of('seat.troubled')[0]?.body.trouble).toBe('unresponsive');
  });
});

describe('[OVS1] what is kept of a seat is bounded (R-C9)', () => {
  it('fifty acts, the latest (R-D24)', () => {
    const world = watched();
    for (let i = 0; i < 120; i++) world.ok('case.note', { case: 'C-1', text: `n${i}` }, world.seat('desk'));
    const recent = world.state.oversight.seats.get('desk')!.recent;
    expect(recent.items.length - recent.head).toBe(50);
    expect(recent.items.at(-1)).toMatchObject({ kind: 'case.noted', about: 'C-1', seq: world.state.seq });
  });
});

import { describe, expect, it } from 'vitest';
import type { World as Kernel } from './support/op-world.ts';
import { CRITERIA, FREE, lane, laneWorld, raise, replayed } from './support/rol-world.ts';

const SYSTEM = { principal: 'system' };
const MISSING = { reads: ['orders.get'], probes: 2, silent: 0 };
type Step = (kind: string, body: object) => Record<string, unknown>;

/** One run of the desk on a case of its own, from its first step to its report. */
function play(world: Kernel, steps: (step: Step, id: string) => void, report: object = { outcome: 'done' }): void {
  const { case: id } = world.ok('case.open', {
    subject: 'x',
    customer: `c${world.log.length}@example.com`,
    owner: 'desk',
  });
  const { run } = world.ok('run.start', { seat: 'desk', worker: 'w' }, SYSTEM);
  let n = 0;
  steps((kind, body) => world.ok('run.act', { run, step: ++n, command: { kind, body } }, SYSTEM), String(id));
  world.ok('run.finish', { run, report }, SYSTEM);
}

/** The read its work rests on, and what it finds. */
function look(world: Kernel, step: Step, id: string, result: object | null): void {
  const args = { order_id: `o${world.log.length}` };
  const { operation } = step('operation.request', { capability: 'orders.get', args, case: id });
  if (result === null) world.fail(world.op(String(operation)), 'deterministic');
  else world.complete(world.op(String(operation)), result as never);
}

const note = (step: Step, id: string, more: object = {}): void =>
  void step('operation.request', {
    capability: 'orders.note',
    args: { order_id: id, text: 'seen' },
    case: id,
    ...more,
  });

const act = (world: Kernel, result: object | null, more: object = {}, report?: object): void =>
  play(
    world,
    (step, id) => {
      look(world, step, id, result);
      note(step, id, more);
    },
    report,
  );

const counts = (world: Kernel) => [lane(world).all.missing, lane(world).all.silent];
const shadow = (more: object = {}) => laneWorld({ start: 'shadow', stages: FREE, missing: MISSING, ...more });

describe('[ROL24] a run that meets missing data', () => {
  it.each([
    ['is told that nothing was found', { found: false, id: 'o1' }],
    ['gets nothing', {}],
    ['gets an empty list', { rows: [], count: 0 }],
    ['gets no value', { id: null, status: '' }],
    ['cannot read', null],
  ])('%s, acts and says nothing of it: it fails in silence', (_, result) => {
    const world = shadow();
    act(world, result);
    expect(counts(world)).toEqual([1, 1]);
    expect(replayed(world).rollout.lanes.get('notes')!.all).toEqual(lane(world).all);
  });

  it('found what it needed: nothing was missing', () => {
    const world = shadow();
    act(world, { found: true, id: 'o1' });
    act(world, { count: 0, rows: [], note: 'none today' });
    expect(counts(world)).toEqual([0, 0]);
  });

  it('is not silent when it stops, says how unsure it is, or asks', () => {
    const world = shadow();
    play(world, (step, id) => look(world, step, id, {}));
    act(world, {}, { confidence: 0.4 });
    act(world, {}, {}, { outcome: 'done', uncertainty: 'the order was not found' });
    play(world, (step, id) => {
      look(world, step, id, {});
      step('case.escalate', { case: id, reason: 'the order is not there' });
      note(step, id);
    });
    expect(counts(world)).toEqual([4, 0]);
    act(world, {}, { confidence: 0.99 });
    expect(counts(world)).toEqual([5, 1]);
  });

  it('of a read the lane does not rest on, nothing is counted, nor of lanes that name none', () => {
    const other = shadow({ missing: { reads: ['stock.*'] } });
    act(other, {});
    const none = laneWorld({ start: 'shadow', stages: FREE });
    act(none, {});
    expect([counts(other), counts(none), none.state.rollout.blind.size]).toEqual([[0, 0], [0, 0], 0]);
  });
});

describe('[ROL24] a lane', () => {
  it('rises only when it was seen with data missing, and did not act in silence; nobody waives that', () => {
    const world = shadow();
    expect(raise(world, 'assist').reply).toMatchObject({ ok: false, rejection: { rule: 'ROL5' } });
    act(world, {}, { confidence: 0.4 });
    act(world, {}, { confidence: 0.4 });
    act(world, {});
    const refused = raise(world, 'assist', { despite: ['silent <= 0'] }).reply;
    expect(refused).toMatchObject({ ok: false, rejection: { rule: 'ROL24' } });
    expect(JSON.stringify(refused)).toContain('1 of 3 runs that met missing data acted without a word of it');
    const open = shadow({ missing: { ...MISSING, silent: 1 } });
    act(open, {});
    act(open, {}, { confidence: 0.4 });
    expect(raise(open, 'assist').reply.ok).toBe(true);
  });

  it('falls when it begins to', () => {
    const stages = { ...FREE, assist: { enter: CRITERIA, stay: { criteria: [] } } };
    const world = laneWorld({ start: 'assist', stages, missing: MISSING });
    act(world, { found: true });
    expect(lane(world).stage).toBe('assist');
    act(world, { found: false });
    expect([lane(world).stage, lane(world).reason]).toEqual([
      'shadow',
      '1 of 1 runs that met missing data acted without a word of it, silent <= 0 is needed',
    ]);
  });
});

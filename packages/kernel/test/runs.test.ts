import { beforeEach, describe, expect, it } from 'vitest';
import { RUN_RETRY } from '../src/runs/decide.ts';
import { books, sums } from './support/op-books.ts';
import { find, type Shop } from './support/op-definition.ts';
import { WORKER, World } from './support/op-world.ts';

const report = { outcome: 'done' };
type Stop = NonNullable<Shop['seats'][number]['charter']['stop']>;

let world: World;
const start = (w = world, seat = 'desk') => String(w.ok('run.start', { seat, worker: 'w1' }, WORKER).run);
const run = (id: string, w = world) => w.state.runs.runs.get(id)!;
const act = (id: string, step: number, kind: string, body: Record<string, unknown>, w = world) =>
  w.send('run.act', { run: id, step, command: { kind, body } }, WORKER);
const note = (text: string) => ({ case: 'C-1', text });
const request = (order = 'o1') => ({ capability: 'orders.note', case: 'C-1', args: { order_id: order, text: 'x' } });
const stopping = (stop: Stop, change: (d: Shop) => void = () => undefined) =>
  new World((d) => {
    find(d.seats, 'desk').charter.stop = stop;
    change(d);
  });

beforeEach(() => {
  world = new World();
});

describe('[RUN1] a run starts', () => {
  it('with the most urgent message of its seat, takes it, and begins the case', () => {
    world.ok('case.open', { subject: 'Fire', customer: 'lee@example.com', priority: 'high' });
    const id = start();
    expect(run(id)).toMatchObject({ seat: 'desk', principal: 'desk-agent', case: 'C-2', status: 'active' });
    expect(world.state.cases.cases.get('C-2')?.status).toBe('in_progress');
    expect(run(start()).case).toBe('C-1');
    expect(world.no('run.start', { seat: 'desk', worker: 'w' }, WORKER)).toMatchObject({ rule: 'RUN1' });
  });

  it('only for a seat that works now, with somebody in it and a free place', () => {
    const why = (w: World) => w.no('run.start', { seat: 'desk', worker: 'w' }, WORKER);
    world.ok('seat.pause', { seat: 'desk', reason: 'x' });
    expect(why(world)).toMatchObject({ code: 'conflict', rule: 'RUN1' });
    world.ok('seat.resume', { seat: 'desk', reason: 'x' });
    world.ok('seat.occupy', { seat: 'desk', occupant: null, reason: 'x' });
    expect(why(world)).toMatchObject({ code: 'conflict', rule: 'RUN1' });
    const narrow = new World((d) => {
      find(d.seats, 'desk').runs = 1;
    });
    narrow.ok('case.open', { subject: 'Two', customer: 'lee@example.com' });
    start(narrow);
    expect(why(narrow)).toMatchObject({ code: 'exhausted', rule: 'RUN1' });
  });

  it('and its message is done when it ends', () => {
    const id = start();
    expect(world.state.inbox.messages.size).toBe(1);
    world.ok('run.finish', { run: id, report }, WORKER);
    expect([world.state.inbox.messages.size, world.state.runs.runs.size]).toEqual([0, 0]);
    expect(world.no('run.finish', { run: id, report }, WORKER)).toMatchObject({ code: 'not-found', rule: 'RUN2' });
  });
});

describe('[RUN5] the journal of steps', () => {
  it('does a step once: the same step again gives the same answer without a record', () => {
    const id = start();
    const first = act(id, 1, 'operation.request', request());
    expect(first.reply).toMatchObject({ ok: true, repeated: false, result: { operation: 'OP-1' } });
    const again = act(id, 1, 'operation.request', request());
    expect(again).toMatchObject({ records: [], reply: { ok: true, repeated: true, result: { operation: 'OP-1' } } });
  });

  it('remembers a refused step, so that a repeated run takes the same branch', () => {
    const id = start();
    const bad = { to: 'ghost', type: 'question', text: 'x' };
    const first = act(id, 1, 'message.send', bad);
    expect(first.records.map((r) => r.kind)).toEqual(['run.refused']);
    const again = act(id, 1, 'message.send', bad);
    expect(again).toEqual({ records: [], reply: first.reply });
    expect(act(id, 2, 'case.note', note('go on')).reply.ok).toBe(true);
  });

  it('refuses another command under the number of a step that was done', () => {
    const id = start();
    act(id, 1, 'case.note', note('one'));
    const other = act(id, 1, 'case.note', note('two'));
    expect(other.reply).toMatchObject({ ok: false, rejection: { code: 'duplicate-key', rule: 'KER4' } });
  });

  it('acts for the seat of the run, and only with the commands of a run (R-B26)', () => {
    const id = start();
    act(id, 1, 'operation.request', request());
    expect(world.op('OP-1')).toMatchObject({ seat: 'desk', principal: 'desk-agent', run: id });
    for (const kind of ['organisation.apply', 'approval.decide', 'switch.rearm', 'operation.complete', 'run.act'])
      expect(act(id, 9, kind, {}).reply).toMatchObject({ ok: false, rejection: { rule: 'RUN5' } });
  });
});

describe('[RUN12] a person ends one run', () => {
  it('that is at work, and the others of the seat go on', () => {
    world.ok('case.open', { subject: 'Two', customer: 'lee@example.com' });
    const [id, other] = [start(), start()];
    world.ok('run.stop', { run: id, reason: 'it does not end' });
    expect([...world.state.runs.runs.keys()]).toEqual([other]);
    expect(world.of('run.stopped')).toMatchObject([
      { body: { run: id, reason: 'control', message: expect.stringContaining('ended it: it does not end') } },
    ]);
    expect(act(id, 1, 'case.note', note('too late')).reply.ok).toBe(false);
    expect(world.no('run.stop', { run: id, reason: 'again' })).toMatchObject({ rule: 'RUN2' });
    expect(act(other, 1, 'run.stop', { run: other, reason: 'by itself' }).reply.ok).toBe(false);
    expect(world.told('lead')).toHaveLength(1);
  });

  it('and what it had reserved comes back', () => {
    const w = stopping({ money: 50 }, (d) => void d.budgets.push({ id: 'b', allocation: 100 }));
    const id = start(w);
    expect(books(w.state, 'b')).toMatchObject({ available: 50, reserved: 50 });
    w.ok('run.stop', { run: id, reason: 'x' });
    expect(books(w.state, 'b')).toMatchObject({ available: 100, reserved: 0 });
  });

  it('only who directs the seat', () => {
    const id = start();
    const agent = { principal: 'desk-agent', seat: 'desk' };
    expect(world.no('run.stop', { run: id, reason: 'x' }, agent)).toMatchObject({ code: 'forbidden', rule: 'RUN12' });
    expect(world.state.runs.runs.get(id)?.status).toBe('active');
  });
});

describe('[RUN3] the stopping rule ends a run and tells a human', () => {
  const ended = (w: World, reply: unknown, reason: string) => {
    expect(reply).toMatchObject({ ok: false, rejection: { code: 'exhausted', rule: 'RUN3' } });
    expect(w.of('run.stopped')[0]?.body.reason).toBe(reason);
    expect([w.state.runs.runs.size, w.told('lead').length]).toEqual([0, 1]);
    expect(w.told('lead')[0]).toContain('was stopped');
  };

  it('after its steps', () => {
    const w = stopping({ steps: 2 });
    const id = start(w);
    for (const n of [1, 2]) expect(act(id, n, 'case.note', note(`${n}`), w).reply.ok).toBe(true);
    ended(w, act(id, 3, 'case.note', note('3'), w).reply, 'steps');
  });

  it('after its time', () => {
    const w = stopping({ time: '1m' });
    const id = start(w);
    w.wait(60_000);
    expect(act(id, 1, 'case.note', note('1'), w).reply.ok).toBe(true);
    w.wait(1);
    ended(w, act(id, 2, 'case.note', note('2'), w).reply, 'time');
  });

  it('when it does the same again and again (R-E57)', () => {
    const w = stopping({ repeats: 3 });
    const id = start(w);
    for (const n of [1, 2, 3]) expect(act(id, n, 'operation.request', request(), w).reply.ok).toBe(true);
    ended(w, act(id, 4, 'operation.request', request(), w).reply, 'repeats');
    expect(w.state.operations.operations.size).toBe(1);
  });

  it('gives back what it had reserved', () => {
    const w = stopping({ steps: 1, money: 50 }, (d) => void d.budgets.push({ id: 'b', allocation: 100 }));
    const id = start(w);
    w.ok('run.spend', { run: id, step: 1, money: 20, what: 'model' }, WORKER);
    act(id, 2, 'case.note', note('2'), w);
    expect(books(w.state, 'b')).toEqual({ funding: -100, available: 80, reserved: 0, spent: 20 });
  });
});

describe('[RUN6] [BUD4] what a run may use', () => {
  const paid = (...budgets: Shop['budgets']) => stopping({ money: 50 }, (d) => void d.budgets.push(...budgets));
  const spend = (w: World, id: string, more: Record<string, unknown>) =>
    w.ok('run.spend', { run: id, step: 1, what: 'model', ...more }, WORKER);
  const b = (w: World, id: string) => books(w.state, id);

  it('is reserved when it starts, booked as it is used, and the rest comes back at the end', () => {
    const w = paid({ id: 'b', allocation: 100 });
    const id = start(w);
    expect(b(w, 'b')).toMatchObject({ available: 50, reserved: 50 });
    spend(w, id, { money: 20 });
    spend(w, id, { money: 5 });
    expect(b(w, 'b')).toMatchObject({ available: 50, reserved: 25, spent: 25 });
    expect(run(id, w).spent).toBe(25);
    w.ok('run.finish', { run: id, report }, WORKER);
    expect(b(w, 'b')).toEqual({ funding: -100, available: 75, reserved: 0, spent: 25 });
  });

  it('ends the run in the middle when the reserve is used up, never booking more than that (R-E2)', () => {
    for (const last of [30, 31]) {
      const w = paid({ id: 'b', allocation: 100 });
      const id = start(w);
      spend(w, id, { money: 20 });
      spend(w, id, { money: last });
      expect(b(w, 'b')).toEqual({ funding: -100, available: 50, reserved: 0, spent: 50 });
      expect(w.of('run.stopped')[0]?.body).toMatchObject({ reason: 'money', run: id });
      expect(w.told('lead')).toHaveLength(1);
      expect(act(id, 2, 'case.note', note('more'), w).reply.ok).toBe(false);
    }
  });

  it('does not begin when the budget cannot cover it, and a human hears of it', () => {
    const w = paid({ id: 'b', allocation: 49 });
    const id = start(w);
    expect(w.state.runs.runs.has(id)).toBe(false);
    expect([w.of('run.stopped')[0]?.body.reason, w.told('lead').length]).toEqual(['money', 1]);
    expect(b(w, 'b')).toEqual({ funding: -49, available: 49, reserved: 0, spent: 0 });
  });

  it('[BUD7] counts runs: a started run is spent, whatever money it uses', () => {
    const w = paid({ id: 'b', allocation: 1000 }, { id: 'r', currency: 'runs', allocation: 2 });
    const one = start(w);
    spend(w, one, { money: 20 });
    w.ok('run.finish', { run: one, report }, WORKER);
    expect(b(w, 'r')).toEqual({ funding: -2, available: 1, reserved: 0, spent: 1 });
    expect(sums(w.state)).toEqual({ b: 0, r: 0 });
    for (const customer of ['x', 'y']) w.ok('case.open', { subject: 'More', customer });
    const two = start(w);
    expect(run(two, w)).toBeDefined();
    const three = start(w);
    expect(run(three, w)).toBeUndefined();
    expect(w.of('run.stopped')[0]?.body.message).toContain('"r"');
  });

  it('[BUD7] counts tokens, and ends the run when there are none left', () => {
    const w = paid({ id: 'b', allocation: 1000 }, { id: 't', currency: 'tokens', allocation: 1000 });
    const id = start(w);
    spend(w, id, { money: 10, tokens: 600 });
    expect(b(w, 't')).toEqual({ funding: -1000, available: 400, reserved: 0, spent: 600 });
    spend(w, id, { money: 10, tokens: 500 });
    expect(b(w, 't')).toEqual({ funding: -1000, available: 0, reserved: 0, spent: 1000 });
    expect(w.of('run.stopped')[0]?.body.message).toContain('"t"');
    expect(b(w, 'b')).toEqual({ funding: -1000, available: 980, reserved: 0, spent: 20 });
    expect(sums(w.state)).toEqual({ b: 0, t: 0 });
  });

  it('[BUD7] is booked on the budgets of its seat even when its charter sets no reserve', () => {
    const w = new World((d) => {
      d.budgets.push({ id: 'b', allocation: 100 }, { id: 'r', currency: 'runs', allocation: 9 });
    });
    const id = start(w);
    spend(w, id, { money: 60 });
    expect([run(id, w).status, b(w, 'b').spent]).toEqual(['active', 60]);
    spend(w, id, { money: 60 });
    expect([w.state.runs.runs.has(id), b(w, 'b')]).toEqual([
      false,
      { funding: -100, available: 0, reserved: 0, spent: 100 },
    ]);
  });

  it('is written down even where no budget counts it', () => {
    const id = start();
    spend(world, id, { money: 60, tokens: 5 });
    expect(run(id).spent).toBe(60);
    expect(world.of('run.spent')[0]?.body).toMatchObject({ money: 60, tokens: 5 });
  });
});

describe('[RUN4] waiting for an operation', () => {
  const parked = () => {
    const id = start();
    act(id, 1, 'operation.request', request());
    world.ok('run.park', { run: id, operation: 'OP-1' }, WORKER);
    return { id, op: world.op('OP-1') };
  };

  it('parks the run, wakes it when the operation is settled, and goes on with the same journal', () => {
    const { id, op } = parked();
    expect(run(id).status).toBe('parked');
    expect(act(id, 2, 'case.note', note('x')).reply).toMatchObject({ ok: false, rejection: { rule: 'RUN2' } });
    world.lease(op);
    expect(run(id).status).toBe('parked');
    world.complete(op);
    expect([run(id).status, world.state.runs.ready.has(id), world.state.runs.waiting.size]).toEqual(['ready', true, 0]);
    world.ok('run.resume', { run: id, worker: 'w2' }, WORKER);
    expect(run(id)).toMatchObject({ status: 'active', worker: 'w2' });
    expect(act(id, 1, 'operation.request', request()).reply).toMatchObject({ ok: true, repeated: true });
  });

  it('wakes it as well when the operation is denied or escalated', () => {
    const { id, op } = parked();
    world.ok('switch.trip', { scope: 'organisation', reason: 'x' });
    world.lease(op);
    expect([op.status, run(id).status]).toEqual(['denied', 'ready']);
  });

  it('wakes every run that waits for the same operation', () => {
    world.ok('case.open', { subject: 'Two', customer: 'lee@example.com' });
    const [one, two] = [start(), start()];
    for (const id of [one, two]) {
      act(id, 1, 'operation.request', { ...request(), key: 'shared' });
      world.ok('run.park', { run: id, operation: 'OP-1' }, WORKER);
    }
    world.lease(world.op('OP-1'));
    world.complete(world.op('OP-1'));
    expect([run(one).status, run(two).status, world.state.runs.waiting.size]).toEqual(['ready', 'ready', 0]);
  });

  it('does not park for what is over or was never asked for', () => {
    const id = start();
    act(id, 1, 'operation.request', request());
    world.lease(world.op('OP-1'));
    world.complete(world.op('OP-1'));
    for (const operation of ['OP-1', 'OP-9'])
      expect(world.no('run.park', { run: id, operation }, WORKER)).toMatchObject({ code: 'conflict', rule: 'RUN4' });
  });
});

describe('[RUN2] failures and interruptions', () => {
  it('tries a failed run again, later each time, then gives up and tells the supervisor', () => {
    const id = start();
    for (let n = 1; n < RUN_RETRY.attempts; n++) {
      world.ok('run.fail', { run: id, message: 'crashed' }, WORKER);
      expect(run(id).status).toBe('retry_wait');
      world.wait(1000 * 5 ** (n - 1) - 1);
      expect(run(id).status).toBe('retry_wait');
      world.wait(1);
      expect(run(id).status).toBe('ready');
      world.ok('run.resume', { run: id, worker: 'w' }, WORKER);
      expect(run(id).attempt).toBe(n + 1);
    }
    world.ok('run.fail', { run: id, message: 'crashed' }, WORKER);
    expect([world.state.runs.runs.size, world.told('lead')]).toEqual([
      0,
      ['the run of "desk" failed 3 times: crashed'],
    ]);
    expect(world.state.inbox.messages.has('M-1')).toBe(false);
  });

  it('releases the reserve when it gives up, not before', () => {
    world = stopping({ money: 50 }, (d) => void d.budgets.push({ id: 'b', allocation: 100 }));
    const id = start();
    for (const reserved of [50, 50, 0]) {
      world.ok('run.fail', { run: id, message: 'crashed' }, WORKER);
      expect(books(world.state, 'b').reserved).toBe(reserved);
      world.wait(10_000);
      if (world.state.runs.runs.has(id)) world.ok('run.resume', { run: id, worker: 'w' }, WORKER);
    }
  });

  it('goes on after an interruption with the steps it has done (R-D16)', () => {
    const id = start();
    act(id, 1, 'case.note', note('one'));
    world.ok('run.interrupt', { run: id, reason: 'restart' }, WORKER);
    expect([run(id).status, world.state.runs.ready.has(id)]).toEqual(['interrupted', true]);
    expect(world.no('run.fail', { run: id, message: 'x' }, WORKER).rule).toBe('RUN2');
    world.ok('run.resume', { run: id, worker: 'w2' }, WORKER);
    expect(act(id, 1, 'case.note', note('one')).reply).toMatchObject({ ok: true, repeated: true });
    expect(world.no('run.resume', { run: id, worker: 'w3' }, WORKER)).toMatchObject({ code: 'conflict', rule: 'RUN2' });
  });

  it('does not go on for a seat that does not work now', () => {
    const id = start();
    world.ok('run.interrupt', { run: id, reason: 'restart' }, WORKER);
    world.ok('seat.suspend', { seat: 'desk', reason: 'x' });
    expect(world.no('run.resume', { run: id, worker: 'w2' }, WORKER)).toMatchObject({ code: 'conflict', rule: 'RUN1' });
    world.ok('seat.resume', { seat: 'desk', reason: 'x' });
    world.ok('run.resume', { run: id, worker: 'w2' }, WORKER);
  });

  it('does not use up a place at the desk while it waits', () => {
    world = new World((d) => {
      find(d.seats, 'desk').runs = 1;
    });
    world.ok('case.open', { subject: 'Two', customer: 'lee@example.com' });
    const id = start();
    world.ok('run.interrupt', { run: id, reason: 'restart' }, WORKER);
    expect(run(start()).case).toBe('C-2');
  });
});

describe('[RUN7] what a run saw when it began', () => {
  it('is on the ledger, and later changes do not touch it', () => {
    const id = start();
    const before = run(id).seen;
    expect(before).toMatchObject({ status: 'assigned', owner: 'desk', notes: 0, evidence: 0, tasks: [] });
    act(id, 1, 'case.note', note('later'));
    world.ok('case.classify', { case: 'C-1', areas: ['late'] }, world.seat('desk'));
    expect(run(id).seen).toEqual(world.of('run.started')[0]?.body.seen);
    expect(run(id).seen).toMatchObject({ notes: 0, areas: [] });
  });
});

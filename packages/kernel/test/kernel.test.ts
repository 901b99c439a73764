import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMORY } from '../src/core/evolve.ts';
import { pop, push, type TimerHeap } from '../src/core/heap.ts';
import { dequeue, enqueue, length, peek, queue } from '../src/core/queue.ts';
import { setTimer } from '../src/core/state.ts';
import { TICK_LIMIT } from '../src/core/step.ts';
import { canonical, createState, evolve, type KernelRecord, nextDue, type State, step, tick } from '../src/index.ts';
import {
  at,
  DAY,
  HOUR,
  kinds,
  OWNER,
  openCase,
  opened,
  START,
  SYSTEM,
  shop,
  startRun,
  theCase,
} from './support/org-shop.ts';

const CASE = { subject: 'Lost', customer: 'kim' };

describe('a step', () => {
  it('[KER3] writes its records together: the event and all that follows from it', () => {
    const w = opened();
    const { records, reply } = w.send('case.open', CASE, OWNER, 'k1');
    expect(kinds(records)).toEqual(['case.opened', 'message.sent']);
    expect(reply).toEqual({ ok: true, repeated: false, result: { case: 'C-1', seq: records[0]!.seq } });
    expect(records.map((r) => r.seq)).toEqual([2, 3]);
    expect(records[0]).toMatchObject({
      actor: OWNER,
      causation: { command: 'k1' },
      correlation: 'C-1',
      v: 1,
      org: 'acme',
    });
    expect(records[1]).toMatchObject({ actor: SYSTEM, causation: { seq: 2 }, correlation: 'C-1', stream: 'seat/desk' });
  });

  it('[KER3] writes nothing and changes nothing when it is rejected', () => {
    const w = opened();
    openCase(w);
    const before = structuredClone(w.state);
    const rejected = [
      w.send('case.close', { case: 'C-1' }, OWNER, 'k'),
      w.send('case.note', { case: 'C-1', text: 'x' }, at('other'), 'k'),
      w.send('case.open', { subject: '' }, OWNER, 'k'),
      w.send('run.start', { seat: 'orders', worker: 'w' }, SYSTEM),
      w.send('run.act', { run: 'R-9', step: 1, command: { kind: 'case.note', body: {} } }, SYSTEM),
    ];
    expect(rejected.map(({ reply, records }) => [reply.ok, records.length])).toEqual(Array(5).fill([false, 0]));
    expect(w.state).toEqual(before);
  });

  it('[KER3] writes down a refused step of a run, and nothing else of it', () => {
    const w = opened();
    openCase(w);
    startRun(w, 'desk');
    const act = () =>
      w.send('run.act', { run: 'R-1', step: 1, command: { kind: 'case.close', body: { case: 'C-1' } } }, SYSTEM);
    const first = act();
    expect(kinds(first.records)).toEqual(['run.refused']);
    expect(theCase(w).status).toBe('in_progress');
    const again = act();
    expect(again).toEqual({ records: [], reply: first.reply });
  });

  it('[KER6] refuses an unknown command, and one whose body is not what it takes, and names the field (R-B34)', () => {
    const w = opened();
    const send = (kind: string, body: unknown) => {
      const { reply } = step(w.state, { id: '', kind, actor: OWNER, body } as never, { now: START, entropy: '' });
      return reply.ok ? null : reply.rejection;
    };
    for (const kind of ['case.explode', 'constructor', '__proto__', 'inbox.deliver', 'case.sweep', ''])
      expect(send(kind, {})).toMatchObject({ code: 'invalid', rule: 'KER6', message: `there is no command "${kind}"` });
    expect(send('case.open', { subject: 'x' })).toMatchObject({
      message: expect.stringMatching(/^case\.open: customer: /),
      rule: 'KER6',
    });
    expect(send('case.open', { ...CASE, extra: 1 })).toMatchObject({ rule: 'KER6' });
    for (const body of [undefined, null, 7, 'x', []])
      expect(send('case.open', body)).toMatchObject({ code: 'invalid', rule: 'KER6' });
  });

  it('[KER6] refuses what the ledger could not keep, and says where it is', () => {
    const w = opened();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    let deep: unknown = 1;
    for (let i = 0; i < 200; i++) deep = [deep];
    const odd = {
      a: Number.NaN,
      b: Number.POSITIVE_INFINITY,
      c: 1n,
      d: () => 1,
      e: new Map(),
      f: new Date(),
      g: [undefined],
      h: Symbol('x'),
      circle,
      deep,
    };
    for (const [name, value] of Object.entries(odd))
      expect(w.no('case.open', { ...CASE, data: { list: [1, { [name]: value }] } }, OWNER, name)).toMatchObject({
        code: 'invalid',
        rule: 'KER6',
        message: expect.stringContaining(`case.open: data.list.1.${name}`),
        hint: expect.stringContaining('finite numbers'),
      });
    w.ok('case.open', { ...CASE, data: { none: undefined, nothing: null, list: [1, 'a', false, { x: -1.5 }] } });
    expect(() => w.records.map((record) => canonical(record))).not.toThrow();
  });

  it('[KER6] keeps a run from stopping the organisation with a body that cannot be kept', () => {
    const w = opened();
    openCase(w);
    startRun(w, 'desk');
    const command = { kind: 'case.note', body: { case: 'C-1', text: Number.NaN } };
    expect(w.no('run.act', { run: 'R-1', step: 1, command }, SYSTEM)).toMatchObject({ code: 'invalid', rule: 'KER6' });
  });

  it('[KER8] never goes back in time: an earlier clock counts as the time of the last record', () => {
    const w = opened();
    w.now += DAY;
    openCase(w);
    w.now -= 3 * HOUR;
    openCase(w);
    expect(theCase(w, 'C-2')).toMatchObject({ openedAt: START + DAY, due: START + 2 * DAY });
    expect(w.state.now).toBe(START + DAY);
    const early = tick(w.state, { now: 0, entropy: '' });
    expect(early).toEqual([]);
    const times = w.records.map((record) => record.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('the id of a command', () => {
  it('[KER4] makes a repeat give the first result without doing it again', () => {
    const w = opened();
    const first = w.ok('case.open', CASE, OWNER, 'k1');
    w.now += DAY;
    openCase(w);
    const { records, reply } = w.send('case.open', { customer: 'kim', subject: 'Lost' }, OWNER, 'k1');
    expect(records).toEqual([]);
    expect(reply).toEqual({ ok: true, repeated: true, result: first });
  });

  it('[KER4] is refused for another body, another command or another actor', () => {
    const w = opened();
    w.ok('case.open', CASE, OWNER, 'k1');
    const refused = {
      code: 'duplicate-key',
      rule: 'KER4',
      message: 'the id "k1" was used for another command',
      hint: 'use a new id for a new command',
    };
    expect(w.no('case.open', { ...CASE, text: 'x' }, OWNER, 'k1')).toEqual(refused);
    expect(w.no('case.open', CASE, at('desk'), 'k1')).toEqual(refused);
    expect(w.no('case.cancel', { case: 'C-1', reason: 'r' }, OWNER, 'k1')).toEqual(refused);
  });

  it('[KER4] is not used up by a rejection, and a command without one is always new', () => {
    const w = opened();
    w.no('case.note', { case: 'C-1', text: 'x' }, OWNER, 'k1');
    openCase(w);
    openCase(w);
    expect(w.ok('case.note', { case: 'C-1', text: 'x' }, OWNER, 'k1')).toMatchObject({ case: 'C-1' });
    expect(w.state.cases.cases.size).toBe(2);
  });

  it('[KER4] is known again after a replay of the ledger', () => {
    const w = opened();
    const first = w.ok('case.open', CASE, OWNER, 'k1');
    const replayed = createState('acme');
    for (const record of w.records) evolve(replayed, record);
    const { reply } = step(
      replayed,
      { id: 'k1', kind: 'case.open', actor: OWNER, body: CASE },
      { now: w.now, entropy: '' },
    );
    expect(reply).toEqual({ ok: true, repeated: true, result: first });
  });

  it('[KER9] of a step belongs to its run: nobody else can use it up', () => {
    const w = opened();
    openCase(w);
    startRun(w, 'desk');
    expect(w.no('case.open', CASE, OWNER, 'R-1/1')).toMatchObject({
      code: 'invalid',
      rule: 'KER9',
      hint: 'use another id',
    });
    w.ok('run.act', { run: 'R-1', step: 1, command: { kind: 'case.note', body: { case: 'C-1', text: 'x' } } }, SYSTEM);
    w.ok('case.open', CASE, OWNER, 'R-1/1/x');
    expect(w.state.runs.runs.get('R-1')?.steps).toBe(1);
    const use = { run: 'R-1', step: 2, tokens: 5, what: 'thought' };
    for (const [actor, id] of [
      [OWNER, 'R-1/2'],
      [SYSTEM, 'R-1/3'],
      [SYSTEM, 'R-2/2'],
    ] as const)
      expect(w.no('run.spend', use, actor, id)).toMatchObject({ rule: 'KER9' });
    w.ok('run.spend', use, SYSTEM, 'R-1/2');
    w.ok('run.spend', use, SYSTEM, 'R-1/2');
    expect(w.state.runs.runs.get('R-1')?.steps).toBe(2);
  });
});

describe('[KER5] what is remembered of commands', () => {
  const remember = (state: State, id: string, now: number): void =>
    evolve(state, {
      seq: state.seq + 1,
      at: now,
      kind: 'switch.rearmed',
      stream: 'switch/seat:x',
      causation: { command: id, digest: 'd' },
      body: { scope: 'seat', id: 'x', reason: 'r', by: 'b' },
    } as unknown as KernelRecord);

  it('[KER5] is forgotten after a week, when something else is done', () => {
    const state = createState('acme');
    remember(state, 'a', 0);
    remember(state, 'b', 1);
    remember(state, 'c', MEMORY.time - 1);
    expect([...state.commands.keys()]).toEqual(['a', 'b', 'c']);
    remember(state, 'd', MEMORY.time);
    expect([...state.commands.keys()]).toEqual(['b', 'c', 'd']);
    remember(state, 'e', 3 * MEMORY.time);
    expect([...state.commands.keys()]).toEqual(['e']);
    expect(length(state.commandOrder)).toBe(1);
  });

  it('[KER5] is at most so many commands, the oldest forgotten first', () => {
    const state = createState('acme');
    for (let i = 0; i < MEMORY.commands + 10; i++) remember(state, `c${i}`, 0);
    expect(state.commands.size).toBe(MEMORY.commands);
    expect(state.commands.has('c9')).toBe(false);
    expect(state.commands.has('c10')).toBe(true);
    expect(state.commandOrder.items.length).toBeLessThan(2 * MEMORY.commands + 100);
  });
});

describe('[KER7] the passing of time', () => {
  it('[KER7] fires what is due, in order, and tells when the next thing is due', () => {
    const w = opened();
    openCase(w, { priority: 'low' });
    openCase(w, { priority: 'high' });
    expect(nextDue(w.state)).toBe(START + 2 * HOUR);
    const records = w.wait(5 * DAY);
    expect(records.filter((r) => r.kind === 'case.alerted').map((r) => r.body)).toEqual([
      { case: 'C-2', what: 'overdue' },
      { case: 'C-1', what: 'overdue' },
    ]);
    expect(records[0]).toMatchObject({ actor: SYSTEM, causation: { timer: 'case.sweep:C-2' }, correlation: 'C-2' });
    expect(nextDue(w.state)).toBeNull();
    expect(nextDue(createState('acme'))).toBeNull();
  });

  it('[KER7] takes a long sleep in steps', () => {
    const w = opened();
    const cases = TICK_LIMIT * 0.75;
    for (let i = 0; i < cases; i++) openCase(w);
    const count = (records: readonly KernelRecord[]) => records.filter((r) => r.kind === 'case.alerted').length;
    const first = count(w.wait(2 * DAY));
    expect(w.state.timers).toHaveLength(2 * cases - TICK_LIMIT);
    expect(nextDue(w.state)).toBeLessThan(w.now);
    expect(first + count(w.wait(0))).toBe(cases);
    expect(nextDue(w.state)).toBeNull();
  });

  it('[KER7] does nothing for a timer that fires again or whose reason has gone', () => {
    const w = opened();
    openCase(w);
    w.wait(2 * DAY);
    for (const key of [
      'case.sweep:C-1',
      'case.sweep:C-9',
      'run.retry:R-1',
      'approval.silence:A-1',
      'operation.expire:OP-1',
    ])
      setTimer(w.state, w.now, key);
    expect(w.wait(0)).toEqual([]);
    expect(nextDue(w.state)).toBeNull();
  });
});

describe('the state', () => {
  it('[KER2] takes records only in their order', () => {
    const state = createState('acme');
    const [first] = opened().records;
    expect(() => evolve(state, { ...first!, seq: 2 })).toThrow('invariant broken: record 2 does not follow 0');
  });

  it('[KER10] gives out ids that are counters, also after a gap', () => {
    const w = opened();
    expect([openCase(w), openCase(w)]).toEqual(['C-1', 'C-2']);
    w.state.counters.C = 41;
    expect(openCase(w)).toBe('C-42');
  });
});

describe('the structures under it', () => {
  it('[KER7] keeps timers in order of time, then of name', () => {
    const timer = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom('a', 'b', 'c'));
    fc.assert(
      fc.property(fc.array(fc.option(timer, { freq: 3 })), (steps) => {
        const heap: TimerHeap = [];
        let model: [number, string][] = [];
        for (const entry of steps) {
          if (entry) {
            push(heap, ...entry);
            model = [...model, entry].sort((x, y) => x[0] - y[0] || (x[1] < y[1] ? -1 : x[1] > y[1] ? 1 : 0));
          } else expect(pop(heap)).toEqual(model.shift());
        }
        while (model.length > 0) expect(pop(heap)).toEqual(model.shift());
        expect(pop(heap)).toBeUndefined();
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('[KER11] has queues that are first in, first out, and give back the room of what has left', () => {
    const q = queue<number>();
    let [put, got] = [0, 0];
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < 3; i++) enqueue(q, put++);
      for (let i = 0; i < (round < 280 ? 3 : 1); i++) expect(dequeue(q)).toBe(got++);
      expect(length(q)).toBe(put - got);
      expect(peek(q)).toBe(got < put ? got : undefined);
    }
    expect(q.items.length).toBeLessThan(200);
    while (length(q) > 0) dequeue(q);
    expect(dequeue(q)).toBeUndefined();
  });

  it('[KER11] has a canonical text that does not depend on the order of fields', () => {
    expect(canonical({ b: 1, a: [shop().name, null] })).toBe('{"a":["Shop",null],"b":1}');
    expect(() => canonical(undefined)).toThrow(TypeError);
  });
});

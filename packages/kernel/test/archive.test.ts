import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonical,
  createState,
  dropSpentTimers,
  evolve,
  type KernelRecord,
  recall,
  type State,
} from '../src/index.ts';
import { busyShop, command, type Move, moves } from './support/org-random.ts';
import {
  apply,
  at,
  DAY,
  HOUR,
  kinds,
  OWNER,
  openCase,
  opened,
  operate,
  QUIET,
  resolveCase,
  SYSTEM,
  shop,
  type World,
  workOff,
  world,
} from './support/org-shop.ts';

const RETENTION = 30 * DAY;

/** Let time pass until nothing is due. */
function pass(w: World, ms: number): KernelRecord[] {
  const records = w.wait(ms);
  while ((w.state.timers[0]?.[0] ?? Number.POSITIVE_INFINITY) <= w.now) records.push(...w.wait(0));
  return records;
}

/** A case from its opening to its closing, with nothing left in any inbox. */
function closedCase(w: World, more: Record<string, unknown> = {}): string {
  const id = openCase(w, more);
  resolveCase(w, id);
  w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, at('quality'));
  w.ok('case.close', { case: id }, at('desk'));
  emptyInboxes(w);
  return id;
}

function emptyInboxes(w: World): void {
  for (const { id, to } of [...w.state.inbox.messages.values()])
    if (to !== 'desk') w.ok('message.done', { message: id }, at(to));
  workOff(w, 'desk');
}

const shopWith = (retention: string) =>
  shop({ settings: { intake: 'desk', verifier: 'quality', earned: ['mail.*'], retention } });

/** Everything in memory that grows with cases, by name. */
const sizes = (s: State) => ({
  cases: s.cases.cases.size,
  tasks: s.cases.tasks.size,
  operations: s.operations.operations.size,
  byKey: s.operations.byKey.size,
  approvals: s.governance.approvals.size,
  reservations: s.budget.reservations.size,
  perCase: s.budget.perCase.size,
  paid: s.economy.paid.size,
  costs: s.economy.cases.size,
  parts: s.archive.parts.size,
  busy: s.archive.busy.size,
  messages: s.inbox.messages.size,
});
const NOTHING = Object.fromEntries(Object.keys(sizes(createState('x'))).map((name) => [name, 0]));

describe('what is over leaves memory', () => {
  it('[ARC1] a case that has been over for 30 days leaves with all that belongs to it (R-B12)', () => {
    const w = opened();
    const id = closedCase(w);
    expect(kinds(pass(w, RETENTION - 1))).not.toContain('case.archived');
    emptyInboxes(w);
    expect(kinds(pass(w, 1))).toEqual(['case.archived']);
    expect(sizes(w.state)).toEqual(NOTHING);
    expect(w.records.at(-1)).toMatchObject({
      stream: `case/${id}`,
      body: { case: id },
      causation: { timer: `case.archive:${id}` },
    });
  });

  it('[ARC1] one that was cancelled leaves, too; one that was reopened stays until it is over again', () => {
    const w = opened(shopWith('1h'));
    const [cancelled, reopened] = [openCase(w), openCase(w)];
    for (const id of [cancelled, reopened]) w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    w.ok('case.reopen', { case: reopened, reason: 'r' }, at('desk'));
    emptyInboxes(w);
    pass(w, HOUR);
    expect([...w.state.cases.cases.keys()]).toEqual([reopened]);
    w.ok('case.cancel', { case: reopened, reason: 'r' }, at('desk'));
    emptyInboxes(w);
    pass(w, HOUR - 1);
    expect(w.state.cases.cases.size).toBe(1);
    pass(w, 1);
    expect(sizes(w.state)).toEqual(NOTHING);
  });

  it('[ARC1] waits for messages about it, for runs on it and for its operations, and then leaves at once', () => {
    const w = opened(shopWith('1h'));
    const id = openCase(w);
    const operation = w.ok(
      'operation.request',
      { capability: 'mail.send', args: { text: 't' }, case: id },
      at('desk'),
    ).operation;
    w.ok('operation.lease', { operation, executor: 'x', ttl: 99 * DAY }, SYSTEM);
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    const run = w.ok('run.start', { seat: 'desk', worker: 'w' }, SYSTEM).run;
    pass(w, 2 * HOUR);
    w.ok('run.finish', { run, report: { outcome: 'o' } }, SYSTEM);
    expect(kinds(pass(w, 1))).toEqual([]);
    w.ok('operation.complete', { operation, attempt: 1, result: {} }, SYSTEM);
    expect(kinds(pass(w, 1))).toEqual(['case.archived']);
    expect(sizes(w.state)).toEqual(NOTHING);
  });

  it('[KER12] deadlines far ahead do not outlive what they are about', () => {
    const far = { high: '9000d', normal: '9000d', low: '9000d' };
    const w = opened(shop({ settings: { intake: 'desk', retention: '1h', sla: far, oversight: QUIET } }));
    for (let i = 0; i < 10_000; i++) {
      const id = openCase(w, { customer: `c${i}` });
      w.ok('message.done', { message: `M-${i + 1}` }, at('desk'));
      w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    }
    pass(w, 2 * HOUR);
    expect(w.state.cases.cases.size).toBe(0);
    expect(w.state.timers).toEqual([]);
  });

  it('[ARC1] another retention counts for what is over already', () => {
    const w = opened(shopWith('60d'));
    openCase(w);
    w.ok('case.cancel', { case: 'C-1', reason: 'r' }, at('desk'));
    emptyInboxes(w);
    pass(w, 2 * DAY);
    emptyInboxes(w);
    apply(w, shopWith('1d'));
    expect(kinds(pass(w, 0))).toEqual(['case.archived']);
  });

  it('[ARC2] operations of no case leave on their own, their keys stay known', () => {
    const w = opened(shopWith('1h'));
    const ask = { capability: 'orders.get', args: { order: 'AC-1' }, key: 'once' };
    const operation = w.ok('operation.request', ask, at('desk')).operation as string;
    w.ok('operation.complete', { operation, attempt: 0, result: {} }, SYSTEM);
    pass(w, HOUR);
    expect(w.state.operations.operations.size).toBe(0);
    expect(sizes(w.state)).toEqual(NOTHING);
    expect(w.ok('operation.request', ask, at('desk'))).toMatchObject({ operation });
    expect(w.no('operation.request', { ...ask, args: { order: 'AC-2' } }, at('desk'))).toMatchObject({ rule: 'OP5' });
    expect(w.no('operation.lapse', { operation, reason: 'r' }, SYSTEM)).toMatchObject({ rule: 'ARC3' });
  });

  it('[ARC3] what has left is read, not changed: every command on it says so, and a new case may follow it', () => {
    const w = opened(shopWith('1h'));
    const id = closedCase(w);
    pass(w, HOUR);
    for (const [kind, body] of [
      ['case.reopen', { reason: 'r' }],
      ['case.message', { text: 't' }],
      ['case.note', { text: 't' }],
    ] as const)
      expect(w.no(kind, { case: id, ...body }, OWNER)).toMatchObject({ code: 'conflict', rule: 'ARC3' });
    expect(w.no('case.note', { case: 'C-99', text: 't' }, OWNER)).toMatchObject({ code: 'not-found' });
    expect(w.no('case.open', { subject: 's', customer: 'c', follows: 'C-99' })).toMatchObject({ code: 'not-found' });
    const next = openCase(w, { follows: id });
    expect(w.state.cases.cases.get(next)).toMatchObject({ follows: id });
    w.ok('case.classify', { case: next, duplicateOf: id }, at('desk'));
  });

  it('[ARC3] [CAS10] a task that left with its case says so, too; one that never was does not exist', () => {
    const w = opened(shopWith('1h'));
    const id = openCase(w);
    const packet = { subproblem: 'look', output: 'a list', success: 'seen' };
    const task = w.ok('task.delegate', { case: id, to: 'orders', packet }, at('desk')).task as string;
    const body = { report: { found: 1 }, declined: false };
    w.ok('task.complete', { task, ...body }, at('orders'));
    resolveCase(w, id);
    w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, at('quality'));
    w.ok('case.close', { case: id }, at('desk'));
    emptyInboxes(w);
    pass(w, HOUR);
    expect(w.state.cases.tasks.get(task)).toBeUndefined();
    expect(w.no('task.complete', { task, ...body }, at('orders'))).toMatchObject({ code: 'conflict', rule: 'ARC3' });
    expect(w.no('task.complete', { task: 'T-99', ...body }, at('orders'))).toMatchObject({ code: 'not-found' });
  });

  it('[ARC4] a case that has left is recalled from its records as it was', () => {
    const w = opened(shopWith('1h'));
    const id = openCase(w);
    resolveCase(w, id);
    operate(w, 'desk', id, 'mail.send');
    w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, at('quality'));
    w.ok('case.close', { case: id }, at('desk'));
    emptyInboxes(w);
    const shown = ({ cases, operations }: State) => ({
      cases: [...cases.cases.values()].map(({ taint: _, ...c }) => c),
      operations: [...operations.operations.values()].map(({ admittedAt: _, ...op }) => op),
    });
    const before = structuredClone(shown(w.state));
    pass(w, HOUR);
    const past = recall(
      w.state,
      w.records.filter((record) => record.correlation === id),
    );
    expect(shown(past)).toEqual(before);
    expect(past.organisation).toBe(w.state.organisation);
    expect(w.state.cases.cases.size).toBe(0);
  });

  it('[ARC5] the customer keeps whom he knows and his latest cases, and a request is not taken twice', () => {
    const w = opened(shopWith('1h'));
    openCase(w, { owner: 'orders', externalId: 'mail-1', customer: 'ann' });
    w.ok('case.cancel', { case: 'C-1', reason: 'r' }, at('orders'));
    workOff(w, 'orders');
    pass(w, HOUR);
    expect(w.no('case.open', { subject: 's', customer: 'ann', externalId: 'mail-1' })).toMatchObject({ rule: 'CAS6' });
    const again = openCase(w, { customer: 'ann' });
    expect(w.state.cases.cases.get(again)?.owner).toBe('orders');
    w.ok('run.start', { seat: 'orders', worker: 'w' }, SYSTEM);
    const [run] = [...w.state.runs.runs.values()];
    expect(run?.seen?.previous).toEqual([{ id: 'C-1', status: 'cancelled', topic: null }]);
  });

  it('[ARC6] the customer of a case that has left can be forgotten', () => {
    const w = opened(shopWith('1h'));
    const id = closedCase(w);
    pass(w, HOUR);
    expect(w.no('customer.forget', { case: id, reason: 'r' }, at('desk'))).toMatchObject({ rule: 'CAS19' });
    w.ok('customer.forget', { case: id, reason: 'r' }, OWNER);
    expect(w.state.cases.forgotten).toEqual([id]);
  });
});

/** Records as far as they do not count records. */
const plain = (records: readonly KernelRecord[]) =>
  records
    .filter(({ kind }) => kind !== 'case.archived' && kind !== 'operation.archived')
    .map(({ seq: _seq, causation, ...rest }) =>
      canonical({ ...rest, causation: 'seq' in causation ? 'reaction' : causation }).replace(/"nonce":"e\d+"/, ''),
    );

/** The same organisation in which nothing ever leaves memory. */
function keepAll(w: World): void {
  w.state.timers = w.state.timers.filter(([, key]) => !/^(case|operation)\.archive:/.test(key));
  w.state.timers.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
}

/** Somebody cleans up: what is under way ends, every message is read. */
function clear(w: World): void {
  for (const run of [...w.state.runs.runs.values()]) {
    if (run.status === 'active') w.send('run.finish', { run: run.id, report: { outcome: 'o' } }, SYSTEM);
  }
  for (const { id, to } of [...w.state.inbox.messages.values()]) w.send('message.done', { message: id }, at(to));
  const [c] = w.state.cases.live;
  if (c !== undefined) w.send('case.cancel', { case: c, reason: 'r' }, at(w.state.cases.cases.get(c)!.owner));
}

const quick = () => {
  const base = busyShop();
  return { ...base, settings: { ...base.settings, retention: '2h', oversight: QUIET } };
};

function twins(list: readonly Move[]): number {
  const [lean, full] = [opened(quick()), opened(quick())];
  for (const m of list) {
    if (m.wait > 0) {
      pass(lean, m.wait);
      keepAll(full);
      pass(full, m.wait);
    }
    if (m.what % 5 === 0) for (const w of [lean, full]) clear(w);
    const { kind, body, actor, id } = command(lean, m);
    const { reply, records } = lean.send(kind, body, actor, id);
    keepAll(full);
    if (!reply.ok && reply.rejection.rule === 'ARC3') {
      // A run's refused step is a step all the same: from there on the two plays differ by right.
      if (records.length > 0) {
        lean.records.length -= records.length;
        break;
      }
      continue;
    }
    const other = full.send(kind, body, actor, id).reply;
    const { seq: _a, ...one } = reply.ok ? reply.result : { ...reply.rejection, seq: 0 };
    const { seq: _b, ...two } = other.ok ? other.result : { ...other.rejection, seq: 0 };
    expect(one).toEqual(two);
  }
  expect(plain(lean.records)).toEqual(plain(full.records));
  const live = (w: World) => [...w.state.cases.live].map((id) => w.state.cases.cases.get(id));
  expect(live(lean)).toEqual(live(full));
  expect(lean.state.cases.byStatus).toEqual(full.state.cases.byStatus);
  expect(lean.state.operations.byStatus).toEqual(full.state.operations.byStatus);
  return full.state.cases.cases.size - lean.state.cases.cases.size;
}

describe('archiving changes no decision', () => {
  it('[ARC5] with and without it, all that is decided on what is not over is the same', () => {
    let archived = 0;
    fc.assert(
      fc.property(moves(160), (list) => {
        archived += twins(list);
      }),
      { numRuns: Number(process.env.REEVE_FUZZ_RUNS ?? 60), seed: Number(process.env.REEVE_FUZZ_SEED ?? 20261121) },
    );
    expect(archived).toBeGreaterThan(50);
  }, 120_000);

  it('[KER12] a replay without the timers that fired in their time goes on as the organisation that never stopped', () => {
    fc.assert(
      fc.property(moves(80), moves(40), (before, after) => {
        const live = opened(quick());
        const play = (w: World, list: readonly Move[]) => {
          for (const m of list) {
            if (m.wait > 0) pass(w, m.wait);
            const { kind, body, actor, id } = command(w, m);
            w.send(kind, body, actor, id);
          }
        };
        play(live, before);
        pass(live, 0);
        const state = createState('acme');
        for (const record of live.records) {
          evolve(state, record);
          if (state.seq % 50 === 0) dropSpentTimers(state);
        }
        dropSpentTimers(state);
        const again = world(state, live.now);
        expect(pass(again, 0)).toEqual([]);
        const from = live.records.length;
        play(live, after);
        play(again, after);
        expect(canonical(again.records)).toBe(canonical(live.records.slice(from)));
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});

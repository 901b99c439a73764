import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaveUnread } from '../src/archive/unread.ts';
import type { KernelRecord } from '../src/index.ts';
import { busyShop, command, moves } from './support/org-random.ts';
import {
  apply,
  at,
  DAY,
  type Draft,
  HOUR,
  inbox,
  kinds,
  OWNER,
  openCase,
  opened,
  QUIET,
  SYSTEM,
  shop,
  type World,
} from './support/org-shop.ts';

const MINUTE = 60_000;
const RETENTION = 30 * DAY;

/** Let time pass until nothing is due. */
function pass(w: World, ms: number): KernelRecord[] {
  const records = w.wait(ms);
  while ((w.state.timers[0]?.[0] ?? Number.POSITIVE_INFINITY) <= w.now) records.push(...w.wait(0));
  return records;
}

const quick = (more: NonNullable<Draft['settings']> = {}): Draft =>
  shop({
    settings: {
      intake: 'desk',
      verifier: 'quality',
      earned: ['mail.*'],
      oversight: QUIET,
      retention: '1h',
      ...more,
    },
  });

/** A case that is over, with nothing read of what was said about it. */
function cancelled(w: World): string {
  const id = openCase(w);
  w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
  return id;
}

const tell = (w: World, from: string, to: string, about: string, type = 'inform') =>
  w.ok('message.send', { to, type, text: 'look', case: about }, at(from)).message as string;

const inMemory = (w: World, id: string) => w.state.cases.cases.has(id);

describe('what nobody reads does not keep what is over in memory', () => {
  it('[ARC7] [INB1] the system does it when the case has been over for the retention, says why, and the case leaves', () => {
    const w = opened();
    const id = openCase(w);
    const said = tell(w, 'desk', 'other', id);
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    pass(w, RETENTION - 1);
    expect(inbox(w, 'other')).toEqual(['inform:desk']);
    const records = pass(w, 1);
    const open = ['M-1', said];
    expect(records.filter(({ kind }) => kind === 'message.done')).toMatchObject(
      open.map((message, i) => ({
        actor: SYSTEM,
        stream: `seat/${['desk', 'other'][i]}`,
        correlation: id,
        causation: { timer: `case.unread:${id}` },
        body: { message, by: 'system', reason: 'left unread' },
      })),
    );
    expect(kinds(records).at(-1)).toBe('case.archived');
    expect(w.state.inbox.messages.size + w.state.cases.cases.size + w.state.archive.unread.size).toBe(0);
    expect(w.state.inbox.seats.get('other')).toMatchObject({ depth: 0, work: new Map() });
    expect(w.state.timers.filter(([, key]) => key.endsWith(id) && key.startsWith('case.un'))).toEqual([]);
  });

  it('[ARC7] messages about a case that is not over, and of no case, stay', () => {
    const w = opened(quick());
    const [over, reopened] = [cancelled(w), cancelled(w)];
    w.ok('case.reopen', { case: reopened, reason: 'r' }, at('desk'));
    w.ok('message.send', { to: 'other', type: 'inform', text: 'of no case' }, at('desk'));
    pass(w, 9 * HOUR);
    expect([inMemory(w, over), inMemory(w, reopened)]).toEqual([false, true]);
    expect(inbox(w, 'other')).toEqual(['inform:desk']);
    expect(w.state.archive.unread.get(reopened)?.size).toBeGreaterThan(0);
  });

  it('[ARC7] another retention counts for what was left unread already', () => {
    const w = opened(quick({ retention: '60d' }));
    const id = cancelled(w);
    pass(w, DAY);
    tell(w, 'desk', 'other', id);
    pass(w, HOUR);
    apply(w, quick({ retention: '2h' }));
    pass(w, HOUR - 1);
    expect(inMemory(w, id)).toBe(true);
    pass(w, 1);
    expect(inMemory(w, id)).toBe(false);
  });

  it('[ARC7] at most 100 are done at once, the others right after', () => {
    const w = opened(quick());
    const id = openCase(w);
    for (let i = 0; i < 249; i++) tell(w, 'desk', 'other', id);
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    w.now += HOUR;
    const ctx = { now: w.now, entropy: '', actor: SYSTEM, run: null, command: '' };
    expect(leaveUnread(w.state, { id }, ctx)).toHaveLength(100);
    const done = kinds(pass(w, 0)).filter((kind) => kind === 'message.done');
    expect([done.length, w.state.inbox.messages.size, inMemory(w, id)]).toEqual([250, 0, false]);
  });
});

describe('what comes when a case is over', () => {
  it('[ARC8] has a retention of its own', () => {
    const w = opened(quick());
    const id = cancelled(w);
    pass(w, 59 * MINUTE);
    tell(w, 'desk', 'other', id);
    pass(w, 59 * MINUTE);
    expect(w.state.archive.unread.get(id)?.size).toBe(1);
    expect(kinds(pass(w, MINUTE))).toEqual(['message.done', 'case.archived']);
  });

  it('[ARC8] also when the case has left memory', () => {
    const w = opened(quick());
    const id = openCase(w);
    w.ok('run.start', { seat: 'desk', worker: 'w' }, SYSTEM);
    w.ok('switch.trip', { scope: 'seat', id: 'desk', reason: 'r' }, OWNER);
    w.ok('case.cancel', { case: id, reason: 'r' }, OWNER);
    pass(w, 2 * HOUR);
    pass(w, 2 * HOUR);
    expect(inMemory(w, id)).toBe(false);
    w.ok('switch.rearm', { scope: 'seat', id: 'desk', reason: 'r' }, OWNER);
    expect(w.state.archive.unread.get(id)?.size).toBe(1);
    expect(kinds(pass(w, HOUR))).toEqual(['message.done']);
    expect(w.state.archive.unread.size).toBe(0);
  });

  it('[ARC8] what asks for somebody goes up the line, one retention at each, before it is done', () => {
    const w = opened(quick());
    const id = cancelled(w);
    w.ok('case.message', { case: id, text: 'It is still broken' }, { principal: 'web' });
    const [, message] = [...w.state.inbox.messages.keys()];
    expect(kinds(pass(w, HOUR))).toEqual(['message.sent', 'message.done', 'message.done']);
    const [up] = [...w.state.inbox.messages.values()];
    expect(up).toMatchObject({ to: 'lead', from: 'system', type: 'escalation', case: id });
    expect(up).toMatchObject({ data: { unread: message, type: 'customer', from: 'customer' } });
    expect(up!.text).toBe(
      `"desk" has not read ${message} (customer of "customer") for 1 hour. ${id} is over: see whether anything is left to do.`,
    );
    pass(w, HOUR);
    expect(inbox(w, 'boss')).toEqual(['escalation:system']);
    expect(kinds(pass(w, HOUR))).toEqual(['message.done', 'case.archived']);
  });

  it('[ARC8] what was asked before the end is settled by it', () => {
    const w = opened(quick());
    const id = openCase(w);
    tell(w, 'desk', 'other', id, 'question');
    w.now += 1;
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    expect(kinds(pass(w, HOUR))).toEqual(['message.done', 'message.done', 'case.archived']);
  });
});

describe('what is under way keeps a case and its messages', () => {
  /** Nothing leaves for long; then `after` happens, and everything does. */
  function blocks(w: World, id: string, after: () => void): void {
    pass(w, 5 * HOUR);
    expect(inMemory(w, id)).toBe(true);
    expect(w.state.archive.unread.get(id)?.size).toBeGreaterThan(0);
    after();
    for (let level = 0; level < 4; level++) pass(w, HOUR);
    expect(inMemory(w, id)).toBe(false);
    expect([w.state.archive.unread.size, w.state.archive.busy.size]).toEqual([0, 0]);
  }

  /** An operation of which not even its tool knows whether it happened. */
  function unclear(w: World, id: string): string {
    const ask = { capability: 'mail.send', args: { text: 't' }, case: id };
    const operation = w.ok('operation.request', ask, at('desk')).operation as string;
    w.ok('operation.lease', { operation, executor: 'x', ttl: HOUR }, SYSTEM);
    w.ok('operation.lapse', { operation, reason: 'r' }, SYSTEM);
    return operation;
  }

  it('[ARC1] [ARC7] a run on it', () => {
    const w = opened(quick());
    const id = openCase(w);
    tell(w, 'desk', 'other', id);
    const run = w.ok('run.start', { seat: 'desk', worker: 'w' }, SYSTEM).run;
    w.ok('case.cancel', { case: id, reason: 'r' }, OWNER);
    blocks(w, id, () => w.ok('run.finish', { run, report: { outcome: 'o' } }, SYSTEM));
  });

  it('[ARC1] [ARC7] an approval that is open', () => {
    const contracts = [{ id: 'mail', capability: 'mail.send', approval: { when: 'true', approvers: ['boss'] } }];
    const w = opened({ ...quick(), contracts });
    const id = openCase(w);
    w.ok('operation.request', { capability: 'mail.send', args: { text: 't' }, case: id }, at('desk'));
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    expect(inbox(w, 'boss')).toEqual(['approval_request:system']);
    blocks(w, id, () => w.ok('approval.decide', { approval: 'A-1', verdict: 'reject', note: 'no' }, at('boss')));
  });

  it('[ARC1] [ARC7] [OP11] an operation of which nobody knows what became, until somebody says so', () => {
    const w = opened(quick());
    const id = openCase(w);
    const operation = unclear(w, id);
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    expect(w.state.operations.operations.get(operation)?.status).toBe('escalated');
    blocks(w, id, () => w.ok('operation.settle', { operation, landed: true, note: 'seen' }, at('boss')));
  });

  it('[ARC1] [ARC7] [INB12] a message that waits for a word', () => {
    const w = opened(quick({ inbox: { classes: { approve: ['plan'] }, silence: '5d' } }));
    const id = openCase(w);
    const body = { to: 'orders', type: 'inform', text: 'x', kind: 'plan', case: id };
    const { held, message } = w.ok('message.send', body, at('desk'));
    expect(held).toBe('approve');
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    blocks(w, id, () => w.ok('message.decide', { message, verdict: 'approve', reason: 'r' }, at('lead')));
  });

  it('[ARC1] [ARC7] [CMP4] a complaint about it that is not answered', () => {
    const w = opened(quick());
    const id = openCase(w);
    const raise = () => w.ok('complaint.raise', { text: 'slow', case: id }, { principal: 'web' }).complaint as string;
    const [complaint] = [raise(), raise()];
    w.ok('case.cancel', { case: id, reason: 'r' }, at('desk'));
    blocks(w, id, () => {
      w.now += 2 * DAY;
      w.ok('complaint.answer', { complaint, text: 'sorry', improvements: [] }, OWNER);
    });
  });

  it('[ARC9] [OVS10] a ladder that is climbed over it, also one that ends where a person was asked', () => {
    const oversight = { ...QUIET, waiting: '50m', patience: '20m', window: '90d', most: 2, heartbeat: '1s' };
    const w = opened(quick({ oversight }));
    const id = cancelled(w);
    const seen: string[] = [];
    for (let minutes = 0; minutes < 300 && inMemory(w, id); minutes += 5) {
      const records = pass(w, 5 * MINUTE);
      seen.push(...kinds(records).filter((kind) => /^(seat\.|message\.done|case\.archived)/.test(kind)));
    }
    expect(seen.filter((kind) => kind === 'seat.intervened').length).toBeGreaterThan(1);
    expect(seen.indexOf('message.done')).toBeGreaterThan(seen.lastIndexOf('seat.intervened'));
    expect(inMemory(w, id)).toBe(false);
  });
});

/** Somebody ends what is under way, and reads nothing. */
function settle(w: World): void {
  const { operations, runs, governance, organisation, cases } = w.state;
  for (const key of [...governance.switches.keys()]) {
    const colon = key.indexOf(':');
    w.send('switch.rearm', { scope: key.slice(0, colon), id: key.slice(colon + 1), reason: 'r' });
  }
  for (const { id, status } of [...organisation.seats.values()])
    if (status !== 'active') w.send('seat.resume', { seat: id, reason: 'r' });
  for (const approval of [...governance.pending])
    w.send('approval.decide', { approval, verdict: 'reject', note: 'n' }, OWNER);
  for (const { id, status } of [...runs.runs.values()]) {
    if (status === 'ready' || status === 'interrupted') w.send('run.resume', { run: id, worker: 'w' }, SYSTEM);
    w.send('run.finish', { run: id, report: { outcome: 'o' } }, SYSTEM);
  }
  for (const { id: operation, attempt } of [...operations.operations.values()]) {
    w.send('operation.lease', { operation, executor: 'x', ttl: HOUR }, SYSTEM);
    for (const n of [attempt, attempt + 1])
      w.send('operation.complete', { operation, attempt: n, result: { paid: true } }, SYSTEM);
    w.send('operation.read', { operation, reads: { order: { value: { paid: true }, at: w.now } } }, SYSTEM);
    w.send('operation.reconcile', { operation, landed: 'yes' }, SYSTEM);
    w.send('operation.verify', { operation, after: { value: { paid: true }, at: w.now } }, SYSTEM);
    w.send('operation.settle', { operation, landed: true, note: 'n' }, OWNER);
  }
  for (const id of [...cases.live]) {
    if (!w.send('case.cancel', { case: id, reason: 'r' }, OWNER).reply.ok) {
      w.send('case.reopen', { case: id, reason: 'r' }, OWNER);
      w.send('case.cancel', { case: id, reason: 'r' }, OWNER);
    }
  }
}

describe('in the end', () => {
  it('[ARC1] [ARC7] every case that is over leaves memory with all its messages, though nobody reads one', () => {
    let [cases, unread] = [0, 0];
    const base = busyShop();
    const busy = { ...base, settings: { ...base.settings, retention: '2h', oversight: QUIET } };
    fc.assert(
      fc.property(moves(120), (list) => {
        const w = opened(busy);
        for (const m of list) {
          if (m.wait > 0) pass(w, m.wait);
          const { kind, body, actor, id } = command(w, m);
          w.send(kind, body, actor, id);
        }
        for (let round = 0; round < 12; round++) {
          settle(w);
          pass(w, 5 * MINUTE);
        }
        const over = [...w.state.cases.cases.values()].map(({ status }) => status);
        expect(over.filter((status) => status !== 'cancelled' && status !== 'closed')).toEqual([]);
        // A change of the organisation may have brought back the usual retention.
        for (let level = 0; level < 5; level++) pass(w, RETENTION);
        expect([...w.state.cases.cases.keys()]).toEqual([]);
        expect([...w.state.inbox.messages.values()].filter((m) => m.case !== null)).toEqual([]);
        expect([w.state.archive.unread, w.state.archive.busy]).toEqual([new Map(), new Map()]);
        cases += w.state.counters.C ?? 0;
        unread += w.records.filter((r) => r.kind === 'message.done' && r.body.reason === 'left unread').length;
      }),
      { numRuns: Number(process.env.REEVE_FUZZ_RUNS ?? 25), seed: Number(process.env.REEVE_FUZZ_SEED ?? 20261121) },
    );
    expect(cases).toBeGreaterThan(100);
    expect(unread).toBeGreaterThan(100);
  });
});

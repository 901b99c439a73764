import { describe, expect, it } from 'vitest';
import { canonical } from '../src/core/canonical.ts';
import { definition } from '../src/definition.ts';
import { chain, commonSupervisor, definitionDigest, humanAbove, isAbove, supervisorCycle } from '../src/index.ts';
import { governs, inUnit } from '../src/organisation/views.ts';
import {
  apply,
  at,
  type Draft,
  inbox,
  OWNER,
  openCase,
  opened,
  PACKET,
  seat,
  shop,
  without,
  world,
} from './support/org-shop.ts';

const attempt = (w: ReturnType<typeof world>, next: unknown, base = w.state.organisation.digest) =>
  w.no('organisation.apply', { base, reason: 'change', definition: next });
const seatOf = (w: ReturnType<typeof world>, id: string) => w.state.organisation.seats.get(id)!;

describe('applying a definition', () => {
  it('[ORG5] puts the whole definition in force under its digest', () => {
    const w = opened();
    expect(w.state.organisation.digest).toBe(definitionDigest(definition.parse(shop())));
    expect([...w.state.organisation.seats.keys()]).toEqual([
      'boss',
      'lead',
      'desk',
      'orders',
      'billing',
      'quality',
      'other',
    ]);
    expect(w.records[0]).toMatchObject({ kind: 'organisation.applied', body: { base: '', removed: [] } });
  });

  it('[ORG5] refuses a definition made for an organisation that has changed since', () => {
    const w = opened();
    const before = w.state.organisation.digest;
    apply(w, without('other'));
    expect(attempt(w, shop(), before)).toMatchObject({
      code: 'conflict',
      rule: 'ORG5',
      hint: expect.stringContaining('plan'),
    });
    expect(seatOf(w, 'other').status).toBe('retired');
  });

  it('[ORG5] refuses a definition that is already in force', () => {
    expect(attempt(opened(), shop())).toMatchObject({ code: 'conflict', rule: 'ORG5' });
  });

  it('[ORG5] names the place of what is wrong with a definition and changes nothing', () => {
    const w = opened();
    const broken = { ...shop(), seats: [{ ...seat('boss'), cases: -1 }] };
    expect(attempt(w, broken)).toMatchObject({
      code: 'invalid',
      rule: 'ORG5',
      message: expect.stringContaining('seats.0.cases'),
    });
    expect(w.state.organisation.seats.size).toBe(7);
    expect(w.state.seq).toBe(w.records.length);
  });

  it('[ORG4] lets the owner and the human at the top change it, and nobody else, not even the first time', () => {
    const first = world();
    const body = { base: '', reason: 'mine', definition: shop() };
    expect(first.no('organisation.apply', body, { principal: 'mallory' })).toMatchObject({
      code: 'forbidden',
      rule: 'ORG4',
    });
    const w = opened();
    apply(w, without('other'), at('boss'));
    const next = { base: w.state.organisation.digest, reason: 'mine', definition: shop() };
    for (const actor of [at('lead'), at('desk'), { principal: 'mallory', seat: 'boss' }, { principal: 'system' }])
      expect(w.no('organisation.apply', next, actor)).toMatchObject({ code: 'forbidden', rule: 'ORG4' });
  });

  it('[ORG1] [T6] refuses two things of one kind with the same id', () => {
    const twice: Draft[] = [
      { ...shop(), seats: [...shop().seats!, seat('desk', 'boss')] },
      { ...shop(), units: [...shop().units!, { id: 'company', title: 'Again' }] },
      { ...shop(), capabilities: [...shop().capabilities!, shop().capabilities![0]!] },
      { ...shop(), contracts: [...shop().contracts!, { id: 'mail-2', capability: 'mail.send' }] },
    ];
    const found = twice.map((next) => attempt(opened(), next));
    expect(found.map((r) => r.message)).toEqual([
      'two seats are called "desk"',
      'two units are called "company"',
      'two capabilities are called "orders.get"',
      'two contracts are for "mail.send"',
    ]);
    for (const rejection of found) expect(rejection).toMatchObject({ code: 'invalid', rule: 'ORG1' });
  });

  it('[ORG2] refuses reporting lines that form a circle, and shows the circle', () => {
    const next = { ...shop(), seats: [seat('boss'), seat('a', 'c'), seat('b', 'a'), seat('c', 'b')] };
    expect(attempt(opened(), next)).toMatchObject({
      code: 'invalid',
      rule: 'ORG2',
      message: 'the reporting lines form a circle: a → c → b → a',
      hint: expect.stringContaining('another supervisor'),
    });
    expect(supervisorCycle([seat('x', 'x')])).toEqual(['x', 'x']);
  });

  it('[ORG2] refuses a seat that reports to nobody who exists', () => {
    const next = { ...shop(), seats: [seat('boss'), seat('desk', 'ghost')] };
    expect(attempt(opened(), next)).toMatchObject({
      code: 'invalid',
      rule: 'ORG2',
      message: 'seat "desk" reports to "ghost", which does not exist',
      hint: expect.any(String),
    });
  });
});

describe('a seat through changes', () => {
  it('[ORG7] stays as a retired one without occupant when a definition drops it (R-D60)', () => {
    const w = opened();
    apply(w, without('orders'));
    expect(seatOf(w, 'orders')).toMatchObject({ status: 'retired', occupant: null, supervisor: 'lead' });
    expect(w.records.findLast((r) => r.kind === 'organisation.applied')?.body).toMatchObject({
      removed: [{ kind: 'seats', id: 'orders' }],
    });
  });

  it('[ORG7] is active again when a definition brings it back', () => {
    const w = opened();
    apply(w, without('orders'));
    apply(w, shop());
    expect(seatOf(w, 'orders')).toMatchObject({ status: 'active', occupant: { principal: 'p-orders' } });
  });

  it('[ORG7] leaves what would be sent to it to the nearest seat above that still exists', () => {
    const w = opened();
    openCase(w);
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'));
    w.ok('task.delegate', { case: 'C-1', to: 'billing', packet: PACKET }, at('orders'));
    apply(w, without('orders'));
    w.ok('task.complete', { task: 'T-2', report: { found: true } }, at('billing'));
    expect(inbox(w, 'lead')).toEqual(['report:billing']);
  });

  it('[ORG8] keeps an occupant changed at run time through an apply that does not touch it', () => {
    const w = opened();
    const temp = { principal: 'temp', kind: 'human' as const };
    w.ok('seat.occupy', { seat: 'desk', occupant: temp, reason: 'holiday' }, at('lead'));
    w.ok('seat.pause', { seat: 'desk', reason: 'lunch' }, at('lead'));
    apply(w, without('other'));
    expect(seatOf(w, 'desk')).toMatchObject({ occupant: temp, status: 'paused' });
  });

  it('[ORG8] replaces it when the definition names another occupant', () => {
    const w = opened();
    w.ok('seat.occupy', { seat: 'desk', occupant: null, reason: 'holiday' }, at('lead'));
    const next = shop();
    next.seats![2] = seat('desk', 'lead', { occupant: { principal: 'robo', kind: 'script', script: 'robo.ts' } });
    apply(w, next);
    expect(seatOf(w, 'desk').occupant).toMatchObject({ principal: 'robo' });
  });

  it('[ORG8] keeps it also when the definition in force was read back from the ledger with its fields in another order', () => {
    const w = opened();
    w.state.organisation.definition = JSON.parse(canonical(w.state.organisation.definition));
    w.ok('seat.occupy', { seat: 'desk', occupant: null, reason: 'holiday' }, at('lead'));
    apply(w, without('other'));
    expect(seatOf(w, 'desk').occupant).toBeNull();
  });

  it('[ORG6] is paused, suspended and resumed only from the states that allow it (R-C23)', () => {
    const w = opened();
    const move = (kind: 'seat.pause' | 'seat.resume' | 'seat.suspend') => ({
      kind,
      body: { seat: 'desk', reason: 'because' },
    });
    const allowed = {
      active: ['seat.pause', 'seat.suspend'],
      paused: ['seat.resume', 'seat.suspend'],
      suspended: ['seat.resume'],
    };
    for (const [status, moves] of Object.entries(allowed)) {
      for (const kind of ['seat.pause', 'seat.resume', 'seat.suspend'] as const) {
        seatOf(w, 'desk').status = status as 'active';
        const { reply } = w.send(kind, move(kind).body, at('lead'));
        if (!reply.ok)
          expect(reply.rejection).toMatchObject({
            code: 'conflict',
            rule: 'ORG6',
            message: `seat "desk" is ${status}`,
          });
        expect(reply.ok).toBe(moves.includes(kind));
      }
    }
  });

  it('[ORG6] takes no part in anything while it is suspended', () => {
    const w = opened();
    openCase(w);
    w.ok('seat.suspend', { seat: 'desk', reason: 'odd' }, at('lead'));
    const suspended = {
      code: 'forbidden',
      rule: 'ORG6',
      message: 'seat "desk" is suspended',
      hint: expect.any(String),
    };
    expect(w.no('case.note', { case: 'C-1', text: 'hm' }, at('desk'))).toMatchObject(suspended);
    expect(w.no('message.send', { to: 'lead', type: 'inform', text: 'hm' }, at('desk'))).toMatchObject(suspended);
    expect(w.no('message.done', { message: 'M-1' }, at('desk'))).toMatchObject(suspended);
    w.ok('seat.suspend', { seat: 'lead', reason: 'odd' }, at('boss'));
    expect(w.no('seat.resume', { seat: 'desk', reason: 'fine' }, at('lead'))).toMatchObject({ rule: 'ORG4' });
  });

  it('[ORG6] takes no occupant once it is retired', () => {
    const w = opened();
    apply(w, without('orders'));
    const occupant = { principal: 'x', kind: 'human' };
    expect(w.no('seat.occupy', { seat: 'orders', occupant, reason: 'x' })).toMatchObject({
      code: 'conflict',
      rule: 'ORG6',
    });
    expect(w.no('seat.resume', { seat: 'orders', reason: 'x' })).toMatchObject({ code: 'conflict', rule: 'ORG6' });
  });
});

describe('authority', () => {
  it('[ORG1] says when a seat does not exist', () => {
    expect(opened().no('seat.pause', { seat: 'ghost', reason: 'x' })).toMatchObject({
      code: 'not-found',
      rule: 'ORG1',
      hint: expect.stringContaining('reeve status'),
    });
  });

  it('[ORG4] directs a seat only from a human seat above it, by the person who sits there', () => {
    const w = opened();
    const pause = (actor: { principal: string; seat?: string }) =>
      w.send('seat.pause', { seat: 'desk', reason: 'x' }, actor).reply.ok;
    const allowed = [OWNER, at('boss'), at('lead')];
    const refused = [
      at('desk'),
      at('orders'),
      at('other'),
      { principal: 'p-lead' },
      { principal: 'mallory', seat: 'lead' },
    ];
    for (const actor of refused) expect(pause(actor)).toBe(false);
    for (const actor of allowed) {
      expect(pause(actor)).toBe(true);
      w.ok('seat.resume', { seat: 'desk', reason: 'x' });
    }
    expect(w.no('seat.occupy', { seat: 'desk', occupant: null, reason: 'x' }, at('desk'))).toMatchObject({
      code: 'forbidden',
      rule: 'ORG4',
      hint: expect.any(String),
    });
    expect(w.no('seat.pause', { seat: 'boss', reason: 'x' }, at('boss'))).toMatchObject({ rule: 'ORG4' });
  });

  it('[ORG4] does not let an agent direct the seats under it', () => {
    const w = opened({ ...shop(), seats: [...shop().seats!, seat('sub', 'desk')] });
    expect(w.no('seat.pause', { seat: 'sub', reason: 'x' }, at('desk'))).toMatchObject({ rule: 'ORG4' });
  });

  it('[ORG3] acts in a seat only by its occupant of the moment', () => {
    const w = opened();
    openCase(w);
    const note = (actor: { principal: string; seat?: string }) => w.no('case.note', { case: 'C-1', text: 'x' }, actor);
    expect(note({ principal: 'mallory', seat: 'desk' })).toMatchObject({
      code: 'forbidden',
      rule: 'ORG3',
      hint: expect.any(String),
    });
    expect(note({ principal: 'p-desk' })).toMatchObject({
      code: 'forbidden',
      rule: 'ORG3',
      hint: 'use the token of a seat',
    });
    w.ok('seat.occupy', { seat: 'desk', occupant: { principal: 'temp', kind: 'human' }, reason: 'x' });
    expect(note(at('desk'))).toMatchObject({ rule: 'ORG3' });
    w.ok('case.note', { case: 'C-1', text: 'x' }, { principal: 'temp', seat: 'desk' });
  });
});

describe('the tree', () => {
  it('[ORG9] answers who is above whom, who supervises all of several seats, and the nearest human', () => {
    const { state } = opened();
    expect(chain(state, 'desk')).toEqual(['lead', 'boss']);
    expect(isAbove(state, 'boss', 'desk')).toBe(true);
    expect(isAbove(state, 'desk', 'desk')).toBe(false);
    expect(commonSupervisor(state, ['desk', 'orders'])).toBe('lead');
    expect(commonSupervisor(state, ['desk', 'quality'])).toBe('boss');
    expect(commonSupervisor(state, ['lead', 'desk'])).toBe('lead');
    expect(commonSupervisor(state, ['desk'])).toBe('lead');
    expect(commonSupervisor(state, ['boss'])).toBeNull();
    expect(commonSupervisor(state, [])).toBeNull();
    expect(humanAbove(state, 'desk')).toBe('lead');
    expect(humanAbove(state, 'boss')).toBeNull();
    expect(governs(state, at('boss'))).toBe(true);
    expect(governs(state, at('lead'))).toBe(false);
  });

  it('[ORG9] knows which unit is inside which, even when the units form a circle', () => {
    const units = [
      { id: 'a', title: 'A', parent: 'b' },
      { id: 'b', title: 'B', parent: 'a' },
      { id: 'c', title: 'C', parent: 'a' },
    ];
    const { state } = opened({ ...shop(), units: [...shop().units!, ...units] });
    expect(inUnit(state, 'c', 'b')).toBe(true);
    expect(inUnit(state, 'a', 'c')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { TRANSITIONS } from '../src/cases/machine.ts';
import type { Actor, CommandKind } from '../src/index.ts';
import { caseCounts } from '../src/index.ts';
import {
  apply,
  at,
  DAY,
  OWNER,
  openCase,
  opened,
  operate,
  PACKET,
  resolveCase,
  seat,
  shop,
  theCase,
  without,
} from './support/org-shop.ts';

/** Every command on a case, with a body that is well-formed. */
const COMMANDS: [CommandKind, Record<string, unknown>][] = [
  ['case.classify', { topic: 'x' }],
  ['case.note', { text: 'x' }],
  ['case.assign', { to: 'orders', reason: 'r' }],
  ['case.start', {}],
  ['case.wait', { question: '?' }],
  ['case.block', { reason: 'r' }],
  ['case.resume', {}],
  ['case.escalate', { reason: 'r' }],
  ['case.resolve', { summary: 's', evidence: ['OP-1'] }],
  ['case.verify', { passed: true, checks: ['c'] }],
  ['case.close', {}],
  ['case.cancel', { reason: 'r' }],
  ['case.reopen', { reason: 'r' }],
  ['task.delegate', { to: 'billing', packet: PACKET }],
];

describe('who may do what on a case', () => {
  it('[CAS2] [CAS3] answers outsiders on an existing case exactly as on one that does not exist (R-B6, R-B11)', () => {
    const w = opened();
    openCase(w);
    const outsiders: Actor[] = [
      at('other'),
      at('billing'),
      { principal: 'p-desk' },
      { principal: 'mallory', seat: 'desk' },
    ];
    for (const actor of outsiders) {
      for (const [kind, body] of COMMANDS) {
        const real = w.no(kind, { case: 'C-1', ...body }, actor);
        const absent = w.no(kind, { case: 'C-2', ...body }, actor);
        expect(JSON.stringify(real).replaceAll('C-1', 'C-2')).toBe(JSON.stringify(absent));
      }
    }
    expect(w.no('case.note', { case: 'C-1', text: 'x' }, at('other'))).toEqual({
      code: 'not-found',
      message: 'there is no case C-1',
      hint: 'list your cases with `reeve cases`',
      rule: 'CAS2',
    });
  });

  it('[CAS3] lets those take part whom the case has brought in, and humans above its owner', () => {
    const w = opened();
    openCase(w);
    const note = (actor: Actor) => w.send('case.note', { case: 'C-1', text: 'x' }, actor).reply.ok;
    expect([at('desk'), at('lead'), at('boss'), OWNER, at('orders'), at('quality')].map(note)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'));
    w.ok('case.escalate', { case: 'C-1', reason: 'r', to: 'other' }, at('desk'));
    expect([at('orders'), at('other')].map(note)).toEqual([true, true]);
    w.ok('case.assign', { case: 'C-1', to: 'billing', reason: 'r' }, at('desk'));
    expect([at('desk'), at('billing')].map(note)).toEqual([true, true]);
  });

  it('[CAS4] leaves the fate of a case to its owner and the humans above', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'));
    const evidence = operate(w, 'orders', 'C-1');
    const fate = COMMANDS.filter(([kind]) => /assign|start|wait|block|resolve|close|cancel/.test(kind));
    for (const [kind, body] of fate)
      expect(w.no(kind, { case: 'C-1', ...body }, at('orders'))).toMatchObject({
        code: 'forbidden',
        rule: 'CAS4',
        message: 'case C-1 belongs to "desk"',
        hint: 'report to its owner, who decides',
      });
    expect(fate).toHaveLength(7);
    w.ok('task.complete', { task: 'T-1', report: {} }, at('orders'));
    w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [evidence] }, at('lead'));
    expect(theCase(w).resolution).toMatchObject({ by: 'lead', principal: 'p-lead' });
  });
});

describe('what the status allows', () => {
  it('[CAS1] refuses every move the table does not have, says what is possible, and changes nothing', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, OWNER);
    const evidence = operate(w, 'desk', 'C-1');
    const commands: [CommandKind, Record<string, unknown>, keyof (typeof TRANSITIONS)['new']][] = [
      ['case.assign', { to: 'desk', reason: 'r' }, 'assign'],
      ['case.start', {}, 'start'],
      ['case.wait', { question: '?' }, 'wait_customer'],
      ['case.block', { reason: 'r' }, 'block'],
      ['case.resume', {}, 'resume'],
      ['case.escalate', { reason: 'r' }, 'escalate'],
      ['case.resolve', { summary: 's', evidence: [evidence] }, 'resolve'],
      ['case.close', {}, 'close'],
      ['case.cancel', { reason: 'r' }, 'cancel'],
      ['case.reopen', { reason: 'r' }, 'reopen'],
    ];
    let refused = 0;
    for (const status of Object.keys(TRANSITIONS) as (keyof typeof TRANSITIONS)[]) {
      for (const [kind, body, move] of commands) {
        if (TRANSITIONS[status][move] !== null) continue;
        refused += 1;
        theCase(w).status = status;
        expect(w.no(kind, { case: 'C-1', ...body })).toMatchObject({
          code: 'conflict',
          rule: 'CAS1',
          message: expect.stringContaining(`case C-1 is ${status}`),
          hint: expect.stringMatching(/^possible now: /),
        });
        expect(theCase(w).status).toBe(status);
      }
    }
    expect(refused).toBe(62);
  });

  it('[CAS1] classifies and delegates only while the case is open', () => {
    const w = opened();
    openCase(w);
    w.ok('case.cancel', { case: 'C-1', reason: 'r' }, at('desk'));
    for (const [kind, body] of [COMMANDS[0]!, COMMANDS.at(-1)!])
      expect(w.no(kind, { case: 'C-1', ...body }, at('desk'))).toMatchObject({
        code: 'conflict',
        rule: 'CAS1',
        hint: 'reopen it first',
      });
  });

  it('[CAS18] counts open and overdue cases by status (R-A82, R-A83)', () => {
    const w = opened();
    for (const _ of [1, 2, 3]) openCase(w);
    w.ok('case.cancel', { case: 'C-3', reason: 'r' }, at('desk'));
    w.now += 2 * DAY;
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    expect(caseCounts(w.state, w.state.now)).toEqual({
      open: 2,
      overdue: 2,
      byStatus: { in_progress: 1, assigned: 1, cancelled: 1 },
    });
    expect(w.state.cases.open).toBe(2);
  });
});

describe('evidence', () => {
  it('[CAS9] [T9] resolves only with what happened on this very case (R-E24)', () => {
    const w = opened();
    openCase(w);
    openCase(w);
    for (const id of ['C-1', 'C-2']) w.ok('case.start', { case: id }, at('desk'));
    const resolve = (evidence: string[], id = 'C-1') =>
      w.no('case.resolve', { case: id, summary: 's', evidence }, at('desk'));
    expect(resolve([])).toMatchObject({ code: 'invalid', rule: 'CAS9', hint: expect.stringContaining('OP-12') });
    expect(resolve(['I did it'])).toMatchObject({ code: 'invalid', rule: 'CAS9', hint: 'evidence that exists: none' });
    const elsewhere = operate(w, 'desk', 'C-2');
    const here = operate(w, 'desk', 'C-1');
    expect(resolve([here, elsewhere])).toMatchObject({
      rule: 'CAS9',
      message: `no action on the ledger of C-1 matches the evidence ${elsewhere}`,
      hint: `evidence that exists: ${here}`,
    });
    w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [here] }, at('desk'));
  });

  it('[CAS9] [T9] counts what was asked for and did not succeed as nothing', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    const { operation } = w.ok(
      'operation.request',
      { capability: 'orders.get', args: { order: 'x' }, case: 'C-1' },
      at('desk'),
    );
    expect(w.no('case.resolve', { case: 'C-1', summary: 's', evidence: [operation] }, at('desk'))).toMatchObject({
      rule: 'CAS9',
    });
  });

  it('[CAS9] takes the evidence a tool has given with its result, and the first answer to the customer is the first effect that faces him', () => {
    const w = opened();
    openCase(w);
    const { operation } = w.ok(
      'operation.request',
      { capability: 'orders.get', args: { order: 'x' }, case: 'C-1' },
      at('desk'),
    );
    w.now += 1000;
    const evidence = [{ kind: 'receipt', ref: 'R-77' }];
    w.ok('operation.complete', { operation, attempt: 0, result: {}, evidence }, { principal: 'system' });
    expect(theCase(w)).toMatchObject({
      evidence: [{ ref: operation }, { kind: 'receipt', ref: 'R-77' }],
      firstResponseAt: null,
      acted: [],
    });
    operate(w, 'desk', 'C-1', 'mail.send');
    expect(theCase(w)).toMatchObject({
      firstResponseAt: w.now,
      acted: [{ seat: 'desk', capability: 'mail.send', principal: 'p-desk' }],
    });
  });
});

describe('verification', () => {
  const verify = { case: 'C-1', passed: true, checks: ['looked'] };

  it('[CAS11] is made by another seat than the one that resolved, with another person in it (R-E35, R-E75)', () => {
    const w = opened();
    openCase(w);
    resolveCase(w, 'C-1');
    const refused = { code: 'forbidden', rule: 'CAS11', hint: expect.stringContaining('somebody else') };
    expect(w.no('case.verify', verify, at('desk'))).toMatchObject(refused);
    w.ok('seat.occupy', { seat: 'quality', occupant: { principal: 'p-desk', kind: 'human' }, reason: 'r' });
    expect(w.no('case.verify', verify, { principal: 'p-desk', seat: 'quality' })).toMatchObject(refused);
    w.ok('seat.occupy', { seat: 'desk', occupant: { principal: 'new', kind: 'human' }, reason: 'r' });
    expect(w.no('case.verify', verify, { principal: 'p-desk', seat: 'quality' })).toMatchObject(refused);
    w.ok('case.verify', verify, at('lead'));
  });

  it('[CAS11] is not made by a seat or person that had an effect on the case', () => {
    const w = opened();
    openCase(w);
    w.ok('task.delegate', { case: 'C-1', to: 'quality', packet: PACKET }, at('desk'));
    operate(w, 'quality', 'C-1', 'mail.send');
    w.ok('task.complete', { task: 'T-1', report: {} }, at('quality'));
    resolveCase(w, 'C-1');
    expect(theCase(w).verifier).toBe('lead');
    expect(w.no('case.verify', verify, at('quality'))).toMatchObject({ code: 'forbidden', rule: 'CAS11' });
    w.ok('seat.occupy', { seat: 'lead', occupant: { principal: 'p-quality', kind: 'human' }, reason: 'r' });
    expect(w.no('case.verify', verify, { principal: 'p-quality', seat: 'lead' })).toMatchObject({ rule: 'CAS11' });
  });

  it('[CAS11] names its checks when it passes, and sends the case back when it does not', () => {
    const w = opened();
    openCase(w);
    resolveCase(w, 'C-1');
    expect(w.no('case.verify', { ...verify, checks: [] }, at('quality'))).toMatchObject({
      code: 'invalid',
      rule: 'CAS11',
      hint: expect.stringContaining('checks'),
    });
    w.ok('case.verify', { case: 'C-1', passed: false, checks: [], note: 'not there' }, at('quality'));
    expect(theCase(w)).toMatchObject({ status: 'in_progress', resolution: null });
    expect(w.no('case.verify', verify, at('quality'))).toMatchObject({ code: 'conflict', rule: 'CAS1' });
  });

  it('[CAS11] is asked of the organisation’s verifier, else of the nearest seat above that may give it', () => {
    const by = (definition = shop(), resolver = OWNER, before?: (w: ReturnType<typeof opened>) => void) => {
      const w = opened(definition);
      openCase(w);
      before?.(w);
      w.ok('case.start', { case: 'C-1' }, at('desk'));
      w.ok('case.resolve', { case: 'C-1', summary: 's', evidence: [operate(w, 'desk', 'C-1')] }, resolver);
      return theCase(w).verifier;
    };
    const settings = { intake: 'desk' };
    expect(by()).toBe('quality');
    expect(by(shop({ settings }), at('desk'))).toBe('lead');
    expect(by(shop({ settings }), at('lead'))).toBe('boss');
    expect(by(shop({ settings }), OWNER)).toBe('lead');
    expect(by(shop(), at('desk'), (w) => w.ok('seat.pause', { seat: 'quality', reason: 'r' }))).toBe('lead');
    expect(by(shop(), at('desk'), (w) => apply(w, without('quality')))).toBe('lead');
    expect(by(shop({ settings, seats: [seat('desk')] }), at('desk'))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { type Actor, restructuringPlan } from '../src/index.ts';
import {
  apply,
  at,
  type Draft,
  finishRun,
  inbox,
  kinds,
  OWNER,
  openCase,
  opened,
  operate,
  PACKET,
  resolveCase,
  SYSTEM,
  seat,
  shop,
  startRun,
  theCase,
  type World,
} from './support/org-shop.ts';

type Steps = Parameters<typeof restructuringPlan>[1];
const HUMAN = { principal: 'temp', kind: 'human' as const };

const change = (w: World, steps: unknown[], actor: Actor = OWNER, more: object = {}) =>
  w.ok('organisation.restructure', { steps, reason: 'spring', ...more }, actor);
const refused = (w: World, steps: unknown[], actor: Actor = OWNER, more: object = {}) =>
  w.no('organisation.restructure', { steps, reason: 'spring', ...more }, actor);
const seatOf = (w: World, id: string) => w.state.organisation.seats.get(id)!;
const merge = (more: object = {}) => ({ do: 'merge', seats: ['orders'], into: 'billing', ...more });
const task = (w: World) => w.ok('task.delegate', { case: 'C-1', to: 'orders', packet: PACKET }, at('desk'));

/** The shop with an approval for each mail. */
const asking = (): Draft =>
  shop({
    settings: { intake: 'desk', verifier: 'quality' },
    contracts: [{ id: 'mail', capability: 'mail.send', approval: { when: 'true', approvers: ['lead'] } }],
  });

describe('steps', () => {
  it('[RST1] [R-D56] splits a seat: a new one beside it with some of its topics, and the work on them', () => {
    const topics = { skills: [], topics: ['refund', 'parcel'], domains: [] };
    const w = opened({
      ...shop(),
      seats: shop().seats!.map((s) => (s.id === 'desk' ? { ...s, abilities: topics } : s)),
    });
    openCase(w);
    openCase(w, { customer: 'b' });
    w.ok('case.classify', { case: 'C-2', topic: 'refund' }, at('desk'));
    const into = [{ id: 'refunds', title: 'Refunds', topics: ['refund'], rights: ['mail.*'], occupant: HUMAN }];
    w.ok('case.start', { case: 'C-2' }, at('desk'));
    expect(change(w, [{ do: 'split', seat: 'desk', into }])).toMatchObject({ restructuring: 'RS-1' });
    expect(seatOf(w, 'refunds')).toMatchObject({ supervisor: 'lead', status: 'active', occupant: HUMAN });
    expect(seatOf(w, 'desk').abilities.topics).toEqual(['parcel']);
    expect([theCase(w, 'C-1').owner, theCase(w, 'C-2').owner]).toEqual(['desk', 'refunds']);
  });

  it('[RST3] gives a part no right that the whole has not, and a layer none at all', () => {
    const w = opened({
      ...shop(),
      seats: [
        ...shop().seats!,
        seat('cashier', 'lead', {
          charter: {
            purpose: 'p',
            tier: 'executor',
            rights: [{ capability: 'orders.*' }, { capability: 'mail.send' }],
          },
        }),
      ],
    });
    const into = [{ id: 'teller', title: 'Teller', rights: ['mail.*', 'money.*'] }];
    const layer = { id: 'head', title: 'Head', purpose: 'directs the desks', occupant: HUMAN };
    change(w, [
      { do: 'split', seat: 'cashier', into },
      { do: 'add-layer', seat: layer, over: ['desk', 'orders'] },
    ]);
    expect(seatOf(w, 'teller').charter.rights).toEqual([{ capability: 'mail.send' }]);
    expect(seatOf(w, 'head')).toMatchObject({ supervisor: 'lead', charter: { rights: [], tier: 'coordinator' } });
    expect([seatOf(w, 'desk').supervisor, seatOf(w, 'billing').supervisor]).toEqual(['head', 'lead']);
  });

  it('[RST1] takes a layer out: its reports go to who is above, with its open work (R-D51)', () => {
    const w = opened();
    openCase(w);
    w.ok('case.escalate', { case: 'C-1', reason: 'r' }, at('desk'));
    change(w, [{ do: 'remove-layer', seat: 'lead' }]);
    expect(seatOf(w, 'desk').supervisor).toBe('boss');
    expect(seatOf(w, 'lead')).toMatchObject({ status: 'retired', occupant: null });
    expect(inbox(w, 'boss')).toContain('escalation:desk');
    expect(refused(w, [{ do: 'remove-layer', seat: 'boss' }])).toMatchObject({ rule: 'RST1' });
  });

  it('[RST1] moves a seat below another one, or into a unit that is new, and refuses circles by showing them', () => {
    const w = opened();
    change(w, [
      { do: 'unit', unit: { id: 'checks', title: 'Checks', parent: 'company' } },
      { do: 'reassign', seat: 'billing', supervisor: 'quality', unit: 'checks' },
    ]);
    expect(seatOf(w, 'billing')).toMatchObject({ supervisor: 'quality', unit: 'checks' });
    expect(refused(w, [{ do: 'reassign', seat: 'lead', supervisor: 'desk' }])).toMatchObject({
      rule: 'ORG2',
      message: 'the reporting lines form a circle: lead → desk → lead',
    });
    expect(w.state.organisation.restructurings).toHaveLength(1);
  });

  it('[RST1] names the seat that is wrong, and does nothing', () => {
    const w = opened();
    const seq = w.state.seq;
    const wrong: [unknown, string][] = [
      [{ do: 'reassign', seat: 'ghost', supervisor: 'boss' }, 'there is no seat "ghost" to restructure'],
      [{ do: 'reassign', seat: 'desk' }, 'nothing is said about where "desk" goes'],
      [{ do: 'reassign', seat: 'desk', supervisor: 'lead' }, 'nothing to do: the organisation is already so'],
      [{ do: 'merge', seats: ['desk'], into: 'desk' }, 'a merge names at least one other seat'],
      [{ do: 'split', seat: 'desk', into: [{ id: 'orders', title: 'O' }] }, 'there is a seat "orders" already'],
      [
        { do: 'add-layer', seat: { id: 'x', title: 'X', purpose: 'p' }, over: ['desk', 'quality'] },
        '"desk" and "quality" do not report to the same seat',
      ],
      [{ do: 'reassign', seat: 'desk', unit: 'mars' }, 'there is no unit "mars"'],
    ];
    for (const [step, message] of wrong) expect(refused(w, [step])).toMatchObject({ message });
    expect(w.state.seq).toBe(seq);
  });
});

describe('authority', () => {
  it('[RST2] [R-A2] [ORG4] lets a manager restructure what is below him, and nothing else', () => {
    const w = opened();
    change(w, [{ do: 'reassign', seat: 'orders', supervisor: 'billing' }], at('lead'));
    expect(w.state.organisation.restructurings[0]).toMatchObject({ by: 'lead' });
    const rule = { code: 'forbidden', rule: 'RST2' };
    expect(refused(w, [{ do: 'reassign', seat: 'quality', supervisor: 'lead' }], at('lead'))).toMatchObject(rule);
    expect(refused(w, [{ do: 'reassign', seat: 'orders', supervisor: 'boss' }], at('lead'))).toMatchObject({
      ...rule,
      message: '"orders" would leave what is below "lead"',
    });
    expect(refused(w, [{ do: 'merge', seats: ['desk'], into: 'lead', rights: 'add' }], at('lead'))).toMatchObject(rule);
    expect(refused(w, [{ do: 'merge', seats: ['desk'], into: 'billing' }], at('lead'))).toMatchObject({
      ...rule,
      message: 'this changes what is said of other seats, contracts or settings',
    });
  });

  it('[RST2] [ORG4] [R-A2] lets no agent restructure, not even one at the top', () => {
    const robot = shop().seats!.map((s) => (s.id === 'boss' ? seat('boss') : s));
    const w = opened({ ...shop(), seats: robot });
    for (const actor of [at('boss'), at('desk'), { principal: 'mallory', seat: 'lead' }])
      expect(refused(w, [{ do: 'reassign', seat: 'orders', supervisor: 'billing' }], actor)).toMatchObject({
        rule: 'RST2',
      });
  });
});

describe('open work', () => {
  it('[RST5] goes to the heir: cases, tasks both ways, messages, and the run that was at work on one', () => {
    const w = opened();
    openCase(w);
    openCase(w, { owner: 'orders', customer: 'b' });
    task(w);
    w.ok('case.start', { case: 'C-2' }, at('orders'));
    w.ok('task.delegate', { case: 'C-2', to: 'quality', packet: PACKET }, at('orders'));
    w.ok('message.send', { to: 'orders', type: 'question', text: 'when?' }, at('desk'));
    const run = startRun(w, 'orders')!;
    change(w, [merge()]);
    expect(w.state.runs.runs.has(run)).toBe(false);
    expect(theCase(w, 'C-2').owner).toBe('billing');
    expect(w.state.cases.tasks.get('T-1')).toMatchObject({ to: 'billing', status: 'open' });
    expect(w.state.cases.tasks.get('T-2')).toMatchObject({ from: 'billing', status: 'open' });
    expect(inbox(w, 'orders')).toEqual([]);
    expect(inbox(w, 'billing')).toEqual(expect.arrayContaining(['task:desk', 'question:desk', 'assign:orders']));
    w.ok('task.complete', { task: 'T-1', report: { found: true } }, at('billing'));
    w.ok('task.complete', { task: 'T-2', report: { ok: true } }, at('quality'));
    expect(theCase(w, 'C-2').status).not.toBe('waiting_internal');
  });

  it('[RST5] moves a decision that is waited for; nobody gets to decide on what he asks for himself', () => {
    const w = opened(asking());
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('operation.request', { capability: 'mail.send', args: { text: 'hi' }, case: 'C-1' }, at('desk'));
    expect(w.state.governance.approvals.get('A-1')).toMatchObject({ approvers: ['lead'], requester: 'desk' });
    change(w, [{ do: 'remove-layer', seat: 'lead' }]);
    expect(w.state.governance.approvals.get('A-1')).toMatchObject({ approvers: ['boss'], requester: 'desk' });
    expect(inbox(w, 'boss')).toContain('approval_request:system');
    change(w, [{ do: 'merge', seats: ['desk'], into: 'boss' }]);
    expect(w.state.governance.approvals.get('A-1')).toMatchObject({ approvers: [], requester: 'boss' });
    expect(w.no('approval.decide', { approval: 'A-1', verdict: 'approve' }, at('boss'))).toMatchObject({
      rule: 'GOV10',
    });
  });

  it('[RST6] an operation under way is decided again under the charter of its new seat', () => {
    const w = opened(asking());
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('operation.request', { capability: 'mail.send', args: { text: 'hi' }, case: 'C-1' }, at('desk'));
    change(w, [{ do: 'merge', seats: ['desk'], into: 'orders' }]);
    expect(w.state.operations.operations.get('OP-1')).toMatchObject({ seat: 'orders', principal: 'p-orders' });
    w.ok('approval.decide', { approval: 'A-1', verdict: 'approve' }, at('lead'));
    expect(w.state.operations.operations.get('OP-1')).toMatchObject({ status: 'admitted' });
  });

  it('[RST6] what the seat before it did is answered, not done again; also what was done under a key of its own', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    const body = { capability: 'mail.send', args: { text: 'sorry' }, case: 'C-1' };
    const first = w.ok('operation.request', body, at('desk')).operation as string;
    const keyed = w.ok('operation.request', { ...body, args: { text: 'x' }, key: 'k' }, at('desk')).operation;
    w.ok('operation.lease', { operation: first, executor: 'x', ttl: 1000 }, SYSTEM);
    w.ok('operation.complete', { operation: first, attempt: 1, result: {} }, SYSTEM);
    change(w, [{ do: 'merge', seats: ['desk'], into: 'orders' }]);
    expect(w.ok('operation.request', body, at('orders')).operation).toBe(first);
    expect(w.ok('operation.request', { ...body, args: { text: 'x' }, key: 'k' }, at('orders')).operation).toBe(keyed);
    expect(w.ok('operation.request', { ...body, args: { text: 'y' }, key: 'k' }, at('orders')).operation).toBe('OP-3');
  });

  it('[RST5] [CAS11] a check that waits goes to somebody who had no part in what is checked', () => {
    const w = opened();
    openCase(w);
    w.ok('task.delegate', { case: 'C-1', to: 'other', packet: PACKET }, at('desk'));
    operate(w, 'other', 'C-1', 'mail.send');
    w.ok('task.complete', { task: 'T-1', report: {} }, at('other'));
    resolveCase(w, 'C-1');
    expect(theCase(w).verifier).toBe('quality');
    change(w, [{ do: 'merge', seats: ['quality'], into: 'other' }]);
    expect(theCase(w).verifier).toBe('lead');
    expect(inbox(w, 'lead')).toContain('verify:desk');
    w.ok('case.verify', { case: 'C-1', passed: true, checks: ['looked'] }, at('lead'));
  });

  it('[RST4] what names a seat that goes names its heir, and rules in words are warned of', () => {
    const w = opened(
      shop({
        settings: { intake: 'orders', verifier: 'quality' },
        contracts: [
          { id: 'mail', capability: 'mail.send', escalate: 'orders', approval: { approvers: ['orders', 'lead'] } },
        ],
        budgets: [{ id: 'b', seat: 'orders', allocation: '$5.00' }],
        policies: [{ id: 'p', on: ['mail.send'], effect: 'ask', when: 'actor.seat == "orders"', because: 'b' }],
      }),
    );
    change(w, [merge()]);
    const { definition, settings, contracts, restructurings } = w.state.organisation;
    expect(settings.intake).toBe('billing');
    expect(contracts.get('mail.send')).toMatchObject({
      escalate: 'billing',
      approval: { approvers: ['billing', 'lead'] },
    });
    expect(definition!.budgets[0]).toMatchObject({ seat: 'billing' });
    expect(restructurings[0]!.warnings).toEqual(['policy p names the seat "orders" in its words; change it there']);
  });

  it('[RST5] work goes to no seat that is suspended; a known customer goes on with the heir [R-A56]', () => {
    const w = opened();
    openCase(w, { owner: 'orders' });
    w.ok('seat.suspend', { seat: 'billing', reason: 'r' });
    expect(refused(w, [merge()])).toMatchObject({ code: 'conflict', rule: 'RST5' });
    w.ok('seat.resume', { seat: 'billing', reason: 'r' });
    change(w, [merge()]);
    openCase(w);
    expect(theCase(w, 'C-2').owner).toBe('billing');
  });

  it('[RST7] tells everybody concerned, and nobody else', () => {
    const w = opened();
    change(w, [merge()]);
    const told = w.records.filter((r) => r.kind === 'message.sent' && r.body.data?.restructuring === 'RS-1');
    expect(told.map((r) => (r.body as { to: string }).to)).toEqual(['billing', 'lead']);
    expect((told[0]!.body as { text: string }).text).toBe(
      'The organisation was restructured (RS-1) by owner: spring. orders merged into billing.',
    );
  });
});

describe('the plan', () => {
  it('[RST8] says exactly what then happens, and changes nothing', () => {
    const w = opened(asking());
    openCase(w);
    task(w);
    w.ok('case.start', { case: openCase(w, { owner: 'orders', customer: 'b' }) }, at('orders'));
    w.ok('operation.request', { capability: 'mail.send', args: { text: 'hi' }, case: 'C-2' }, at('orders'));
    startRun(w, 'orders');
    const before = w.state.seq;
    const steps = [{ ...merge(), rights: 'keep' }] as unknown as Steps;
    const plan = restructuringPlan(w.state, steps);
    expect(w.state.seq).toBe(before);
    const records = w.send('organisation.restructure', { steps, reason: 'r', base: plan.base }).records;
    const ids = (kind: string, field: string) =>
      records.flatMap((r) => (r.kind === kind ? [(r.body as unknown as Record<string, string>)[field]] : []));
    expect(plan.moving).toEqual([
      {
        from: 'orders',
        to: 'billing',
        cases: ids('case.assigned', 'case'),
        tasks: ids('task.moved', 'task'),
        messages: ids('message.moved', 'message'),
        approvals: ids('approval.moved', 'approval'),
        operations: ids('operation.moved', 'operation'),
        runs: ids('run.withdrawn', 'run'),
      },
    ]);
    expect(plan.moving[0]).toMatchObject({ cases: ['C-2'], tasks: ['T-1'], approvals: ['A-1'], operations: ['OP-1'] });
    expect(w.state.organisation.digest).toBe(plan.digest);
    expect(refused(w, [merge()], OWNER, { base: plan.base })).toMatchObject({ code: 'conflict', rule: 'ORG5' });
  });
});

describe('files', () => {
  it('[RST9] do not undo a restructuring in silence', () => {
    const w = opened();
    change(w, [merge()]);
    const base = () => ({ base: w.state.organisation.digest, reason: 'pack' });
    expect(w.no('organisation.apply', { ...base(), definition: shop({ name: 'Shop 2' }) })).toMatchObject({
      code: 'conflict',
      rule: 'RST9',
      message: 'this would take back RS-1: the definition does not have orders where they are now',
    });
    apply(w, { ...shop(), name: 'Shop 2', seats: shop().seats!.filter((s) => s.id !== 'orders') });
    expect(w.state.organisation.drift.size).toBe(0);
    apply(w, shop());
    expect(seatOf(w, 'orders').status).toBe('active');
  });

  it('[RST9] undo it when told to, and the seat comes back with its history', () => {
    const w = opened();
    openCase(w, { owner: 'orders' });
    change(w, [merge()]);
    w.ok('organisation.apply', { base: w.state.organisation.digest, reason: 'back', definition: shop(), undo: true });
    expect(seatOf(w, 'orders').status).toBe('active');
    expect(theCase(w).owner).toBe('billing');
    expect(w.state.organisation.heirs.size).toBe(0);
  });
});

describe('another occupant in the middle of a case', () => {
  it('[RUN11] ends the run of the former one without its work: the message waits for the new one at the same desk', () => {
    const w = opened();
    openCase(w);
    const run = startRun(w, 'desk')!;
    const { records } = w.send('seat.occupy', { seat: 'desk', occupant: HUMAN, reason: 'odd' }, at('lead'));
    expect(kinds(records)).toEqual(['seat.occupied', 'run.withdrawn']);
    expect(w.state.runs.runs.has(run)).toBe(false);
    expect(inbox(w, 'desk')).toEqual(['assign:system']);
    w.ok('case.note', { case: 'C-1', text: 'mine now' }, { principal: 'temp', seat: 'desk' });
    w.ok('seat.occupy', { seat: 'desk', occupant: shop().seats![2]!.occupant, reason: 'back' }, at('lead'));
    const again = startRun(w, 'desk')!;
    expect(w.state.runs.runs.get(again)).toMatchObject({ message: 'M-1', case: 'C-1', principal: 'p-desk' });
    finishRun(w, again);
    expect(inbox(w, 'desk')).toEqual([]);
  });

  it('[RST10] [RST6] takes over what the desk has asked for when that is said; else the gate refuses it', () => {
    for (const takesOver of [true, false]) {
      const w = opened(asking());
      openCase(w);
      w.ok('case.start', { case: 'C-1' }, at('desk'));
      w.ok('operation.request', { capability: 'mail.send', args: { text: 'hi' }, case: 'C-1' }, at('desk'));
      w.ok('seat.occupy', { seat: 'desk', occupant: HUMAN, reason: 'odd', takesOver }, at('lead'));
      w.ok('approval.decide', { approval: 'A-1', verdict: 'approve' }, at('lead'));
      expect(w.state.operations.operations.get('OP-1')?.status).toBe(takesOver ? 'admitted' : 'denied');
    }
  });
});

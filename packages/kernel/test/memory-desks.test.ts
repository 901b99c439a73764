import { describe, expect, it } from 'vitest';
import { scoreOf, sumOf, topologyOf } from '../src/memory/team.ts';
import { wanted } from '../src/memory/team-schema.ts';
import { apply, at, DAY, openCase, operate, PACKET, seat, shop, type World, world } from './support/org-shop.ts';
import { Office } from './support/prov-office.ts';

const SYSTEM = { principal: 'system' };
const refusedStep = (office: Office, kind: string, body: object) =>
  office.world.no('run.act', { run: office.run.id, step: nextStep(office), command: { kind, body } }, SYSTEM);

/** Refused steps count as well. */
const nextStep = (office: Office): number => office.run.steps + 1;

const contract = (more: object = {}) => ({
  id: 'days',
  purpose: 'deliveries are planned together',
  from: ['desk'],
  to: ['mate'],
  keys: ['supplier.*'],
  ...more,
});
function sharing(...contexts: object[]): Office {
  const office = new Office((d) => Object.assign(d, { contexts })).told('Find out when the supplier delivers.');
  office.act('belief.record', {
    statement: 'They deliver on Monday',
    key: 'supplier.day',
    value: 'Monday',
    general: true,
  });
  office.act('belief.record', { statement: 'Kim has moved', key: 'supplier.kim', value: 'moved' });
  return office;
}
const held = (office: Office, seatId: string) =>
  [...office.world.state.memory.beliefs.values()].filter((b) => b.seat === seatId);

describe('context contracts', () => {
  it('[MEM16] R-E87 without a contract nothing is told, and the refusal says what to do', () => {
    const office = sharing();
    expect(refusedStep(office, 'context.share', { to: 'mate', beliefs: ['BL-1'], purpose: 'plan' })).toMatchObject({
      code: 'forbidden',
      rule: 'MEM16',
      message: 'there is no context contract from "desk" to "mate"',
    });
    expect(held(office, 'mate')).toEqual([]);
  });

  it('[MEM16] R-E88 what is told keeps how sure it is and whose word it is, and ends with the contract (R-A10)', () => {
    const office = sharing(contract({ for: 2 * DAY }));
    office.act('context.share', { to: 'mate', beliefs: ['BL-1'], purpose: 'plan the week' });
    expect(held(office, 'mate')[0]).toMatchObject({
      ...{ value: 'Monday', confidence: 0.8, origin: 'seat:desk-agent', confirmed: null, layer: 'state' },
      ...{
        until: office.world.now + 2 * DAY,
        shared: { from: 'desk', belief: 'BL-1', contract: 'days', purpose: 'plan the week' },
      },
    });
    office.world.wait(2 * DAY + 1);
    expect(held(office, 'mate')).toEqual([]);
  });

  it.each([
    [{ keys: ['prices.*'] }, 'BL-1', '"days" does not allow it: BL-1 is about "supplier.day"'],
    [{ layers: ['stable'] }, 'BL-1', '"days" does not allow it: BL-1 is of the layer "state"'],
    [{}, 'BL-2', '"days" does not allow it: BL-2 is about a customer'],
    [{ confirmed: true }, 'BL-1', '"days" does not allow it: BL-1 is held, not confirmed'],
    [{ form: 'summary' }, 'BL-1', '"days" does not allow it: a summary is to be given instead of the beliefs'],
  ])('[MEM16] R-E87 a contract with %j refuses %s and says why', (more, belief, message) => {
    const office = sharing(contract(more));
    const no = refusedStep(office, 'context.share', { to: 'mate', beliefs: [belief], purpose: 'plan' });
    expect(no).toMatchObject({ code: 'forbidden', rule: 'MEM16', message });
  });

  it('[MEM16] R-E88 where the contract says so only the value goes, or the sender’s own summary', () => {
    const value = sharing(contract({ form: 'value' }));
    value.act('context.share', { to: 'mate', beliefs: ['BL-1'], purpose: 'plan' });
    expect(held(value, 'mate')[0]).toMatchObject({ statement: 'supplier.day: Monday', value: 'Monday' });
    const summary = sharing(contract({ form: 'summary' }));
    summary.act('context.share', { to: 'mate', beliefs: ['BL-1'], purpose: 'plan', summary: 'early in the week' });
    expect(held(summary, 'mate')[0]).toMatchObject({ statement: 'early in the week', value: null });
  });

  it('[MEM17] R-E90 a message or task that carries what is private is refused, also when it is encoded', () => {
    const office = sharing();
    const secret = 'hunter2-longer-word';
    office.act('belief.record', {
      statement: 'The code of the door',
      key: 'door.code',
      value: secret,
      private: true,
      general: true,
    });
    const say = (text: string) => ({ to: 'mate', type: 'inform', text });
    const encoded = Buffer.from(secret).toString('base64');
    for (const text of [`The code is ${secret}`, `Take ${encoded}`])
      expect(refusedStep(office, 'message.send', say(text))).toMatchObject({ code: 'forbidden', rule: 'MEM17' });
    const packet = { subproblem: 'open', context: { code: secret }, tried: [], output: 'x', success: 'y' };
    expect(refusedStep(office, 'task.delegate', { case: office.case, to: 'mate', packet })).toMatchObject({
      rule: 'MEM17',
    });
    const fine = {
      run: office.run.id,
      step: nextStep(office),
      command: { kind: 'message.send', body: say('The door is open') },
    };
    office.world.ok('run.act', fine, SYSTEM);
  });

  it('[MEM17] what a context contract allows may also be said', () => {
    const office = sharing(contract({ keys: ['door.*'] }));
    office.act('belief.record', {
      statement: 'The code',
      key: 'door.code',
      value: 'hunter2-longer',
      private: true,
      general: true,
    });
    office.act('memory.recall', { query: 'code' });
    office.act('message.send', { to: 'mate', type: 'inform', text: 'The code is hunter2-longer' });
  });
});

/** A case of the shop from its opening to the end: desk owns it, billing does a part, quality checks. */
function caseOf(w: World, topic = 'billing'): string {
  const id = openCase(w);
  w.ok('case.classify', { case: id, topic }, at('desk'));
  w.ok('case.start', { case: id }, at('desk'));
  const task = w.ok('task.delegate', { case: id, to: 'billing', packet: PACKET }, at('desk')).task;
  w.ok('task.complete', { task, report: { done: true } }, at('billing'));
  return id;
}
function close(w: World, id: string): void {
  const evidence = [operate(w, 'desk', id)];
  w.ok('case.resolve', { case: id, summary: 'done', evidence }, at('desk'));
  w.ok('case.verify', { case: id, passed: true, checks: ['looked'] }, at('quality'));
  w.ok('case.close', { case: id }, at('desk'));
}
function begun(over = {}): World {
  const w = world();
  apply(w, shop(over));
  return w;
}

describe('skills and purposes', () => {
  it('[MEM12] R-D42 R-D43 a skill counts as its cases end, once each, and as they turn out later (R-A7, R-A8)', () => {
    const w = begun();
    w.ok(
      'skill.record',
      { kind: 'pattern', title: 'Refunds', text: 'Ask billing first', topics: ['billing'] },
      at('desk'),
    );
    const [good, bad] = [caseOf(w), caseOf(w)];
    for (const id of [good, bad]) w.ok('skill.use', { skill: 'SK-1', case: id }, at('desk'));
    w.ok('skill.use', { skill: 'SK-1', case: good }, at('desk'));
    for (const id of [good, bad]) close(w, id);
    const skill = () => w.state.memory.skills.get('SK-1')!;
    expect(skill()).toMatchObject({ uses: 3, successes: 2, failures: 0 });
    w.ok('case.feedback', { case: bad, satisfied: false });
    w.ok('case.reopen', { case: bad, reason: 'not solved' });
    expect(skill()).toMatchObject({ successes: 1, failures: 1 });
    expect(w.no('skill.judge', { skill: 'SK-1', success: true }, at('desk'))).toMatchObject({ rule: 'MEM12' });
    w.ok('skill.judge', { skill: 'SK-1', success: true }, at('lead'));
    expect(skill()).toMatchObject({ successes: 2, failures: 1 });
  });

  it('[MEM13] R-D42 a person adopts a skill for general use: it keeps its record and is not erased with the customer', () => {
    const w = begun();
    const id = caseOf(w);
    w.ok('skill.record', { kind: 'issue', title: 'Ada’s card', text: 'Ada pays twice', case: id }, at('desk'));
    w.ok('skill.use', { skill: 'SK-1', case: id }, at('desk'));
    close(w, id);
    expect(w.no('skill.adopt', { skill: 'SK-1', title: 'x', text: 'x' }, at('desk'))).toMatchObject({ rule: 'MEM13' });
    w.ok('skill.adopt', { skill: 'SK-1', title: 'Double payments', text: 'Compare both receipts' }, at('lead'));
    expect([...w.state.memory.skills.values()]).toMatchObject([
      { id: 'SK-2', case: null, adopted: true, uses: 1, successes: 1 },
    ]);
    const recorded = w.records.filter((r) => r.kind === 'skill.recorded').map((r) => r.correlation);
    expect(recorded).toEqual([id, 'SK-2']);
    expect(w.no('skill.retire', { skill: 'SK-2', reason: 'x' }, at('desk'))).toMatchObject({ rule: 'MEM13' });
  });

  it('[MEM13] a full desk lets go the skill that helped least', () => {
    const w = begun({ settings: { intake: 'desk', verifier: 'quality', memory: { skills: 2 } } });
    const record = (title: string) => w.ok('skill.record', { kind: 'template', title, text: 'x' }, at('desk'));
    record('one');
    record('two');
    w.ok('skill.judge', { skill: 'SK-2', success: true }, at('lead'));
    record('three');
    expect([...w.state.memory.skills.values()].map((s) => s.title)).toEqual(['two', 'three']);
  });

  it('[MEM18] R-D44 R-D45 a new purpose resets state and keeps skills, unless it goes on', () => {
    const w = begun();
    w.ok('skill.record', { kind: 'pattern', title: 'p', text: 'x' }, at('desk'));
    w.ok('belief.record', { statement: 'stays', layer: 'stable' }, at('desk'));
    w.ok('belief.record', { statement: 'goes' }, at('desk'));
    const begin = (purpose: string, mode: string) =>
      w.ok('desk.begin', { seat: 'desk', purpose, mode, reason: 'plan' }, at('lead'));
    const statements = () => [...w.state.memory.beliefs.values()].map((b) => b.statement);
    begin('autumn sale', 'continuation');
    expect(statements()).toEqual(['stays', 'goes']);
    begin('winter sale', 'fresh');
    expect(statements()).toEqual(['stays']);
    const desk = w.state.memory.desks.get('desk')!;
    expect(desk).toMatchObject({ purpose: 'winter sale', served: 2, past: [{ purpose: 'autumn sale' }] });
    expect([...desk.skills]).toEqual(['SK-1']);
    expect(w.no('desk.begin', { seat: 'desk', purpose: 'x', reason: 'x' }, at('other'))).toMatchObject({
      rule: 'MEM1',
    });
  });

  it('[MEM19] R-D39 snapshots stand on branches, each on the one before; a closed branch takes no more (R-E22)', () => {
    const w = begun();
    const root = 'a'.repeat(64);
    const snap = (more = {}) =>
      w.ok('desk.snapshot', { seat: 'desk', root, files: 2, bytes: 10, added: 10, ...more }, at('lead')).snapshot;
    expect([snap(), snap({ added: 0 })]).toEqual([undefined, undefined]);
    w.ok('desk.branch', { seat: 'desk', branch: 'rewrite', from: 'DS-1', purpose: 'a risky change' }, at('lead'));
    snap({ branch: 'rewrite' });
    snap({ merged: 'DS-3', conflicts: ['a.txt'] });
    w.ok('desk.close_branch', { seat: 'desk', branch: 'rewrite', reason: 'merged' }, at('lead'));
    const { snapshots, branches } = w.state.memory.desks.get('desk')!;
    expect([...snapshots.values()].map(({ id, branch, parent, merged }) => [id, branch, parent, merged])).toEqual([
      ['DS-1', 'main', null, null],
      ['DS-2', 'main', 'DS-1', null],
      ['DS-3', 'rewrite', 'DS-1', null],
      ['DS-4', 'main', 'DS-2', 'DS-3'],
    ]);
    expect(branches.get('main')).toMatchObject({ head: 'DS-4', status: 'active' });
    const late = { seat: 'desk', branch: 'rewrite', root, files: 1, bytes: 1, added: 1 };
    expect(w.no('desk.snapshot', late, at('lead'))).toMatchObject({ code: 'not-found', rule: 'MEM19' });
  });
});

describe('who worked with whom', () => {
  it('[MEM20] R-D33 R-D36 a case counts once, when its outcome is known, and is corrected when it turns out otherwise (R-D31)', () => {
    const w = begun();
    const [one, two] = [caseOf(w), caseOf(w)];
    expect(w.state.memory.edges.size).toBe(0);
    close(w, one);
    close(w, two);
    expect([...w.state.memory.edges.values()]).toMatchObject([
      { a: 'billing', b: 'desk', topic: 'billing', count: 2, successes: 2 },
      { a: 'desk', b: 'quality', topic: 'billing', count: 2, successes: 2 },
    ]);
    w.ok('case.reopen', { case: two, reason: 'again' });
    expect(w.state.memory.experience.get('billing')).toMatchObject({ total: 2, successful: 1, failed: 1 });
    expect([...w.state.memory.edges.values()].map((e) => e.successes)).toEqual([1, 1]);
  });

  it('[MEM20] the graph keeps the edges used last', () => {
    const w = begun({ settings: { intake: 'desk', verifier: 'quality', memory: { edges: 2 } } });
    for (const topic of ['a', 'b']) close(w, caseOf(w, topic));
    expect([...w.state.memory.edges.keys()]).toEqual(['billing|desk|b', 'desk|quality|b']);
  });
});

describe('teams', () => {
  const able = (id: string, abilities: object, up = 'lead') => seat(id, up, { abilities: abilities as never });
  const people = () => [
    ...shop().seats!.filter((s) => !['orders', 'billing'].includes(s.id)),
    able('billing', { skills: ['refunds', 'sql'], domains: ['payments'], technologies: ['stripe'] }),
    able('orders', { skills: ['sql'], domains: ['payments', 'stock'] }),
    able('novice', { skills: ['refunds', 'sql'], domains: ['payments'], technologies: ['stripe'] }),
  ];
  const payer = { role: 'payer', domains: ['payments'], skills: ['refunds', 'sql'], technologies: ['stripe'] };

  it('[MEM21] R-D32 scores follow from the formula: recomputed by hand', () => {
    const w = begun({ seats: people() });
    for (const satisfied of [true, true, false]) {
      const id = caseOf(w);
      close(w, id);
      if (!satisfied) w.ok('case.feedback', { case: id, satisfied });
    }
    const score = (days: number) =>
      scoreOf(
        w.state,
        w.state.organisation.seats.get('billing')!,
        wanted.parse({ purpose: 'x', roles: [payer] }).roles[0]!,
        w.now + days * DAY,
      );
    const parts = { domains: 10 * 1, skills: 5 * 2, technologies: 3 * 1, success: 5 * (2 / 3), experience: 3 / 10 };
    expect(score(0)).toEqual({ ...parts, recency: 5 });
    expect(score(7)).toEqual({ ...parts, recency: 2 });
    expect(score(30)).toEqual({ ...parts, recency: 0 });
    expect(sumOf(score(0))).toBeCloseTo(10 + 10 + 3 + 10 / 3 + 0.3 + 5, 12);
  });

  it('[MEM21] R-D32 R-D35 the best who is free takes each role; a newcomer is judged by what it declares, and nobody is nobody', () => {
    const w = begun({ seats: people() });
    close(w, caseOf(w));
    const roles = [
      payer,
      { role: 'second', domains: ['payments'], skills: ['refunds'] },
      { role: 'lawyer', skills: ['law'] },
    ];
    w.ok('team.form', { purpose: 'sort out refunds', roles, review: 'second' }, at('boss'));
    const formed = w.records.find((r) => r.kind === 'team.formed')!.body as never as Record<string, unknown>;
    expect(formed).toMatchObject({
      members: [
        {
          role: 'payer',
          seat: 'billing',
          candidates: [
            { seat: 'billing', score: 33.1 },
            { seat: 'novice', score: 23 },
            { seat: 'orders', score: 15 },
          ],
        },
        { role: 'second', seat: 'novice', score: 15 },
        { role: 'lawyer', seat: null },
      ],
      topology: 'review',
      edges: [{ from: 'novice', to: 'billing', as: 'reviews' }],
      missing: ['law'],
    });
    w.ok('team.close', { team: 'TM-1', success: true }, at('boss'));
    expect(w.state.memory.edges.get('billing|novice|payments')).toMatchObject({ count: 1, successes: 1 });
    expect(w.no('team.close', { team: 'TM-1', success: true }, at('boss'))).toMatchObject({ code: 'conflict' });
    expect(w.no('team.form', { purpose: 'x', roles: [payer] }, at('other'))).toMatchObject({
      code: 'forbidden',
      rule: 'MEM22',
    });
  });

  it.each([
    [{ ordered: true, central: 'payer' }, 'pipeline'],
    [{ central: 'payer', independent: true }, 'star'],
    [{ independent: true, review: 'payer' }, 'parallel'],
    [{ review: 'payer' }, 'review'],
    [{}, 'mesh'],
  ])('[MEM22] R-D34 %j makes a %s', (shape, topology) => {
    expect(topologyOf(wanted.parse({ purpose: 'x', roles: [payer], ...shape }))).toBe(topology);
  });
});

import type { Reply } from '@reeve/kernel';
import { describe, expect, it } from 'vitest';
import { type Briefing, createDesk, type OperationOutcome, type RunPort, scriptOccupant } from '../src/index.ts';
import { deskTools } from '../src/model/desk-tools.ts';

const briefing = (over: Partial<Briefing> = {}): Briefing => ({
  run: 'R-1',
  now: 1,
  seat: { id: 'clerk', title: 'Clerk', purpose: 'Write.', supervisor: 'boss' },
  message: { id: 'M-1', type: 'assign', from: 'system', text: '', data: {} },
  case: { id: 'C-7' } as Briefing['case'],
  task: null,
  memory: { purpose: null, beliefs: [], skills: [] },
  budget: { tokens: 0, used: 0, leftOut: [] },
  ...over,
});

interface Step {
  readonly step: number;
  readonly kind: string;
  readonly body: Record<string, unknown>;
}

/** A port that remembers the steps and answers as told. */
function port(answer: (step: Step) => Reply = () => ({ ok: true, result: { operation: 'OP-1' }, repeated: false })) {
  const steps: Step[] = [];
  const outcome: OperationOutcome = { status: 'done', operation: 'OP-1', verified: true, result: { n: 1 } };
  const made: RunPort = {
    act: async (step, kind, body) => {
      steps.push({ step, kind, body });
      return answer({ step, kind, body });
    },
    spend: async (step, body) => answer({ step, kind: 'spend', body: { ...body } }),
    obtain: async (_step, _what, make) => (await make()).value,
    outcome: async () => outcome,
    lookUp: async () => ({ beliefs: [], skills: [] }),
  };
  return { steps, made };
}

describe('the desk', () => {
  it('[WRK2] numbers calls in the order the script makes them, also when it does not wait for one', async () => {
    const { steps, made } = port();
    const desk = createDesk(briefing(), made);
    await Promise.all([desk.note('a'), desk.request({ capability: 'x.y', args: {} }), desk.note('b')]);
    expect(steps.map(({ step, kind }) => [step, kind])).toEqual([
      [1, 'case.note'],
      [2, 'operation.request'],
      [3, 'case.note'],
    ]);
  });

  it('[WRK2] leaves out what the script does not say, so that the same call has the same digest', async () => {
    const { steps, made } = port();
    await createDesk(briefing(), made).request({ capability: 'x.y', args: { n: 1 } });
    expect(steps[0]!.body).toEqual({ capability: 'x.y', args: { n: 1 }, case: 'C-7' });
  });

  it('[WRK55] proposes and forms teams; a model is offered to propose at the case of a gap only, and told what is wrong', async () => {
    const { steps, made } = port(() => ({ ok: true, result: { proposal: 'P-1' }, repeated: false }));
    const gap = briefing({ case: { id: 'C-7', customer: 'target/faster' } as Briefing['case'] });
    const named = (desk: Parameters<typeof deskTools>[0]) => deskTools(desk).map(({ name }) => name);
    expect(
      named(createDesk(briefing({ case: { id: 'C-7', customer: 'kim' } as Briefing['case'] }), made)),
    ).not.toContain('proposal_make');
    const desk = createDesk(gap, made);
    const tool = deskTools(desk).find(({ name }) => name === 'proposal_make')!;
    const options = [{ id: 'a', title: 'A', effects: [{ metric: 'speed', value: 4, by: '2027-03-31' }] }];
    const body = { unit: 'support', title: 'T', analysis: 'why', options, recommend: 'a', evidence: ['C-7'] };
    expect(await tool.use(desk, { ...body, evidence: [] })).toMatchObject({ failed: true });
    expect((await tool.use(desk, body)).text).toBe('{"status":"done","proposal":"P-1"}');
    await desk.formTeam({ purpose: 'p', roles: [{ role: 'writer' }] });
    expect(steps.map(({ kind }) => kind)).toEqual(['proposal.make', 'team.form']);
    expect(steps[0]!.body).toMatchObject({ unit: 'support', options: [{ id: 'a', cost: 0, risk: '' }] });
  });

  it('[WRK3] gives the outcome of the operation, and a refusal before the gate as a refusal', async () => {
    const done = await createDesk(briefing(), port().made).request({ capability: 'x.y', args: {} });
    expect(done).toMatchObject({ status: 'done', result: { n: 1 } });
    const rejection = { code: 'duplicate-key' as const, message: 'used', hint: 'use a new key' };
    const { made } = port(() => ({ ok: false, rejection }));
    const refused = await createDesk(briefing(), made).request({ capability: 'x.y', args: {} });
    expect(refused).toMatchObject({
      status: 'refused',
      reasons: [{ check: 'request', rule: 'duplicate-key', message: 'used', instead: 'use a new key' }],
    });
  });

  it('[WRK3] a rejected command names its code and what to do next', async () => {
    const rejection = { code: 'forbidden' as const, message: 'not yours', hint: 'report to its owner' };
    const { made } = port(() => ({ ok: false, rejection }));
    expect(await createDesk(briefing(), made).cancel({ reason: 'x' })).toEqual({ ok: false, ...rejection });
  });

  it('[WRK5] finishes the task of the briefing, or the one that is named', async () => {
    const { steps, made } = port();
    const task = { id: 'T-3' } as Briefing['task'];
    const desk = createDesk(briefing({ task }), made);
    await desk.completeTask({ report: {} });
    await desk.completeTask({ report: {}, task: 'T-4', declined: true });
    expect(steps.map(({ body }) => body)).toEqual([
      { task: 'T-3', report: {} },
      { task: 'T-4', report: {}, declined: true },
    ]);
    expect(await createDesk(briefing(), made).completeTask({ report: {} })).toMatchObject({ ok: false });
  });

  it('[WRK6] without a case, what needs one is refused without a step', async () => {
    const { steps, made } = port();
    const desk = createDesk(briefing({ case: null }), made);
    expect(await desk.note('x')).toMatchObject({ ok: false, code: 'conflict' });
    await desk.send({ to: 'boss', type: 'inform', text: 'hello' });
    expect(steps).toEqual([{ step: 1, kind: 'message.send', body: { to: 'boss', type: 'inform', text: 'hello' } }]);
  });

  it('a script is an occupant', async () => {
    const occupant = scriptOccupant(async (desk) => ({ outcome: desk.briefing.run }));
    const report = await occupant.work(createDesk(briefing(), port().made), new AbortController().signal);
    expect([occupant.kind, report.outcome]).toEqual(['script', 'R-1']);
  });
});

import type { Reply } from '@reeve/kernel';
import { deskMemory } from './memory/desk.ts';
import type { Found } from './memory/port.ts';
import { foundView, type Shown } from './memory/views.ts';
import type { Briefing, CommandOutcome, Desk, Obtained, OperationOutcome, Spent } from './port.ts';

export { briefing } from './briefing.ts';
export { foundView, type Shown };

/**
 * What a desk needs of the runtime. Both calls may never resolve: when the run is parked, stopped or taken away, the
 * script simply does not go on here.
 */
export interface RunPort {
  /** Do step `step` once, whatever the number of attempts of the run; the reply to the first time is given again. */
  act(step: number, kind: string, body: Record<string, unknown>): Promise<Reply>;
  /** Book metered use as step `step`. */
  spend(step: number, body: Spent): Promise<Reply>;
  /** The answer journaled under step `step`, or what `make` gives, durable when resolved. */
  obtain<T>(step: number, what: string, make: () => Promise<Obtained<T>>): Promise<T>;
  /** The outcome of an operation once it is settled. */
  outcome(operation: string): Promise<OperationOutcome>;
  /** What a recall found, in full. */
  lookUp(shown: Shown): Promise<Found>;
}

function outcomeOf<T>(reply: Reply): CommandOutcome<T> {
  if (reply.ok) return { ok: true, result: reply.result as T };
  const { code, message, hint } = reply.rejection;
  return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Drop fields that are undefined: a command says only what it means. */
const given = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const noCase: CommandOutcome<never> = {
  ok: false,
  code: 'conflict',
  message: 'this run is not about a case',
  hint: 'only messages about a case let a seat act on one',
};

/** A desk over one run. Steps are numbered in the order the script makes them, which is why scripts are deterministic. */
export function createDesk(briefing: Briefing, port: RunPort): Desk {
  let steps = 0;
  const caseId = briefing.case?.id;
  const act = async <T>(kind: string, body: Record<string, unknown>): Promise<CommandOutcome<T>> => {
    steps += 1;
    return outcomeOf<T>(await port.act(steps, kind, given(body)));
  };
  const onCase = <T>(kind: string, body: Record<string, unknown>): Promise<CommandOutcome<T>> =>
    caseId === undefined ? Promise.resolve(noCase) : act<T>(kind, { case: caseId, ...body });

  return {
    briefing,
    request: async ({ capability, args, why, confidence, contract, from }) => {
      const asked = await act<{ operation: string }>('operation.request', {
        capability,
        args,
        case: caseId,
        why,
        confidence,
        contract,
        from,
      });
      return asked.ok ? port.outcome(asked.result.operation) : refusedBeforeTheGate(asked);
    },
    classify: (input) => onCase('case.classify', input),
    note: (text) => onCase('case.note', { text }),
    assign: (input) => onCase('case.assign', input),
    route: (input) => onCase('case.route', input),
    transfer: (input) => onCase('case.transfer', input),
    delegate: (input) => onCase('task.delegate', input),
    completeTask: async ({ report, declined, task = briefing.task?.id }) =>
      task === undefined
        ? { ok: false, code: 'conflict', message: 'this seat has no open task on the case' }
        : act('task.complete', { task, report, declined }),
    waitForCustomer: (input) => onCase('case.wait', input),
    escalate: (input) => onCase('case.escalate', input),
    resolve: (input) => onCase('case.resolve', input),
    verify: (input) => onCase('case.verify', input),
    close: (input) => onCase('case.close', input),
    cancel: (input) => onCase('case.cancel', input),
    propose: (input) => act('proposal.make', { ...input }),
    formTeam: (input) => act('team.form', { ...input }),
    send: (input) => act('message.send', { ...input, case: caseId }),
    spend: async ({ money = 0, tokens = 0, what, of, used }) => {
      steps += 1;
      return outcomeOf(await port.spend(steps, { money, tokens, what, ...given({ of, used }) }));
    },
    obtain: ({ what, make }) => {
      steps += 1;
      return port.obtain(steps, what, make);
    },
    ...deskMemory(act, onCase, (shown) => port.lookUp(shown)),
  };
}

/** A request that never became an operation: malformed, or its key was used for something else. */
function refusedBeforeTheGate(asked: Extract<CommandOutcome, { ok: false }>): OperationOutcome {
  const instead = asked.hint === undefined ? {} : { instead: asked.hint };
  return {
    status: 'refused',
    operation: '',
    reasons: [{ check: 'request', rule: asked.code, message: asked.message, ...instead }],
  };
}

/** One call of a tool, with its time limit and its failures put into the kernel's categories. */
import { type Call, type CallResult, type Tool, ToolError } from '@reeve/connectors/port';
import { type CapabilityDef, compileResult, type FailureCategory } from '@reeve/kernel';
import type { Clock } from '../port.ts';
import type { Halt } from './halt.ts';

export interface CallFailure {
  readonly category: FailureCategory;
  readonly message: string;
  readonly uncertain: boolean;
}
export type CallOutcome = { readonly ok: true; readonly result: CallResult } | ({ readonly ok: false } & CallFailure);

export interface CallRequest {
  readonly tool: Tool;
  readonly capability: CapabilityDef;
  readonly args: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly operation: string;
  /** The case it is for, when there is one: some tools keep a workspace per case. */
  readonly case: string | null;
  /** The seat that asked for it. */
  readonly seat: string;
  readonly attempt: number;
  /** Aborted when the attempt lost its lease or the runtime stops. */
  readonly halt: Halt;
}

const MESSAGE_LIMIT = 2000;

const NOT_BEGUN: CallOutcome = {
  ok: false,
  category: 'transient',
  message: 'the call was ended before it began',
  uncertain: false,
};

export const failure = (error: unknown): CallFailure => {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MESSAGE_LIMIT);
  return error instanceof ToolError
    ? { category: error.category, message, uncertain: error.uncertain }
    : { category: 'transient', message, uncertain: true };
};

/**
 * [RT16] What a result has against what the capability says it `returns`; null when it fits, or the capability says nothing.
 * Values are not repeated: they may be personal.
 */
export function misfit({ id, returns }: CapabilityDef, value: unknown): string | null {
  if (Object.keys(returns).length === 0) return null;
  const checked = compileResult(returns).check(value);
  if (checked.ok) return null;
  const fields = checked.problems.map(({ path }) => path || 'the whole of it').join(', ');
  return `${id} answered, but not with what it returns: ${fields} ${checked.problems.length === 1 ? 'is' : 'are'} missing or of another type`;
}

/**
 * [RT16] An answer that does not fit says nothing reliable, so trying again cannot help. Of an effect nobody knows then what
 * happened: it is looked up, or a person is asked.
 */
function fitting({ capability }: CallRequest, result: CallResult): CallOutcome {
  const message = misfit(capability, result.value);
  if (message === null) return { ok: true, result };
  return { ok: false, category: 'deterministic', message, uncertain: capability.effect !== 'read' };
}

/**
 * [RT9] Call a tool, for at most the capability's timeout. A call that does not come back in time has an unknown outcome;
 * so has one that fails in a way its connector did not classify.
 */
export function callTool(clock: Clock, request: CallRequest): Promise<CallOutcome> {
  const { capability, halt } = request;
  if (halt.aborted) return Promise.resolve(NOT_BEGUN);
  const limit = halt.begin();
  return new Promise((resolve) => {
    const settle = (outcome: CallOutcome) => {
      cancel();
      halt.over(limit);
      resolve(outcome);
    };
    const cancel = clock.after(capability.timeout, () => {
      const message = `${capability.id} did not answer within ${capability.timeout} ms`;
      const error = new ToolError('transient', message, { uncertain: true });
      limit.abort(error);
      settle({ ok: false, ...failure(error) });
    });
    void answered(request, callOf(request, clock.now(), limit)).then(settle);
  });
}

async function answered(request: CallRequest, call: Call): Promise<CallOutcome> {
  try {
    return fitting(request, await request.tool.call(call));
  } catch (error) {
    return { ok: false, ...failure(error) };
  }
}

function callOf(request: CallRequest, now: number, limit: Halt): Call {
  const { capability, args, key, operation, attempt, seat } = request;
  const call: { -readonly [K in keyof Call]: Call[K] } = {
    ...{ capability, args, key, operation, attempt, now, seat },
    get signal() {
      return limit.signal;
    },
  };
  if (request.case !== null) call.case = request.case;
  return call;
}

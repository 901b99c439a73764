import {
  definition,
  describeStep,
  Rejected,
  type RestructuringLine,
  restructuringPlan,
  restructuringStep,
  reverseOf,
  type State,
} from '@reeve/kernel';
import type { ResponseOf, RestructuringPlanView, RestructuringView } from '@reeve/protocol';
import { Refusal, refusalOf } from '../errors.ts';
import { none } from './page.ts';
import { inForce } from './seats.ts';

function viewOf({ organisation: { drift } }: State, line: RestructuringLine): RestructuringView {
  return {
    ...line,
    steps: line.steps.map((step) => ({ ...step })),
    sentences: line.steps.map(describeStep),
    drift: [...drift.values()].includes(line.id),
  };
}

export const restructuringList = (state: State): RestructuringView[] =>
  state.organisation.restructurings.map((line) => viewOf(state, line)).reverse();

/** @throws Refusal `not-found` */
export const restructuringDetail = (state: State, id: string): RestructuringView => viewOf(state, lineOf(state, id));

function lineOf(state: State, id: string): RestructuringLine {
  const line = state.organisation.restructurings.find((one) => one.id === id);
  if (!line) throw none('restructuring', id);
  return line;
}

/** @throws Refusal saying which step cannot be done and why */
export function planOf(state: State, given: readonly unknown[]): RestructuringPlanView {
  const steps = given.map((one, i) => {
    const parsed = restructuringStep.safeParse(one);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0]!;
    const where = ['steps', i, ...issue.path].join('.');
    throw new Refusal(
      'malformed',
      `${where}: ${issue.message}`,
      'correct the step; docs/how-to/restructure.md shows each',
    );
  });
  try {
    const { steps: _steps, work: _work, definition: _definition, ...plan } = restructuringPlan(state, steps);
    return plan;
  } catch (error) {
    throw refused(error);
  }
}

const refused = (error: unknown): unknown => (error instanceof Rejected ? refusalOf(error.rejection) : error);

/**
 * What takes a restructuring back.
 * @param before the definition it was done to, as it was written then
 * @throws Refusal `not-found`, or why what is in force does not allow it
 */
export function reverseView(state: State, id: string, before: unknown): ResponseOf<'reverseRestructuring'> {
  const { steps } = lineOf(state, id);
  try {
    return reverseOf(definition.parse(before), definition.parse(inForce(state).definition), steps);
  } catch (error) {
    throw refused(error);
  }
}

import {
  describeStep,
  Rejected,
  type RestructuringLine,
  restructuringPlan,
  restructuringStep,
  type State,
} from '@reeve/kernel';
import type { RestructuringPlanView, RestructuringView } from '@reeve/protocol';
import { Refusal, refusalOf } from '../errors.ts';
import { none } from './page.ts';

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
export function restructuringDetail(state: State, id: string): RestructuringView {
  const line = state.organisation.restructurings.find((one) => one.id === id);
  if (!line) throw none('restructuring', id);
  return viewOf(state, line);
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
    const { base, digest, sentences, retired, added, places, moving, stopped, told, warnings } = restructuringPlan(
      state,
      steps,
    );
    return { base, digest, sentences, retired, added, places, moving, stopped, told, warnings };
  } catch (error) {
    if (error instanceof Rejected) throw refusalOf(error.rejection);
    throw error;
  }
}

import type { State } from '../core/state.ts';

/**
 * A lane is a workflow: a flow of the definition. Work is in it when it is done under a contract that is one of its steps, which is
 * what a kill switch on a lane stops and what the budget of a lane counts [GOV13, BUD8].
 */
export const inLane = ({ organisation }: State, contract: string | null, lane: string): boolean =>
  contract !== null &&
  organisation.definition?.flows.find((flow) => flow.id === lane)?.steps.includes(contract) === true;

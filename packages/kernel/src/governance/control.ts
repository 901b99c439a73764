/** What people and switches do to hold the organisation: the parts put together for the registry. */
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { conditionsEvolve, conditionsFollowUps } from './conditions.ts';
import { deputiesDecide, deputiesEvolve } from './deputies.ts';
import { countGrant, grantsDecide, grantsEvolve } from './grants.ts';
import { haltingEvolve, haltingFollowUps, haltingReact } from './halting.ts';
import { incidentsDecide, incidentsEvolve, incidentsFollowUps, incidentsReact } from './incidents.ts';
import { override } from './overrides.ts';
import { countRates, forgetRates } from './rates.ts';
import { reviewsEvolve } from './reviews.ts';
import { violationsEvolve, violationsFollowUps, violationsReact } from './violations.ts';

export const controlDecide = {
  ...grantsDecide,
  ...deputiesDecide,
  ...incidentsDecide,
  'operation.override': override,
};

export const controlFollowUps = {
  ...conditionsFollowUps,
  ...haltingFollowUps,
  ...incidentsFollowUps,
  ...violationsFollowUps,
};

/** What is counted at admission, by the event that admits: once, whatever happens to the process. */
function admitted(state: State, r: RecordOf<'operation.decided'>): void {
  const op = state.operations.operations.get(r.body.operation);
  if (r.body.verdict !== 'allow' || !op) return;
  if (op.admittedAt === undefined) countRates(state, op, r);
  op.admittedAt ??= r.at;
  countGrant(state, op, r.body.grant);
}

/** In the order in which they are applied, after the modules whose state they look at. */
export const CONTROL_EVOLVE = [
  { 'operation.decided': admitted, 'organisation.applied': forgetRates, 'operation.overridden': () => undefined },
  grantsEvolve,
  deputiesEvolve,
  reviewsEvolve,
  violationsEvolve,
  conditionsEvolve,
  haltingEvolve,
  incidentsEvolve,
] as const;

/** Incidents come first: they note what the others are about to end. */
export const CONTROL_REACT = [incidentsReact, haltingReact, violationsReact] as const;

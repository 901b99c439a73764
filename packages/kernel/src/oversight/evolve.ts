/** The parts of oversight put together for the registry. */
import type { Decide } from '../core/context.ts';
import { event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { SYSTEM } from '../core/types.ts';
import { activeRun } from '../runs/decide.ts';
import { countBefore, countEvolve } from './count.ts';
import { interventionsEvolve, interventionsFollowUps, interventionsReact } from './interventions.ts';
import { modesDecide, modesEvolve, modesFollowUps, modesReact } from './modes.ts';
import { recurrenceEvolve, recurrenceFollowUps, recurrenceReact } from './recurrence.ts';
import { reportsEvolve, reportsFollowUps, reportsReact } from './reports.ts';
import { troublesEvolve, troublesFollowUps, troublesReact } from './troubles.ts';
import { wakeupsDecide, wakeupsEvolve, wakeupsFollowUps, wakeupsReact } from './wakeups.ts';
import { watchEvolve } from './watch.ts';

/** [OVS5] A sign of life of a run that is at work. */
const beat: Decide<{ run: string }> = (state, body, ctx) => {
  if (ctx.actor.principal !== SYSTEM.principal)
    reject('forbidden', 'only the runtime gives signs of life', { rule: 'OVS5' });
  const run = activeRun(state, body.run);
  return [event('run.beat', `run/${run.id}`, { run: run.id, seat: run.seat }, run.case ?? run.id)];
};

export const oversightDecide = { 'run.beat': beat, ...modesDecide, ...wakeupsDecide };

export const oversightFollowUps = {
  ...troublesFollowUps,
  ...interventionsFollowUps,
  ...modesFollowUps,
  ...recurrenceFollowUps,
  ...wakeupsFollowUps,
  ...reportsFollowUps,
};

/** Applied first: what it counts leaves memory with the record. */
export const OVERSIGHT_BEFORE = countBefore;

/** Applied last, when all others have. */
export const OVERSIGHT_EVOLVE = [
  countEvolve,
  watchEvolve,
  troublesEvolve,
  interventionsEvolve,
  modesEvolve,
  recurrenceEvolve,
  wakeupsEvolve,
  reportsEvolve,
] as const;

export const OVERSIGHT_REACT = [
  troublesReact,
  interventionsReact,
  modesReact,
  recurrenceReact,
  wakeupsReact,
  reportsReact,
] as const;

/** Deterministic simulation of a whole organisation, with faults and an independent auditor. Start at simulate.ts. */

export { LANE, METRIC, SWITCH, TARGET } from './days/house.ts';
export { type DaysOptions, type DaysOutcome, playDays } from './days/play.ts';
export type { Moment, Story } from './days/story.ts';
export { type Hunt, hunt, MUTANTS, type Mutant } from './mutants/index.ts';
export { loadPlay, PACKS, type PackName, type Play } from './packs.ts';
export { type Outcome, type SimulationOptions, simulate } from './simulate.ts';

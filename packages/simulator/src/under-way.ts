/**
 * Simulations that are under way, and the end of a process in which one of them waits for something that never comes: the
 * platform would end such a process without a word.
 */
import { stuckText } from './report.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulationOptions } from './simulate.ts';

export interface UnderWay {
  readonly options: SimulationOptions;
  readonly scheduler: Scheduler;
  /** What it is at, for a person. */
  doing: string;
}

const underWay = new Set<UnderWay>();

/** Noted as long as `work` has not ended. */
export async function noted<T>(one: UnderWay, work: Promise<T>): Promise<T> {
  underWay.add(one);
  try {
    return await work;
  } finally {
    underWay.delete(one);
  }
}

/** Waits for the work of a whole process. When nothing can go on and the work has not ended, says so and ends with 1. */
export async function toTheEnd<T>(work: Promise<T>, say: (text: string) => void): Promise<T> {
  const stuck = (): void => {
    say(stuckText([...underWay]));
    process.exit(1);
  };
  process.once('beforeExit', stuck);
  try {
    return await work;
  } finally {
    process.off('beforeExit', stuck);
  }
}

import type { Clock } from './port.ts';

/** Longest wait a timer of the platform can take; a longer one wakes early and is set again. */
const LONGEST = 2 ** 31 - 1;

/** Real time. Timers do not keep the process alive by themselves: what serves requests does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(0, ms), LONGEST));
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    setImmediate(run);
  },
};

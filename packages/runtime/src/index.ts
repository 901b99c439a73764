/** Runs one organisation: the loop, timers, executors, worker pool, recovery, subscriptions. Start at runtime.ts. */
export * from './port.ts';

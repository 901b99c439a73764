/** Runs one organisation: the loop, timers, executors, worker pool, recovery, subscriptions. Start at runtime.ts. */
export { systemClock } from './clock.ts';
export { type CallOutcome, callTool } from './executors/call.ts';
export { Halt } from './executors/halt.ts';
export { openJournal } from './pool/journal.ts';
export { outcomeOf } from './pool/outcomes.ts';
export * from './port.ts';
export { type ReadRecord, recordReader, recover, snapshotAt, UPCASTERS } from './recover.ts';
export { DEFAULT_LIMITS, openRuntime } from './runtime.ts';
export { SNAPSHOT_VERSION } from './snapshot.ts';

/** Models as occupants: the port, the loop, and what stands around them. The adapter over providers is `sdk.ts`. */
export { type Answered, type Asking, askAny, type Offered } from './asking.ts';
export type { ReplyCache } from './cache.ts';
export { grantedTo } from './capability-tools.ts';
export { type ModelSeat, modelOccupant } from './occupant.ts';
export * from './port.ts';
export { recorded, replayed } from './replay.ts';

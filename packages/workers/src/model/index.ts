/** Models as occupants: the port, the loop, and what stands around them. The adapter over providers is `sdk.ts`. */
export { askAny, type Answered, type Asking, type Offered } from './asking.ts';
export { type ReplyCache, replyCache } from './cache.ts';
export { grantedTo } from './capability-tools.ts';
export { type ModelSeat, modelOccupant } from './occupant.ts';
export * from './port.ts';
export { recorded, replayed } from './replay.ts';

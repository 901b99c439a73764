/** A2A 1.0: the shapes on the wire and signed cards, for both sides, and the occupant that asks a remote agent. */
export { type AgentCard, agentCard, CARD_PATH, isSignedBy, signedCard, VERSION } from './card.ts';
export { type RemoteSeat, remoteOccupant } from './occupant.ts';
export type { Reach, RemoteView } from './remote.ts';
export {
  ERRORS,
  type ErrorReason,
  type Message,
  PARAMS,
  type Part,
  type Sent,
  type Task,
  type TaskState,
  TERMINAL,
  textOf,
  UNDER_WAY,
} from './wire.ts';

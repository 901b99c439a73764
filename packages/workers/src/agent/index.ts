/** Agents from outside as occupants: start at occupant.ts. Who they are and how they get here is the server's affair. */
export { grantedTo } from '../model/capability-tools.ts';
export { type AgentEvent, type AgentReply, KeyTaken, Line, type PastCall } from './line.ts';
export { type AgentSeat, agentOccupant } from './occupant.ts';
export { type Launch, type Launched, launchOf, PROFILE, TOKEN } from './profiles.ts';
export { type ShownTool, shownTools } from './tools.ts';

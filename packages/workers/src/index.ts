/** Who does the work: the occupant port, the desk, briefings. Start at port.ts. */
export { briefing, createDesk, type RunPort } from './desk.ts';
export * from './port.ts';
export { scriptOccupant } from './script.ts';

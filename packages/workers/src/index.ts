/** Who does the work: the occupant port, the desk, briefings. Start at port.ts. */
export { briefing, createDesk, type RunPort } from './desk.ts';
export { type Fitted, fit, type LeftOut, type Section, section } from './memory/budget.ts';
export { fitted } from './memory/fitted.ts';
export type * from './memory/port.ts';
export * from './port.ts';
export { scriptOccupant } from './script.ts';

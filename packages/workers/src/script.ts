import type { Occupant, Script } from './port.ts';

/** A TypeScript function as an occupant: deterministic, without a model. */
export const scriptOccupant = (script: Script): Occupant => ({ kind: 'script', work: (desk) => script(desk) });

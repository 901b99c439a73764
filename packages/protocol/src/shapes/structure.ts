import { z } from 'zod';
import { seat } from './organisation.ts';

/** The shape of the organisation, all of it at once: small for each seat, and other only when the shape is. */
export const structure = z.object({ digest: z.string(), seats: z.array(seat.omit({ inbox: true, runs: true })) });

/** Seats that have something to do; all others have nothing. */
export const work = z.object({ seats: z.array(seat.pick({ id: true, inbox: true, runs: true })) });

export type Structure = z.output<typeof structure>;

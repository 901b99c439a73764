import type { Draft } from './events.ts';
import type { State } from './state.ts';
import type { Actor, Inputs } from './types.ts';

/** What a decision may know besides state and body. */
export interface Context extends Inputs {
  readonly actor: Actor;
  /** The run and step this command is part of, when an occupant acts. */
  readonly run: string | null;
  /** Id of the command, '' for follow-ups. */
  readonly command: string;
}

/** Turns a command into events, or leaves through `reject`. Reads state, never changes it. */
export type Decide<B> = (state: State, body: B, ctx: Context) => Draft[];

/** A follow-up command of the kernel to itself: from a reaction to an event, or from a timer. */
export interface FollowUp {
  readonly kind: string;
  readonly body: Record<string, unknown>;
}
export const followUp = (kind: string, body: Record<string, unknown>): FollowUp => ({ kind, body });

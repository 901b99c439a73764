import type { Context } from './context.ts';
import type { Exit } from './failure.ts';

/** What the options of a command are once commander has read them; each command says which it expects. */
export type Options = never;

export interface Spec {
  /** Name and arguments, as commander writes them. */
  readonly name: string;
  readonly summary: string;
  /** It works on this machine's data directory, not on an organisation elsewhere. */
  readonly local?: true;
  /** What its group does when no command of it is named. */
  readonly usual?: true;
  readonly example: string;
  /** Flags, what they mean, and a default. */
  readonly options?: readonly (readonly [string, string, string?])[];
  /** Flags without which the command makes no sense. */
  readonly required?: readonly (readonly [string, string])[];
  readonly run: (context: Context, args: readonly string[], options: Options) => Promise<Exit> | Promise<void>;
}

/** A tool written by a user: its schemas once, and what is done. What a pack's file exports; see docs/how-to/write-a-tool.md. */
import type { capability } from '@reeve/kernel';
import type { z } from 'zod';

type Declared = z.input<typeof capability>;

/** What one call is told. */
export interface ModuleCall<A, C> {
  /** As `args` parsed them, defaults filled in. */
  readonly args: A;
  /** What the pack says in `config.with`, as `config` parsed it. */
  readonly config: C;
  /** The operation's idempotency key: hand it to the other system, where that knows such keys. */
  readonly key: string;
  readonly operation: string;
  readonly seat: string | undefined;
  readonly case: string | undefined;
  readonly attempt: number;
  /** Milliseconds since the Unix epoch, from the runtime's clock. */
  readonly now: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  /** That secret, for this tool and seat. It is removed from results and errors. Ask for it before anything is done: @throws ToolError, certain, when there is none. */
  readonly secret: (name: string) => Promise<string>;
}

/** What is looked for after an unknown outcome. */
export type ModuleLookup<C> = Pick<ModuleCall<unknown, C>, 'config' | 'key' | 'signal' | 'secret'>;

/** One capability: everything the gate must know (`capability` of the kernel), and `run`. */
export interface ModuleCapability<A extends z.ZodObject = z.ZodObject, R extends z.ZodObject = z.ZodObject, C = unknown>
  extends Omit<Declared, 'id' | 'tool' | 'args' | 'returns' | 'sensitive' | 'config'> {
  readonly args: A;
  readonly returns: R;
  /** Arguments that steer the effect outside. */
  readonly sensitive?: (keyof z.output<A> & string)[];
  /**
   * Do it. For an effect it is called once for a key, unless `lookup` says that nothing happened. A `ToolError` that is not
   * `uncertain` says that nothing was changed; whatever else is thrown leaves the outcome open.
   */
  run(call: ModuleCall<z.output<A>, C>): Promise<z.input<R>> | z.input<R>;
  /** Did the effect of that key land? Its value, or null when it is certain that it did not. Makes it `settle: native-key`. */
  lookup?(sought: ModuleLookup<C>): Promise<z.input<R> | null> | z.input<R> | null;
  /** What it does in a world in memory, for simulations and tests: `kept` has what earlier effects were given. */
  fake?(call: { readonly args: z.output<A>; readonly kept: readonly unknown[] }): z.input<R>;
}

export interface ModuleTool<
  C extends z.ZodType = z.ZodType,
  A extends Record<string, z.ZodObject> = Record<string, z.ZodObject>,
  R extends Record<keyof A, z.ZodObject> = Record<keyof A, z.ZodObject>,
> {
  readonly title?: string;
  /** Shape of `config.with` in the pack. */
  readonly config?: C;
  /** By id. The second half of the type is what `returns` is inferred from. */
  readonly capabilities: { readonly [K in keyof A]: ModuleCapability<A[K], R[K], z.output<C>> } & {
    readonly [K in keyof R]: { readonly returns: R[K] };
  };
  /** Is the system behind it reachable? A sentence for `reeve doctor`. */
  health?(context: { readonly config: z.output<C> }): Promise<string> | string;
}

/** Declare a tool; the identity function, for its types. */
export function defineTool<
  A extends Record<string, z.ZodObject>,
  R extends Record<keyof A, z.ZodObject>,
  C extends z.ZodType = z.ZodType<Record<string, unknown>>,
>(tool: ModuleTool<C, A, R>): ModuleTool<C, A, R> {
  return tool;
}

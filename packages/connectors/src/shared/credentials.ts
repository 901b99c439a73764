/** Secrets of a tool: looked up for each call, kept out of arguments, results and errors [T14]. */
import { z } from 'zod';
import { type Call, type OpenContext, ToolError } from '../port.ts';
import { refused } from './call.ts';
import { type Redactor, redactorOf, secretOf } from './secrets.ts';

/** A name in a pack in place of a secret. */
export const secretRef = z.strictObject({ secret: z.string().min(1) });

export interface Secrets {
  readonly values: ReadonlyMap<string, string>;
  readonly redactor: Redactor;
}

/** Those secrets for that seat, looked up anew, so that a rotated one is used at once. @throws ToolError certain. */
export async function secretsFor(
  secret: OpenContext['secret'],
  names: readonly string[],
  seat: string | undefined,
): Promise<Secrets> {
  const lookup = secret && ((name: string) => secret(name, seat));
  try {
    const values = new Map<string, string>();
    for (const name of new Set(names)) values.set(name, await secretOf(lookup, name));
    return { values, redactor: redactorOf([...values.values()]) };
  } catch (error) {
    throw new ToolError('transient', `${(error as Error).message}; nothing was sent`);
  }
}

/** An argument with a secret in it is refused: the tool puts secrets in itself. */
export function assertNoSecret(call: Call, { redactor }: Secrets): void {
  if (redactor.found(call.args))
    throw refused('an argument contains a secret of this tool; leave it out: the tool puts it in itself');
}

/**
 * An error that left this tool says nothing secret; its cause, which might, is left behind. What is no `ToolError` is
 * `transient`, its outcome unknown.
 */
export function cleaned(error: unknown, redactor: Redactor, what = 'the request'): ToolError {
  const message = redactor.clean(error instanceof Error ? error.message : String(error));
  if (error instanceof ToolError) return new ToolError(error.category, message, { uncertain: error.uncertain });
  return new ToolError('transient', `${what} failed: ${message}; look whether it took effect`, { uncertain: true });
}

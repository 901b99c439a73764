import { digest } from '@reeve/kernel';
import { type Call, type CallResult, ToolError } from '../port.ts';

/** The reserved key under which an effect is remembered, and what it was asked to do. */
export interface StoredEffect {
  /** `requestDigest` of the call that had the effect. */
  readonly request: string;
  readonly result: CallResult;
}

/** A failure that the same input will always meet: nothing was changed, retrying does not help. */
export function refused(message: string, cause?: unknown): ToolError {
  return new ToolError('deterministic', message, { cause });
}

/** Leave before anything has begun when the caller no longer wants the call. */
export function assertWanted(call: Call): void {
  if (!call.signal.aborted) return;
  throw new ToolError('transient', `${call.capability.id} was cancelled before it began; nothing was changed`);
}

/** What a call asks for, whatever the attempt: capability and arguments. */
export function requestDigest(call: Call): string {
  try {
    return digest({ capability: call.capability.id, args: call.args });
  } catch (cause) {
    throw refused(`the arguments of ${call.capability.id} have no JSON form; send plain JSON values`, cause);
  }
}

/**
 * The first result when `stored` is the effect of this very request, undefined when there is none yet.
 * Throws a deterministic `ToolError` when the key was used for something else [T16].
 */
export function repeatOf(stored: StoredEffect | undefined, call: Call): CallResult | undefined {
  if (!stored) return undefined;
  if (stored.request === requestDigest(call)) return stored.result;
  throw refused(`key "${call.key}" already had an effect with other arguments; use a new key for a new request`);
}

/** The result of an effect: its evidence names where it can be looked up and binds request and value by digest. */
export function landed(ref: string, call: Call, value: Record<string, unknown>, version?: string): CallResult {
  const evidence = [
    { kind: 'effect', ref: `${ref}#${call.key}`, digest: digest({ request: requestDigest(call), value }) },
  ];
  return version === undefined ? { value, evidence } : { value, version, evidence };
}

/** A text argument of at most `max` UTF-16 units. */
export function textArg(call: Call, name: string, max: number): string {
  const value = call.args[name];
  if (typeof value !== 'string') throw refused(`${call.capability.id} needs "${name}" as text`);
  if (value.length > max) throw refused(`"${name}" has ${value.length} characters; at most ${max} are accepted`);
  return value;
}

/** A text argument that may be left out. */
export function optionalTextArg(call: Call, name: string, max: number): string | undefined {
  return call.args[name] === undefined || call.args[name] === null ? undefined : textArg(call, name, max);
}

/** Has it control characters other than tabs and line ends, or half a character? */
export const hasControls = (text: string): boolean => /[\p{Cc}\p{Cs}]/u.test(text.replace(/[\t\n\r]/g, ''));

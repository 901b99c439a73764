/** What the errors of providers mean, whatever library they come from. Reads shapes, not classes: a library may be there twice. */
import { ModelError, type ModelFault } from './port.ts';

interface Shape {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly statusCode?: unknown;
  readonly responseBody?: unknown;
  readonly responseHeaders?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly lastError?: unknown;
}

const CONTEXT = /context[ _-]?(length|window)|maximum context|prompt is too long|too many tokens|input is too long/i;
const FILTER = /content[ _-]?(filter|policy)|safety|flagged|moderation/i;

/** A day is longer than any provider means. */
const MOST_WAIT = 86_400_000;

/** `Retry-After` in seconds or as a date, or `retry-after-ms`; null without one that can be read. */
function retryAfterOf(headers: unknown, now: number): number | null {
  const given = (headers ?? {}) as Record<string, string | undefined>;
  const ms = Number(given['retry-after-ms'] ?? Number.NaN);
  const text = given['retry-after'];
  const seconds = Number(text ?? Number.NaN);
  const wait = Number.isFinite(ms) ? ms : Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text ?? '') - now;
  return Number.isFinite(wait) ? Math.min(MOST_WAIT, Math.max(0, wait)) : null;
}

function faultOfStatus(status: number, said: string): ModelFault {
  if (status === 429) return 'rate-limit';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 401 || status === 403 || status === 402) return 'access';
  if (status >= 500) return 'overloaded';
  if (status === 413 || CONTEXT.test(said)) return 'context-length';
  return FILTER.test(said) ? 'filter' : 'request';
}

const SAID: Readonly<Record<ModelFault, string>> = {
  'rate-limit': 'asks for fewer requests',
  overloaded: 'failed on its side',
  timeout: 'did not answer in time',
  network: 'could not be reached',
  'context-length': 'was given more than it can take',
  filter: 'withheld its answer',
  access: 'refused the key; store a valid one with `reeve secret set` and look at the account',
  request: 'refused the request',
  garbled: 'answered with something that is no answer',
};

/** The innermost error: libraries wrap what they could not do. */
function innermost(error: unknown): Shape {
  let found = (error ?? {}) as Shape;
  for (let depth = 0; depth < 5; depth++) {
    if (typeof found.statusCode === 'number') return found;
    const inner = found.lastError ?? (Array.isArray(found.errors) ? found.errors.at(-1) : undefined) ?? found.cause;
    if (typeof inner !== 'object' || inner === null) return found;
    found = inner as Shape;
  }
  return found;
}

/** Wrong shapes: the provider, or something between, says what is not its protocol. */
const GARBLED = /TypeValidation|JSONParse|InvalidResponseData|NoContent|NoOutput|EmptyResponse|SyntaxError/i;

/**
 * What happened, without what was asked: messages of providers may repeat it.
 * @param who the model, by its id.
 */
export function failureOf(who: string, error: unknown, now: number): ModelError {
  if (error instanceof ModelError) return error;
  const shape = innermost(error);
  const status = typeof shape.statusCode === 'number' ? shape.statusCode : undefined;
  const said = `${String(shape.responseBody ?? '')} ${String(shape.message ?? '')}`;
  const kind = `${String((error as Shape)?.name ?? '')} ${String(shape.name ?? '')}`;
  const fault = status !== undefined && status >= 300 ? faultOfStatus(status, said) : unnumbered(kind, said);
  const number = status === undefined || status < 300 ? '' : ` (HTTP ${status})`;
  return new ModelError(fault, `the model "${who}" ${SAID[fault]}${number}`, retryAfterOf(shape.responseHeaders, now));
}

/** Failures without a status: the connection, or an answer that could not be read. */
function unnumbered(kind: string, said: string): ModelFault {
  if (/Timeout/i.test(kind)) return 'timeout';
  if (GARBLED.test(kind) || /invalid json/i.test(said)) return 'garbled';
  if (/overloaded|rate.?limit/i.test(said)) return 'overloaded';
  return CONTEXT.test(said) ? 'context-length' : 'network';
}

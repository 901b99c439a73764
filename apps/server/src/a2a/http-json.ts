/** A2A 1.0 over HTTP+JSON: addresses below `/a2a` for the operations that `endpoint.ts` performs. */
import type { ErrorReason } from '@reeve/workers/a2a';
import { asProtocol, type Endpoint, perform } from './endpoint.ts';
import { A2aError, errorBody } from './errors.ts';
import type { Peer } from './peers.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  /** The A2A-Version header. */
  readonly version: string;
  /** The caller is gone. */
  readonly signal: AbortSignal;
}

/** Method, address below `/a2a` (its group is the task), operation. */
const ROUTES: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ['POST', /^\/message:send$/, 'SendMessage'],
  ['POST', /^\/message:stream$/, 'SendStreamingMessage'],
  ['GET', /^\/tasks$/, 'ListTasks'],
  ['GET', /^\/tasks\/([^/:]+)$/, 'GetTask'],
  ['POST', /^\/tasks\/([^/:]+):cancel$/, 'CancelTask'],
  ['POST', /^\/tasks\/([^/:]+):subscribe$/, 'SubscribeToTask'],
  ['GET', /^\/tasks\/([^/:]+):subscribe$/, 'SubscribeToTask'],
  ['POST', /^\/tasks\/([^/:]+)\/pushNotificationConfigs$/, 'CreateTaskPushNotificationConfig'],
  ['GET', /^\/tasks\/([^/:]+)\/pushNotificationConfigs$/, 'ListTaskPushNotificationConfigs'],
  ['GET', /^\/tasks\/([^/:]+)\/pushNotificationConfigs\/[^/]+$/, 'GetTaskPushNotificationConfig'],
  ['DELETE', /^\/tasks\/([^/:]+)\/pushNotificationConfigs\/[^/]+$/, 'DeleteTaskPushNotificationConfig'],
  ['GET', /^\/extendedAgentCard$/, 'GetExtendedAgentCard'],
];

/** What each error is in HTTP, and in the words of google.rpc. */
const STATUS: Readonly<Record<ErrorReason, readonly [http: number, rpc: string]>> = {
  PARSE_ERROR: [400, 'INVALID_ARGUMENT'],
  INVALID_REQUEST: [400, 'INVALID_ARGUMENT'],
  INVALID_PARAMS: [400, 'INVALID_ARGUMENT'],
  METHOD_NOT_FOUND: [404, 'NOT_FOUND'],
  INTERNAL: [500, 'INTERNAL'],
  TASK_NOT_FOUND: [404, 'NOT_FOUND'],
  TASK_NOT_CANCELABLE: [409, 'FAILED_PRECONDITION'],
  PUSH_NOTIFICATION_NOT_SUPPORTED: [400, 'FAILED_PRECONDITION'],
  UNSUPPORTED_OPERATION: [400, 'FAILED_PRECONDITION'],
  CONTENT_TYPE_NOT_SUPPORTED: [400, 'INVALID_ARGUMENT'],
  VERSION_NOT_SUPPORTED: [400, 'FAILED_PRECONDITION'],
  UNAVAILABLE: [503, 'UNAVAILABLE'],
};

const TYPE = 'application/a2a+json';

/** [SRV294] An authenticated request. */
export async function answerOverHttp(endpoint: Endpoint, peer: Peer, request: HttpRequest): Promise<Response> {
  try {
    const { operation, id } = routeOf(request);
    const params = { ...paramsOf(request), ...(id === undefined ? {} : { id }) };
    const wanted = { method: operation, params, version: request.version, frame: (one: unknown) => one };
    const result = await perform(endpoint, peer, wanted, request.signal);
    return result instanceof Response ? result : json(200, result);
  } catch (error) {
    return refused(asProtocol(error));
  }
}

const json = (status: number, body: unknown): Response =>
  Response.json(body, { status, headers: { 'content-type': TYPE } });

function refused(error: A2aError): Response {
  const [code, status] = STATUS[error.reason];
  const { message, data: details } = errorBody(error);
  return json(code, { error: { code, status, message, details } });
}

/** @throws A2aError */
function routeOf({ method, url }: HttpRequest): { operation: string; id: string | undefined } {
  const path = url.pathname.slice('/a2a'.length);
  for (const [verb, pattern, operation] of ROUTES) {
    const found = verb === method ? pattern.exec(path) : null;
    if (found) return { operation, id: found[1] };
  }
  throw new A2aError('METHOD_NOT_FOUND', `there is no ${method} ${path.slice(0, 100)} below /a2a`);
}

/** Query and body as the fields of the operation's request. @throws A2aError */
function paramsOf({ url, body }: HttpRequest): Record<string, unknown> {
  const query = Object.fromEntries([...url.searchParams].map(([name, value]) => [name, fieldOf(name, value)]));
  if (body === '') return query;
  try {
    return { ...query, ...(JSON.parse(body) as Record<string, unknown>) };
  } catch {
    throw new A2aError('PARSE_ERROR', 'the body is no JSON');
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['historyLength', 'pageSize']);

/** Addresses have words only; what does not fit is refused by the operation. */
function fieldOf(name: string, value: string): unknown {
  if (NUMBERS.has(name)) return value === '' ? Number.NaN : Number(value);
  return name === 'includeArtifacts' ? value === 'true' : value;
}

import { z } from 'zod';
import { isWrite, ROUTE_NAMES, ROUTES, type Route, type RouteName } from './routes.ts';
import * as cases from './shapes/cases.ts';
import * as ledger from './shapes/ledger.ts';
import * as operations from './shapes/operations.ts';
import * as organisation from './shapes/organisation.ts';
import { PROBLEM_STATUS, problem } from './shapes/problem.ts';

type Json = Record<string, unknown>;
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

const NAMED: Record<string, z.ZodType> = {
  Problem: problem,
  CaseSummary: cases.caseSummary,
  Case: cases.caseView,
  Task: cases.task,
  OperationSummary: operations.operationSummary,
  Operation: operations.operation,
  ApprovalSummary: operations.approvalSummary,
  Approval: operations.approval,
  Reason: operations.reason,
  Reading: operations.reading,
  Explanation: operations.explanation,
  Message: organisation.message,
  Seat: organisation.seat,
  Switch: organisation.switchView,
  Health: organisation.health,
  Record: ledger.ledgerRecord,
  Proof: ledger.proof,
};

/** Names for every body and answer: those above, else `<Route>Request` and `<Route>Response`. */
function nameSchemas(): { names: Map<z.ZodType, string>; registry: z.core.$ZodRegistry<{ id: string }> } {
  const names = new Map(Object.entries(NAMED).map(([name, schema]) => [schema, name]));
  for (const key of ROUTE_NAMES) {
    const route: Route = ROUTES[key];
    if (route.body && !names.has(route.body)) names.set(route.body, `${upper(key)}Request`);
    for (const schema of Object.values(route.responses))
      if (!names.has(schema)) names.set(schema, `${upper(key)}Response`);
  }
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  return { names, registry };
}

const OPTIONS = { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' } as const;

function components(registry: z.core.$ZodRegistry<{ id: string }>): Json {
  const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, uri: (id) => ref(id).$ref });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { $schema: _s, $id: _i, ...schema }]) => [id, schema]),
  );
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { $schema: _, ...json } = z.toJSONSchema(field, OPTIONS);
    return {
      name,
      in: place,
      required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
      schema: json,
    };
  });
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key and request give the first answer again; another request under it is refused with 409.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};
const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Sequence number of the last record seen; stronger than `after`.',
  schema: { type: 'string', pattern: '^[0-9]+$' },
};

const REPLAYED = {
  'Idempotent-Replayed': { description: '`true` when this is the first answer again.', schema: { type: 'string' } },
};

function mediaOf({ stream, download }: Route): string[] {
  if (stream === 'asked') return ['application/json', 'text/event-stream'];
  return [stream ? 'text/event-stream' : (download ?? 'application/json')];
}

function operationObject(key: RouteName, names: Map<z.ZodType, string>): Json {
  const route: Route = ROUTES[key];
  const write = isWrite(route);
  const responses = Object.entries(route.responses).map(([status, schema]) => [
    status,
    {
      description: Number(status) < 400 ? 'Done.' : 'Not running.',
      ...(write ? { headers: REPLAYED } : {}),
      content: Object.fromEntries(mediaOf(route).map((media) => [media, { schema: ref(names.get(schema)!) }])),
    },
  ]);
  return {
    operationId: key,
    summary: route.summary,
    ...(route.open ? { security: [] } : {}),
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...(write ? [IDEMPOTENCY_KEY] : []),
      ...(route.stream ? [LAST_EVENT_ID] : []),
    ],
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: ref(names.get(route.body)!) } } } }
      : {}),
    responses: { ...Object.fromEntries(responses), default: { $ref: '#/components/responses/Problem' } },
  };
}

const PROBLEM_RESPONSE = {
  description: `What happened, why, and what to do next. Codes: ${Object.entries(PROBLEM_STATUS)
    .map(([code, status]) => `${code} (${status})`)
    .join(', ')}.`,
  content: { 'application/problem+json': { schema: ref('Problem') } },
};

/** The API as an OpenAPI 3.1 document, generated from the same table that server and client use [API1]. */
export function openApi(version = '0.1.0'): Json {
  const { names, registry } = nameSchemas();
  const paths: Record<string, Json> = {};
  for (const key of ROUTE_NAMES) {
    const { path, method } = ROUTES[key];
    const templated = path.replace(/:([a-z]+)/g, '{$1}');
    paths[templated] = { ...paths[templated], [method.toLowerCase()]: operationObject(key, names) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Reeve', version, description: 'One organisation: its work, its rules, its ledger.' },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: components(registry),
      responses: { Problem: PROBLEM_RESPONSE },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

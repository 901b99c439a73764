import { describe, expect, it } from 'vitest';
import { openApi, PROBLEM_STATUS, ROUTE_NAMES, ROUTES, type Route } from '../src/index.ts';

type Json = Record<string, unknown>;
const document = openApi() as {
  openapi: string;
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> };
};
const operationOf = (route: Route) =>
  document.paths[route.path.replace(/:([a-z]+)/g, '{$1}')]?.[route.method.toLowerCase()];

function* refs(value: unknown): Generator<string> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, part] of Object.entries(value)) {
    if (key === '$ref') yield part as string;
    else yield* refs(part);
  }
}

const lookUp = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (at as Json | undefined)?.[name.replaceAll('~1', '/')], document);

describe('OpenAPI document', () => {
  it('[API2] is of version 3.1 and lists every route, and only those', () => {
    expect(document.openapi).toBe('3.1.0');
    const listed = Object.values(document.paths).flatMap((item) => Object.values(item).map((o) => o.operationId));
    expect(listed.sort()).toEqual([...ROUTE_NAMES].sort());
  });

  it('[API2] every reference leads somewhere', () => {
    const all = [...refs(document)];
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter((ref) => lookUp(ref) === undefined)).toEqual([]);
  });

  it.each(ROUTE_NAMES)('[API1] %s has the parameters, body and answers of the table', (name) => {
    const route: Route = ROUTES[name];
    const operation = operationOf(route) as {
      parameters: { name: string; in: string; required: boolean }[];
      requestBody?: Json;
      responses: Json;
      security?: unknown[];
    };
    const inPath = operation.parameters.filter((p) => p.in === 'path');
    expect(inPath.map((p) => p.name)).toEqual([...route.path.matchAll(/:([a-z]+)/g)].map((match) => match[1]));
    expect(inPath.every((p) => p.required)).toBe(true);
    const inQuery = operation.parameters.filter((p) => p.in === 'query').map((p) => p.name);
    expect(inQuery).toEqual(Object.keys(route.query?.shape ?? {}));
    expect(operation.requestBody !== undefined).toBe(route.body !== undefined);
    expect(Object.keys(operation.responses)).toEqual([...Object.keys(route.responses), 'default']);
    expect(operation.security).toEqual(route.open ? [] : undefined);
  });

  it('[API5] every write, and nothing else, takes an Idempotency-Key', () => {
    for (const name of ROUTE_NAMES) {
      const { parameters } = operationOf(ROUTES[name]) as { parameters: { name: string }[] };
      expect(parameters.some((p) => p.name === 'Idempotency-Key')).toBe(ROUTES[name].method !== 'GET');
    }
  });

  it('[API4] the problem schema lists every code', () => {
    const { code } = (document.components.schemas.Problem as { properties: { code: { enum: string[] } } }).properties;
    expect(code.enum).toEqual(Object.keys(PROBLEM_STATUS));
  });

  it('[API2] only required query fields are marked as required', () => {
    const { parameters } = operationOf(ROUTES.rearm) as { parameters: { name: string; required: boolean }[] };
    expect(parameters.find((p) => p.name === 'reason')?.required).toBe(true);
    const cases = operationOf(ROUTES.cases) as { parameters: { name: string; in: string; required: boolean }[] };
    expect(cases.parameters.filter((p) => p.in === 'query' && p.required)).toEqual([]);
  });
});

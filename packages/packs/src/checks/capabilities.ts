import type { CapabilityDef, Fields, ToolDef } from '@reeve/kernel';
import { fieldProblems } from '@reeve/kernel';
import type { z } from 'zod';
import { at, byId, type Draft, type Findings, type Place, refers } from '../draft.ts';
import type { Path } from '../problem.ts';
import { capabilityScopes } from '../scopes.ts';
import { suggestion } from '../suggest.ts';
import { call, expression, fieldNames } from './expressions.ts';

/** What the loader needs to know of a connector: the schemas of its tools' and capabilities' `config`. */
export interface ConnectorSchemas {
  readonly config: z.ZodType;
  readonly capabilityConfig: z.ZodType;
  /** For connectors whose capabilities the tool's own file declares. @throws Error that says what is wrong with it. */
  derive?(tool: ToolDef, pack: string): Promise<CapabilityDef[]>;
}
export type Connectors = Readonly<Record<string, ConnectorSchemas>>;

/** Tools and capabilities, except their `config` (PCK20, PCK21, PCK23–PCK26). */
export function* checkCapabilities(draft: Draft, connectors: Connectors): Findings {
  for (const tool of draft.definition.tools) yield* checkTool(tool, connectors);
  const capabilities = byId(draft.definition.capabilities);
  for (const capability of draft.definition.capabilities) {
    yield* refers(draft, at('capabilities', capability.id, 'tool'), 'PCK20', 'tools', capability.tool);
    yield* checkFields(at('capabilities', capability.id, 'args'), capability.args);
    yield* checkFields(at('capabilities', capability.id, 'returns'), capability.returns);
    const sensitive = at('capabilities', capability.id, 'sensitive');
    yield* fieldNames(sensitive, 'PCK23', capability.sensitive, capability.args, `the args of "${capability.id}"`);
    yield* checkSettlement(draft, capability, capabilities);
    yield* checkCost(capability);
  }
}

function* checkTool(tool: ToolDef, connectors: Connectors): Findings {
  if (Object.hasOwn(connectors, tool.connector)) return;
  const message = `there is no connector "${tool.connector}"`;
  const hint = suggestion(tool.connector, Object.keys(connectors), 'connectors');
  yield { at: at('tools', tool.id, 'connector'), rule: 'PCK21', message, hint };
}

function* checkSettlement(draft: Draft, capability: CapabilityDef, all: ReadonlyMap<string, CapabilityDef>): Findings {
  const { check } = capability;
  const place = at('capabilities', capability.id, 'check');
  if (!check) {
    if (capability.settle !== 'check-before-write') return;
    const message = '"settle: check-before-write" needs a "check": which read tells whether the effect has landed';
    const hint = 'add "check:" with capability, args and landed, or settle by native-key or ask';
    yield { at: at('capabilities', capability.id, 'settle'), rule: 'PCK24', message, hint };
    return;
  }
  const scopes = capabilityScopes(capability, all.get(check.capability));
  const rules = { capability: 'PCK24', args: 'PCK24', expression: 'PCK24', read: true };
  yield* call(draft, all, place, check, scopes.args, rules);
  const landed = at('capabilities', capability.id, 'check', 'landed');
  yield* expression(landed, 'PCK24', check.landed, scopes.landed, 'bool');
}

function* checkCost(capability: CapabilityDef): Findings {
  if (typeof capability.cost !== 'object') return;
  const place = at('capabilities', capability.id, 'cost', 'expr');
  yield* expression(place, 'PCK26', capability.cost.expr, capabilityScopes(capability, undefined).args, 'number');
}

/** Field types beyond their schema (nested fields, limits, patterns that can run away): the kernel says what is wrong. */
function* checkFields(place: Place, declared: Fields): Findings {
  for (const { path, message } of fieldProblems(declared)) {
    const here: Place = { ...place, path: [...place.path, ...parsePath(path)] };
    yield {
      at: here,
      rule: 'PCK25',
      message: `not a usable field type: ${message}`,
      hint: 'correct the type of this field',
    };
  }
}

/** `items[0].qty` → `['items', 0, 'qty']`. */
function parsePath(path: string): Path {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index)));
}

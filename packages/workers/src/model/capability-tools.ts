/** The capabilities a seat is granted, as tools of a model. Granting is the gate's affair: this is only what is offered. */
import { type CapabilityDef, covers, type Definition, jsonSchemaOf, type SeatDef, TIER_ALLOWS } from '@reeve/kernel';
import type { Desk, OperationOutcome } from '../port.ts';
import type { ModelTool } from './port.ts';
import { clip } from './tokens.ts';

export interface SeatTool extends ModelTool {
  /** What came of it, as text for the model; `failed` says that it may be beyond this model. */
  readonly use: (desk: Desk, args: Readonly<Record<string, unknown>>) => Promise<Used>;
}

export interface Used {
  readonly text: string;
  readonly failed: boolean;
  /** What a report may name as evidence from now on. */
  readonly refs: readonly string[];
}

/** Capabilities that the charter's rights cover and its tier allows at all. */
export function grantedTo(
  definition: Pick<Definition, 'capabilities'>,
  { charter }: Pick<SeatDef, 'charter'>,
): CapabilityDef[] {
  return definition.capabilities.filter(
    ({ id, effect }) =>
      TIER_ALLOWS[charter.tier].includes(effect) && charter.rights.some((right) => covers(right.capability, id)),
  );
}

/** `orders.refund` → `orders_refund`: providers take letters, digits, `_` and `-`, 64 of them. Two that meet are numbered. */
function toolNames(ids: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    const plain = id.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 60);
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

/** Tokens of one result at most, as a part of what the model can take. */
const RESULT_SHARE = 0.2;

export function capabilityTools(capabilities: readonly CapabilityDef[], context: number): SeatTool[] {
  const names = toolNames(capabilities.map(({ id }) => id));
  return capabilities.map((capability) =>
    capabilityTool(capability, names.get(capability.id)!, context * RESULT_SHARE),
  );
}

function capabilityTool(capability: CapabilityDef, name: string, tokens: number): SeatTool {
  return {
    name,
    description: describe(capability),
    parameters: parametersOf(capability),
    use: async (desk, { _why, _confidence, ...args }) => {
      const outcome = await desk.request({
        ...{ capability: capability.id, args },
        ...(typeof _why === 'string' ? { why: _why.slice(0, 2000) } : {}),
        ...(typeof _confidence === 'number' && _confidence >= 0 && _confidence <= 1 ? { confidence: _confidence } : {}),
      });
      return told(capability, outcome, tokens);
    },
  };
}

function describe({ id, title, effect, edges, taints }: CapabilityDef): string {
  const what = effect === 'read' ? 'Reads only.' : `Changes something (${[effect, ...edges].join(', ')}).`;
  return [title || id, what, taints ? 'Its results come from outside.' : ''].filter((one) => one !== '').join(' ');
}

/** The arguments of the capability, with why it is asked for and how sure the model is: a person may have to decide on it. */
function parametersOf(capability: CapabilityDef): Readonly<Record<string, unknown>> {
  const schema = jsonSchemaOf(capability.args);
  if (capability.effect === 'read') return schema;
  const more = {
    _why: { type: 'string', description: 'Why this is right, in a sentence, for whoever decides on it.' },
    _confidence: { type: 'number', minimum: 0, maximum: 1, description: 'How sure you are.' },
  };
  return { ...schema, properties: { ...(schema.properties as object), ...more } };
}

/** [WRK13] The result, a refusal with its reasons, or a failure. What a tool says is marked as what it is. */
function told(capability: CapabilityDef, outcome: OperationOutcome, tokens: number): Used {
  const { status, operation } = outcome;
  const refs = operation === '' ? [] : [operation];
  if (outcome.status !== 'done') return { text: clip(JSON.stringify(outcome), tokens), failed: true, refs };
  const trust = capability.taints ? 'untrusted' : 'result of a tool';
  const result = { ...{ status, operation, verified: outcome.verified, trust }, result: outcome.result };
  return { text: clip(JSON.stringify(result), tokens), failed: false, refs };
}

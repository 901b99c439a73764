import type { CapabilityDef, ContractDef, FieldType, FlowDef } from '@reeve/kernel';
import { at, byId, type Draft, type Findings, refers } from '../draft.ts';
import { suggestion } from '../suggest.ts';

/** A field that a step may require: who gives it, and what it is (unknown for the flow's input). */
interface Offer {
  readonly from: string;
  readonly type: FieldType | undefined;
}

/** Flows: steps are contracts, and each step gets what it requires before it runs (PCK63, PCK64). */
export function* checkFlows(draft: Draft): Findings {
  const contracts = byId(draft.definition.contracts);
  const capabilities = byId(draft.definition.capabilities);
  for (const flow of draft.definition.flows) {
    for (const [i, step] of flow.steps.entries()) {
      yield* refers(draft, at('flows', flow.id, 'steps', i), 'PCK63', 'contracts', step);
    }
    // With a step unknown, what it would have emitted is unknown too.
    if (flow.steps.every((step) => contracts.has(step))) yield* checkChain(flow, contracts, capabilities);
  }
}

function* checkChain(
  flow: FlowDef,
  contracts: ReadonlyMap<string, ContractDef>,
  capabilities: ReadonlyMap<string, CapabilityDef>,
): Findings {
  const offers = new Map<string, Offer[]>(flow.input.map((name) => [name, [{ from: 'input', type: undefined }]]));
  for (const [i, step] of flow.steps.entries()) {
    const contract = contracts.get(step)!;
    const capability = capabilities.get(contract.capability);
    for (const name of contract.requires) {
      // A field that the capability does not take has been reported with the contract.
      if (capability && !Object.hasOwn(capability.args, name)) continue;
      const fault = connect(name, capability?.args[name], offers);
      if (!fault) continue;
      const message = `step ${i + 1} "${step}" requires "${name}", ${fault.message}`;
      yield { at: at('flows', flow.id, 'steps', i), rule: 'PCK64', message, hint: fault.hint };
    }
    for (const name of contract.emits) {
      const offer = { from: `step ${i + 1} "${step}"`, type: capability?.returns[name] };
      offers.set(name, [...(offers.get(name) ?? []), offer]);
    }
  }
}

/** Why no offer fills the field; undefined when one does. */
function connect(name: string, wanted: FieldType | undefined, offers: ReadonlyMap<string, readonly Offer[]>) {
  const given = offers.get(name);
  if (!given) {
    const list = [...offers].map(([field, from]) => `${field} (${from.map((each) => each.from).join(', ')})`);
    const available = list.length > 0 ? `available there: ${list.join('; ')}` : 'nothing is available there';
    const hint = `${suggestion(name, offers.keys(), 'fields')}; or add it to the flow's input, or to an earlier step's emits`;
    return { message: `which nothing before it gives; ${available}`, hint };
  }
  if (given.some((offer) => fills(offer.type, wanted))) return undefined;
  const list = given.map((offer) => `${offer.from} gives ${describe(offer.type)}`).join('; ');
  const hint = 'make the two types agree, or take the field from somewhere else';
  return { message: `a ${describe(wanted)}, but ${list}`, hint };
}

const describe = (type: FieldType | undefined): string =>
  type ? `${type.type}${type.optional ? ' that may be absent' : ''}` : 'any';

/** Wider types take narrower ones: money is a whole number of micro-units. */
const TAKES: Partial<Record<FieldType['type'], readonly FieldType['type'][]>> = {
  number: ['number', 'integer', 'money'],
  integer: ['integer', 'money'],
  money: ['money', 'integer'],
  list: ['list', 'strings'],
};

function fills(given: FieldType | undefined, wanted: FieldType | undefined): boolean {
  if (!given || !wanted) return true;
  if (given.optional && !wanted.optional) return false;
  if (given.type === 'any' || wanted.type === 'any') return true;
  return (TAKES[wanted.type] ?? [wanted.type]).includes(given.type);
}

/** Facts as a scenario writes them, turned into what the kernel takes: amounts, in the shapes that the pack declares. */
import {
  type CapabilityDef,
  type ContractDef,
  compileFields,
  type Definition,
  type Fields,
  OWNER,
  parseMoney,
} from '@reeve/kernel';
import { byId } from '../draft.ts';
import type { Path } from '../problem.ts';
import { suggestion } from '../suggest.ts';
import { isMapping } from './merge.ts';
import type { Scenario } from './schema.ts';

/** Something in a scenario that the pack does not know or that its tools would never say; `path` is where. */
export interface Misfit {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

type Facts = Record<string, unknown>;
type Call = Scenario | NonNullable<Scenario['given']['earlier']>[number];

interface Pack {
  readonly seats: ReadonlyMap<string, unknown>;
  readonly capabilities: ReadonlyMap<string, CapabilityDef>;
  readonly contractOf: (capability: string) => ContractDef | undefined;
}

/** The scenario with amounts as integers, and everything about it that does not fit the pack. */
export function fitted(written: Scenario, definition: Definition): { scenario: Scenario; misfits: Misfit[] } {
  const pack: Pack = {
    seats: byId(definition.seats),
    capabilities: byId(definition.capabilities),
    contractOf: (capability) => definition.contracts.find((contract) => contract.capability === capability),
  };
  const scenario = structuredClone(written);
  const { given } = scenario;
  const before = given.earlier ?? [];
  const misfits = [
    ...fitCall(pack, [], scenario, given.reads, scenario.effect),
    ...before.flatMap((call, i) => fitCall(pack, ['given', 'earlier', i], call, call.reads, call)),
    ...strangeReads(pack, [], given.reads, [scenario, ...before]),
    ...(given.delegatedBy ?? []).flatMap((seat, i) => unknown(['given', 'delegatedBy', i], seat, pack.seats, 'seats')),
    ...(given.paused ?? []).flatMap((seat, i) => unknown(['given', 'paused', i], seat, pack.seats, 'seats')),
    ...strangers(pack, scenario),
    ...Object.keys(given.metrics ?? {}).flatMap((id) =>
      unknown(['given', 'metrics', id], id, byId(definition.metrics), 'metrics'),
    ),
  ];
  return { scenario, misfits };
}

/** Who gives, stands in and answers sits in the pack; the owner of the installation may do so without. */
function strangers(pack: Pack, { given, answers }: Scenario): Misfit[] {
  const seat = (path: Path, id: string) => unknown(path, id, pack.seats, 'seats');
  const person = (path: Path, id: string) => (id === OWNER ? [] : seat(path, id));
  return [
    ...(given.case === 'none' || given.case?.by === undefined ? [] : seat(['given', 'case', 'by'], given.case.by)),
    ...(given.granted ?? []).flatMap(({ by, seat: to, capability }, i) => [
      ...person(['given', 'granted', i, 'by'], by),
      ...(to === undefined ? [] : seat(['given', 'granted', i, 'seat'], to)),
      ...(capability === undefined
        ? []
        : unknown(['given', 'granted', i, 'capability'], capability, pack.capabilities, 'capabilities')),
    ]),
    ...(given.deputies ?? []).flatMap((each, i) => [
      ...seat(['given', 'deputies', i, 'seat'], each.seat),
      ...seat(['given', 'deputies', i, 'deputy'], each.deputy),
    ]),
    ...(answers ?? []).flatMap(({ by }, i) => person(['answers', i, 'by'], by)),
  ];
}

function fitCall(
  pack: Pack,
  path: Path,
  call: Call,
  reads: Record<string, Facts> | undefined,
  effect: { result: Facts; after: Facts } | undefined,
): Misfit[] {
  const capability = pack.capabilities.get(call.capability);
  const contract = pack.contractOf(call.capability);
  const returns = (id: string | undefined) => (id === undefined ? undefined : pack.capabilities.get(id)?.returns);
  call.args = withAmounts(capability?.args, call.args);
  const where = 'given' in call ? [...path, 'given'] : path;
  const ofReads = Object.entries(contract?.reads ?? {}).flatMap(([name, read]) =>
    fitFacts([...where, 'reads', name], reads, name, returns(read.capability)),
  );
  const at = 'given' in call ? [...path, 'effect'] : path;
  return [
    ...unknown([...path, 'seat'], call.seat, pack.seats, 'seats'),
    ...(call.capability === ''
      ? []
      : unknown([...path, 'capability'], call.capability, pack.capabilities, 'capabilities')),
    ...ofReads,
    ...fitFacts([...at, 'result'], effect, 'result', capability?.returns),
    ...(contract?.verify ? fitFacts([...at, 'after'], effect, 'after', returns(contract.verify.capability)) : []),
  ];
}

/** Facts under `name` of `holder`, with amounts as integers in place; what the reading capability would never return. */
function fitFacts(path: Path, holder: object | undefined, name: string, fields: Fields | undefined): Misfit[] {
  const facts = (holder as Record<string, Facts> | undefined)?.[name];
  if (holder === undefined || facts === undefined || !fields || Object.keys(fields).length === 0) return [];
  const value = withAmounts(fields, facts);
  (holder as Record<string, Facts>)[name] = value;
  // Nothing said about a result: the scenario does not look at it.
  if (Object.keys(facts).length === 0) return [];
  const checked = compileFields(fields).check(value);
  if (checked.ok) return [];
  const problems = checked.problems.map((each) => `${each.path}: ${each.message}`).join('; ');
  return [
    { path, message: `the tool never returns this: ${problems}`, hint: 'write what the capability "returns" says' },
  ];
}

function strangeReads(pack: Pack, path: Path, reads: object | undefined, calls: readonly Call[]): Misfit[] {
  const known = new Set(calls.flatMap((call) => Object.keys(pack.contractOf(call.capability)?.reads ?? {})));
  return Object.keys(reads ?? {})
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: [...path, 'given', 'reads', name],
      message: `no contract of this scenario reads "${name}", so the gate never sees it`,
      hint: `${suggestion(name, known, 'reads')}; "${name}: null" leaves out what stands under "common"`,
    }));
}

function unknown(path: Path, id: string, all: ReadonlyMap<string, unknown>, what: string): Misfit[] {
  if (all.has(id)) return [];
  return [
    { path, message: `there is no "${id}" among the ${what} of the pack`, hint: suggestion(id, all.keys(), what) },
  ];
}

/** Amounts written as "$5.00" where the field is money, also inside records and lists. */
function withAmounts(fields: Fields | undefined, facts: Facts): Facts {
  const entries = Object.entries(facts).map(([name, value]) => {
    const field = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
    return [name, field ? amount(field, value) : value];
  });
  return Object.fromEntries(entries);
}

function amount(field: Fields[string], value: unknown): unknown {
  if (field.type === 'money' && typeof value === 'string') return parseMoney(value) ?? value;
  if (!('fields' in field) || !isMapping(field.fields)) return value;
  const inner = nested(field.fields);
  if (isMapping(value)) return withAmounts(inner, value);
  return Array.isArray(value) ? value.map((item) => (isMapping(item) ? withAmounts(inner, item) : item)) : value;
}

/** Fields inside fields are kept as they were written: a bare name is short for `{ type }`. */
function nested(fields: Readonly<Record<string, unknown>>): Fields {
  const entries = Object.entries(fields).map(([name, field]) => [
    name,
    typeof field === 'string' ? { type: field, optional: false } : field,
  ]);
  return Object.fromEntries(entries) as Fields;
}
